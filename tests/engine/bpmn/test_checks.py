"""The deployment checks: what is found, with element, line and advice, and what is left in peace."""

import string

import pytest

from engine.bpmn.checks import MESSAGES, Known, call_cycles, check, untranslated
from engine.bpmn.reader import read_model
from engine.ports import ConnectorInput

from .builder import chain, condition, definitions, element, extension, flow, one, process, straight
from .refused import CALLS, REFUSED

CATALOGUE = Known(
    forms={"request": frozenset({"amount", "supplier"})},
    decisions=frozenset({"level"}),
    processes=frozenset({"replenish"}),
    handlers=frozenset({"reserve-stock"}),
    connectors={
        "http": (ConnectorInput("url", required=True), ConnectorInput("method", choices=("GET",)), ConnectorInput("key", fixed=True))
    },
    groups=frozenset({"purchasing", "finance:head"}),
    people=frozenset({"kermit"}),
)
LENIENT = Known(strict=False)


def problems(data, catalogue=CATALOGUE):
    """What is wrong with a file."""
    return check(read_model(data, "order.bpmn"), catalogue)


def errors(data, catalogue=CATALOGUE):
    """The codes of what the file is refused for."""
    return [problem.code for problem in problems(data, catalogue) if not problem.warning]


class TestEveryCode:
    @pytest.mark.parametrize(("code", "data", "where"), REFUSED, ids=[f"{i}-{case[0]}" for i, case in enumerate(REFUSED)])
    def test_it_is_found_with_its_element_and_line(self, code, data, where):
        found = [problem for problem in problems(data) if problem.code == code]
        assert [problem.element for problem in found][:1] == [where]
        assert found[0].resource == "order.bpmn"
        assert found[0].line >= 1

    def test_every_message_has_a_model_that_shows_it(self):
        assert {case[0] for case in [*REFUSED, *CALLS]} == set(MESSAGES)

    @pytest.mark.parametrize("code", sorted(MESSAGES))
    def test_a_message_says_what_to_do_and_can_be_translated(self, code):
        text = MESSAGES[code]
        assert text.count(". ") + text.count(": ") + text.endswith((".", "}")) >= 1
        assert all(name for _, name, _, _ in string.Formatter().parse(text) if name is not None)

    @pytest.mark.parametrize(("code", "data", "where"), REFUSED[::7], ids=[case[0] for case in REFUSED[::7]])
    def test_the_message_can_be_made_again_from_code_and_details(self, code, data, where):
        found = next(problem for problem in problems(data) if problem.code == code)
        assert MESSAGES[code].format(**dict(found.details)) == found.message

    def test_unsupported_elements_are_called_not_supported_yet(self):
        (found,) = [p for p in problems(one("scriptTask", element("script", "1"), scriptFormat="python")) if not p.warning]
        assert (found.element, found.line) == ("it", 5)
        assert "not supported yet" in found.message


class TestLines:
    def test_problems_come_in_the_order_of_the_file(self):
        data = definitions(straight(element("scriptTask", id="a"), element("task", id="b", colour="red"), ids=["a", "b"]))
        assert [(p.line, p.element) for p in problems(data)] == [(5, "a"), (6, "b")]

    def test_an_expression_on_a_line_of_its_own_is_named_by_that_line(self):
        data = definitions(
            process(
                element("startEvent", id="s"),
                element("exclusiveGateway", id="g"),
                element("endEvent", id="e"),
                flow("s", "g"),
                flow("g", "e", "\n" + condition("1 +")),
            )
        )
        (found,) = [p for p in problems(data) if p.code == "expression"]
        assert (found.element, found.line) == ("g_e", 4)
        assert "column 4" in found.message


