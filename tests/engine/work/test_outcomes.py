import pytest

from engine.bpmn.model import Outcome, OutcomeKind, UserTask
from engine.errors import InvalidSubmission
from engine.work.outcomes import LONGEST_REASON, check_outcome, find_outcome, refuse_foreign_outcomes, take_outcome

APPROVAL = UserTask(outcomes=tuple(Outcome(kind.value, kind, kind.value.capitalize()) for kind in OutcomeKind))
PLAIN = UserTask()


def refused(task, outcome, reason=None) -> list[tuple[str, str]]:
    with pytest.raises(InvalidSubmission) as raised:
        check_outcome(task, "check", outcome, reason)
    return [(problem.path, problem.code) for problem in raised.value.problems]


def test_completing_writes_the_outcome_under_the_name_of_the_element():
    assert check_outcome(APPROVAL, "check", "approve", None) == {"check_outcome": "approve"}


def test_parallel_approvals_never_overwrite_each_other():
    finance = check_outcome(APPROVAL, "finance", "approve", None)
    purchasing = check_outcome(APPROVAL, "purchasing", "reject", "too dear")
    assert {**finance, **purchasing} == {**purchasing, **finance}


def test_a_reason_is_written_where_it_is_given():
    assert check_outcome(APPROVAL, "check", "approve", " fine ") == {"check_outcome": "approve", "check_reason": "fine"}


@pytest.mark.parametrize("outcome", ["return", "reject"])
@pytest.mark.parametrize("reason", [None, "", "  \n"])
def test_return_and_reject_need_a_reason(outcome, reason):
    assert refused(APPROVAL, outcome, reason) == [("check_reason", "reason-required")]
    assert check_outcome(APPROVAL, "check", outcome, "no budget")["check_reason"] == "no budget"


@pytest.mark.parametrize("outcome", ["approve", "done", "own"])
def test_other_outcomes_need_no_reason(outcome):
    assert check_outcome(APPROVAL, "check", outcome, None) == {"check_outcome": outcome}


@pytest.mark.parametrize("outcome", ["Approve", "perhaps", ""])
def test_an_undeclared_outcome_is_refused(outcome):
    assert refused(APPROVAL, outcome) == [("check_outcome", "unknown-outcome")]


def test_a_task_with_outcomes_needs_one():
    assert refused(APPROVAL, None) == [("check_outcome", "required")]


def test_a_task_without_outcomes_takes_none():
    assert check_outcome(PLAIN, "check", None, None) == {}
    assert refused(PLAIN, "approve") == [("check_outcome", "unknown-outcome")]


def test_a_reason_may_not_be_endless():
    assert check_outcome(PLAIN, "check", None, "x" * LONGEST_REASON) == {"check_reason": "x" * LONGEST_REASON}
    assert refused(PLAIN, None, "x" * (LONGEST_REASON + 1)) == [("check_reason", "too-long")]


def test_a_rest_client_sends_the_same_names_among_its_variables():
    sent = {"check_outcome": "return", "check_reason": "no budget", "amount": 5}
    assert take_outcome("check", sent) == ("return", "no budget", {"amount": 5})
    assert take_outcome("check", {"amount": 5}) == (None, None, {"amount": 5})
    assert take_outcome("check", {"check_outcome": None}) == (None, None, {})


def test_an_outcome_that_is_no_text_is_refused():
    with pytest.raises(InvalidSubmission, match="check_outcome"):
        take_outcome("check", {"check_outcome": 1})


@pytest.mark.parametrize("name", ["pay_outcome", "pay_reason"])
def test_nobody_answers_for_another_step(name):
    with pytest.raises(InvalidSubmission) as raised:
        refuse_foreign_outcomes("check", ["check", "pay"], {name: "approve", "amount": 5})
    assert [problem.path for problem in raised.value.problems] == [name]
    refuse_foreign_outcomes("check", ["check", "pay"], {"check_outcome": "approve", "other_outcome": "x", "amount": 5})


def test_an_outcome_is_found_by_its_id():
    found = find_outcome(APPROVAL, "reject")
    assert found is not None
    assert found.kind is OutcomeKind.REJECT
    assert find_outcome(APPROVAL, None) is None
