"""What a file says is what the model says."""

import random

import pytest
from lxml import etree

from engine.bpmn.model import EventKind, FieldAccess, OutcomeKind, Text, TimerKind
from engine.bpmn.reader import read_model
from engine.errors import DeploymentRefused

from .builder import chain, condition, definitions, element, extension, flow, one, process, straight


def read(data):
    """The only process of a file."""
    (found,) = read_model(data, "order.bpmn").processes.values()
    return found


def node(name, *parts, **attributes):
    """The node `it` of a file with one node."""
    return read(one(name, *parts, **attributes)).nodes["it"]


class TestFile:
    def test_a_file_that_is_no_bpmn_is_refused(self):
        with pytest.raises(DeploymentRefused) as caught:
            read_model(b"<html/>", "page.bpmn")
        assert caught.value.problems[0].code == "not-bpmn"

    def test_only_executable_processes_are_read(self):
        data = definitions(process(id="runs"), process(id="drawn", isExecutable="false"), process(id="says_nothing", isExecutable=None))
        assert list(read_model(data, "order.bpmn").processes) == ["runs"]

    def test_a_prefix_says_nothing_and_the_namespace_all(self):
        data = (
            b'<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:activiti="http://camunda.org/schema/1.0/bpmn">'
            b'<process id="order" isExecutable="true"><userTask id="it" activiti:assignee="kermit"/>'
            b'<userTask xmlns="urn:other" id="not_bpmn"/></process></definitions>'
        )
        assert [(n.id, n.user_task.assignee.source) for n in read(data).nodes.values()] == [("it", "kermit")]

    def test_participants_name_their_processes(self):
        pools = element("participant", id="us", name="Purchasing", processRef="order") + element("participant", id="them", name="Supplier")
        model = read_model(definitions(element("collaboration", pools, id="both"), process()), "order.bpmn")
        assert model.collaboration == "both"
        assert [(p.id, p.name, p.process) for p in model.participants] == [("us", "Purchasing", "order"), ("them", "Supplier", None)]


class TestSequenceFlow:
    def test_a_flow_without_an_id_gets_one_that_stays_the_same(self):
        data = definitions(process(element("task", id="a"), element("task", id="b"), flow("a", "b", id=None), flow("a", "b", id=None)))
        model = read_model(data, "order.bpmn")
        assert list(model.processes["order"].flows) == ["flow_a_b", "flow_a_b_2"]
        assert list(read(data).flows) == ["flow_a_b", "flow_a_b_2"]

    def test_a_given_id_is_in_the_tree_too(self):
        model = read_model(definitions(process(element("task", id="a"), flow("a", "a", id=None))), "order.bpmn")
        assert [item.get("id") for item in model.tree.iter("{*}sequenceFlow")] == ["flow_a_a"]

    def test_a_given_id_does_not_clash_with_one_of_the_file(self):
        data = definitions(process(element("task", id="a"), element("task", id="flow_a_a"), flow("a", "a", id=None)))
        assert list(read(data).flows) == ["flow_a_a_2"]

    def test_white_space_does_not_belong_to_an_id(self):
        data = definitions(process(element("task", id=" a "), flow("a", "a", id="f ")))
        assert (list(read(data).nodes), list(read(data).flows)) == (["a"], ["f"])

    def test_nodes_know_their_flows_in_the_order_of_the_file(self):
        data = definitions(
            process(
                element("exclusiveGateway", id="g", default="second"),
                element("task", id="a"),
                flow("g", "a", condition(" ${amount > 1000} "), id="first"),
                flow("g", "a", id="second"),
            )
        )
        found = read(data)
        assert found.nodes["g"].outgoing == ("first", "second")
        assert found.nodes["a"].incoming == ("first", "second")
        assert found.nodes["g"].default == "second"
        assert found.flows["first"].condition == Text("${amount > 1000}", 3)
        assert found.flows["second"].condition is None

    def test_ids_start_and_end_are_kept(self):
        assert list(read(definitions(process(element("startEvent", id="Start"), element("endEvent", id="End")))).nodes) == ["Start", "End"]