class TestWhatRuns:
    def test_a_whole_process_of_everything_that_runs_has_no_problem(self):
        assert problems(EVERYTHING) == []

    @pytest.mark.parametrize(
        "text", ["P3D", "PT1H30M", "P1Y2M", "P2DT5H6M7.5S", '= working time(now(), "3 wd")', "${duration}", "P${days}D"]
    )
    def test_a_duration_is_iso_or_computed(self, text):
        timer = element("timerEventDefinition", element("timeDuration", text))
        assert errors(one("intermediateCatchEvent", timer)) == []

    @pytest.mark.parametrize("text", ["2026-01-31T09:15:00Z", "2026-01-31T09:15:00+08:00", "2026-01-31", "= due"])
    def test_a_date_is_iso_or_computed(self, text):
        timer = element("timerEventDefinition", element("timeDate", text))
        assert errors(one("intermediateCatchEvent", timer)) == []

    @pytest.mark.parametrize("text", ["2 wd", "6 wh", "10 wd"])
    def test_a_deadline_is_in_working_days_or_hours(self, text):
        deadline = extension(element("crossdesk:deadline", duration=text))
        assert problems(one("userTask", deadline, camunda__assignee="kermit")) == []

    @pytest.mark.parametrize("language", ["feel", "FEEL", "https://www.omg.org/spec/DMN/20191111/FEEL/"])
    def test_a_condition_may_say_that_it_is_feel(self, language):
        data = definitions(
            process(
                element("startEvent", id="s"),
                element("exclusiveGateway", id="g"),
                element("endEvent", id="e"),
                flow("s", "g"),
                flow("g", "e", condition("amount > 3").replace(" xsi", f' language="{language}" xsi')),
            )
        )
        assert errors(data) == []

    def test_colours_and_notes_of_drawing_tools_are_left_in_peace(self):
        data = definitions(straight(element("task", id="it"), ids=["it"])).replace(
            b'id="definitions"',
            b'xmlns:modeler="http://camunda.org/schema/modeler/1.0" modeler:executionPlatform="Camunda Platform" id="definitions"',
        )
        assert problems(data) == []

    def test_what_is_drawn_in_a_process_that_is_not_executable_is_not_ours(self):
        partner = process(element("scriptTask", id="x", camunda__class="a.B"), id="partner", isExecutable="false")
        assert problems(definitions(partner, straight(element("task", id="it"), ids=["it"]))) == []

    def test_a_condition_may_stand_on_a_flow_out_of_a_task(self):
        nodes = [
            element("startEvent", id="s"),
            element("task", id="t", default="t_b"),
            element("endEvent", id="a"),
            element("endEvent", id="b"),
        ]
        data = definitions(process(*nodes, flow("s", "t"), flow("t", "a", condition("amount > 3")), flow("t", "b")))
        assert problems(data) == []

    def test_a_variable_that_the_model_names_is_read_whole(self):
        outcome = extension(element("crossdesk:outcome", id="ok", kind="done", name="OK"))
        nodes = [
            element("startEvent", id="s"),
            element("userTask", outcome, id="re-check", camunda__assignee="kermit"),
            element("exclusiveGateway", id="g", default="g_b"),
            element("endEvent", id="a"),
            element("endEvent", id="b"),
        ]
        flows = [chain("s", "re-check", "g"), flow("g", "a", condition('re-check_outcome = "ok"')), flow("g", "b")]
        assert errors(definitions(process(*nodes, *flows))) == []


class TestUnknownNames:
    MODEL = one("userTask", camunda__formKey="gone", camunda__assignee="nobody", camunda__candidateGroups="nowhere")

    def test_they_are_refused_where_the_catalogue_is_strict(self):
        assert set(errors(self.MODEL)) == {"unknown-form", "unknown-person", "unknown-group"}

    def test_they_are_warnings_in_a_lenient_deployment(self):
        found = problems(self.MODEL, LENIENT)
        assert {p.code for p in found} == {"unknown-form", "unknown-person", "unknown-group"}
        assert all(p.warning for p in found)

    def test_a_connector_is_told_what_it_needs_with_the_line_of_what_is_wrong(self):
        told = (
            element("crossdesk:parameter", name="url", value="https://x/${id}"),
            element("crossdesk:parameter", name="method", value="= m"),
        )
        assert errors(one("serviceTask", extension(element("crossdesk:connector", *told, name="http"))), LENIENT) == ["unknown-connector"]
        assert errors(one("serviceTask", extension(element("crossdesk:connector", *told, name="http")))) == []
        data = one(
            "serviceTask",
            extension(element("crossdesk:connector", "\n\n" + element("crossdesk:parameter", name="hue", value="1"), name="http")),
        )
        found = {problem.code: problem.line for problem in problems(data)}
        assert found["connector-input"] == found["connector-without-input"] + 2

    def test_how_often_to_try_again_is_read_on_activities_and_events(self):
        cycle = extension(element("camunda:failedJobRetryTimeCycle", "PT10S, PT1M"))
        assert problems(one("task", cycle)) == []

    def test_a_handler_must_be_there_in_any_deployment(self):
        task = one("serviceTask", extension(element("crossdesk:handler", name="gone")))
        assert errors(task, LENIENT) == ["unknown-handler"]

    @pytest.mark.parametrize("text", ["= department of(initiator)", "${groups}", "purchasing, finance:head"])
    def test_a_list_that_is_computed_or_known_is_left_in_peace(self, text):
        assert problems(one("userTask", camunda__candidateGroups=text)) == []


