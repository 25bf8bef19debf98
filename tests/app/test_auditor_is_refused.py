"""Read-only: every address of the application that can change something is asked by the auditor, and each refuses. Nothing has changed.

A new address has to be entered here: among those that refuse, with what they are to be asked, or among the few that an auditor may use.
"""

from __future__ import annotations

import base64
import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest
from flask.testing import FlaskClient
from sqlalchemy import MetaData, select
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from app.sample.found import FOUNDER
from engine import NewAttachment
from engine.store.tables import external_task, job, subscription
from tests.app.conftest import Site
from tests.app.pages import token_of
from tests.app.records.test_pages import browser
from tests.engine.services.conftest import END, START, model, user_task

PARAMETER = re.compile(r"<(?:\w+(?:\([^)]*\))?:)?(\w+)>")
OWN = {
    "auth.open_doors", "auth.sign_out",
    "shell.keep_preferences",  # language and colours
    "notices.mark_read",
    "account.change_password", "account.end_session", "account.end_other_sessions",  # one's own door
    "account.make_token", "account.revoke_token",
    "cases.save_view", "cases.remove_view",  # the auditor's own views of lists
}  # fmt: skip
"""What everybody does with what is their own: no case, no record and no model is touched."""

LOGS = ("historic_variables", "details", "job_logs", "external_task_logs")
READS = {
    "audit.verify", "cases.verify",  # this one leaves the look
    "api.list_external", "api.count_external", "api.list_activities", "api.count_activities", "api.list_historic_instances",
    "api.count_historic_instances", "api.list_historic_tasks", "api.count_historic_tasks", "api.list_instances", "api.count_instances",
    "api.list_executions", "api.count_executions",
    "api.list_tasks", "api.count_tasks", "api.list_jobs", "api.count_jobs",
    *(f"api.{does}_{what}" for does in ("list", "count") for what in LOGS),
}  # fmt: skip
"""Questions that are asked with POST."""

ELSEWHERE = {"trials.inside": "what is played in a trial stays in its own database, and the auditor has none: it is not found"}
NOTHING = {
    "api.of_a_tenant",
    "api.decision_of_a_tenant",
    "api.set_retries_of_jobs",
}
"""What is not found or refused for anybody: there are no tenants and no batches."""

TABLE = "purchase-approval-level"
PURCHASE = {"title": "x", "supplier": "baoshan-steel", "cost_centre": "4100", "needed_by": "2027-01-01", "reason": "x", "items": []}
MODELS: dict[str, object] = {}
TABLES: dict[str, object] = {}
SENT: dict[str, dict[str, str]] = {  # what forms of pages are sent with
    "cases.cancel": {"reason": "x"},
    "cases.give": {"at": "2026-03-02"},
    "tasks.complete": {"data": "{}", "outcome": "approve"},
    "tasks.reassign": {"to": "li-qiang", "reason": "x"},
    "start.send": {"data": json.dumps(PURCHASE), "key": "once"},
    "records.add": {"name": "x"},
    "records.save": {"name": "x", "supplier_id": "baoshan-steel", "valid_until": "2027-01-01", "total": "1"},
    "records.count": {"counted": "1", "reason": "x"},
    "studio.publish": {"reason": "x", "version": "1"},
    "studio.discard": {"version": "1"},
    "administration.people_add": {"id": "new-one", "name": "New One", "place.0": "sales"},
    "administration.people_save": {"name": "Wang Lei", "place.0": "sales"},
    "administration.departments_add": {"id": "legal", "name": "Legal", "position": "9"},
    "administration.departments_save": {"name": "Sales and more", "position": "9"},
    "administration.departments_head": {"head": "zhou-ting"},
    "administration.calendar_day": {"day": "2027-01-04", "name": "x"},
    "administration.calendar_clear": {"day": "2027-01-04"},
    "administration.calendar_week": {"from.0.0": "09:00", "to.0.0": "17:00"},
    "administration.people_let_go": {"reason": "x"},
    "administration.people_renew_password": {"way": "typed", "password": "a new and longer one"},
    "decisions.publish": {"reason": "x", "version": "1"},
    "decisions.discard": {"version": "1"},
}
TYPED = {
    "tasks.keep_draft": {"note": "x"}, "start.keep_draft": PURCHASE, "start.preview": PURCHASE, "studio.save": MODELS,
    "studio.check": MODELS, "decisions.save": TABLES, "decisions.check": TABLES, "decisions.try_out": TABLES, "decisions.both": TABLES,
}  # fmt: skip
"""What scripts of pages send as JSON."""

