"""Drafts of decisions: nobody overwrites another's, what is published is checked, has its reason, and takes along what is bound to it."""

from __future__ import annotations

import pytest

from engine.errors import Conflict, DeploymentRefused, Forbidden, InvalidRequest, InvalidSubmission, NotFound
from engine.model import Actor
from engine.services.decision_drafts import DecisionPublication
from engine.store import history
from tests.engine.dmn.tables import definitions, literal, table
from tests.engine.services.conftest import END, START, Desk, model, user_task

FIRST = definitions(table([["< 10", "1"], [">= 10", "2"]]), literal("other", "amount"))
SECOND = definitions(table([["< 20", "1"], [">= 20", "2"]]), literal("other", "amount"))


def process(key: str, binding: str = "deployment", extra: str = "") -> bytes:
    bound = f'camunda:decisionRefBinding="{binding}" {extra} camunda:resultVariable="level" camunda:mapDecisionResult="singleEntry"'
    rule = f'<businessRuleTask id="r" camunda:decisionRef="decide" {bound}/>'
    return model(START, rule, user_task("t"), END, "s > r", "r > t", "t > e", key=key).encode()


def deploy(desk: Desk, **files: bytes) -> None:
    named = {name.replace("_", "."): content for name, content in files.items()}
    desk.engine.definitions.deploy(desk.actor("ann"), "test", named, strict=False)


@pytest.fixture
def base(desk: Desk) -> str:
    deploy(desk, p_bpmn=process("p"), levels_dmn=FIRST)
    return latest(desk)


def latest(desk: Desk) -> str:
    return desk.engine.decisions.versions(desk.actor("ann"), "decide")[0].id


def save(desk: Desk, base: str, content: bytes = SECOND, *, version: int = 0, person: str = "ann", key: str = "decide"):
    return desk.engine.decision_drafts.save(desk.actor(person), key, content, version=version, based_on=base)


def publish(desk: Desk, version: int, base: str, *processes: str, reason: str = "prices rose", person: str = "ann"):
    publication = DecisionPublication("decide", version, reason, base, processes)
    return desk.engine.decision_drafts.publish(desk.actor(person), publication)


def level(desk: Desk, amount: int, key: str = "p") -> object:
    case = desk.engine.instances.start(desk.actor("sue"), key, {"amount": amount})
    return desk.engine.instances.variables(desk.actor("ada"), case.id)["level"]


def test_a_draft_belongs_to_the_file_and_is_found_by_each_of_its_decisions(desk: Desk, base: str):
    other = desk.engine.decisions.versions(desk.actor("ann"), "other")[0].id
    assert save(desk, base).version == 1
    assert save(desk, other, FIRST, version=1, person="ada", key="other").version == 2
    drafts = desk.engine.decision_drafts
    for key in ("decide", "other"):
        draft = drafts.find(desk.actor("ann"), key)
        assert draft is not None
        assert (draft.content, draft.saved_by, draft.resource_name, draft.version) == (FIRST, "ada", "levels.dmn", 2)
    assert sorted(drafts.all(desk.actor("ann"))) == ["decide", "other"]
    assert desk.engine.drafts.all(desk.actor("ann")) == {}  # those of processes are others


def test_a_draft_whose_file_was_deleted_is_not_found_and_is_saved_over(desk: Desk):
    made = desk.engine.definitions.deploy(desk.actor("ann"), "old", {"levels.dmn": FIRST})
    save(desk, latest(desk))
    desk.engine.deployments.delete(desk.actor("ada"), made.id, cascade=True, reason="tidy")
    deploy(desk, levels_dmn=FIRST)
    assert desk.engine.decision_drafts.all(desk.actor("ann")) == {}
    with pytest.raises(Conflict) as refused:
        save(desk, latest(desk))
    assert save(desk, latest(desk), version=refused.value.details["version"]).version == 2
    assert sorted(desk.engine.decision_drafts.all(desk.actor("ann"))) == ["decide", "other"]