class TestCalls:
    def processes(self, **calls):
        """Processes by key, each calling another one."""
        models = {key: read_model(self.caller(key, called), f"{key}.bpmn") for key, called in calls.items()}
        return models, lambda key: models[key].processes[key] if key in models else None

    def caller(self, key, called):
        return definitions(
            straight(element("callActivity", id="it", calledElement=called), ids=["it"]).replace('id="order"', f'id="{key}"')
        )

    @pytest.mark.parametrize(
        ("calls", "circle"),
        [
            ({"a": "a"}, "a → a"),
            ({"a": "b", "b": "a"}, "a → b → a"),
            ({"a": "b", "b": "c", "c": "a"}, "a → b → c → a"),
        ],
    )
    def test_a_circle_of_calls_is_found_and_spelled_out(self, calls, circle):
        models, resolve = self.processes(**calls)
        (found,) = call_cycles(models["a"], resolve)
        assert (found.code, found.element, found.line, found.warning) == ("call-cycle", "it", 5, False)
        assert circle in found.message

    @pytest.mark.parametrize("calls", [{"a": "b"}, {"a": "b", "b": "c"}, {"a": "b", "b": "b"}, {"a": "${key}"}])
    def test_calls_that_do_not_lead_back_are_left_in_peace(self, calls):
        models, resolve = self.processes(**calls)
        assert call_cycles(models["a"], resolve) == []


class TestTranslations:
    def test_names_without_a_translation_are_listed(self):
        said = extension(element("crossdesk:translation", language="zh", text="词"))
        outcome = element("crossdesk:outcome", id="ok", kind="done", name="OK")
        data = definitions(
            process(
                element("startEvent", id="s", name="Start"),
                element(
                    "userTask", extension(outcome, element("crossdesk:translation", language="zh", text="审批")), id="t", name="Approve"
                ),
                element("endEvent", said, id="e", name="End"),
                flow("s", "t", name="go"),
                flow("t", "e"),
                name="Order",
            )
        )
        assert {(item.element, item.name) for item in untranslated(read_model(data, "order.bpmn"), "zh")} == {
            ("order", "Order"),
            ("s", "Start"),
            ("t", "OK"),
            ("s_t", "go"),
        }

    def test_lanes_pools_offers_key_fields_and_categories_are_names_too(self):
        case = element("crossdesk:case", element("crossdesk:keyField", name="amount", type="money", label="Amount"), category="purchasing")
        offer = extension(element("crossdesk:offer", group="purchasing", label="Confirmed"))
        body = process(
            extension(case),
            element("laneSet", element("lane", id="l", name="Lane")),
            element("intermediateCatchEvent", offer, element("messageEventDefinition", messageRef="M"), id="c"),
        )
        pools = element("collaboration", element("participant", id="p", name="Pool", processRef="order"), id="k")
        model = read_model(definitions(element("message", id="M", name="m"), pools, body), "order.bpmn")
        assert [item.name for item in untranslated(model, "zh")] == ["Pool", "purchasing", "Amount", "Lane", "Confirmed"]


class TestAnything:
    def test_the_checks_never_fail_whatever_is_wrong(self):
        """Every model of the list with each of its attributes taken away in turn."""
        for _, data, _ in REFUSED[::3]:
            text = data.decode()
            for start in [i for i in range(len(text)) if text.startswith('="', i)]:
                name = text[:start].rpartition(" ")[2]
                if not name.startswith("xmlns") and text.count("\n", 0, start) > 0:
                    cut = text[: start - len(name)] + text[text.index('"', start + 2) + 1 :]
                    assert isinstance(problems(cut.encode()), list)