ASKED: dict[str, object] = {  # what calls of the interface are made with
    "api.evaluate_conditions": {"variables": {}},
    "api.evaluate": {"variables": {}},
    "api.evaluate_version": {"variables": {}},
    "api.signal_execution": {},
    "api.throw_external": {"workerId": "axel", "errorCode": "x"},
    "api.complete_external": {"workerId": "axel"},
    "api.extend_lock": {"workerId": "axel", "newDuration": 1000},
    "api.fail_external": {"workerId": "axel", "errorMessage": "x", "retries": 0, "retryTimeout": 0},
    "api.lock_external": {"workerId": "axel", "lockDuration": 1000},
    "api.set_external_priority": {"priority": 1},
    "api.set_external_retries": {"retries": 1},
    "api.set_retries_of_many": {"retries": 1, "externalTaskIds": ["x"]},
    **{name: {"processDefinitionId": "x"} for name in ("api.list_activities", "api.count_activities")},
    **{f"api.{does}_{what}": {"processInstanceId": "x"} for does in ("list", "count") for what in LOGS},
    "api.fetch_and_lock": {"workerId": "axel", "maxTasks": 1, "topics": [{"topicName": "print", "lockDuration": 1000}]},
    "api.set_job_priority": {"priority": 1},
    "api.suspend_job": {"suspended": True},
    "api.set_due_date": {"duedate": "2031-01-31T09:15:00.000+0000"},
    "api.set_retries": {"retries": 1},
    "api.correlate": {"messageName": "paid", "processInstanceId": None},
    "api.suspend_definition": {"suspended": True},
    "api.suspend_latest_definition": {"suspended": True},
    "api.suspend_instance": {"suspended": True},
    "api.modify_instance": {"instructions": [{"type": "startBeforeActivity", "activityId": "a"}]},
    "api.change_variables": {"modifications": {"x": {"value": 1}}},
    "api.put_variable": {"value": 1},
    "api.send_signal": {"name": "x"},
    "api.assign": {"userId": "auditor"},
    "api.claim": {"userId": "auditor"},
    "api.delegate": {"userId": "wang-lei"},
    "api.update_task": {"name": "x"},
    "api.add_identity_link": {"userId": "auditor", "type": "candidate"},
    "api.remove_identity_link": {"groupId": "sales", "type": "candidate"},
    "api.create_comment": {"message": "x"},
    "api.fail": {"errorCode": "x"},
    "api.escalate": {"escalationCode": "x"},
}
MODEL = model(
    START,
    '<parallelGateway id="fork"/>',
    user_task("a"),
    '<receiveTask id="wait" messageRef="m"/>',
    '<serviceTask id="print" camunda:type="external" camunda:topic="print"/>',
    '<intermediateCatchEvent id="later"><timerEventDefinition><timeDuration xsi:type="tFormalExpression">P30D</timeDuration>'
    "</timerEventDefinition></intermediateCatchEvent>",
    '<adHocSubProcess id="free" name="free"><userTask id="extra" name="extra" camunda:candidateGroups="sales"/></adHocSubProcess>',
    END,
    "s > fork", "fork > a", "fork > wait", "fork > print", "fork > later", "fork > free", "a > e", "wait > e", "print > e", "later > e",
    "free > e",
    key="all",
    before='<message id="m" name="paid"/>',
)  # fmt: skip