def test_a_process_and_a_decision_of_the_same_name_have_drafts_of_their_own(desk: Desk):
    deploy(desk, decide_bpmn=process("decide"), levels_dmn=FIRST)
    save(desk, latest(desk))
    started = desk.engine.definitions.latest("decide").row.id
    assert desk.engine.drafts.save(desk.actor("ann"), "decide", process("decide"), version=0, based_on=started).version == 1
    desk.engine.drafts.discard(desk.actor("ann"), "decide", 1)
    assert desk.engine.decision_drafts.find(desk.actor("ann"), "decide") is not None


def test_the_second_of_two_analysts_is_told_who_was_faster_and_nothing_is_overwritten(desk: Desk, base: str):
    save(desk, base, person="ada")
    for version in (0, 2):
        with pytest.raises(Conflict) as refused:
            save(desk, base, FIRST, version=version)
        assert (refused.value.details["by"], refused.value.details["version"]) == ("ada", 1)
    with pytest.raises(Conflict):
        desk.engine.decision_drafts.discard(desk.actor("ann"), "decide", 7)
    assert desk.engine.decision_drafts.find(desk.actor("ann"), "decide").content == SECOND
    assert save(desk, base, FIRST, version=1).saved_by == "ann"  # over it, having been told
    desk.engine.decision_drafts.discard(desk.actor("ada"), "other", 2)
    assert desk.engine.decision_drafts.find(desk.actor("ann"), "decide") is None
    with pytest.raises(Conflict) as refused:
        desk.engine.decision_drafts.discard(desk.actor("ada"), "decide", 2)
    assert refused.value.details["version"] == 0


@pytest.mark.parametrize("person", ["sue", "axel", "boss"])
def test_only_analysts_and_administrators_have_drafts_and_try(desk: Desk, base: str, person: str):
    save(desk, base)
    drafts, decisions, actor = desk.engine.decision_drafts, desk.engine.decisions, desk.actor(person)
    for act in (
        lambda: drafts.all(actor),
        lambda: drafts.find(actor, "decide"),
        lambda: save(desk, base, version=1, person=person),
        lambda: drafts.check(actor, "decide", SECOND, base),
        lambda: drafts.discard(actor, "decide", 1),
        lambda: publish(desk, 1, base, person=person),
        lambda: decisions.asks(actor, "decide", SECOND, base),
        lambda: decisions.try_out(actor, "decide", SECOND, base, {}),
        lambda: decisions.decided_differently(actor, "decide"),
    ):
        with pytest.raises(Forbidden):
            act()


@pytest.mark.parametrize("person", ["sue", "boss"])
def test_auditors_look_at_decisions_and_others_do_not(desk: Desk, base: str, person: str):
    decisions = desk.engine.decisions
    looks = (
        decisions.all,
        lambda actor: decisions.versions(actor, "decide"),
        lambda actor: decisions.file(actor, base),
        lambda actor: decisions.uses(actor, ["decide"]),
    )
    for look in looks:
        assert look(desk.actor("axel"))
        with pytest.raises(Forbidden):
            look(desk.actor(person))


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"<definitions", "xml-syntax"),
        (b'<!DOCTYPE x [<!ENTITY y "z">]><definitions/>', "xml-doctype"),
        (definitions(literal("other", "1")), "decision-gone"),
        (b"<html/>", "decision-gone"),
    ],
)
def test_what_cannot_be_read_or_has_lost_a_decision_is_no_draft(desk: Desk, base: str, content: bytes, code: str):
    with pytest.raises(DeploymentRefused) as refused:
        save(desk, base, content)
    assert [it.code for it in refused.value.problems] == [code]
    assert [it.code for it in desk.engine.decision_drafts.check(desk.actor("ann"), "decide", content, base)] == [code]


