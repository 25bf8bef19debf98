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
    assert (amount["validate"], amount["decimalDigits"]) == ({"min": 1, "max": 100}, 0)
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


def test_what_programs_send_it_does_not_check(admin: Client, deployed: str):
    case = admin.start(deployed, {"other": {"value": "x"}, "name": {"value": "n"}})
    assert set(admin.ok("GET", f"/process-instance/{case}/variables")) == {"name", "other"}
    admin.ok("POST", f"/task/{admin.tasks(case)['t']}/complete", {"variables": {"name": {"value": "much too long a name"}}})