FILES = {
    "processes.deploy": {"files": ("all.bpmn", MODEL)},
    "attachments.add": {"files": ("x.txt", "x")},
    "api.create_deployment": {"all.bpmn": ("all.bpmn", MODEL)},
    "api.create_attachment": {"content": ("x.txt", "x")},
}
"""What is sent as files: by the field, the name of the file and its content."""


@dataclass
class Ground:
    """Something of everything that an address may name."""

    values: dict[str, str]
    task_id: str

    def path(self, rule: Rule) -> str:
        """An address with what is really there."""
        values = {**self.values, "owner": self.task_id if "/task/" in rule.rule else self.values["case_id"]}
        if rule.rule.startswith("/engine-rest/external-task/"):
            values["task_id"] = self.values["external_id"]
        if rule.rule.startswith("/records/items/"):
            values["record_id"] = "pump-32"
        if rule.rule.startswith("/administration/"):
            values["kind"] = "department"
        if rule.rule.startswith("/decisions/"):
            values["key"] = TABLE
        values["of"] = values["key"] if "/key/" in rule.rule else values["definition_id"]
        return PARAMETER.sub(lambda it: values[it[1]], rule.rule)


@pytest.fixture
def ground(site: Site) -> Ground:
    engine, admin = site.services.engine, site.services.actor("admin")
    deployed = engine.definitions.deploy(FOUNDER, "all", {"all.bpmn": MODEL.encode()}, strict=False)
    case = engine.instances.start(admin, "all", {"x": 1})
    purchase = site.purchase()
    xml, key = engine.definitions.xml(purchase.definition_id), "purchase-approval"
    engine.drafts.save(admin, key, xml, version=0, based_on=purchase.definition_id)
    MODELS.update(xml=xml.decode(), basedOn=purchase.definition_id, version=1)
    table = engine.decisions.versions(admin, TABLE)[0].id
    text = engine.decisions.file(admin, table).content
    engine.decision_drafts.save(admin, TABLE, text, version=0, based_on=table)
    drawn = text.decode()
    TABLES.update(xml=drawn, theirs=drawn, mine=drawn, basedOn=table, version=1, values={"amount": "1"})
    [task] = [it for it in engine.tasks.of_case(admin, case.id) if it.element_id == "a"]
    [offer] = engine.ad_hoc.offers(admin, case.id)
    with site.services.database.read() as connection:
        awaited = select(subscription.c.id, subscription.c.token_id).where(subscription.c.name == "paid")
        wait = connection.execute(awaited).one()
        job_id = connection.execute(select(job.c.id).where(job.c.root_id == case.id)).scalars().first()
        external = connection.execute(select(external_task.c.id)).scalar_one()
    engine.external_tasks.set_retries(admin, external, 0)
    [incident] = engine.incidents.all(admin)
    [attached] = engine.attachments.attach_to_task(admin, task.task_id, [NewAttachment("x.txt", content=b"x")])
    values = {
        "incident_id": incident.incident.id, "person_id": "li-qiang", "department_id": "sales", "role_id": "buyer", "noun_id": "sales",
        "case_id": case.id, "token_id": offer.token_id, "element_id": offer.element_id, "subscription_id": wait.id, "view_id": "x",
        "key": "purchase-approval", "deployment_id": deployed.id, "execution_id": wait.token_id, "name": "x", "task_id": task.task_id,
        "external_id": external, "job_id": str(job_id), "definition_id": deployed.definitions[0].id, "instance_id": case.id,
        "decision_id": table, "kind": "contracts", "record_id": "CT-2025-031",
        "trial_id": "x", "person": "auditor", "path": "inbox", "attachment_id": attached.id,
    }  # fmt: skip
    return Ground(values, task.task_id)