def test_a_draft_has_a_size_and_a_base_of_its_own_decision(desk: Desk, base: str):
    with pytest.raises(InvalidRequest):
        save(desk, base, b" " * (5 * 1024 * 1024 + 1))
    with pytest.raises(InvalidRequest):
        save(desk, base, key="unheard-of")
    with pytest.raises(NotFound):
        save(desk, "decide:7:x")
    decisions, actor = desk.engine.decisions, desk.actor("ann")
    for act in (
        lambda: decisions.asks(actor, "unheard-of", SECOND, base),
        lambda: decisions.try_out(actor, "unheard-of", SECOND, base, {}),
    ):
        with pytest.raises(InvalidRequest):
            act()


def test_an_unfinished_draft_is_kept_and_its_problems_are_named(desk: Desk, base: str):
    broken = definitions(table([["< (", "1"]]), literal("other", "1"))
    save(desk, base, broken)
    [problem] = desk.engine.decision_drafts.check(desk.actor("ann"), "decide", broken, base)
    assert (problem.code, problem.resource) == ("dmn-expression", "levels.dmn")
    with pytest.raises(DeploymentRefused):
        publish(desk, 1, base)
    assert desk.engine.decision_drafts.find(desk.actor("ann"), "decide").version == 1  # it is still there


def test_publishing_makes_a_version_and_the_history_says_who_and_why(desk: Desk, base: str):
    save(desk, base)
    made = publish(desk, 1, base, reason="  prices rose ")
    newest = desk.engine.decisions.versions(desk.actor("ann"), "decide")[0]
    assert (newest.version, newest.source, newest.reason, newest.deployed_by) == (2, "studio", "prices rose", "ann")
    assert desk.engine.decisions.file(desk.actor("ann"), newest.id).content == SECOND
    with desk.engine.database.read() as connection:
        last = history.entries(connection, history.DEPLOYMENTS)[0]
    assert (last.actor, last.events[0][1]["reason"], last.events[0][1]["deployment"]) == ("ann", "prices rose", made.id)
    assert desk.engine.decision_drafts.find(desk.actor("ann"), "decide") is None


def test_publishing_needs_a_reason_and_what_was_seen(desk: Desk, base: str):
    save(desk, base)
    with pytest.raises(InvalidRequest):
        publish(desk, 1, base, reason="  ")
    save(desk, base, version=1, person="ada")
    with pytest.raises(Conflict) as refused:
        publish(desk, 1, base)
    assert refused.value.details["by"] == "ada"
    deploy(desk, levels_dmn=FIRST)
    with pytest.raises(Conflict):
        publish(desk, 2, base)
    publish(desk, 2, latest(desk))
    with pytest.raises(Conflict):
        publish(desk, 2, latest(desk))


def test_a_process_that_is_bound_to_its_deployment_takes_the_table_only_where_it_goes_along(desk: Desk, base: str):
    deploy(desk, q_bpmn=process("q", "latest"))
    save(desk, base)
    publish(desk, 1, base)
    assert (level(desk, 15), level(desk, 15, "q")) == (2, 1)
    assert desk.engine.definitions.latest("p").row.version == 1
    save(desk, latest(desk), version=0)
    publish(desk, 1, latest(desk), desk.engine.definitions.latest("p").row.id)
    assert level(desk, 15) == 1
    assert desk.engine.definitions.latest("p").row.version == 2


def test_a_process_goes_along_with_its_forms_and_without_older_files_of_the_table(desk: Desk):
    named = process("p").replace(b'camunda:candidateGroups="sales"', b'camunda:candidateGroups="sales" camunda:formKey="ask"')
    form = b'{"components": []}'
    deploy(desk, p_bpmn=named, old_dmn=FIRST, ask_form=form)
    deploy(desk, new_dmn=FIRST)
    save(desk, latest(desk))
    publish(desk, 1, latest(desk), desk.engine.definitions.latest("p").row.id)
    assert desk.engine.definitions.latest("p").resources.keys() == {"p.bpmn", "new.dmn", "ask.form"}