class TestLanes:
    LANES = element(
        "laneSet",
        element(
            "lane",
            extension(element("crossdesk:performer", group="finance"), element("crossdesk:translation", language="zh", text="财务")),
            element("flowNodeRef", "pay"),
            element("flowNodeRef", "check"),
            element("childLaneSet", element("lane", element("flowNodeRef", "check"), id="heads", name="Heads")),
            id="finance",
            name="Finance",
        ),
        element("lane", element("flowNodeRef", "pack"), name="Stores"),
    )

    def test_a_lane_has_a_group_and_a_name_in_two_languages(self):
        lane = read(definitions(process(self.LANES))).lanes["finance"]
        assert (lane.name, lane.group, lane.translations.get("zh_CN", "")) == ("Finance", "finance", "财务")

    def test_the_innermost_lane_names_a_node(self):
        tasks = [element("userTask", id=name) for name in ("pay", "check", "pack", "free")]
        found = read(definitions(process(self.LANES, *tasks)))
        assert {n.id: n.lane for n in found.nodes.values()} == {"pay": "finance", "check": "heads", "pack": "lane", "free": None}

    def test_a_subprocess_may_have_lanes_of_its_own_and_else_lends_its_own(self):
        inner = element("laneSet", element("lane", element("flowNodeRef", "b"), id="inner"))
        sub = element("subProcess", inner, element("userTask", id="a"), element("userTask", id="b"), id="pay")
        found = read(definitions(process(self.LANES, sub)))
        assert (found.nodes["a"].lane, found.nodes["b"].lane) == ("finance", "inner")

    def test_a_boundary_event_is_in_the_lane_of_its_host(self):
        found = read(definitions(process(self.LANES, element("task", id="pay"), element("boundaryEvent", id="late", attachedToRef="pay"))))
        assert found.nodes["late"].lane == "finance"


