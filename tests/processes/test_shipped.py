"""What ships is sound: it deploys without a warning, and every name in it stands in both languages."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml import etree

from engine import read_model
from engine.feel import compile_condition, compile_text
from forms import check_form
from forms.translating import untranslated
from tests.processes.company import SHIPPED, Company, shipped

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
DMN = "{https://www.omg.org/spec/DMN/20191111/MODEL/}"
CROSSDESK = "{urn:crossdesk:schema:1.0}"
CAMUNDA = "{http://camunda.org/schema/1.0/bpmn}"
MODELS = [path for path in SHIPPED if path.suffix == ".bpmn"]
FORMS = [path for path in SHIPPED if path.suffix == ".form"]
SUPPORTED = {"message", "timer", "error", "terminate"}
# Not seen by people: the errors of error events have names, and those are translated; messages are ids for clients.
UNSEEN = {f"{BPMN}message", f"{BPMN}extensionElements"}


def names(path: Path) -> Iterator[tuple[str, bool]]:
    """Each name in a model or decision that people read, with whether it has a Chinese translation."""
    for element in etree.parse(path).iter():
        if element.tag in UNSEEN or not isinstance(element.tag, str):
            continue
        text = element.get("name") if element.tag.startswith((BPMN, CROSSDESK)) else None
        if element.tag in {f"{CROSSDESK}handler", f"{CROSSDESK}parameter", f"{CROSSDESK}field"}:
            continue
        if element.tag in {f"{CROSSDESK}keyField", f"{CROSSDESK}offer"} or (element.tag.startswith(DMN) and element.get("label")):
            text = element.get("label")
        if element.tag == f"{DMN}decision":
            text = element.get("name")
        if text:
            inner = (
                element
                if element.tag.startswith(CROSSDESK)
                else next(iter(element.findall(f"{_namespace(element)}extensionElements")), None)
            )
            found = [] if inner is None else inner.findall(f"{CROSSDESK}translation")
            yield f"{element.get('id') or element.get('name')}: {text}", any(it.get("language") == "zh" and _chinese(it) for it in found)


def _namespace(element: etree._Element) -> str:
    return str(element.tag).partition("}")[0] + "}"


def _chinese(translation: etree._Element) -> bool:
    return re.search(r"[\u4e00-\u9fff]", translation.get("text", "")) is not None


@pytest.mark.parametrize("path", [path for path in SHIPPED if path.suffix in {".bpmn", ".dmn"}], ids=lambda path: path.name)
def test_every_name_of_a_shipped_model_stands_in_both_languages(path: Path):
    found = list(names(path))
    assert found
    assert [name for name, translated in found if not translated] == []


def test_a_name_without_chinese_is_noticed(tmp_path: Path):
    text = MODELS[0].read_text().replace('<crossdesk:translation language="zh"', '<crossdesk:translation language="de"', 1)
    (tmp_path / "changed.bpmn").write_text(text)
    assert any(not translated for _, translated in names(tmp_path / "changed.bpmn"))


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.name)
def test_every_text_of_a_shipped_form_stands_in_both_languages(path: Path):
    def walk(component: dict) -> Iterator[str]:
        yield from (f"{component['id']}: {missing}" for missing in untranslated(component, "zh"))
        for inner in component.get("components", []):
            yield from walk(inner)

    assert [missing for component in json.loads(path.read_text())["components"] for missing in walk(component)] == []


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.name)
def test_a_shipped_form_has_no_faults(path: Path):
    assert check_form(path.name, path.read_text()) == []


@pytest.mark.parametrize("word", ["categoryName", "about"])
def test_what_the_start_page_says_of_a_process_is_there_in_each_language(word: str):
    for path in MODELS:
        case = etree.parse(path).find(f".//{CROSSDESK}case")
        assert {text.get("language") for text in case.findall(f"{CROSSDESK}{word}")} == {"en", "zh"}


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.name)
def test_only_elements_that_run_now_are_used(path: Path):
    text = path.read_text()
    assert set(re.findall(r"<bpmn:(\w+?)EventDefinition", text)) <= SUPPORTED
    assert not re.search(r"<bpmn:(scriptTask|transaction|adHocSubProcess|sendTask|complexGateway|timeCycle)", text)


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.name)
def test_every_task_of_a_person_has_a_form_an_outcome_and_somebody_to_do_it(path: Path):
    for process in read_model(path.read_bytes(), path.name).processes.values():
        for node in (node for node in process.nodes.values() if node.user_task):
            task = node.user_task
            lane = process.lanes[node.lane]
            assert task.form_key is not None, node.id
            assert (path.parents[1] / "forms" / f"{task.form_key.source}.form").exists(), node.id
            assert task.outcomes, node.id
            assert task.assignee or task.candidate_groups or lane.group, node.id


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.name)
def test_every_approval_has_a_deadline_and_can_be_returned_or_rejected(path: Path):
    for process in read_model(path.read_bytes(), path.name).processes.values():
        for node in (node for node in process.nodes.values() if node.user_task and node.id.endswith("_approves")):
            assert node.user_task.deadline, node.id
            assert {outcome.kind.value for outcome in node.user_task.outcomes} == {"approve", "return", "reject"}, node.id


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.name)
def test_the_fields_that_a_step_names_are_fields_of_its_form(path: Path):
    for process in read_model(path.read_bytes(), path.name).processes.values():
        for node in (node for node in process.nodes.values() if node.user_task):
            form = json.loads((path.parents[1] / "forms" / f"{node.user_task.form_key.source}.form").read_text())
            keys = {component.get("key") or component.get("path") for component in form["components"]}
            assert {name for name, _ in node.user_task.fields} <= keys, node.id


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.name)
def test_every_condition_and_expression_compiles(path: Path):
    functions = ("now", "today", "working time", "department of", "head of", "superior of")
    for process in read_model(path.read_bytes(), path.name).processes.values():
        for flow in process.flows.values():
            if flow.condition:
                compile_condition(flow.condition.source, functions=functions)
        for node in process.nodes.values():
            for _, text in node.service.parameters if node.service else ():
                compile_text(text.source, functions=functions)


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.name)
def test_the_layout_shows_every_element_with_tasks_on_the_grid(path: Path):
    tree = etree.parse(path)
    shapes = {shape.get("bpmnElement"): shape[0] for shape in tree.iter("{http://www.omg.org/spec/BPMN/20100524/DI}BPMNShape")}
    edges = {edge.get("bpmnElement") for edge in tree.iter("{http://www.omg.org/spec/BPMN/20100524/DI}BPMNEdge")}
    for process in read_model(path.read_bytes(), path.name).processes.values():
        assert process.flows.keys() <= edges
        assert {*process.nodes, *process.lanes} <= shapes.keys()
        for node in process.nodes.values():
            bounds = shapes[node.id]
            if node.type.endswith("Task") or node.type == "callActivity":
                assert (bounds.get("width"), bounds.get("height")) == ("100", "80"), node.id
                assert int(bounds.get("x")) % 20 == 0, node.id
                assert int(bounds.get("y")) % 20 == 0, node.id


def test_what_ships_deploys_without_a_warning(company: Company):
    again = company.engine.definitions.check(company.person("analyst"), shipped())
    assert again == []


def test_a_form_with_a_mistake_is_refused_at_deployment(company: Company):
    field = {"type": "number", "id": "Field_1", "key": "sum", "label": "Sum"}
    broken = json.dumps({"components": [field], "type": "default", "schemaVersion": 19}).encode()
    found = company.engine.definitions.check(company.person("analyst"), {"broken.form": broken, "other.form": b"\xff{"})
    assert [(it.resource, it.code) for it in found] == [("broken.form", "form-key-reserved"), ("other.form", "form-unreadable")]
