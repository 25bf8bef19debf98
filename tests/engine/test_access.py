import pytest

from engine import access
from engine.access import CaseAccess, lane_viewers, may_see_case, sight
from engine.errors import Forbidden, InvalidSubmission
from engine.model import SYSTEM, Actor, ActorKind
from tests.engine.organisation.sample import company
from tests.engine.work.test_deadlines import task

COMPANY = company()
WORKER = Actor("worker", ActorKind.WORKER)


def actor(person: str) -> Actor:
    return COMPANY.actor(person)


def refused(rule, *arguments) -> str:
    with pytest.raises(Forbidden) as raised:
        rule(*arguments)
    assert str(raised.value)
    return raised.value.code


def sees(person: str, **case) -> bool:
    try:
        may_see_case(actor(person), CaseAccess(**case), COMPANY)
    except Forbidden:
        return False
    return True


# ---- who sees a case -----------------------------------------------------------------------------------------------------


def test_a_stranger_does_not_see_a_case():
    case = CaseAccess("sales-a", "sales", "purchasing:head", lanes=["finance"])
    assert refused(may_see_case, actor("keeper"), case, COMPANY) == "case-hidden"


def test_the_initiator_and_the_participants_see_a_case():
    assert sees("sales-a", initiator="sales-a")
    assert sees("keeper", initiator="sales-a", participants={"keeper"})


def test_whom_an_open_task_asks_sees_the_case():
    assert sees("keeper", asked_users=["keeper"])
    assert sees("keeper", asked_groups=["warehouse", "finance"])
    assert not sees("keeper", asked_groups=["finance"])


def test_the_process_owner_sees_the_cases_of_the_process():
    assert sees("purchasing-head", owner="purchasing:head")
    assert sees("keeper", owner="keeper")
    assert not sees("buyer-a", owner="purchasing:head")


def test_the_auditor_and_the_administrator_see_all_cases():
    assert sees("auditor")
    assert sees("admin")


def test_the_departments_of_the_lanes_see_a_case_where_the_process_says_so():
    lanes = ["finance:head", "warehouse"]
    assert sees("accountant", lanes=lanes, visibility=["lanes"])
    assert sees("keeper", lanes=lanes, visibility=["participants", "lanes"])
    assert not sees("keeper", lanes=lanes, visibility=["participants"])
    assert not sees("buyer-a", lanes=lanes, visibility=["lanes"])


def test_a_lane_of_a_role_is_seen_by_the_role():
    assert lane_viewers(["finance:head", "general-manager", "warehouse"]) == {"finance", "general-manager", "warehouse"}
    assert sees("gm", lanes=["general-manager"], visibility=["lanes"])


def test_the_starting_department_and_those_below_it_see_a_case_where_the_process_says_so():
    assert sees("buyer-a", start_department="purchasing", visibility=["department"])
    assert sees("importer", start_department="purchasing", visibility=["department"])
    assert not sees("buyer-a", start_department="imports", visibility=["department"])
    assert not sees("keeper", start_department="purchasing", visibility=["department"])
    assert not sees("keeper", start_department=None, visibility=["department"])


def test_everyone_sees_a_case_where_the_process_says_so():
    assert sees("keeper", visibility=["everyone"])


def test_the_rule_for_lists_is_the_rule_for_a_case():
    importer = sight(actor("importer"), COMPANY)
    assert importer.departments == {"imports", "purchasing", "management"}
    assert not importer.everything
    assert importer.sees(CaseAccess(start_department="purchasing", visibility=["department"]))


def test_a_worker_sees_no_case_by_itself():
    assert refused(may_see_case, WORKER, CaseAccess(initiator="sales-a"), COMPANY) == "case-hidden"


# ---- starting and messages -----------------------------------------------------------------------------------------------


def test_everybody_may_start_a_process_that_names_no_starters():
    access.may_start(actor("keeper"))


def test_where_a_process_names_starters_they_may_start_it():
    access.may_start(actor("keeper"), users=["keeper"])
    access.may_start(actor("keeper"), groups=["warehouse"])
    access.may_start(actor("admin"), groups=["warehouse"])
    for users, groups in [(["keeper"], ["warehouse"]), (["keeper"], []), ([], ["warehouse"])]:
        assert refused(access.may_start, actor("buyer-a"), users, groups) == "may-not-start"


def test_a_message_is_given_by_the_group_that_the_model_names():
    access.may_give_message(actor("buyer-a"), "purchasing")
    access.may_give_message(actor("admin"), "purchasing")
    assert refused(access.may_give_message, actor("keeper"), "purchasing") == "may-not-give-message"