class TestEvents:
    ROOT = (
        element("message", id="M1", name="Confirmed"),
        element("error", id="E1", name="Short", errorCode="short-of-stock"),
        element("signal", id="S1", name="Close of month"),
        element("escalation", id="X1", escalationCode="late"),
    )

    def event(self, definition, name="intermediateCatchEvent", *parts):
        body = process(element(name, *parts, definition, id="it"))
        return read(definitions(*self.ROOT, body)).nodes["it"].event

    def test_an_event_without_a_definition_has_none(self):
        assert node("intermediateThrowEvent").event is None

    def test_a_message_event_has_the_name_of_its_message(self):
        found = self.event(element("messageEventDefinition", messageRef="M1"))
        assert (found.kind, found.name) == (EventKind.MESSAGE, Text("Confirmed", 3))

    def test_a_reference_may_be_a_qualified_name(self):
        assert self.event(element("messageEventDefinition", messageRef="tns:M1")).name == Text("Confirmed", 3)

    def test_an_error_that_is_not_declared_is_its_own_code(self):
        assert self.event(element("errorEventDefinition", errorRef="short"), "boundaryEvent").code == "short"

    def test_a_reference_to_nothing_is_left_to_the_checks(self):
        assert self.event(element("messageEventDefinition", messageRef="gone")).name is None

    def test_an_error_event_has_the_code_of_its_error(self):
        found = self.event(
            element("errorEventDefinition", errorRef="E1", camunda__errorCodeVariable="code", camunda__errorMessageVariable="why")
        )
        assert (found.kind, found.code, found.error_code_variable, found.error_message_variable) == (
            EventKind.ERROR,
            "short-of-stock",
            "code",
            "why",
        )

    def test_an_error_event_without_a_reference_catches_all(self):
        assert self.event(element("errorEventDefinition"), "boundaryEvent").code is None

    @pytest.mark.parametrize("kind", list(TimerKind))
    def test_a_timer_event_has_its_text(self, kind):
        found = self.event(element("timerEventDefinition", element(kind, ' = working time(now(), "3 wd") ')))
        assert (found.kind, found.timer, found.timer_text.source) == (EventKind.TIMER, kind, '= working time(now(), "3 wd")')

    def test_a_timer_without_a_text_is_left_to_the_checks(self):
        found = self.event(element("timerEventDefinition"))
        assert (found.kind, found.timer, found.timer_text) == (EventKind.TIMER, None, None)

    @pytest.mark.parametrize(
        ("definition", "kind", "name", "code"),
        [
            (element("signalEventDefinition", signalRef="S1"), EventKind.SIGNAL, "Close of month", None),
            (element("escalationEventDefinition", escalationRef="X1"), EventKind.ESCALATION, None, "late"),
            (element("linkEventDefinition", name="on"), EventKind.LINK, "on", None),
            (element("compensateEventDefinition"), EventKind.COMPENSATION, None, None),
            (element("cancelEventDefinition"), EventKind.CANCEL, None, None),
            (element("terminateEventDefinition"), EventKind.TERMINATE, None, None),
        ],
    )
    def test_every_kind_of_event_is_read(self, definition, kind, name, code):
        found = self.event(definition)
        assert (found.kind, found.name and found.name.source, found.code) == (kind, name, code)

    def test_a_conditional_event_has_its_condition(self):
        found = self.event(element("conditionalEventDefinition", element("condition", "amount > 3")))
        assert (found.kind, found.condition.source) == (EventKind.CONDITIONAL, "amount > 3")

    def test_a_receive_task_waits_for_a_message(self):
        body = process(element("receiveTask", id="it", messageRef="M1"))
        assert read(definitions(*self.ROOT, body)).nodes["it"].event.name.source == "Confirmed"

    def test_a_receive_task_without_a_message_has_no_event(self):
        assert node("receiveTask").event is None

    def test_an_offer_says_who_may_give_the_message_by_hand(self):
        offer = element(
            "crossdesk:offer",
            element("crossdesk:translation", language="zh", text="供应商已确认"),
            group="purchasing",
            label="Supplier has confirmed",
        )
        found = self.event(element("messageEventDefinition", messageRef="M1"), "intermediateCatchEvent", extension(offer))
        assert (found.role, found.label, found.label_translations.get("zh", "")) == ("purchasing", "Supplier has confirmed", "供应商已确认")

    def test_a_boundary_event_knows_its_host_and_whether_it_interrupts(self):
        late = node("boundaryEvent", attachedToRef="start", cancelActivity="false")
        cancel = node("boundaryEvent", attachedToRef="start")
        assert (late.attached_to, late.interrupting, cancel.interrupting) == ("start", False, True)

    def test_a_start_event_says_whether_it_interrupts(self):
        assert node("startEvent", isInterrupting="false").interrupting is False
        assert node("startEvent").interrupting is True

    def test_a_start_event_has_a_form_its_fields_and_the_variable_for_the_initiator(self):
        fields = element("crossdesk:fields", element("crossdesk:field", name="level", access="hidden"))
        found = node("startEvent", extension(fields), camunda__formKey="request", camunda__initiator="initiator")
        assert (found.form_key.source, found.initiator) == ("request", "initiator")
        assert (found.fields, found.default_field_access) == ((("level", FieldAccess.HIDDEN),), FieldAccess.WRITE)


