"""The administrator's pages on what runs by itself: incidents and their repair, jobs, health. And what the page of a case says of it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from app.operations import reading
from app.sample.found import FOUNDER
from engine import Case, Database, Finding, FindingKind, Forbidden, InvalidRequest, Phrase
from tests.app.cases.test_standing import marks
from tests.app.conftest import Site
from tests.app.pages import send, sign_in, token_of
from tests.app.test_told import words
from tests.conftest import FakeClock
from tests.engine.services.conftest import END, model
from tests.engine.services.test_events_and_jobs import timer
from tests.processes.company import ADMIN, order
from tests.processes.failing import booking_fails, keep_in_stock

PAGES = ("incidents", "jobs", "health")
INCIDENTS = "/administration/incidents"


def fails(site: Site, title: str = "Shelves for hall 2") -> Case:
    """An order whose goods have arrived and cannot be booked in."""
    return booking_fails(site.services, title)


@pytest.fixture
def admin(client: FlaskClient) -> FlaskClient:
    sign_in(client, "admin")
    return client


def incident_of(site: Site, case: Case) -> str:
    return next(it.incident.id for it in site.services.engine.incidents.all(ADMIN) if it.incident.root_id == case.id)


@pytest.mark.parametrize("person", ["zhou-ting", "li-qiang", "analyst", "auditor"])
def test_they_are_for_administrators(site: Site, client: FlaskClient, person: str):
    case = fails(site)
    sign_in(client, person)
    assert [client.get(f"/administration/{page}").status_code for page in PAGES] == [403] * 3
    assert "Administration" not in client.get("/cases").text
    token = token_of(client.get("/cases"))
    for path in (INCIDENTS, f"{INCIDENTS}/{incident_of(site, case)}"):
        assert client.post(path, data={"csrf_token": token, "root": case.id, "which": "all"}).status_code == 403
    assert site.services.engine.incidents.all(ADMIN)


@pytest.mark.parametrize(
    ("language", "told"),
    [
        (
            "en",
            ("Shelves for hall 2", "Replenishment · version 1", "Book into stock", "Shelving bay, 3 levels is not kept in stock", "tried"),
        ),
        ("zh", ("Shelves for hall 2", "补货 · 版本 1", "入库", "第 1 行：三层货架 未启用库存管理", "已尝试 2 次")),
    ],
)
def test_an_incident_says_what_failed_where_and_why(site: Site, admin: FlaskClient, language: str, told: tuple[str, ...]):
    case = fails(site)
    admin.environ_base["HTTP_ACCEPT_LANGUAGE"] = language
    said = words(admin.get(INCIDENTS).text)
    assert case.number in said
    assert [text for text in told if text not in said] == []


def test_why_a_case_could_not_begin_is_told_in_the_language_of_the_page(site: Site, admin: FlaskClient):
    never = '<conditionExpression xsi:type="tFormalExpression">= 1 > 2</conditionExpression>'
    begins = f'<startEvent id="s">{timer("PT1H")}</startEvent>'
    flow = f'<sequenceFlow id="g_e" sourceRef="g" targetRef="e">{never}</sequenceFlow>'
    text = model(begins, '<exclusiveGateway id="g"/>', flow, END, "s > g", key="nightly")
    site.services.engine.definitions.deploy(FOUNDER, "nightly", {"nightly.bpmn": text.encode()}, strict=False)
    clock = FakeClock(site.services.clock.now())
    site.services.engine.jobs._runtime.clock = clock
    for _ in range(4):
        clock.move(hours=2)
        site.services.engine.jobs.run_due()
    site.services.engine.notices.deliver()
    [found] = [it for it in site.services.engine.incidents.all(ADMIN) if it.root is None]
    assert isinstance(found.reason, Phrase)
    for language, told in (("en", (found.reason, "A case could not begin")), ("zh", ("g 的条件都不成立，也没有默认流", "事项未能发起"))):
        admin.environ_base["HTTP_ACCEPT_LANGUAGE"] = language
        pages = [words(admin.get(path).text) for path in (INCIDENTS, "/administration/jobs", "/notices")]
        assert [told[0] in it for it in pages] == [True, True, False], pages
        assert told[1] in pages[2]
        assert "nightly" in pages[2]
        assert language == "en" or str(found.reason) not in pages[0] + pages[1]


def test_whoever_corrects_the_record_has_it_tried_again_and_the_case_goes_on(site: Site, admin: FlaskClient):
    case = fails(site)
    keep_in_stock(site.services, "1")
    answer = send(admin, f"{INCIDENTS}/{incident_of(site, case)}", page=INCIDENTS, root=case.id)
    assert (answer.status_code, answer.location) == (303, INCIDENTS)
    assert "It is being tried again" in words(admin.get(INCIDENTS).text)
    site.company.due()
    said = words(admin.get(INCIDENTS).text)
    assert "Nothing waits for a repair" in said
    assert "pick_rest" in site.company.open(case)
    assert site.company.stock("shelving-bay") == 3


def test_what_was_not_corrected_comes_back(site: Site, admin: FlaskClient):
    case = fails(site)
    first = incident_of(site, case)
    send(admin, f"{INCIDENTS}/{first}", page=INCIDENTS, root=case.id)
    site.company.due()
    assert incident_of(site, case) != first
    assert "tried 3 times" in words(admin.get(INCIDENTS).text)


def test_whoever_comes_too_late_reads_who_was_faster(site: Site, admin: FlaskClient):
    case = fails(site)
    incident = incident_of(site, case)
    token = token_of(admin.get(INCIDENTS))
    owner = site.services.actor("admin")
    site.services.engine.incidents.try_again(owner, incident, case.id)
    late = admin.post(f"{INCIDENTS}/{incident}", data={"csrf_token": token, "root": case.id})
    assert late.status_code == 409
    assert f"{site.services.directory().people['admin'].name} has had this tried again already." in words(late.text)
    again = admin.post(f"/cases/{case.number}/incidents/{incident}", data={"csrf_token": token})
    assert again.status_code == 409
    assert "has had this tried again already." in words(again.text)


def test_several_are_tried_again_with_a_report_of_each(site: Site, admin: FlaskClient):
    first, second = fails(site, "Shelves A"), fails(site, "Shelves B")
    chosen = [f"{incident_of(site, case)} {case.id}" for case in (first, second)]
    page = admin.get(INCIDENTS)
    assert all(f'value="{it}"' in page.text for it in chosen)
    site.services.engine.incidents.try_again(ADMIN, *chosen[0].split())
    said = admin.post(INCIDENTS, data={"csrf_token": token_of(page), "one": chosen})
    assert "1 is being tried again" in words(said.text)
    assert re.search(r"One that is gone : |Shelves A : ", words(said.text))
    assert site.services.engine.incidents.all(ADMIN) == []
    site.company.due()
    everything = admin.post(INCIDENTS, data={"csrf_token": token_of(page), "which": "all"})
    assert "2 are being tried again" in words(everything.text)
    nothing = admin.post(INCIDENTS, data={"csrf_token": token_of(page)})
    assert "Choose what shall be tried again." in words(nothing.text)


def test_of_very_many_the_newest_are_shown(site: Site, admin: FlaskClient, monkeypatch: pytest.MonkeyPatch):
    older, newer = fails(site, "Shelves A"), fails(site, "Shelves B")
    monkeypatch.setattr(reading, "MOST_INCIDENTS", 1)
    said = words(admin.get(INCIDENTS).text)
    assert str(newer.number) in said
    assert str(older.number) not in said
    assert "There are more" in said


def test_all_that_a_search_finds_are_tried_again_also_those_that_are_not_shown(
    site: Site, admin: FlaskClient, monkeypatch: pytest.MonkeyPatch
):
    hall, yard, other = fails(site, "Shelves for the hall"), fails(site, "Shelves for the HALL, again"), fails(site, "Benches")
    monkeypatch.setattr(reading, "MOST_INCIDENTS", 1)
    page = admin.get(f"{INCIDENTS}?q=the+hall")
    said = words(page.text)
    assert str(yard.number) in said
    assert str(hall.number) not in said  # one is shown
    assert str(other.number) not in said
    done = admin.post(INCIDENTS, data={"csrf_token": token_of(page), "which": "all", "q": "the hall"})
    assert "2 are being tried again" in words(done.text)
    assert [it.root and it.root.number for it in site.services.engine.incidents.all(ADMIN)] == [other.number]


@pytest.mark.parametrize(("text", "found"), [("kept in stock", 1), ("replenish", 1), ("book_stock", 1), ("nowhere", 0), ("%", 0), ("_", 1)])
def test_a_search_looks_at_reasons_processes_and_steps(site: Site, admin: FlaskClient, text: str, found: int):
    fails(site, "Shelves")
    engine = site.services.engine
    assert engine.incidents.count(ADMIN, text=text) == len(engine.incidents.all(ADMIN, text=text)) == found
    said = words(admin.get(INCIDENTS, query_string={"q": text}).text)
    assert ("No incident fits" in said) is (found == 0)


def test_the_search_stays_when_one_is_tried_again(site: Site, admin: FlaskClient):
    case = fails(site)
    answer = send(admin, f"{INCIDENTS}/{incident_of(site, case)}", page=INCIDENTS, root=case.id, q="shelves for")
    assert answer.location == f"{INCIDENTS}?q=shelves+for"


def test_no_more_than_a_thousand_are_tried_at_once_and_the_report_is_short(site: Site, monkeypatch: pytest.MonkeyPatch):
    with pytest.raises(InvalidRequest, match="at most 1000"):
        site.services.engine.incidents.try_all_again(ADMIN, [(str(number), "root") for number in range(1_001)])
    monkeypatch.setattr(reading, "MOST_REFUSED", 1)
    tried = site.services.engine.incidents.try_all_again(ADMIN, [(str(number), "0" * 20) for number in range(3)])
    with site.app.test_request_context():
        report = reading.report_of(tried, {})
    assert (report.done, len(report.refused), report.more) == (0, 1, 2)


def test_the_case_says_what_failed_and_lets_an_administrator_try_again(site: Site, admin: FlaskClient):
    case = fails(site)
    called = site.services.engine.instances.get(ADMIN, case.id).called[0]
    for number in (case.number, called.number):
        said = words(admin.get(f"/cases/{number}").text)
        assert "Book into stock failed Line 1: Shelving bay, 3 levels is not kept in stock" in said, number
        assert "Try again" in said
    assert marks(admin.get(f"/cases/{case.number}").text)["replenish"]["state"] == "late"
    mark = marks(admin.get(f"/cases/{called.number}").text)["book_stock"]
    assert (mark["state"], mark["holder"]) == ("late", "failed")
    keep_in_stock(site.services, "1")
    answer = send(admin, f"/cases/{case.number}/incidents/{incident_of(site, case)}", page=f"/cases/{case.number}")
    assert answer.status_code == 303
    site.company.due()
    said = words(admin.get(f"/cases/{case.number}").text)
    assert "waits for a repair" not in said
    assert "had it tried again" in said


def test_others_read_at_the_case_that_it_failed_and_cannot_try_again(site: Site, client: FlaskClient):
    case = fails(site)
    sign_in(client, "zhou-ting")
    page = client.get(f"/cases/{case.number}")
    assert "failed, waits for a repair" in words(client.get("/cases").text)
    assert "Book into stock failed since" in words(page.text)
    assert "is not kept in stock" not in words(page.text)  # it may quote what steps hide
    assert "/incidents/" not in page.text
    answer = client.post(f"/cases/{case.number}/incidents/{incident_of(site, case)}", data={"csrf_token": token_of(page)})
    assert answer.status_code == 403


@pytest.mark.parametrize(("language", "failed", "reminder"), [("en", "Failed", "Reminder"), ("zh", "失败", "催办")])
def test_jobs_are_shown_by_how_they_stand(site: Site, admin: FlaskClient, language: str, failed: str, reminder: str):
    admin.environ_base["HTTP_ACCEPT_LANGUAGE"] = language
    case, purchase = fails(site), site.purchase()
    said = words(admin.get("/administration/jobs").text)
    assert failed in said
    assert reminder in said
    only = admin.get("/administration/jobs?state=failed").text
    assert str(case.number) in only
    assert str(purchase.number) not in only
    found = admin.get(f"/administration/jobs?q={purchase.number}").text
    assert str(purchase.number) in found
    assert str(case.number) not in found
    assert admin.get("/administration/jobs?q=nothing-like-that&state=locked&after=x").status_code == 200


def test_a_company_without_jobs_and_incidents_says_so(admin: FlaskClient):
    assert "Nothing waits for a repair" in words(admin.get(INCIDENTS).text)
    assert "Nothing runs by itself" in words(admin.get("/administration/jobs").text)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_health_shows_each_part_and_what_to_do(site: Site, admin: FlaskClient, language: str):
    fails(site)
    admin.environ_base["HTTP_ACCEPT_LANGUAGE"] = language
    said = words(admin.get("/administration/health").text)
    told = {
        "en": ("Due work", "1 wait for somebody to repair them", "SQLite", "as this version expects them", "of at most 10 open", "free"),
        "zh": ("到期作业", "有 1 个故障待处理", "SQLite", "与当前版本一致", "上限 10 个", "剩余"),
    }
    assert [text for text in told[language] if text not in said] == []
    assert "Crossdesk 0.1.0" in said


def test_health_notices_that_nobody_does_what_is_due(site: Site, admin: FlaskClient):
    site.company.start("zhou-ting", "order-fulfilment", **order())
    assert "is a server running" not in words(admin.get("/administration/health").text)
    [job] = site.services.engine.jobs.all(ADMIN)[:1]
    past = site.services.clock.now().replace(year=2020)
    site.services.engine.jobs.retry(ADMIN, job.id, 3, past)
    assert "something has been due since 2020-" in words(admin.get("/administration/health").text)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ("never", "today", "by Xu Fang: whole", "by the command crossdesk verify-audit: 2 things are wrong", "keep the report")),
        ("zh", ("从未", "今天", "由徐芳执行：完整", "由命令 crossdesk verify-audit 执行：发现 2 处问题", "请再次验证并保留报告")),
    ],
)
def test_health_says_who_verified_the_history_last_and_what_was_found(site: Site, admin: FlaskClient, language: str, said: tuple[str, ...]):
    admin.environ_base["HTTP_ACCEPT_LANGUAGE"] = language

    def told() -> str:
        return words(admin.get("/administration/health").text)

    never, today, by_page, by_command, advice = said
    assert never in told()
    assert send(admin, "/audit/verify", page="/audit").status_code == 200
    assert today in told()
    assert by_page in told()
    history = site.services.engine.history
    report = history.verify(ADMIN)
    assert not report.findings, "the note of a verification is an entry like others"
    report.findings.extend([Finding(FindingKind.ALTERED, "x", 1, 1, "altered", {})] * 2)
    history.note_verification(ADMIN, report, "command")
    assert (by_command in told(), advice in told()) == (True, True)


def test_a_verification_is_asked_for_after_a_month(site: Site, admin: FlaskClient):
    history, advice = site.services.engine.history, "It takes seconds to minutes"
    history._runtime.clock = FakeClock(site.services.clock.now() - timedelta(days=32))
    history.note_verification(ADMIN, history.verify(ADMIN), "page")
    assert advice in words(admin.get("/administration/health").text)
    history._runtime.clock = site.services.clock
    history.note_verification(ADMIN, history.verify(ADMIN), "page")
    assert advice not in words(admin.get("/administration/health").text)


def test_nobody_else_notes_or_reads_a_verification(site: Site):
    history, zhou = site.services.engine.history, site.services.actor("zhou-ting")
    report = history.verify(ADMIN)
    for ask in (lambda: history.note_verification(zhou, report, "page"), lambda: history.last_verification(zhou)):
        with pytest.raises(Forbidden):
            ask()


def test_health_says_how_old_the_seals_are_and_what_has_grown_since(site: Site, admin: FlaskClient):
    site.services.engine.seals.seal()
    assert "ago, nothing new since" in words(admin.get("/administration/health").text)
    site.purchase()
    assert "ago, one record has grown since" in words(admin.get("/administration/health").text)


def test_health_says_plainly_where_the_room_on_the_disk_is_not_known(site: Site, admin: FlaskClient, monkeypatch: pytest.MonkeyPatch):
    assert "free" in words(admin.get("/administration/health").text)
    monkeypatch.setattr(Database, "folder", lambda _self: Path("/no/such/folder"))
    assert "not known here" in words(admin.get("/administration/health").text)


def test_health_sees_seals_that_cannot_be_written(site: Site, admin: FlaskClient):
    assert "they lie beside the database" in words(admin.get("/administration/health").text)
    site.services.settings = replace(site.services.settings, seals_file=None)
    assert "The history is not sealed" in words(admin.get("/administration/health").text)


def test_health_for_machines_stays_as_it_is(client: FlaskClient):
    assert client.get("/health").text == "ok"
