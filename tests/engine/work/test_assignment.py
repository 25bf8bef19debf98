import pytest

from engine.bpmn.model import Outcome, OutcomeKind, Text, UserTask
from engine.errors import ModelFault
from engine.work.assignment import Assignment, Detour, Wanted, assign, excluded_person, names_of, read_reason, wanted
from tests.engine.organisation.sample import company

COMPANY = company()
APPROVAL = UserTask(outcomes=(Outcome("ok", OutcomeKind.APPROVE, "Approve"), Outcome("back", OutcomeKind.RETURN, "Return")))


def asked(*, directory=COMPANY, assignee=None, users=(), groups=(), named=True, **rest) -> Assignment:
    return assign(Wanted(assignee, tuple(users), tuple(groups), named), directory, **rest)


# ---- names ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "names"),
    [
        (None, ()),
        ("", ()),
        (" , ", ()),
        ("kermit", ("kermit",)),
        ("fozzie, gonzo", ("fozzie", "gonzo")),
        (["fozzie", " gonzo ", "fozzie", None], ("fozzie", "gonzo")),
        (["fozzie,gonzo"], ("fozzie", "gonzo")),
        ([], ()),
    ],
)
def test_names_are_a_text_with_commas_or_a_list(value, names):
    assert names_of(value) == names


@pytest.mark.parametrize("value", [7, True, {"id": "kermit"}, [["a"], 7]])
def test_what_is_no_name_is_a_fault_of_the_model(value):
    with pytest.raises(ModelFault, match="is not the name of a person or group"):
        names_of(value, "approve")


def test_a_task_has_one_assignee():
    with pytest.raises(ModelFault, match="the assignee of approve is one person, not a, b"):
        wanted(UserTask(), assignee="a, b", users=None, groups=None, element="approve")


def test_a_task_names_somebody_where_one_of_its_texts_is_there_even_if_it_comes_to_nothing():
    nobody = Text("= nobody", 1)
    with_text = UserTask(candidate_groups=nobody)
    for says in (with_text, UserTask(candidate_users=nobody), UserTask(assignee=nobody)):
        assert wanted(says, assignee=None, users=None, groups=None, element="x") == Wanted(named=True)
    assert wanted(UserTask(), assignee=None, users=None, groups=None, element="x") == Wanted(named=False)
    texts = wanted(with_text, assignee="kermit", users="a,b", groups=["g"], element="x")
    assert texts == Wanted("kermit", ("a", "b"), ("g",), named=True)


# ---- who is asked --------------------------------------------------------------------------------------------------------


def test_a_task_goes_to_its_assignee():
    assert asked(assignee="buyer-a") == Assignment(assignee="buyer-a")


def test_a_task_goes_to_its_candidates():
    assert asked(users=["buyer-a", "keeper"], groups=["finance"]) == Assignment(users=("buyer-a", "keeper"), groups=("finance",))


def test_a_task_for_exactly_one_person_is_theirs_without_claiming():
    assert asked(groups=["finance:head"]) == Assignment(assignee="finance-head", groups=("finance:head",))
    assert asked(users=["keeper"]) == Assignment(assignee="keeper", users=("keeper",))


def test_a_lane_gives_candidates_where_the_task_says_nothing_itself():
    assert asked(named=False, lane="purchasing") == Assignment(groups=("purchasing",))


def test_a_lane_gives_no_candidates_where_the_task_says_something_itself():
    assert asked(users=["keeper", "buyer-a"], lane="purchasing").groups == ()


def test_a_task_that_names_nobody_in_the_end_does_not_fall_to_its_whole_lane():
    nobody = asked(named=True, lane="purchasing")
    assert nobody == Assignment(assignee="admin", groups=("admin",), reason="nobody-named")


def test_a_task_without_names_and_lane_goes_to_the_administrators():
    assert asked(named=False) == Assignment(groups=("admin",), reason="nobody-named")


def test_with_several_administrators_one_of_them_claims_it():
    two = company(analyst={"roles": ["admin"]})
    assert asked(directory=two, named=False) == Assignment(groups=("admin",), reason="nobody-named")


# ---- unknown and disabled ------------------------------------------------------------------------------------------------


def test_an_unknown_group_goes_to_administrators_and_to_callers_of_the_api_never_to_everybody():
    task = asked(groups=["muppets"])
    assert task == Assignment(groups=("muppets",), added_groups=("admin",), reason="unknown-name:muppets")
    assert COMPANY.people_of(task.users, task.groups) == ()


def test_an_unknown_person_keeps_the_task_by_name_and_administrators_may_take_it():
    assert asked(assignee="kermit") == Assignment(assignee="kermit", added_groups=("admin",), reason="unknown-name:kermit")
    assert asked(users=["kermit"]).reason == "unknown-name:kermit"


def test_an_unknown_lane_goes_to_administrators():
    assert asked(named=False, lane="muppets").added_groups == ("admin",)