class TestUserTask:
    def test_the_attributes_of_camunda_are_read_as_text(self):
        found = node(
            "userTask",
            camunda__assignee="kermit",
            camunda__candidateUsers="fozzie, gonzo",
            camunda__candidateGroups='= department of(initiator) + ":head"',
            camunda__dueDate="2026-01-31T09:15:00Z",
            camunda__followUpDate="${soon}",
            camunda__priority="70",
            camunda__formKey="review",
        ).user_task
        assert (found.assignee, found.candidate_users) == (Text("kermit", 5), Text("fozzie, gonzo", 5))
        assert found.candidate_groups == Text('= department of(initiator) + ":head"', 5)
        assert (found.due_date, found.follow_up_date) == (Text("2026-01-31T09:15:00Z", 5), Text("${soon}", 5))
        assert (found.priority, found.form_key) == (Text("70", 5), Text("review", 5))

    def test_what_is_not_said_is_none(self):
        found = node("userTask", camunda__assignee="").user_task
        assert (found.assignee, found.form_key, found.outcomes, found.deadline, found.fields) == (None, None, (), None, ())
        assert found.default_field_access is FieldAccess.READ

    @pytest.mark.parametrize(
        "attributes",
        [{"camunda__formRef": "review"}, {"camunda__formKey": "camunda-forms:deployment:review.form"}, {"camunda__formKey": "review"}],
    )
    def test_the_ways_to_name_a_form_mean_the_same(self, attributes):
        assert node("userTask", **attributes).user_task.form_key.source == "review"

    def test_outcomes_keep_their_order_kind_and_names(self):
        approve = element(
            "crossdesk:outcome", element("crossdesk:translation", language="zh", text="同意"), id="approve", kind="approve", name="Approve"
        )
        other = element("crossdesk:outcome", id="ask", kind="surprise", name="Ask")
        found = node("userTask", extension(approve, other)).user_task.outcomes
        assert [(o.id, o.kind, o.name, o.translations.get("zh", o.name)) for o in found] == [
            ("approve", OutcomeKind.APPROVE, "Approve", "同意"),
            ("ask", OutcomeKind.OWN, "Ask", "Ask"),
        ]

    def test_the_deadline_is_kept_as_written(self):
        assert node("userTask", extension(element("crossdesk:deadline", duration="2 wd"))).user_task.deadline == "2 wd"

    def test_field_permissions_are_read_and_an_unknown_word_hides(self):
        names = [("terms", "write"), ("total", "required"), ("margin", "secret")]
        fields = [element("crossdesk:field", name=name, access=access) for name, access in names]
        found = node("userTask", extension(element("crossdesk:fields", *fields, default="hidden"))).user_task
        assert found.fields == (("terms", FieldAccess.WRITE), ("total", FieldAccess.REQUIRED), ("margin", FieldAccess.HIDDEN))
        assert found.default_field_access is FieldAccess.HIDDEN


class TestService:
    def test_a_handler_has_a_name_and_parameters(self):
        handler = element("crossdesk:handler", element("crossdesk:parameter", name="lines", value="= items"), name="reserve-stock")
        found = node("serviceTask", extension(handler), camunda__resultVariable="reserved").service
        assert (found.handler, found.parameters, found.result_variable) == ("reserve-stock", (("lines", Text("= items", 5)),), "reserved")

    def test_an_external_task_has_a_topic(self):
        assert node("serviceTask", camunda__type="external", camunda__topic="print").service.topic == Text("print", 5)

    def test_an_expression_is_kept_as_text(self):
        assert node("serviceTask", camunda__expression="${a + 1}").service.expression == Text("${a + 1}", 5)

    def test_a_business_rule_task_names_a_decision(self):
        found = node(
            "businessRuleTask",
            camunda__decisionRef="level",
            camunda__decisionRefBinding="deployment",
            camunda__mapDecisionResult="singleEntry",
        ).service
        assert (found.decision.source, found.decision_binding, found.map_decision_result) == ("level", "deployment", "singleEntry")

    def test_a_user_task_has_no_service(self):
        assert node("userTask").service is None


