"""A field that a step hides leaves the server on no way to who works at that step: every address is asked, page and interface."""

from __future__ import annotations

import base64
import io
import json
import re
import zipfile

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.sample.found import FOUNDER
from app.sheets import XLSX
from engine import Case
from tests.app.conftest import Site
from tests.app.pages import send, sign_in
from tests.engine.services.conftest import END, START, model, user_task

SECRET = "geheim-4711"
OPEN = "offen-0815"
FORM = json.dumps(
    {
        "type": "default",
        "components": [
            *({"type": "textfield", "key": key, "label": key, "id": key} for key in ("remark", "margin")),
            {
                "type": "dynamiclist",
                "path": "items",
                "id": "items",
                "label": "items",
                "components": [{"type": "textfield", "key": key, "label": key, "id": f"i_{key}"} for key in ("thing", "cost")],
            },
            {"type": "expression", "key": "shown", "id": "shown", "expression": "= remark", "computeOn": "change"},
        ],
    }
)
FIELDS = (
    '<crossdesk:fields default="read"><crossdesk:field name="remark" access="write"/><crossdesk:field name="margin" access="hidden"/>'
    '<crossdesk:field name="items.cost" access="hidden"/></crossdesk:fields>'
)
MODEL = model(
    START.replace("/>", ' camunda:formKey="odd"/>'),
    user_task("a", 'camunda:candidateGroups="warehouse" camunda:formKey="odd"', FIELDS),
    user_task("b", 'camunda:candidateGroups="warehouse" camunda:formKey="odd"', FIELDS),
    END, "s > a", "a > b", "b > e", key="odd",
)  # fmt: skip


PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")
PARTS = ({}, {"HX-Request": "true", "HX-Target": "detail"}, {"HX-Request": "true", "HX-Target": "side"})
"""A whole page, and the parts of pages that are asked for."""


@pytest.fixture
def worker(site: Site) -> str:
    """Somebody of the warehouse who sees nothing but by the lane."""
    directory = site.services.directory()
    plain = [
        it for it in sorted(directory.people) if "warehouse" in directory.groups_of(it) and "warehouse:head" not in directory.groups_of(it)
    ]
    return plain[0]


@pytest.fixture
def case(site: Site) -> Case:
    files = {"odd.bpmn": MODEL.encode(), "odd.form": FORM.encode()}
    site.services.engine.definitions.deploy(FOUNDER, "odd", files, strict=False)
    data = {"remark": OPEN, "margin": SECRET, "items": [{"thing": "pump", "cost": SECRET}]}
    return site.services.engine.instances.start(site.services.actor("zhou-ting"), "odd", data)


def answers(site: Site, client: FlaskClient, person: str, case: Case, task_id: str) -> dict[str, str]:
    """The answer at every address that can be read, with the ids of this case."""
    definition = case.definition_id
    values = {
        "case_id": case.id, "task_id": task_id, "key": "odd", "definition_id": definition, "instance_id": case.id, "kind": "items",
        "record_id": "x", "deployment_id": site.services.engine.definitions.get(definition).row.deployment_id, "filename": "x",
        "name": "margin", "list_name": "items", "trial_id": "x", "person": "~", "path": "inbox",
        "execution_id": case.id, "job_id": "x", "person_id": "zhou-ting", "department_id": "sales", "role_id": "head",
        "incident_id": "x", "comment_id": "x", "attachment_id": "x", "of": definition, "resource_id": "x",
        "tenant": "x", "resource": "task",
    }  # fmt: skip
    basic = {"Authorization": "Basic " + base64.b64encode(f"{person}:demo".encode()).decode()}
    found: dict[str, str] = {}
    for rule in site.app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or rule.rule.startswith("/static"):
            continue
        owner = task_id if "/task/" in rule.rule else case.id
        path = PARAMETER.sub(lambda it, owner=owner: {**values, "owner": owner}[it[1]], rule.rule)
        for query in ("", f"?q={OPEN}", "?box=done", f"?processInstanceId={case.id}"):
            if path.startswith("/engine-rest"):
                got = site.app.test_client().get(path + query, headers=basic)
                found[path + query] = got.text
                continue
            for headers in PARTS if path.startswith(("/inbox", "/tasks", "/cases")) else PARTS[:1]:
                found[f"{path}{query} {headers.get('HX-Target', '')}"] = told(client.get(path + query, headers=headers))
    return found


def told(answer: TestResponse) -> str:
    """What an answer says; of a table as XLSX, what is packed in it."""
    if answer.mimetype != XLSX:
        return answer.text
    with zipfile.ZipFile(io.BytesIO(answer.data)) as packed:
        return "".join(packed.read(name).decode() for name in packed.namelist())


def check(found: dict[str, str]) -> None:
    assert [path for path, text in found.items() if SECRET in text] == []