def test_a_department_with_an_unknown_role_is_unknown():
    assert asked(groups=["finance:muppet"]).reason == "unknown-name:finance:muppet"


def test_one_unknown_name_among_known_ones_shows_the_task_to_the_administrators_too():
    task = asked(users=["kermit"], groups=["finance"])
    assert task.groups == ("finance",)
    assert task.added_groups == ("admin",)


def test_who_was_disabled_is_not_asked():
    assert asked(users=["gone", "keeper", "buyer-a"]).users == ("keeper", "buyer-a")
    assert asked(assignee="gone", groups=["finance"]) == Assignment(groups=("finance",))


def test_a_task_for_nobody_active_goes_to_the_administrators_and_never_passes_silently():
    assert asked(assignee="gone") == Assignment(assignee="admin", groups=("admin",), reason="nobody-active:gone")
    assert asked(groups=["logistics"]).reason == "nobody-active:logistics"


def test_a_disabled_assignee_does_not_keep_a_task_with_unknown_names_from_being_claimed():
    assert asked(assignee="gone", groups=["muppets"]).assignee is None


# ---- nobody approves their own request -----------------------------------------------------------------------------------


def test_only_a_task_with_an_outcome_that_approves_excludes_the_initiator():
    assert excluded_person(APPROVAL, "gm") == "gm"
    assert excluded_person(UserTask(outcomes=(Outcome("done", OutcomeKind.DONE, "Done"),)), "gm") is None
    assert excluded_person(UserTask(), "gm") is None
    assert excluded_person(APPROVAL, None) is None


def test_the_initiator_is_not_among_those_who_are_asked_to_approve():
    task = asked(users=["keeper", "buyer-a", "gm"], groups=["finance"], excluded="keeper")
    assert task.users == ("buyer-a", "gm")
    assert task.excluded_person == "keeper"
    assert task.reason is None


def test_an_initiator_who_would_be_the_assignee_leaves_the_candidates():
    assert asked(assignee="buyer-a", groups=["finance"], excluded="buyer-a") == Assignment(groups=("finance",), excluded_person="buyer-a")


def test_where_one_other_member_of_the_group_is_left_the_task_is_theirs():
    assert asked(groups=["purchasing:buyer"], excluded="buyer-a").assignee == "buyer-b"


def test_if_nobody_else_is_left_it_goes_to_the_initiators_superior():
    task = asked(groups=["finance:head"], excluded="finance-head", owner="purchasing:head")
    assert task == Assignment("gm", ("gm",), excluded_person="finance-head", reason="own-request-superior:gm")


def test_failing_a_superior_it_goes_to_the_process_owner():
    # The general manager requests 300,000.
    task = asked(groups=["general-manager"], excluded="gm", owner="purchasing:head")
    assert task == Assignment("purchasing-head", (), ("purchasing:head",), excluded_person="gm", reason="own-request-owner:purchasing:head")


def test_the_process_owner_may_be_a_person():
    task = asked(assignee="gm", excluded="gm", owner="purchasing-head")
    assert task == Assignment("purchasing-head", ("purchasing-head",), excluded_person="gm", reason="own-request-owner:purchasing-head")


def test_failing_a_process_owner_it_goes_to_an_administrator():
    for owner in (None, "gm", "general-manager", "muppets", "gone"):
        task = asked(groups=["general-manager"], excluded="gm", owner=owner)
        assert task == Assignment("admin", (), ("admin",), excluded_person="gm", reason="own-request-administrator")


def test_an_initiator_whose_superior_was_disabled_has_the_next_one_above():
    task = asked(directory=company(sales_a={"active": False}), assignee="sales-b", excluded="sales-b")
    assert task.users == ("sales-head",)


def test_an_empty_group_of_which_the_initiator_is_no_member_is_not_taken_for_their_own_request():
    task = asked(groups=["logistics"], excluded="sales-a")
    assert task == Assignment("admin", (), ("admin",), excluded_person="sales-a", reason="nobody-active:logistics")


def test_only_an_administrator_alone_who_would_approve_their_own_request_leaves_nobody():
    task = asked(groups=["admin"], excluded="admin", directory=company(gm={"active": False}))
    assert not task.can_be_done(company(gm={"active": False}))
    assert task.excluded_person == "admin"
    assert asked(groups=["admin"], excluded="admin").users == ("gm",)  # the superior


def test_an_unknown_initiator_of_an_api_is_excluded_like_any_other():
    task = asked(users=["client"], excluded="client")
    assert task == Assignment("admin", (), ("admin",), excluded_person="client", reason="own-request-administrator")


# ---- reasons -------------------------------------------------------------------------------------------------------------


def test_a_reason_reads_back_in_its_parts():
    assert read_reason("own-request-administrator") == (Detour.OWN_REQUEST_ADMINISTRATOR, ())
    assert read_reason("unknown-name:kermit,finance:muppet") == (Detour.UNKNOWN_NAME, ("kermit", "finance:muppet"))
    with pytest.raises(ValueError, match="holiday"):
        read_reason("holiday")
