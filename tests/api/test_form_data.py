"""`camunda:formData`: a form inside the model is shown as a form of ours, and checked where people send it."""

from __future__ import annotations

import json

import pytest

from engine import InvalidSubmission
from forms.checks import check_form
from tests.api.conftest import Client, Site

FIELDS = """<camunda:formData>
 <camunda:formField id="name" label="Name" type="string"><camunda:validation><camunda:constraint name="required"/>
  <camunda:constraint name="minlength" config="2"/><camunda:constraint name="maxlength" config="9"/></camunda:validation>
 </camunda:formField>
 <camunda:formField id="amount" type="long" defaultValue="3"><camunda:validation><camunda:constraint name="min" config="1"/>
  <camunda:constraint name="max" config="100"/></camunda:validation></camunda:formField>
 <camunda:formField id="urgent" label="Urgent?" type="boolean" defaultValue="true"/>
 <camunda:formField id="until" label="Until" type="date" defaultValue="2026-05-01"/>
 <camunda:formField id="how" label="How" type="enum" defaultValue="air"><camunda:value id="air" name="By air"/><camunda:value id="sea"/>
 </camunda:formField>
 <camunda:formField id="seen" label="Seen" type="string"><camunda:validation><camunda:constraint name="readonly"/></camunda:validation>
 </camunda:formField>
</camunda:formData>"""
MODEL = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn" id="d" '
    'targetNamespace="test"><process id="KEY" isExecutable="true" camunda:historyTimeToLive="P1D">'
    f'<startEvent id="s"><extensionElements>{FIELDS}</extensionElements></startEvent>'
    f'<userTask id="t" camunda:candidateGroups="sales"><extensionElements>{FIELDS}</extensionElements></userTask><endEvent id="e"/>'
    '<sequenceFlow id="f" sourceRef="s" targetRef="t"/><sequenceFlow id="g" sourceRef="t" targetRef="e"/></process></definitions>'
)
FILLED = {"name": "paper", "amount": 7, "urgent": False, "until": "2026-06-01", "how": "sea"}


@pytest.fixture
def deployed(admin: Client, key: str) -> str:
    assert admin.deploy(p=MODEL.replace("KEY", key)).status == 200
    return key


def test_it_is_a_form_of_ours_with_its_defaults_and_constraints(admin: Client, deployed: str):
    form = admin.ok("GET", f"/process-definition/key/{deployed}/deployed-start-form")
    assert check_form("s.form", json.dumps(form)) == []
    name, amount, urgent, until, how, seen = form["components"]
    assert (name["type"], name["label"], name["validate"]) == ("textfield", "Name", {"minLength": 2, "maxLength": 9, "required": True})
    assert (amount["type"], amount["label"], amount["defaultValue"]) == ("number", "amount", 3)
    assert (amount["validate"], amount["decimalDigits"]) == ({"min": 1, "max": 99}, 0)
    assert (urgent["type"], urgent["defaultValue"]) == ("checkbox", True)
    assert (until["type"], until["subtype"], until["dateLabel"], until["defaultValue"]) == ("datetime", "date", "Until", "2026-05-01")
    assert (how["values"], how["defaultValue"]) == ([{"value": "air", "label": "By air"}, {"value": "sea", "label": "sea"}], "air")
    assert (seen["type"], "validate" in seen) == ("textfield", False)
    task = admin.tasks(admin.start(deployed))["t"]
    assert admin.ok("GET", f"/task/{task}/deployed-form")["components"][0]["key"] == "name"


def test_what_people_send_is_checked_by_it(site: Site, admin: Client, deployed: str):
    engine, sue = site.services.engine, site.services.engine.organisation.actor("sue")
    with pytest.raises(InvalidSubmission) as refused:
        engine.instances.start(sue, deployed, {"amount": 101, "how": "rail"})
    assert {problem.path for problem in refused.value.problems} == {"name", "amount", "how"}
    case = engine.instances.start(sue, deployed, FILLED)
    values = engine.instances.variables(sue, case.id)
    assert {name: values[name] for name in ("name", "amount", "urgent", "how")} == {
        "name": "paper", "amount": 7, "urgent": False, "how": "sea"
    }  # fmt: skip
    task = admin.tasks(case.id)["t"]
    engine.tasks.claim(sue, task)
    for wrong in ({"name": "x"}, {"seen": "not to be written"}):
        with pytest.raises(InvalidSubmission):
            engine.tasks.complete(sue, task, {**FILLED, **wrong})
    engine.tasks.complete(sue, task, {**FILLED, "name": "board"})
    told = {it["name"]: it["value"] for it in admin.ok("GET", f"/history/variable-instance?processInstanceId={case.id}")}
    assert told["name"] == "board"


def test_variables_alone_it_does_not_check(admin: Client, deployed: str):
    case = admin.start(deployed, {"other": {"value": "x"}, "name": {"value": "n"}})
    assert set(admin.ok("GET", f"/process-instance/{case}/variables")) == {"name", "other"}
    admin.ok("POST", f"/task/{admin.tasks(case)['t']}/complete", {"variables": {"name": {"value": "much too long a name"}}})


