"""What the pages tell of work for programs, of what people begin, of tasks that were delegated and of cases that are suspended."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from app.sample.found import FOUNDER
from engine import Fetch, NoticeKind, TaskUpdate, Topic
from tests.app.cases.test_standing import marks, reader, words
from tests.app.conftest import Site
from tests.app.pages import send
from tests.engine.services.conftest import END, START, model
from tests.engine.services.test_events_and_jobs import timer

TRANSLATED = '<extensionElements><crossdesk:translation language="zh" text="打印"/></extensionElements>'
PRINTS = model(
    START, f'<serviceTask id="w" name="Print" camunda:type="external" camunda:topic="print">{TRANSLATED}</serviceTask>', END,
    "s > w", "w > e", key="prints",
)  # fmt: skip
CHOOSES = model(
    START, '<adHocSubProcess id="c" name="Prepare"><userTask id="x" name="Call"/></adHocSubProcess>', END, "s > c", "c > e",
    key="chooses",
)  # fmt: skip
ASKS = model(START, '<userTask id="a" name="Answer" camunda:assignee="zhou-ting"/>', END, "s > a", "a > e", key="asks")


LATER = f'<intermediateCatchEvent id="t" name="Later">{timer("PT1H")}</intermediateCatchEvent>'
WAITS = model(START, LATER, END, "s > t", "t > e", key="waits")


@pytest.fixture
def prepared(site: Site) -> Site:
    files = {"prints.bpmn": PRINTS, "chooses.bpmn": CHOOSES, "asks.bpmn": ASKS, "waits.bpmn": WAITS}
    site.services.engine.definitions.deploy(FOUNDER, "by hand", {name: text.encode() for name, text in files.items()}, strict=False)
    return site


def start(site: Site, key: str) -> str:
    engine = site.services.engine
    return engine.instances.start(engine.organisation.actor("zhou-ting"), key).id


@pytest.mark.parametrize(("language", "said", "done"), [("en", "aits for a program", "was done by"), ("zh", "等待程序处理", "已由程序")])
def test_a_case_that_waits_for_a_program_says_so(prepared: Site, language: str, said: str, done: str):
    case, zhou = start(prepared, "prints"), reader(prepared, "zhou-ting", language)
    page = zhou.get(f"/cases/{case}").text
    assert said in words(page)
    assert said in marks(page)["w"]["holder"]
    tasks, admin = prepared.services.engine.external_tasks, prepared.services.engine.organisation.actor("admin")
    (task,) = tasks.fetch(admin, Fetch("w1", [Topic("print", timedelta(minutes=1))], 1))
    tasks.report_completion(admin, task.id, "w1")
    assert done in words(zhou.get(f"/cases/{case}").text)


def test_what_people_begin_is_a_button_on_the_page_of_the_case(prepared: Site):
    case, zhou = start(prepared, "chooses"), reader(prepared, "zhou-ting")
    page = zhou.get(f"/cases/{case}").text
    assert "Begin: Call" in words(page)
    address = re.search(r'action="(/cases/[^"]+/begin/[^"]+)"', page)[1]
    answer = send(zhou, address)
    assert answer.status_code == 303
    told = words(zhou.get(f"/cases/{case}").text)
    assert "began Call" in told
    late = send(zhou, re.sub(r"/begin/[^/]+/", "/begin/gone/", address))
    assert late.status_code == 409


def test_a_delegated_task_is_given_back_with_one_button(prepared: Site):
    case = start(prepared, "asks")
    engine = prepared.services.engine
    (holder,) = engine.tasks.of_case(engine.organisation.actor("zhou-ting"), case)
    engine.tasks.delegate(engine.organisation.actor("zhou-ting"), holder.task_id, "wang-lei")
    wang = reader(prepared, "wang-lei")
    page = wang.get(f"/tasks/{holder.task_id}").text
    assert "Done: give it back" in page
    assert "has asked you to work on it" in words(page)
    assert send(wang, f"/tasks/{holder.task_id}/resolve").status_code == 303
    task = engine.tasks.get(engine.organisation.actor("zhou-ting"), holder.task_id)
    assert (task.assignee, task.delegation) == ("zhou-ting", "RESOLVED")
    assert "gave it back" in words(reader(prepared, "zhou-ting").get(f"/cases/{case}").text)


def test_what_is_done_in_a_suspended_case_is_refused_in_the_language_of_the_page(prepared: Site):
    case = start(prepared, "asks")
    engine = prepared.services.engine
    zhou = engine.organisation.actor("zhou-ting")
    (holder,) = engine.tasks.of_case(zhou, case)
    engine.suspension.suspend_instance(engine.organisation.actor("admin"), case, suspended=True)
    client = reader(prepared, "zhou-ting", "zh")
    refused = send(client, f"/tasks/{holder.task_id}/complete", data="{}")
    assert (refused.status_code, "已暂停" in refused.text) == (422, True)
    assert "暂停了此事项" in words(client.get(f"/cases/{case}").text)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "en",
            ["offered Answer to", "remarked on Answer", "Which one, exactly?", "changed what Answer says", "no longer offers Answer to"],
        ),
        ("zh", ["将Answer提供给", "对Answer作了备注", "Which one, exactly?", "更改了Answer的内容", "不再将Answer提供给"]),
    ],
)
def test_what_programs_do_with_a_task_stands_on_the_page_of_its_case(prepared: Site, language: str, said: list[str]):
    case = start(prepared, "asks")
    engine = prepared.services.engine
    admin = engine.organisation.actor("admin")
    (holder,) = engine.tasks.of_case(engine.organisation.actor("zhou-ting"), case)
    engine.task_details.add_candidate(admin, holder.task_id, user="wang-lei")
    engine.task_details.comment(engine.organisation.actor("zhou-ting"), holder.task_id, "Which one, exactly?")
    engine.task_details.update(admin, holder.task_id, TaskUpdate(name="Answer", assignee="zhou-ting", priority=7))
    engine.task_details.remove_candidate(admin, holder.task_id, user="wang-lei")
    page = words(reader(prepared, "zhou-ting", language).get(f"/cases/{case}").text)
    assert [it for it in said if it not in page] == []


def test_who_is_offered_a_task_that_nobody_has_hears_of_it(prepared: Site):
    case = start(prepared, "asks")
    engine = prepared.services.engine
    admin = engine.organisation.actor("admin")
    (holder,) = engine.tasks.of_case(engine.organisation.actor("zhou-ting"), case)
    engine.task_details.add_candidate(admin, holder.task_id, user="wang-lei")
    engine.tasks.assign(admin, holder.task_id, None)
    engine.task_details.add_candidate(admin, holder.task_id, user="li-qiang")
    engine.notices.deliver()
    heard = {who: [it.kind for it in engine.notices.newest(engine.organisation.actor(who))] for who in ("wang-lei", "li-qiang")}
    assert heard == {"wang-lei": [], "li-qiang": [NoticeKind.TASK_OFFERED]}


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ["changed when Later goes on by itself: ", "called off what was to happen by itself at Later"]),
        ("zh", ["更改了Later自动继续的时间：", "取消了Later处原定自动进行的工作"]),
    ],
)
def test_who_put_off_or_called_off_what_happens_by_itself_stands_on_the_page(prepared: Site, language: str, said: list[str]):
    case, engine = start(prepared, "waits"), prepared.services.engine
    admin = engine.organisation.actor("admin")
    job = next(it for it in engine.jobs.all(admin) if it.root_id == case)
    engine.jobs.set_priority(admin, job.id, 3)  # nothing that people ask about
    engine.jobs.set_due(admin, job.id, job.due_at + timedelta(days=1))
    engine.jobs.drop(admin, job.id)
    told = words(reader(prepared, "zhou-ting", language).get(f"/cases/{case}").text)
    assert [it for it in said if it not in told] == []