class TestCall:
    def test_a_call_activity_names_what_it_calls(self):
        found = node(
            "callActivity", calledElement="replenish", camunda__calledElementBinding="version", camunda__calledElementVersion="3"
        ).call
        assert (found.called_element, found.binding, found.version) == (Text("replenish", 5), "version", Text("3", 5))

    def test_mappings_keep_their_order(self):
        ins = [
            element("camunda:in", source="items", target="lines"),
            element("camunda:in", sourceExpression="= 1 + 1", target="n", local="true"),
            element("camunda:in", variables="all"),
            element("camunda:in", businessKey="${execution.processBusinessKey}"),
        ]
        found = node(
            "callActivity", extension(*ins, element("camunda:out", source="got", target="received")), calledElement="replenish"
        ).call
        first, second, third, fourth = found.ins
        assert (first.variable, first.target, first.source, first.local) == ("items", "lines", None, False)
        assert (second.source.source, second.target, second.local) == ("= 1 + 1", "n", True)
        assert third.all_variables
        assert fourth.business_key.source == "${execution.processBusinessKey}"
        assert [(out.variable, out.target) for out in found.outs] == [("got", "received")]


class TestLoop:
    def test_a_collection_in_the_words_of_camunda(self):
        loop = element(
            "multiInstanceLoopCharacteristics", isSequential="true", camunda__collection="approvers", camunda__elementVariable="approver"
        )
        found = node("userTask", loop).loop
        assert (found.sequential, found.collection.source, found.element_variable) == (True, "approvers", "approver")

    def test_a_collection_in_the_words_of_the_standard(self):
        parts = element("loopDataInputRef", "approvers") + element("inputDataItem", name="approver", id="in")
        found = node("userTask", element("multiInstanceLoopCharacteristics", parts)).loop
        assert (found.sequential, found.collection.source, found.element_variable) == (False, "approvers", "approver")

    def test_a_cardinality_and_a_completion_condition(self):
        parts = element("loopCardinality", "${n}") + element("completionCondition", "nrOfCompletedInstances = 2")
        found = node("userTask", element("multiInstanceLoopCharacteristics", parts)).loop
        assert (found.cardinality.source, found.completion_condition.source) == ("${n}", "nrOfCompletedInstances = 2")

    def test_a_task_without_a_loop_has_none(self):
        assert node("userTask").loop is None


class TestSubprocess:
    def test_nodes_know_the_subprocess_around_them(self):
        inner = element("subProcess", element("task", id="deep"), id="inner")
        outer = element("subProcess", element("startEvent", id="begin"), inner, id="outer", triggeredByEvent="true")
        found = read(definitions(process(outer, element("task", id="flat"))))
        assert [(n.id, n.scope) for n in found.nodes.values()] == [
            ("outer", None),
            ("begin", "outer"),
            ("inner", "outer"),
            ("deep", "inner"),
            ("flat", None),
        ]
        assert found.nodes["outer"].triggered_by_event
        assert not found.nodes["inner"].triggered_by_event
        assert [n.id for n in found.children("outer")] == ["begin", "inner"]

    def test_flows_inside_a_subprocess_are_flows_of_the_process(self):
        inside = element("startEvent", id="a") + element("endEvent", id="b") + chain("a", "b")
        assert list(read(definitions(process(element("subProcess", inside, id="sub")))).flows) == ["a_b"]