def test_only_the_latest_version_of_a_process_that_is_bound_goes_along(desk: Desk, base: str):
    deploy(desk, q_bpmn=process("q", "latest"))
    save(desk, base)
    with pytest.raises(InvalidRequest):
        publish(desk, 1, base, desk.engine.definitions.latest("q").row.id)
    older = desk.engine.definitions.latest("p").row.id
    deploy(desk, p_bpmn=process("p"), unrelated_dmn=definitions(literal("unrelated", "1")))
    with pytest.raises(Conflict):
        publish(desk, 1, base, older)
    assert desk.engine.decision_drafts.find(desk.actor("ann"), "decide") is not None


def test_the_processes_that_use_a_decision_are_listed_with_their_binding(desk: Desk, base: str):
    deploy(desk, q_bpmn=process("q", "version", 'camunda:decisionRefVersion="1"'))
    deploy(desk, c_bpmn=process("c").replace(b'"decide"', b'"${wanted}"'))
    uses = desk.engine.decisions.uses(desk.actor("ann"), ["decide"])
    told = [(use.definition.row.key, use.element, use.binding, use.wanted, use.is_computed) for use in uses]
    assert told == [("c", "r", "deployment", "", True), ("p", "r", "deployment", "", False), ("q", "r", "version", "1", False)]
    listed = {it.row.key: [use.definition.row.key for use in it.uses] for it in desk.engine.decisions.all(desk.actor("ann"))}
    assert listed == {"decide": ["p", "q"], "other": []}


def tried(desk: Desk, base: str, content: bytes, **given: str):
    return desk.engine.decisions.try_out(desk.actor("ann"), "decide", content, base, given)


def test_a_draft_is_tried_beside_what_is_published_and_nothing_is_written(desk: Desk, base: str):
    both = tried(desk, base, SECOND, amount="10 + 5")
    assert both.published is not None
    assert both.drawn.result.result == 1
    assert both.published.result.result == 2
    assert (both.drawn.result.trace[-1].rules, both.published.result.trace[-1].rules) == ((1,), (2,))
    assert tried(desk, base, FIRST, amount="3").published is None  # they are the same
    assert desk.engine.decision_drafts.all(desk.actor("ann")) == {}


def test_values_that_are_no_feel_are_named_and_those_that_are_empty_are_not_given(desk: Desk, base: str):
    with pytest.raises(InvalidSubmission) as refused:
        tried(desk, base, SECOND, amount="1 +", other=")")
    assert [it.path for it in refused.value.problems] == ["amount", "other"]
    nothing = tried(desk, base, SECOND, amount=" ")
    assert nothing.drawn.result.result is None
    assert "amount" in str(nothing.drawn.result.warnings[0])


def test_rules_that_contradict_their_policy_are_a_fault_and_a_file_that_is_wrong_has_problems(desk: Desk, base: str):
    twice = definitions(table([["< 20", "1"], ["< 30", "2"]]), literal("other", "1"))
    both = tried(desk, base, twice, amount="5")
    assert "UNIQUE" in both.drawn.fault
    assert both.published.result.result == 1
    broken = tried(desk, base, definitions(table([["< (", "1"]]), literal("other", "1")), amount="5")
    assert [it.code for it in broken.drawn.problems] == ["dmn-expression"]


def test_the_engines_functions_are_there_when_a_decision_is_tried(desk: Desk, base: str):
    asked = definitions(literal("decide", 'head of("sales")'), literal("other", "1"))
    assert tried(desk, base, asked).drawn.result.result == "sam"
    assert desk.engine.decisions.asks(desk.actor("ann"), "decide", SECOND, base)[0].name == "amount"


def test_clients_of_the_interface_still_decide(desk: Desk, base: str):
    assert desk.engine.decisions.evaluate(Actor("system-x", groups=frozenset({"admin"})), "decide", {"amount": 3}).result == 1
