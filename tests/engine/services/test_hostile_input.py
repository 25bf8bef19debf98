"""What clients and analysts may send and should not: each is refused with what, where and what to do, and nothing is half done."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce

import pytest

from engine.errors import DeploymentRefused, InvalidRequest, ModelFault, ModelProblem
from engine.model import CaseState
from engine.services.messages import Message
from tests.engine.services.conftest import END, START, WORKER, AnyForm, Desk, model, user_task

PLAIN = model(START, user_task("a"), END, "s > a", "a > e")
LONG = "".join(chr(ord("a") + number * 7 % 26) for number in range(256))


def refused(desk: Desk, files: Mapping[str, bytes | str], *, strict: bool = True) -> list[ModelProblem]:
    """What a deployment is refused for; afterwards there is nothing of it."""
    content = {name: text.encode() if isinstance(text, str) else text for name, text in files.items()}
    with pytest.raises(DeploymentRefused) as caught:
        desk.engine.definitions.deploy(desk.actor("ann"), "test", content, strict=strict)
    assert desk.engine.definitions.all_latest() == []
    return [problem for problem in caught.value.problems if not problem.warning]


def fault(desk: Desk, text: str, **variables: object) -> ModelFault:
    """The fault with which a case of a model cannot start; afterwards there is no case."""
    desk.deploy(p=text)
    with pytest.raises(ModelFault) as caught:
        desk.engine.instances.start(desk.actor("sue"), "p", variables)
    assert desk.engine.instances.page(desk.actor("ada")).total == 0
    return caught.value


def repeated(cardinality: str) -> str:
    loop = f'<loopCardinality xsi:type="tFormalExpression">{cardinality}</loopCardinality>'
    task = f'<userTask id="a"><multiInstanceLoopCharacteristics>{loop}</multiInstanceLoopCharacteristics></userTask>'
    return model(START, task, END, "s > a", "a > e")


class TestFiles:
    @pytest.mark.parametrize(
        "content", [b"", b"   ", b"PK\x03\x04", bytes(range(256)), b"<a/>", b"<?xml version='1.0' encoding='UTF-8'?>\xe9"]
    )
    def test_what_is_no_model_is_refused(self, desk: Desk, content: bytes) -> None:
        [problem] = refused(desk, {"p.bpmn": content})
        assert problem.resource == "p.bpmn"
        assert problem.line == 1

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "gb18030", "big5"])
    def test_a_model_may_be_in_any_encoding_that_it_names(self, desk: Desk, encoding: str) -> None:
        text = f"<?xml version='1.0' encoding='{encoding}'?>" + model(START, user_task("申請"), END, "s > 申請", "申請 > e", key="採購")
        files = {"採購.bpmn": text.encode(encoding)}
        desk.engine.definitions.deploy(desk.actor("ann"), "test", files)
        case = desk.engine.instances.start(desk.actor("sue"), "採購")
        assert list(desk.open_tasks(case.id)) == ["申請"]

    @pytest.mark.parametrize("name", ["p.xml", "p.BPMN", "p", "readme.txt"])
    def test_a_file_that_nothing_reads_is_refused_where_people_deploy(self, desk: Desk, name: str) -> None:
        [problem] = refused(desk, {name: PLAIN})
        assert (problem.resource, problem.code) == (name, "file-unread")
        assert ".bpmn" in problem.message

    def test_a_client_of_the_api_may_keep_such_files_and_is_told(self, desk: Desk) -> None:
        made = desk.engine.definitions.deploy(desk.actor("ann"), "test", {"p.bpmn": PLAIN.encode(), "logo.png": b"\x89PNG"}, strict=False)
        assert [(it.resource, it.code) for it in made.warnings] == [("logo.png", "file-unread")]

    def test_one_key_in_two_files_is_refused(self, desk: Desk) -> None:
        [problem] = refused(desk, {"a.bpmn": PLAIN, "b.bpmn": PLAIN})
        assert (problem.resource, problem.element, problem.code) == ("b.bpmn", "p", "key-in-two-files")
        assert "a.bpmn" in problem.message

    @pytest.mark.parametrize("name", ["", "a\0.bpmn", f"{LONG}.bpmn"])
    def test_a_file_needs_a_name_that_can_be_kept(self, desk: Desk, name: str) -> None:
        with pytest.raises(InvalidRequest, match="the name of a file"):
            desk.engine.definitions.deploy(desk.actor("ann"), "test", {name: PLAIN.encode()})

    def test_subprocesses_may_be_fifty_deep_and_run_so(self, desk: Desk) -> None:
        desk.deploy(p=nested(50))
        case = desk.engine.instances.start(desk.actor("sue"), "p")
        desk.complete("sam", desk.open_tasks(case.id)["deep"])
        assert desk.engine.instances.get(desk.actor("sue"), case.id).case.state is CaseState.COMPLETED

    def test_deeper_ones_are_refused_and_exhaust_no_stack(self, desk: Desk) -> None:
        assert [problem.code for problem in refused(desk, {"p.bpmn": nested(190)})] == ["nested-too-deep"]

    def test_nobody_waits_while_a_large_model_is_read(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        """A form is checked outside of the transaction that writes: writing meanwhile, in this very thread, would be refused within it."""
        written: list[str] = []

        def check(self: AnyForm, resource: str, form: str) -> list[ModelProblem]:
            desk.engine.tasks.save_draft(desk.actor("sue"), "start/p", {"seen": resource})
            written.append(resource)
            return []

        monkeypatch.setattr(AnyForm, "check", check)
        desk.engine.definitions.deploy(desk.actor("ann"), "test", {"f.form": b'{"components": []}', "p.bpmn": PLAIN.encode()})
        assert written == ["f.form"]


PARTS = '{"path": "parts", "components": [{"key": "size"}]}'
FORM = f'{{"components": [{{"key": "remark"}}, {{"path": "items", "components": [{{"key": "cost"}}, {PARTS}]}}]}}'.encode()


def with_fields(*names: str) -> str:
    fields = "".join(f'<crossdesk:field name="{name}" access="hidden"/>' for name in names)
    task = user_task("a", 'camunda:candidateGroups="sales" camunda:formKey="f"', f"<crossdesk:fields>{fields}</crossdesk:fields>")
    return model(START, task, END, "s > a", "a > e")


def test_the_columns_of_a_list_may_be_hidden(desk: Desk) -> None:
    files = {"p.bpmn": with_fields("remark", "items.cost", "items.parts.size").encode(), "f.form": FORM}
    assert desk.engine.definitions.deploy(desk.actor("ann"), "test", files).warnings == ()


@pytest.mark.parametrize("name", ["cost", "items.size", "parts.size", "items.remark"])
def test_a_permission_that_would_hide_nothing_is_refused(desk: Desk, name: str) -> None:
    assert [it.code for it in refused(desk, {"p.bpmn": with_fields(name), "f.form": FORM})] == ["unknown-field"]


def nested(depth: int) -> str:
    """A user task inside so many subprocesses."""
    inside = '<startEvent id="in"/>' + user_task("deep") + '<sequenceFlow id="f" sourceRef="in" targetRef="deep"/>'
    for level in range(depth, 0, -1):
        around = f'<startEvent id="s{level}"/><sequenceFlow id="f{level}" sourceRef="s{level}" targetRef="u{level}"/>' if level > 1 else ""
        inside = f'{around}<subProcess id="u{level}">{inside}</subProcess>'
    return model(START, inside, "s > u1")


class TestModels:
    @pytest.mark.parametrize("number", ["= -3", "= 2.7", "= null", '= "three"', "= 10 ** 400", "${wanted}"])
    def test_a_number_of_instances_is_a_whole_number_from_0(self, desk: Desk, number: str) -> None:
        told = fault(desk, repeated(number), wanted="-1")
        assert (told.element, told.line) == ("a", 1)
        assert "the cardinality of a is" in str(told)
        assert "Decimal" not in str(told)

    @pytest.mark.parametrize("number", ["= 10001", "9" * 60, "9" * 400])
    def test_there_are_at_most_ten_thousand_instances(self, desk: Desk, number: str) -> None:
        assert "at most 10000" in str(fault(desk, repeated(number)))

    def test_no_instance_is_no_fault(self, desk: Desk) -> None:
        desk.deploy(p=repeated("= 0"))
        assert desk.engine.instances.start(desk.actor("sue"), "p").state is CaseState.COMPLETED

    @pytest.mark.parametrize("priority", ["= 10 ** 30", "= 2147483648", "= 1.5", '= "high"', "= null"])
    def test_a_priority_is_a_whole_number_that_can_be_kept(self, desk: Desk, priority: str) -> None:
        told = fault(desk, model(START, user_task("a", f'camunda:priority="{priority.replace(chr(34), "&quot;")}"'), END, "s > a", "a > e"))
        assert told.element == "a"
        assert "priority" in str(told)

    def test_a_priority_that_cannot_be_kept_is_refused_when_it_is_written_down(self, desk: Desk) -> None:
        text = model(START, user_task("a", 'camunda:priority="99999999999"'), END, "s > a", "a > e")
        assert "priority" in [problem.code for problem in refused(desk, {"p.bpmn": text}, strict=False)]

    def test_a_message_without_a_name_is_never_awaited(self, desk: Desk) -> None:
        catch = '<intermediateCatchEvent id="c"><messageEventDefinition messageRef="m"/></intermediateCatchEvent>'
        told = fault(desk, model(START, catch, END, "s > c", "c > e", before='<message id="m" name="= missing"/>'))
        assert told.element == "c"
        assert "no name" in str(told)

    @pytest.mark.parametrize("value", ["= {a: 1}", "= 5", '= ""'])
    def test_a_form_is_named_by_a_text(self, desk: Desk, value: str) -> None:
        text = model(START, user_task("a", f'camunda:formKey="{value.replace(chr(34), "&quot;")}"'), END, "s > a", "a > e")
        assert "not the name of a form" in str(fault(desk, text))

    def test_a_person_is_named_by_a_text(self, desk: Desk) -> None:
        told = fault(desk, model(START, user_task("a", 'camunda:assignee="= 5"'), END, "s > a", "a > e"))
        assert str(told) == "5 is not the name of a person or group"

    @pytest.mark.parametrize("called", ["${wanted}", "= wanted"])
    def test_what_is_called_may_be_computed(self, desk: Desk, called: str) -> None:
        call = f'<callActivity id="c" calledElement="{called}"/>'
        desk.deploy(p=model(START, call, END, "s > c", "c > e"), q=PLAIN.replace('"p"', '"q"'))
        case = desk.engine.instances.start(desk.actor("sue"), "p", {"wanted": "q"})
        assert [it.definition_key for it in desk.engine.instances.get(desk.actor("sue"), case.id).called] == ["q"]

    def test_what_is_called_may_be_a_qualified_name(self, desk: Desk) -> None:
        call = '<callActivity id="c" calledElement="own:q" xmlns:own="test"/>'
        desk.deploy(p=model(START, call, END, "s > c", "c > e"), q=PLAIN.replace('"p"', '"q"'))
        case = desk.engine.instances.start(desk.actor("sue"), "p")
        assert list(desk.open_tasks(case.id)) == ["a"]

    def test_a_process_that_calls_itself_by_a_computed_name_comes_to_an_end(self, desk: Desk) -> None:
        told = fault(desk, model(START, '<callActivity id="c" calledElement="${wanted}"/>', END, "s > c", "c > e"), wanted="p")
        assert told.element == "c"


class TestRequests:
    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("", 1),
            (LONG, 1),
            ("a\0", 1),
            ("\ud800", 1),
            ("x", "a\0b"),
            ("x", "\ud800"),
            ("x", float("nan")),
            ("x", object()),
            ("x", {"a\0": 1}),
            ("x", reduce(lambda inner, _: [inner], range(5_000), 1)),
        ],
    )
    def test_a_variable_that_cannot_be_kept_refuses_the_request(self, desk: Desk, name: str, value: object) -> None:
        desk.deploy(p=PLAIN)
        with pytest.raises(InvalidRequest):
            desk.engine.instances.start(desk.actor("sue"), "p", {name: value})
        case = desk.engine.instances.start(desk.actor("sue"), "p")
        task = desk.open_tasks(case.id)["a"]
        desk.engine.tasks.claim(desk.actor("sam"), task)
        with pytest.raises(InvalidRequest):
            desk.engine.tasks.complete(desk.actor("sam"), task, {name: value})
        assert desk.open_tasks(case.id) == {"a": task}

    @pytest.mark.parametrize("key", ["a\0", LONG, 5])
    def test_a_key_that_cannot_be_kept_refuses_the_request(self, desk: Desk, key: str) -> None:
        desk.deploy(p=PLAIN)
        with pytest.raises(InvalidRequest, match="the business key"):
            desk.engine.instances.start(desk.actor("sue"), "p", business_key=key)
        with pytest.raises(InvalidRequest, match="the one-time key"):
            desk.engine.instances.start(desk.actor("sue"), "p", once_key=key)
        with pytest.raises(InvalidRequest, match="the business key"):
            desk.engine.messages.correlate(WORKER, Message("confirmed", business_key=key))
        with pytest.raises(InvalidRequest, match="the name of the message"):
            desk.engine.messages.correlate(WORKER, Message(key))
        assert desk.engine.instances.page(desk.actor("ada")).total == 0