class TestProcess:
    def test_what_a_process_says_about_its_cases(self):
        case = element(
            "crossdesk:case",
            element(
                "crossdesk:keyField",
                element("crossdesk:translation", language="zh", text="金额"),
                name="amount",
                type="money",
                label="Amount",
            ),
            element("crossdesk:keyField", name="supplier"),
            element(
                "crossdesk:variable",
                element("crossdesk:translation", language="zh", text="退回方"),
                element("crossdesk:value", element("crossdesk:translation", language="zh", text="主管"), id="head", name="Head"),
                name="returned_by",
                label="Returned by",
            ),
            element("crossdesk:categoryName", language="en", text="Purchasing"),
            element("crossdesk:categoryName", language="zh", text="采购"),
            element("crossdesk:about", language="en", text="Have something bought."),
            numberPrefix="PA",
            subject="= title",
            category="purchasing",
            owner="purchasing:head",
            visibility="participants lanes",
        )
        found = read(definitions(process(extension(case))))
        assert (found.number_prefix, found.subject, found.owner) == ("PA", Text("= title", 3), "purchasing:head")
        assert (found.category, found.category_translations.get("zh", ""), found.category_translations.get("en", "")) == (
            "purchasing",
            "采购",
            "Purchasing",
        )
        assert found.about.get("en", "") == "Have something bought."
        [variable] = found.variables
        assert (variable.name, variable.type, variable.label, variable.translations.get("zh", "")) == (
            "returned_by",
            "text",
            "Returned by",
            "退回方",
        )
        [value] = variable.values
        assert (value.value, value.name, value.translations.get("zh", "")) == ("head", "Head", "主管")
        assert found.visibility == ("participants", "lanes")
        assert [(f.name, f.type, f.label, f.translations.get("zh", f.label)) for f in found.key_fields] == [
            ("amount", "money", "Amount", "金额"),
            ("supplier", "text", "supplier", "supplier"),
        ]

    def test_cases_of_a_process_that_says_nothing_are_seen_by_their_participants(self):
        found = read(definitions(process()))
        assert (found.number_prefix, found.subject, found.key_fields, found.visibility) == (None, None, (), ("participants",))

    def test_the_attributes_of_camunda_are_read(self):
        found = read(
            definitions(
                process(
                    element("documentation", " Buys what is missing. "),
                    name="Purchase",
                    camunda__versionTag="v2",
                    camunda__historyTimeToLive="P1Y",
                    camunda__candidateStarterGroups="sales",
                    camunda__candidateStarterUsers="kermit",
                    camunda__isStartableInTasklist="false",
                )
            )
        )
        assert (found.name, found.version_tag, found.history_time_to_live, found.documentation) == (
            "Purchase",
            "v2",
            "P1Y",
            "Buys what is missing.",
        )
        assert (found.candidate_starter_groups.source, found.candidate_starter_users.source) == ("sales", "kermit")
        assert found.startable_in_tasklist is False

    def test_every_named_element_may_be_translated(self):
        said = extension(element("crossdesk:translation", language="zh", text="词"))
        data = definitions(process(said, element("task", said, id="a"), flow("a", "a", said)))
        found = read(data)
        assert [item.translations.get("zh", "") for item in (found, found.nodes["a"], found.flows["a_a"])] == ["词", "词", "词"]

    def test_lines_are_those_of_the_file(self):
        found = read(definitions(straight(element("task", id="it"), ids=["it"])))
        assert (found.line, found.nodes["start"].line, found.nodes["it"].line, found.flows["start_it"].line) == (3, 4, 5, 7)


class TestAnything:
    def test_no_model_whatever_it_lacks_breaks_the_reader(self):
        """Attributes and elements are taken away at random; 300 seeds."""
        for seed in range(300):
            model = read_model(mutilated(RICH, random.Random(seed)), f"seed-{seed}.bpmn")
            assert set(model.processes) <= {"order"}


def mutilated(data, chance):
    """A file without about a tenth of its attributes and elements."""
    root = etree.fromstring(data)
    for item in list(root.iter())[1:]:
        for name in list(item.attrib):
            if chance.random() < 0.1:
                del item.attrib[name]
        if chance.random() < 0.1:
            item.getparent().remove(item)
    return etree.tostring(root)


RICH = definitions(
    element("message", id="M", name="Confirmed"),
    process(
        TestLanes.LANES,
        element("startEvent", id="begin", camunda__formKey="request", camunda__initiator="initiator"),
        element("userTask", element("multiInstanceLoopCharacteristics", camunda__collection="all", camunda__elementVariable="x"), id="pay"),
        element("boundaryEvent", element("timerEventDefinition", element("timeDuration", "PT1H", id="d")), id="late", attachedToRef="pay"),
        element(
            "subProcess",
            element("intermediateCatchEvent", element("messageEventDefinition", id="md", messageRef="M"), id="wait", name="Wait"),
            id="check",
            triggeredByEvent="true",
        ),
        element("callActivity", extension(element("camunda:in", source="a", target="b")), id="pack", calledElement="replenish"),
        chain("begin", "pay", "check", "pack"),
    ),
)
