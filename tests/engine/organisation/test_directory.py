import pytest

from engine.errors import NotFound
from engine.organisation.checks import check
from tests.engine.organisation.sample import company

COMPANY = company()


def test_the_sample_is_sound():
    check(COMPANY)


# ---- groups --------------------------------------------------------------------------------------------------------------


def test_the_groups_of_a_person_are_departments_roles_and_roles_in_departments():
    assert COMPANY.groups_of("buyer-a") == {"purchasing", "buyer", "purchasing:buyer"}


def test_a_person_may_belong_to_several_departments():
    assert COMPANY.departments_of("sales-a") == {"sales", "erp-project"}
    assert COMPANY.department_of("sales-a") == "sales"


def test_the_department_that_a_person_is_counted_to_is_the_first_by_position_not_by_order_of_joining():
    joined_late = company(sales_a={"memberships": [{"department": "erp-project"}, {"department": "sales"}]})
    assert joined_late.department_of("sales-a") == "sales"


def test_a_role_that_holds_everywhere_is_a_group_of_no_department():
    assert COMPANY.groups_of("auditor") == {"auditor"}
    assert COMPANY.department_of("auditor") is None


def test_a_person_of_an_inner_department_is_no_member_of_the_outer_one():
    assert "purchasing" not in COMPANY.groups_of("importer")
    assert COMPANY.groups_of("importer") == {"imports", "buyer", "imports:buyer"}


def test_the_members_of_a_group_come_in_the_order_of_their_names():
    assert COMPANY.members_of("buyer") == ("buyer-a", "buyer-b", "importer")
    assert COMPANY.members_of("purchasing:buyer") == ("buyer-a", "buyer-b")
    assert COMPANY.members_of("nobody-knows") == ()


def test_a_group_is_known_by_its_department_and_role():
    for group in ("purchasing", "buyer", "purchasing:head", "logistics:buyer"):
        assert COMPANY.knows_group(group), group
    for group in ("", "kermit", "purchasing:kermit", "kermit:head", "purchasing:", ":head", "purchasing:head:more"):
        assert not COMPANY.knows_group(group), group


def test_people_named_twice_count_once_and_unknown_ones_do_not_count():
    assert COMPANY.people_of(["buyer-a", "kermit", "gone"], ["purchasing:buyer", "muppets"]) == ("buyer-a", "buyer-b")


# ---- active only ---------------------------------------------------------------------------------------------------------


def test_who_was_disabled_has_no_groups_and_heads_nothing():
    assert COMPANY.groups_of("gone") == frozenset()
    assert COMPANY.departments_of("gone") == frozenset()
    assert COMPANY.department_of("gone") is None
    assert COMPANY.head_of("logistics") is None


@pytest.mark.parametrize("person", ["gone", "kermit"])
def test_nobody_acts_as_a_person_who_is_not_active(person):
    with pytest.raises(NotFound):
        COMPANY.actor(person)


def test_a_person_acts_with_the_groups_of_the_directory():
    actor = COMPANY.actor("admin")
    assert actor.may_administer
    assert not actor.may_audit
    assert actor.departments == {"management"}
    assert COMPANY.actor("auditor").may_audit
    assert COMPANY.actor("analyst").may_model


# ---- departments ---------------------------------------------------------------------------------------------------------


def test_the_head_of_a_department_has_the_role_head_there():
    assert COMPANY.head_of("sales") == "sales-head"
    assert COMPANY.head_of("warehouse") is None
    assert COMPANY.head_of("kermit") is None


def test_a_department_without_a_head_finds_the_one_above():
    assert COMPANY.nearest_head("warehouse") == "gm"
    assert COMPANY.nearest_head("imports") == "purchasing-head"
    assert COMPANY.nearest_head("kermit") is None


def test_departments_stand_in_a_tree():
    assert list(COMPANY.above("imports")) == ["imports", "purchasing", "management"]
    assert COMPANY.below("purchasing") == {"purchasing", "imports"}
    assert COMPANY.below("kermit") == frozenset()


# ---- superiors -----------------------------------------------------------------------------------------------------------


def test_the_superior_is_the_one_that_is_set():
    assert COMPANY.superior_of("sales-b") == "sales-a"


def test_else_the_superior_is_the_head_of_the_department():
    assert COMPANY.superior_of("sales-a") == "sales-head"


def test_else_the_superior_is_the_head_of_the_parent_department():
    assert COMPANY.superior_of("keeper") == "gm"


def test_the_head_of_a_department_has_the_head_of_the_parent_department_as_superior():
    assert COMPANY.superior_of("sales-head") == "gm"


def test_who_stands_at_the_top_or_nowhere_has_no_superior():
    for person in ("gm", "auditor", "kermit"):
        assert COMPANY.superior_of(person) is None


def test_a_superior_who_was_disabled_is_passed_over():
    assert company(sales_a={"active": False}).superior_of("sales-b") == "sales-head"
    assert company(sales_head={"active": False}).superior_of("sales-a") == "gm"


def test_who_was_disabled_still_has_a_superior_for_what_is_left_open():
    assert COMPANY.superior_of("gone") == "gm"


def test_the_superiors_go_up_to_the_top():
    assert list(COMPANY.superiors_of("sales-b")) == ["sales-a", "sales-head", "gm"]


def test_superiors_in_a_circle_are_each_found_once():
    circle = company(sales_a={"superior": "sales-b"})
    assert list(circle.superiors_of("sales-b")) == ["sales-a"]