# ---- what programs submit --------------------------------------------------------------------------------------------------

PROGRAMS = """<camunda:formData>
 <camunda:formField id="amount" type="long" defaultValue="${n + 1}"><camunda:validation><camunda:constraint name="max" config="10"/>
 </camunda:validation></camunda:formField>
 <camunda:formField id="twice" type="long" defaultValue="${amount * 2}"/>
 <camunda:formField id="ok" type="boolean"/>
 <camunda:formField id="day" type="date" defaultValue="01/02/2026"/>
 <camunda:formField id="at" type="date" datePattern="yyyy-MM-dd'T'HH:mm"/>
 <camunda:formField id="how" type="enum"><camunda:value id="air"/><camunda:value id="sea"/></camunda:formField>
 <camunda:formField id="fixed" type="string" defaultValue="${task.name} of ${execution.processBusinessKey}"><camunda:validation>
  <camunda:constraint name="readonly"/></camunda:validation></camunda:formField>
 <camunda:formField id="must" type="string"><camunda:validation><camunda:constraint name="required"/><camunda:constraint name="minlength"
  config="2"/><camunda:constraint name="maxlength" config="3"/></camunda:validation></camunda:formField>
</camunda:formData>"""


@pytest.fixture
def submitted(admin: Client, key: str) -> str:
    """A process with such a form on its first task, and on its start event but for what only a task knows."""
    start = PROGRAMS.replace("${n + 1}", "${1 + 1}").replace("${task.name}", "start")
    model = MODEL.replace(FIELDS, start, 1).replace(FIELDS, PROGRAMS, 1).replace('id="t"', 'id="t" name="Look"')
    assert admin.deploy(p=model.replace("KEY", key)).status == 200
    return key


def task_of(admin: Client, key: str, **variables: object) -> tuple[str, str]:
    """A case that has begun without its form, and the id of its task."""
    case = admin.start(key, {name: {"value": value} for name, value in variables.items()}, "B7")
    return case, admin.tasks(case)["t"]


def values(**given: object) -> dict[str, object]:
    return {"variables": {name: {"value": value} for name, value in given.items()}}


def told(found: dict[str, dict[str, object]]) -> dict[str, tuple[object, object]]:
    return {name: (it["type"], it["value"]) for name, it in found.items()}


