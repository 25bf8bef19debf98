"""Business rule tasks: which version of a decision is meant, and what the history keeps of how it was made."""

from __future__ import annotations

import pytest

from engine.errors import ModelFault
from engine.feel import Limits
from engine.services.decided import LONGEST_TRACE
from engine.store import canonical
from tests.engine.dmn.tables import decision_requirement, definitions, literal, table
from tests.engine.services.conftest import END, START, Desk, model, user_task

CAMUNDA_DMN = "http://camunda.org/schema/1.0/dmn"


def process(binding: str = "", result: str = "singleEntry") -> str:
    mapped = f'camunda:resultVariable="level" camunda:mapDecisionResult="{result}"'
    rule = f'<businessRuleTask id="r" camunda:decisionRef="decide" {mapped} {binding}/>'
    return model(START, "s > r", rule, "r > t", user_task("t"), "t > e", END)


def level(value: str, tag: str = "") -> bytes:
    """A decision `decide` that always says this."""
    text = definitions(literal("decide", value)).decode()
    if tag:
        text = text.replace('<decision id="decide"', f'<decision xmlns:c="{CAMUNDA_DMN}" c:versionTag="{tag}" id="decide"')
    return text.encode()


def deploy(desk: Desk, **files: bytes) -> None:
    resources = {name.replace("_", "."): content for name, content in files.items()}
    desk.engine.definitions.deploy(desk.actor("ann"), "test", resources, strict=False)


def event(desk: Desk, **variables: object) -> dict[str, object]:
    case = desk.engine.instances.start(desk.actor("sue"), "p", variables)
    entries = desk.engine.history.entries(desk.actor("ada"), case.id)
    return next(fields for entry in entries for name, fields in entry.events if name == "DecisionEvaluated")


@pytest.mark.parametrize(
    ("binding", "expected"),
    [
        ("", 3),
        ('camunda:decisionRefBinding="latest"', 3),
        ('camunda:decisionRefBinding="deployment"', 2),
        ('camunda:decisionRefBinding="version" camunda:decisionRefVersion="1"', 1),
        ('camunda:decisionRefBinding="version" camunda:decisionRefVersion="${1 + 1}"', 2),
        ('camunda:decisionRefBinding="versionTag" camunda:decisionRefVersionTag="summer"', 1),
    ],
)
def test_a_task_decides_with_the_version_that_it_is_bound_to(desk: Desk, binding: str, expected: int) -> None:
    deploy(desk, level_dmn=level("1", tag="summer"))
    deploy(desk, level_dmn=level("2"), p_bpmn=process(binding).encode())
    deploy(desk, level_dmn=level("3"))
    assert event(desk)["result"] == [{"decide": expected}]


@pytest.mark.parametrize(
    ("binding", "reason"),
    [
        ('camunda:decisionRefBinding="version" camunda:decisionRefVersion="7"', "in version 7"),
        ('camunda:decisionRefBinding="version" camunda:decisionRefVersion="seven"', "seven"),
        ('camunda:decisionRefBinding="versionTag" camunda:decisionRefVersionTag="autumn"', "with the tag 'autumn'"),
        ('camunda:decisionRefBinding="deployment"', "in this deployment"),
    ],
)
def test_a_version_that_is_not_there_is_the_fault_of_the_model(desk: Desk, binding: str, reason: str) -> None:
    deploy(desk, level_dmn=level("1", tag="summer"))
    deploy(desk, p_bpmn=process(binding).encode())
    with pytest.raises(ModelFault, match=reason):
        desk.engine.instances.start(desk.actor("sue"), "p")


def test_the_history_keeps_what_went_in_which_rule_matched_and_why(desk: Desk) -> None:
    tier = literal("tier", 'if amount > 500 then "big" else "small"')
    rules = table(
        [['"small"', "-", '"nobody"'], ['"big"', "< 1000", '"head"'], ['"big"', "-", '"board"']],
        inputs=["tier", "amount"],
        policy="FIRST",
        requires=decision_requirement("tier"),
    )
    deploy(desk, level_dmn=definitions(tier, rules), p_bpmn=process().encode())
    told = event(desk, amount=700)
    assert told["rules"] == [2]
    assert told["trace"] == [
        {"decision": "tier", "name": "tier", "result": '"big"'},
        {
            "decision": "decide",
            "name": "decide",
            "inputs": [["tier", '"big"'], ["amount", "700"]],
            "rules": [{"rule": 2, "tests": [["tier", '"big"'], ["amount", "< 1000"]]}],
            "result": '"head"',
        },
    ]
    assert "warnings" not in told


def test_the_history_keeps_why_something_was_null(desk: Desk) -> None:
    deploy(desk, level_dmn=level("missing + 1"), p_bpmn=process().encode())
    warnings = event(desk)["warnings"]
    assert isinstance(warnings, list)
    assert warnings[0].endswith("decide: there is no variable 'missing'")


def test_the_trace_of_many_large_decisions_is_cut(desk: Desk) -> None:
    """A model cannot fill the history: values are cut, and so is the trace."""
    chain = [literal("d0", 'for i in 1..2000 return "xxxxxxxxxx"')]
    chain += [literal(f"d{i}", f"d{i - 1}", decision_requirement(f"d{i - 1}")) for i in range(1, 60)]
    chain += [literal("decide", "d59", decision_requirement("d59"))]
    deploy(desk, level_dmn=definitions(*chain), p_bpmn=process("", "resultList").encode())
    told = event(desk)
    trace = told["trace"]
    assert isinstance(trace, list)
    assert trace[0] == {"omitted": 61 - (len(trace) - 1)}
    assert trace[-1]["decision"] == "decide"
    assert len(canonical.dumps(told)) < LONGEST_TRACE + 2_000


def test_a_file_may_import_another_of_its_deployment(desk: Desk) -> None:
    namespace = "https://www.omg.org/spec/DMN/20191111/MODEL/"
    common = definitions(literal("rate", "7")).replace(b'namespace="n"', b'namespace="urn:common"')
    requires = decision_requirement("rate").replace("#rate", "urn:common#rate")
    top = definitions(
        f'<import name="common" namespace="urn:common" importType="{namespace}"/>', literal("decide", "common.rate", requires)
    )
    deploy(desk, level_dmn=top, common_dmn=common, p_bpmn=process().encode())
    deploy(desk, other_dmn=definitions(literal("rate", "8")).replace(b'namespace="n"', b'namespace="urn:common"'))
    assert event(desk)["result"] == [{"decide": 7}]


def test_a_limit_that_is_passed_is_the_fault_of_the_model(desk: Desk) -> None:
    deploy(desk, level_dmn=level(f"for i in 1..{Limits().list_items + 1} return i"), p_bpmn=process().encode())
    with pytest.raises(ModelFault, match="more than 10000 items"):
        desk.engine.instances.start(desk.actor("sue"), "p")
