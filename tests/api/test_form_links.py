"""How tasks and start events name their forms, as Camunda 7 tells it: keys as they are written, and references by the id of a form."""

from __future__ import annotations

import json

import pytest

from tests.api.conftest import Client, Site

MODEL = """<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
 xmlns:camunda="http://camunda.org/schema/1.0/bpmn" id="d" targetNamespace="forms">
 <bpmn:process id="KEY" isExecutable="true" camunda:historyTimeToLive="30">
  <bpmn:startEvent id="start" ATTRIBUTES/><bpmn:sequenceFlow id="f1" sourceRef="start" targetRef="fill"/>
  <bpmn:userTask id="fill" ATTRIBUTES/>
 </bpmn:process></bpmn:definitions>"""
WRITTEN = "camunda-forms:deployment:ask.form"


def form(of: str) -> str:
    return json.dumps({"id": of, "type": "default", "components": [{"type": "textfield", "key": "note", "label": "Note", "id": "f1"}]})


def deploy(admin: Client, key: str, attributes: str, **files: str) -> str:
    """A process whose start event and task have these attributes; the id of a task of it."""
    assert admin.deploy(**{f"{key}.bpmn": MODEL.replace("KEY", key).replace("ATTRIBUTES", attributes)}, **files).status == 200
    return admin.tasks(admin.start(key, {"file": {"value": "ask.form"}, "form": {"value": f"id-{key}"}}))["fill"]


@pytest.mark.parametrize(
    ("written", "told", "deployed"),
    [
        (WRITTEN, WRITTEN, 200),
        ("deployment:ask.form", "deployment:ask.form", 200),
        ("camunda-forms:deployment:${file}", WRITTEN, 200),
        ("camunda-forms:deployment:none.form", "camunda-forms:deployment:none.form", 404),
        ("embedded:app:forms/ask.html", "embedded:app:forms/ask.html", 400),
        ("ask", "ask", 200),
    ],
)
def test_a_form_key_is_told_as_it_is_written(admin: Client, key: str, written: str, told: str, deployed: int):
    task = deploy(admin, key, f'camunda:formKey="{written}"', **{"ask.form": form("any")})
    shown = admin.ok("GET", f"/task/{task}")
    assert (shown["formKey"], shown["camundaFormRef"]) == (told, None)
    assert admin.ok("GET", f"/task/{task}/form") == {"key": told, "camundaFormRef": None, "contextPath": None}
    assert admin.get(f"/task/{task}/deployed-form").status == deployed
    if "$" not in written:
        assert admin.ok("GET", f"/process-definition/key/{key}/startForm")["key"] == told
        assert admin.get(f"/process-definition/key/{key}/deployed-start-form").status == deployed


def test_a_form_is_found_by_its_id_whatever_its_file_is_called(admin: Client, key: str):
    attributes = f'camunda:formRef="id-{key}" camunda:formRefBinding="deployment"'
    task = deploy(admin, key, attributes, **{"other.form": form(f"id-{key}")})
    ref = {"key": f"id-{key}", "binding": "deployment", "version": None}
    shown = admin.ok("GET", f"/task/{task}")
    assert (shown["formKey"], shown["camundaFormRef"]) == (None, ref)
    assert admin.ok("GET", f"/task/{task}/form") == {"key": None, "camundaFormRef": ref, "contextPath": None}
    assert admin.ok("GET", f"/task/{task}/deployed-form")["id"] == f"id-{key}"
    assert admin.ok("GET", f"/process-definition/key/{key}/startForm")["camundaFormRef"] == ref
    assert admin.ok("GET", f"/process-definition/key/{key}/deployed-start-form")["id"] == f"id-{key}"


@pytest.mark.parametrize("named", ["id-KEY", "${form}"])
def test_a_form_that_was_deployed_at_another_time_is_found_by_its_id(admin: Client, key: str, named: str):
    assert admin.deploy(**{"apart.form": form(f"id-{key}")}).status == 200
    binding = 'camunda:formRefBinding="version" camunda:formRefVersion="1"'
    task = deploy(admin, key, f'camunda:formRef="{named.replace("KEY", key)}" {binding}')
    assert admin.ok("GET", f"/task/{task}")["camundaFormRef"] == {"key": f"id-{key}", "binding": "version", "version": 1}
    assert admin.ok("GET", f"/task/{task}/deployed-form")["id"] == f"id-{key}"


def test_a_form_that_must_go_along_is_not_taken_from_elsewhere(admin: Client, key: str):
    assert admin.deploy(**{"apart.form": form(f"id-{key}")}).status == 200
    task = deploy(admin, key, f'camunda:formRef="id-{key}" camunda:formRefBinding="deployment"')
    assert admin.get(f"/task/{task}/deployed-form").status == 404


def test_a_form_inside_of_the_model_has_no_key(admin: Client, key: str):
    fields = '<bpmn:extensionElements><camunda:formData><camunda:formField id="n" type="long"/></camunda:formData></bpmn:extensionElements>'
    model = MODEL.replace("KEY", key).replace('id="fill" ATTRIBUTES/>', f'id="fill">{fields}</bpmn:userTask>').replace("ATTRIBUTES", "")
    assert admin.deploy(**{f"{key}.bpmn": model}).status == 200
    task = admin.tasks(admin.start(key))["fill"]
    assert (admin.ok("GET", f"/task/{task}")["formKey"], admin.ok("GET", f"/task/{task}/form")["key"]) == (None, None)
    assert admin.ok("GET", f"/task/{task}/deployed-form")["components"][0]["key"] == "n"


def test_who_acts_for_others_begins_with_any_variables(site: Site, admin: Client, key: str):
    attributes = 'camunda:formKey="ask"'
    deploy(admin, key, attributes, **{"ask.form": form("any")})
    path, sent = f"/process-definition/key/{key}/start", {"variables": {"more": {"value": 1}}}
    assert site.client("robot").post(path, sent).status == 200
    assert site.client("sue").post(path, sent).status == 400, "a person's form says what may be given"
    fields = '<crossdesk:fields><crossdesk:field name="note" access="write"/></crossdesk:fields>'
    fields = f"<bpmn:extensionElements>{fields}</bpmn:extensionElements>"
    model = MODEL.replace("KEY", key).replace('id="start" ATTRIBUTES/>', f'id="start" {attributes}>{fields}</bpmn:startEvent>')
    model = model.replace("ATTRIBUTES", "").replace("<bpmn:definitions ", '<bpmn:definitions xmlns:crossdesk="urn:crossdesk:schema:1.0" ')
    assert admin.deploy(**{f"{key}.bpmn": model, "ask.form": form("any")}).status == 200
    assert site.client("robot").post(path, sent).status == 400, "and so does the model"