EVERYTHING = definitions(
    element("message", id="M", name="Confirmed"),
    element("message", id="N", name="Cancelled ${number}"),
    element("error", id="E", errorCode="short"),
    process(
        extension(
            element(
                "crossdesk:case",
                element("crossdesk:keyField", name="amount", type="money", label="Amount"),
                element("crossdesk:categoryName", language="zh", text="采购"),
                numberPrefix="PA",
                subject="= title",
                category="purchasing",
                owner="finance:head",
                visibility="participants lanes department everyone",
            )
        ),
        element("startEvent", id="s", camunda__initiator="initiator", camunda__formKey="request"),
        element("startEvent", element("messageEventDefinition", messageRef="M"), id="by_message"),
        element("startEvent", element("timerEventDefinition", element("timeDate", "2026-01-31T09:15:00Z")), id="by_timer"),
        element(
            "userTask",
            extension(
                element("crossdesk:outcome", id="ok", kind="approve", name="OK"),
                element("crossdesk:deadline", duration="2 wd"),
                element("crossdesk:fields", element("crossdesk:field", name="amount", access="write"), default="hidden"),
            ),
            id="user",
            camunda__formKey="request",
            camunda__candidateGroups='= department of(initiator) + ":head"',
            camunda__dueDate="P2D",
            camunda__priority="50",
        ),
        element(
            "boundaryEvent",
            element("timerEventDefinition", element("timeDuration", "PT1H")),
            id="late",
            attachedToRef="user",
            cancelActivity="false",
        ),
        element("boundaryEvent", element("messageEventDefinition", messageRef="N"), id="off", attachedToRef="user"),
        element("exclusiveGateway", id="x", default="x_p"),
        element("parallelGateway", id="p"),
        element(
            "serviceTask",
            extension(element("crossdesk:handler", element("crossdesk:parameter", name="lines", value="= items"), name="reserve-stock")),
            id="service",
        ),
        element("serviceTask", id="compute", camunda__expression="${amount * 2}", camunda__resultVariable="twice"),
        element(
            "boundaryEvent",
            element("errorEventDefinition", errorRef="E", camunda__errorCodeVariable="code"),
            id="short",
            attachedToRef="service",
        ),
        element(
            "businessRuleTask",
            id="rule",
            camunda__decisionRef="level",
            camunda__mapDecisionResult="singleEntry",
            camunda__resultVariable="level",
        ),
        element("inclusiveGateway", id="i", default="i_w"),
        element("eventBasedGateway", id="w"),
        element(
            "intermediateCatchEvent",
            extension(element("crossdesk:offer", group="purchasing", label="Supplier has confirmed")),
            element("messageEventDefinition", messageRef="M"),
            id="wm",
        ),
        element(
            "intermediateCatchEvent", element("timerEventDefinition", element("timeDuration", '= working time(now(), "3 wd")')), id="wt"
        ),
        element("receiveTask", id="wr", messageRef="M"),
        element(
            "callActivity",
            extension(element("camunda:in", source="items", target="lines"), element("camunda:out", variables="all")),
            element("multiInstanceLoopCharacteristics", camunda__collection="suppliers", camunda__elementVariable="supplier"),
            id="call",
            calledElement="replenish",
        ),
        element(
            "subProcess",
            element("startEvent", id="in"),
            element("manualTask", id="by_hand"),
            element("endEvent", element("terminateEventDefinition"), id="out"),
            chain("in", "by_hand", "out"),
            id="sub",
        ),
        element(
            "subProcess",
            element("startEvent", element("messageEventDefinition", messageRef="N"), id="cancelled", isInterrupting="false"),
            element("intermediateThrowEvent", id="pass"),
            element("endEvent", element("errorEventDefinition", errorRef="E"), id="fail"),
            chain("cancelled", "pass", "fail"),
            id="handler",
            triggeredByEvent="true",
        ),
        element("endEvent", id="e"),
        chain("s", "user", "x"),
        flow("by_message", "user"),
        flow("by_timer", "user"),
        flow("x", "service", condition('user_outcome = "ok" and amount > 1000'.replace(">", "&gt;"))),
        flow("x", "p"),
        chain("p", "compute", "rule", "i"),
        flow("p", "e"),
        flow("service", "e"),
        flow("i", "call", condition("${level == 'high'}")),
        flow("i", "w"),
        chain("w", "wm", "sub", "e"),
        chain("w", "wt", "sub"),
        chain("w", "wr", "sub"),
        flow("call", "e"),
        flow("short", "e"),
        flow("late", "e"),
        flow("off", "e"),
    ),
)