def test_a_message_without_a_group_is_given_by_nobody_but_an_administrator():
    access.may_give_message(actor("admin"), None)
    assert refused(access.may_give_message, actor("buyer-a"), None) == "may-not-give-message"


def test_messages_are_correlated_by_workers_and_administrators():
    access.may_correlate(WORKER)
    access.may_correlate(actor("admin"))
    access.may_correlate(SYSTEM)
    assert refused(access.may_correlate, actor("keeper")) == "may-not-correlate"


# ---- claiming and taking over --------------------------------------------------------------------------------------------


def test_a_candidate_may_claim_a_task():
    access.may_claim(actor("keeper"), task(candidate_users=("keeper",)))
    access.may_claim(actor("keeper"), task(candidate_groups=("warehouse",)))


def test_nobody_else_may_claim_a_task():
    assert refused(access.may_claim, actor("buyer-a"), task(candidate_groups=("warehouse",))) == "not-a-candidate"


def test_a_task_that_asks_nobody_is_not_everybodys():
    assert refused(access.may_claim, actor("keeper"), task()) == "not-a-candidate"
    assert refused(access.may_complete, actor("keeper"), task()) == "not-the-assignee"


def test_a_task_with_an_unknown_name_is_claimed_by_administrators():
    unknown = task(candidate_groups=("muppets",), added_groups=("admin",))
    access.may_claim(actor("admin"), unknown)
    assert refused(access.may_claim, actor("keeper"), unknown) == "not-a-candidate"


def test_who_an_escalation_added_may_claim_the_task_or_take_it_over():
    access.may_claim(actor("gm"), task(added_users=("gm",)))
    access.may_take_over(actor("gm"), task(assignee="keeper", added_users=("gm",)))
    access.may_take_over(actor("purchasing-head"), task(assignee="keeper", added_groups=("purchasing:head",)))


def test_an_ordinary_candidate_may_not_take_a_task_over():
    taken = task(assignee="keeper", candidate_groups=("warehouse",))
    assert refused(access.may_take_over, actor("keeper-b"), taken) == "may-not-take-over"
    assert refused(access.may_take_over, actor("admin"), taken) == "may-not-take-over"


# ---- completing and releasing --------------------------------------------------------------------------------------------


def test_the_assignee_may_complete_a_task():
    access.may_complete(actor("keeper"), task(assignee="keeper"))


def test_an_administrator_may_complete_a_task():
    access.may_complete(actor("admin"), task(assignee="keeper"))


def test_a_candidate_may_not_complete_what_they_have_not_claimed():
    assert refused(access.may_complete, actor("keeper"), task(candidate_groups=("warehouse",))) == "not-the-assignee"


@pytest.mark.parametrize("person", ["keeper-b", "gm", "purchasing-head", "analyst"])
def test_nobody_else_may_complete_a_task_neither_head_nor_owner(person):
    assert refused(access.may_complete, actor(person), task(assignee="keeper", added_users=("gm",))) == "not-the-assignee"


def test_the_assignee_may_release_a_task_to_its_candidates():
    access.may_release(actor("keeper"), task(assignee="keeper", candidate_groups=("warehouse",)))
    access.may_release(actor("admin"), task(assignee="keeper", candidate_groups=("warehouse",)))
    assert refused(access.may_release, actor("keeper-b"), task(assignee="keeper", candidate_groups=("warehouse",))) == "not-the-assignee"
    assert refused(access.may_release, actor("keeper"), task(candidate_groups=("warehouse",))) == "not-the-assignee"


def test_a_task_that_an_escalation_offered_may_be_released_to_those_it_added():
    access.may_release(actor("keeper"), task(assignee="keeper", added_groups=("purchasing:head",)))
    access.may_release(actor("keeper"), task(assignee="keeper", added_users=("gm",)))


def test_a_task_without_candidates_is_not_released_to_nobody():
    assert refused(access.may_release, actor("keeper"), task(assignee="keeper")) == "nobody-else"


# ---- own requests --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rule", [access.may_claim, access.may_take_over, access.may_complete])
@pytest.mark.parametrize("person", ["keeper", "admin"])
def test_nobody_approves_their_own_request_not_even_an_administrator(rule, person):
    own = task(assignee=person, candidate_users=(person,), added_users=(person,), excluded_person=person)
    assert refused(rule, actor(person), own) == "own-request"