@pytest.mark.slow
def test_no_address_tells_it_while_the_step_is_open_or_done(site: Site, client: FlaskClient, case: Case, worker: str):
    sign_in(client, worker)
    engine, actor = site.services.engine, site.services.actor(worker)
    [task] = engine.tasks.of_case(actor, case.id)
    check(answers(site, client, worker, case, task.task_id))
    engine.tasks.claim(actor, task.task_id)
    engine.notices.deliver()
    found = answers(site, client, worker, case, task.task_id)
    check(found)
    assert OPEN in found[f"/tasks/{task.task_id} "], "the page shows what is open"
    assert any(OPEN in text for path, text in found.items() if path.startswith("/engine-rest")), "so does the interface"
    page = send(client, f"/tasks/{task.task_id}/complete", "/inbox", data=json.dumps({"remark": OPEN, "margin": "mine"}))
    assert page.status_code == 422
    assert SECRET not in page.text
    engine.tasks.complete(actor, task.task_id, {"remark": f"{OPEN} again"})
    check(answers(site, client, worker, case, task.task_id))


def test_no_search_finds_it(site: Site, client: FlaskClient, case: Case, worker: str):
    sign_in(client, worker)
    [task] = site.services.engine.tasks.of_case(site.services.actor(worker), case.id)
    for page in ("/inbox", "/cases", "/search"):
        text = client.get(page, query_string={"q": SECRET}).text
        assert task.task_id not in text
        assert case.id not in text


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/history/process-instance", "variables"), ("/history/task", "processVariables"), ("/history/task", "taskVariables"),
        ("/process-instance", "variables"), ("/task", "processVariables"),
    ],
)  # fmt: skip
def test_no_filter_of_the_interface_tells_it_open_or_ended(site: Site, case: Case, worker: str, path: str, name: str):
    engine, actor = site.services.engine, site.services.actor(worker)
    basic = {"Authorization": "Basic " + base64.b64encode(f"{worker}:demo".encode()).decode()}
    wanted = [{"name": "margin", "operator": "eq", "value": SECRET}]
    for _ in range(3):
        for asked in ({name: wanted}, {"orQueries": [{name: wanted}]}):
            for end in ("", "/count"):
                got = site.app.test_client().post(f"/engine-rest{path}{end}", headers=basic, json=asked)
                assert got.status_code == 403
                assert case.id not in got.text
        for task in engine.tasks.of_case(actor, case.id):
            engine.tasks.claim(actor, task.task_id)
            engine.tasks.complete(actor, task.task_id, {"remark": OPEN})


LISTS = ("/cases", "/cases/export")


@pytest.mark.parametrize("query", ["col=field:margin", "sort=margin", "sort=margin&desc=1"])
def test_no_list_tells_it_as_a_column_or_by_its_order(site: Site, client: FlaskClient, case: Case, worker: str, query: str):
    other = site.services.engine.instances.start(site.services.actor("zhou-ting"), "odd", {"remark": OPEN, "margin": "another"})
    sign_in(client, worker)
    plain, page = (client.get(f"/cases?process=odd&{it}").text for it in ("", query))
    table, exported = (client.get(f"/cases/export?process=odd&kind=csv&{it}").text for it in ("", query))
    assert SECRET not in page + exported
    assert order_of(page, case, other) == order_of(plain, case, other) == [other.id, case.id]
    assert (exported == table) is query.startswith("sort")
    offered = {*re.findall(r'<option value="([^"]*)"', page), *re.findall(r'type="checkbox" name="col" value="field:([^"]*)"', page)}
    assert ("margin" in offered, "remark" in offered) == (False, True)
    assert "margin" not in exported.partition("\n")[0]


@pytest.mark.parametrize("condition", ["margin~contains~geheim", "margin~neq~x", "margin~eq~another"])
def test_no_list_tells_it_by_what_a_condition_finds(site: Site, client: FlaskClient, case: Case, worker: str, condition: str):
    sign_in(client, worker)
    page = client.get(f"/cases?process=odd&f={condition}").text
    assert "has no field" in page
    assert case.id not in page
    assert client.get(f"/cases/export?process=odd&kind=csv&f={condition}").status_code == 400


def order_of(page: str, *cases: Case) -> list[str]:
    return sorted((it.id for it in cases), key=lambda it: page.index(f"/cases/{it}"))


def test_a_view_that_somebody_shares_tells_it_to_nobody_else(site: Site, client: FlaskClient, case: Case, worker: str):
    sign_in(client, "zhou-ting")
    shown = client.get("/cases?process=odd&col=field:margin&col=field:remark")
    assert SECRET in shown.text, "who started it sees it as a column, too"
    sign_in(client, worker)
    shown = client.get("/cases?process=odd&col=field:margin&col=field:remark")
    assert (SECRET in shown.text, OPEN in shown.text) == (False, True)


def test_who_wrote_it_still_sees_it(site: Site, client: FlaskClient, case: Case):
    sign_in(client, "zhou-ting")
    assert SECRET in client.get(f"/cases/{case.id}").text