def changing(site: Site) -> Iterator[tuple[str, Rule]]:
    """Every address that is no question, with its method."""
    for rule in site.app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"GET", "HEAD", "OPTIONS"}):
            yield method, rule


def rows(site: Site) -> dict[str, set[str]]:
    """Everything that the database holds, without the sessions of browsers."""
    found = {}
    with site.services.database.read() as connection:
        meta = MetaData()
        meta.reflect(connection)
        for table in meta.sorted_tables:
            if table.name != "session":
                found[table.name] = {repr(tuple(row)) for row in connection.execute(select(table))}
    return found


def ask(site: Site, client: FlaskClient, token: str, method: str, rule: Rule, ground: Ground) -> TestResponse:
    path = ground.path(rule)
    files = {name: (io.BytesIO(content.encode()), file) for name, (file, content) in FILES.get(rule.endpoint, {}).items()}
    if not path.startswith("/engine-rest"):
        headers = {"X-CSRFToken": token}
        if rule.endpoint in TYPED:
            return client.open(path, method=method, json=TYPED[rule.endpoint], headers=headers)
        return client.open(path, method=method, data={**SENT.get(rule.endpoint, {}), **files}, headers=headers)
    basic = {"Authorization": "Basic " + base64.b64encode(b"auditor:demo").decode()}
    if files:
        return site.app.test_client().post(path, data=files, headers=basic)
    body = ASKED.get(rule.endpoint, {})
    return site.app.test_client().open(path, method=method, json=body, headers=basic)


@pytest.mark.slow
@pytest.mark.parametrize("others", [(), ("admin", "analyst", "head", "process-owner")], ids=["auditor", "and everything else"])
def test_every_address_that_changes_something_refuses_the_auditor_and_nothing_has_changed(
    site: Site, ground: Ground, others: tuple[str, ...]
):
    """Whatever else an auditor is: then it is no page that refuses, but the engine."""
    if others:
        known = site.services.directory().people["auditor"]
        site.services.engine.organisation.put_person(FOUNDER, replace(known, roles=(*known.roles, *others)))
        assert site.services.actor("auditor").may_administer
    auditor = browser(site, "auditor")
    token = token_of(auditor.get("/inbox"))
    before = rows(site)
    answers = {}
    for method, rule in changing(site):
        if rule.endpoint in OWN | READS | NOTHING or rule.endpoint in ELSEWHERE:
            continue
        answers[f"{method} {rule.rule}"] = ask(site, auditor, token, method, rule, ground).status_code
        assert {name for name, held in rows(site).items() if held != before[name]} == set(), rule.rule
    assert {path: status for path, status in answers.items() if status != 403} == {}
    assert len(answers) > 55


def test_what_is_left_out_is_there_and_trials_know_no_auditor(site: Site, ground: Ground):
    endpoints = {rule.endpoint for _, rule in changing(site)}
    assert (OWN | READS | NOTHING | ELSEWHERE.keys() | SENT.keys() | TYPED.keys() | ASKED.keys() | FILES.keys()) - endpoints == set()
    auditor = browser(site, "auditor")
    token = token_of(auditor.get("/inbox"))
    inside = [(method, rule) for method, rule in changing(site) if rule.endpoint in ELSEWHERE]
    assert {ask(site, auditor, token, method, rule, ground).status_code for method, rule in inside} == {403}


def test_the_questions_that_are_asked_with_post_change_nothing_but_leave_the_look(site: Site, ground: Ground):
    auditor = browser(site, "auditor")
    token = token_of(auditor.get("/inbox"))
    before = rows(site)
    for method, rule in changing(site):
        if rule.endpoint in READS:
            assert ask(site, auditor, token, method, rule, ground).status_code == 200, rule.rule
    assert {name for name, held in rows(site).items() if held != before[name]} == {"history_entry", "history_head"}
    new = rows(site)["history_entry"] - before["history_entry"]
    assert all('[["CaseRead"' in it or '[["HistoryVerified"' in it for it in new)
    assert new