def test_another_step_of_their_own_request_is_open_to_the_initiator():
    access.may_claim(actor("keeper"), task(candidate_users=("keeper",), excluded_person=None))
    access.may_complete(actor("keeper"), task(assignee="keeper", excluded_person=None))


def test_an_approval_is_not_reassigned_to_the_initiator():
    own = task(assignee="buyer-a", excluded_person="keeper")
    assert refused(access.check_reassignment, own, "keeper", "holiday", COMPANY) == "own-request"


# ---- reassigning ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("person", ["purchasing-head", "gm", "admin"])
def test_heads_of_the_department_heads_above_and_administrators_may_reassign(person):
    access.may_reassign(actor(person), task(assignee="buyer-a"), COMPANY, None)
    access.may_reassign(actor(person), task(candidate_groups=("purchasing:buyer",)), COMPANY, None)
    access.may_reassign(actor(person), task(candidate_users=("buyer-a",)), COMPANY, None)


def test_the_process_owner_may_reassign():
    access.may_reassign(actor("keeper"), task(assignee="buyer-a"), COMPANY, "keeper")
    access.may_reassign(actor("finance-head"), task(assignee="buyer-a"), COMPANY, "finance:head")


@pytest.mark.parametrize("person", ["finance-head", "buyer-a", "buyer-b", "analyst", "keeper"])
def test_nobody_else_may_reassign(person):
    assert refused(access.may_reassign, actor(person), task(assignee="buyer-a"), COMPANY, "purchasing:head") == "may-not-reassign"


def test_the_head_of_an_inner_department_does_not_reach_the_outer_one():
    inner = company(importer={"memberships": [{"department": "imports", "roles": ["head"]}]})
    assert refused(access.may_reassign, inner.actor("importer"), task(assignee="buyer-a"), inner, None) == "may-not-reassign"
    access.may_reassign(inner.actor("purchasing-head"), task(assignee="importer"), inner, None)


@pytest.mark.parametrize(
    ("to", "reason", "code"),
    [
        ("buyer-b", " ", "required"),
        ("kermit", "holiday", "unknown"),
        ("gone", "holiday", "unknown"),
        ("buyer-a", "holiday", "same"),
        ("auditor", "holiday", "read-only"),
    ],
)
def test_a_reassignment_needs_a_reason_and_another_active_person(to, reason, code):
    with pytest.raises(InvalidSubmission) as raised:
        access.check_reassignment(task(assignee="buyer-a"), to, reason, COMPANY)
    assert [problem.code for problem in raised.value.problems] == [code]


def test_a_reassignment_with_a_reason_is_fine():
    access.check_reassignment(task(assignee="buyer-a"), "buyer-b", "holiday", COMPANY)


# ---- models, organisation, history ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "allowed"),
    [
        (access.may_deploy, {"analyst", "admin"}),
        (access.may_change_organisation, {"admin"}),
        (access.may_see_jobs, {"admin", "auditor"}),
        (access.may_verify, {"admin", "auditor"}),
    ],
)
def test_each_of_these_is_for_its_roles_alone(rule, allowed):
    for person in COMPANY.people:
        if COMPANY.is_active(person) and person not in allowed:
            assert refused(rule, actor(person)), person
    for person in allowed:
        rule(actor(person))
    rule(SYSTEM)


def test_the_process_owner_and_administrators_repair_cases():
    access.may_repair(actor("purchasing-head"), "purchasing:head")
    access.may_repair(actor("admin"), None)
    assert refused(access.may_repair, actor("keeper"), "purchasing:head") == "may-not-repair"
    assert refused(access.may_repair, actor("keeper"), None) == "may-not-repair"


# ---- auditors ------------------------------------------------------------------------------------------------------------


def test_an_auditor_changes_nothing_whatever_else_they_are():
    also = company(auditor={"roles": ["auditor", "admin", "analyst"], "memberships": [{"department": "warehouse", "roles": ["head"]}]})
    person = also.actor("auditor")
    mine = task(assignee="auditor", candidate_groups=("warehouse",), added_groups=("warehouse",))
    for rule, arguments in [
        (access.may_start, ()),
        (access.may_give_message, ("warehouse",)),
        (access.may_correlate, ()),
        (access.may_repair, ("auditor",)),
        (access.may_claim, (mine,)),
        (access.may_take_over, (mine,)),
        (access.may_complete, (mine,)),
        (access.may_release, (mine,)),
        (access.may_reassign, (mine, also, "auditor")),
        (access.may_deploy, ()),
        (access.may_change_organisation, ()),
    ]:
        assert refused(rule, person, *arguments) == "read-only", rule