def test_what_is_submitted_is_converted_and_completed_by_defaults(admin: Client, submitted: str):
    case, task = task_of(admin, submitted, n=4, twice=1)
    sent = values(ok="TRUE", at="2026-03-04T05:06", how="sea", must="abc", other=1)
    written = told(admin.ok("POST", f"/task/{task}/submit-form", {**sent, "withVariablesInReturn": True}))
    history = admin.ok("GET", f"/history/variable-instance?processInstanceId={case}")
    assert written == {it["name"]: (it["type"], it["value"]) for it in history}
    assert {name: written[name] for name in ("amount", "twice", "ok", "how", "fixed", "must", "other", "n")} == {
        "amount": ("Long", 5), "twice": ("Long", 10), "ok": ("Boolean", True), "how": ("String", "sea"), "fixed": ("String", "Look of B7"),
        "must": ("String", "abc"), "other": ("Integer", 1), "n": ("Integer", 4),
    }  # fmt: skip
    assert [written[name][0] for name in ("day", "at")] == ["Date", "Date"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("amount", "many"), ("amount", "1.5"), ("amount", True), ("amount", ""), ("amount", 10), ("amount", "99999999999999999999"),
        ("ok", 1), ("day", "2026-02-01"), ("day", "31/02/2026"), ("day", 5), ("at", "04/03/2026"), ("how", "rail"), ("how", 2),
        ("fixed", "Look"), ("must", "a"), ("must", "abcd"), ("must", ""), ("must", None), ("must", 12),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused_and_changes_nothing(admin: Client, submitted: str, field: str, value: object):
    case, task = task_of(admin, submitted, n=4)
    before = admin.ok("GET", f"/process-instance/{case}/variables")
    for path, begins in (
        (f"/task/{task}/submit-form", "Cannot submit task form"),
        (f"/process-definition/key/{submitted}/submit-form", "Cannot"),
    ):
        answer = admin.post(path, values(**{"must": "abc", field: value}))
        assert (answer.status, answer.value["type"]) == (400, "RestException")
        assert answer.value["message"].startswith(begins)
        assert f"{field}: " in answer.value["message"]
    assert admin.tasks(case) == {"t": task}
    assert admin.ok("GET", f"/process-instance/{case}/variables") == before
    assert admin.ok("GET", f"/process-instance/count?processDefinitionKey={submitted}")["count"] == 1


def test_required_is_what_neither_is_sent_nor_there(admin: Client, submitted: str):
    _, task = task_of(admin, submitted, n=4)
    assert "must: is required" in admin.post(f"/task/{task}/submit-form", values(amount=1)).value["message"]
    case, task = task_of(admin, submitted, n=4, must="a long text")
    admin.ok("POST", f"/task/{task}/submit-form", values(amount=None, fixed=None))
    found = told({it["name"]: it for it in admin.ok("GET", f"/history/variable-instance?processInstanceId={case}")})
    assert (found["must"][1], found["amount"][1], found["fixed"][1]) == ("a long text", None, "Look of B7")


def test_a_case_begins_by_its_form(admin: Client, submitted: str):
    definition = admin.ok("GET", f"/process-definition/key/{submitted}")["id"]
    for path in (f"/process-definition/{definition}/submit-form", f"/process-definition/key/{submitted}/submit-form"):
        case = admin.ok("POST", path, {**values(must="ab", day="03/04/2026"), "businessKey": "B8"})["id"]
        found = told(admin.ok("GET", f"/process-instance/{case}/variables"))
        assert (found["amount"], found["twice"], found["fixed"]) == (("Long", 2), ("Long", 4), ("String", "start of B8"))
        assert set(found) == {"amount", "twice", "fixed", "must", "day"}


def test_a_delegated_task_goes_back_with_what_its_form_makes_of_it(admin: Client, submitted: str):
    case, task = task_of(admin, submitted, n=4)
    admin.ok("POST", f"/task/{task}/delegate", {"userId": "sue"})
    assert admin.post(f"/task/{task}/submit-form", values(amount=1)).status == 400
    admin.ok("POST", f"/task/{task}/submit-form", values(amount="7", must="ab"))
    assert admin.ok("GET", f"/task/{task}")["delegationState"] == "RESOLVED"
    assert told(admin.ok("GET", f"/process-instance/{case}/variables"))["amount"] == ("Long", 7)


def test_form_variables_tell_each_field_with_its_type(admin: Client, submitted: str):
    _, task = task_of(admin, submitted, n=4, ok="true", how="air", other="x")
    found = told(admin.ok("GET", f"/task/{task}/form-variables"))
    assert found == {
        "amount": ("Long", 5), "twice": ("Long", 10), "ok": ("Boolean", True), "day": ("String", "01/02/2026"), "at": ("String", ""),
        "how": ("String", "air"), "fixed": ("String", "Look of B7"), "must": ("String", None), "n": ("Integer", 4),
        "other": ("String", "x"),
    }  # fmt: skip
    assert set(admin.ok("GET", f"/task/{task}/form-variables?variableNames=amount,other,none")) == {"amount", "other"}
    begins = told(admin.ok("GET", f"/process-definition/key/{submitted}/form-variables"))
    assert (begins["amount"], begins["ok"], begins["day"]) == (("Long", 2), ("Boolean", None), ("String", "01/02/2026"))
    assert set(admin.ok("GET", f"/process-definition/key/{submitted}/form-variables?variableNames=ok,n")) == {"ok"}
    _, wrong = task_of(admin, submitted, n=4, amount="many", twice=1)
    assert "failed to convert 'amount'" in admin.call("GET", f"/task/{wrong}/form-variables").value["message"]


def test_a_default_that_fails_is_a_fault_of_the_model(admin: Client, submitted: str):
    case, task = task_of(admin, submitted, n="four")
    answer = admin.post(f"/task/{task}/submit-form", values(must="ab"))
    assert (answer.status, answer.value["type"]) == (500, "ProcessEngineException")
    assert "${n + 1}" in answer.value["message"]
    admin.ok("POST", f"/task/{task}/submit-form", values(must="ab", amount=3))
    assert admin.ok("GET", f"/history/process-instance/{case}")["state"] == "COMPLETED"


def test_what_a_step_may_not_write_is_refused_besides(admin: Client, key: str):
    said = f'<crossdesk:fields default="write"><crossdesk:field name="ok" access="read"/></crossdesk:fields>{PROGRAMS}'
    model = (
        MODEL.replace(FIELDS, "", 1)
        .replace(FIELDS, said, 1)
        .replace("<definitions ", '<definitions xmlns:crossdesk="urn:crossdesk:schema:1.0" ')
    )
    assert admin.deploy(p=model.replace("KEY", key)).status == 200
    _, task = task_of(admin, key, n=4)
    assert "ok: " in admin.post(f"/task/{task}/submit-form", values(must="ab", ok=True)).value["message"]
    admin.ok("POST", f"/task/{task}/submit-form", values(must="ab"))


def test_people_see_what_it_begins_with_and_send_it(site: Site, admin: Client, submitted: str):
    engine, sue = site.services.engine, site.services.engine.organisation.actor("sue")
    definition = engine.definitions.latest(submitted).row.id
    assert {"amount": 2, "twice": 4}.items() <= engine.form_data.begins(sue, definition).items()
    assert engine.form_data.unchangeable(sue, definition) == {"fixed": "start of "}
    case = engine.instances.start(sue, submitted, {"must": "ab", "amount": 3, "fixed": "start of "})
    found = told(admin.ok("GET", f"/process-instance/{case.id}/variables"))
    assert (found["amount"], found["fixed"], found["must"]) == (("Long", 3), ("String", "start of "), ("String", "ab"))
