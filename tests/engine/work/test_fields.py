import pytest

from engine.bpmn.model import FieldAccess, FlowNode, UserTask
from engine.errors import InvalidSubmission
from engine.work.fields import StepFields, case_fields, start_fields, task_fields

HIDDEN, READ, WRITE, REQUIRED = FieldAccess.HIDDEN, FieldAccess.READ, FieldAccess.WRITE, FieldAccess.REQUIRED
STEP = task_fields(UserTask(fields=(("terms", WRITE), ("date", REQUIRED), ("margin", HIDDEN), ("items", WRITE), ("items.cost", HIDDEN))))
VALUES = {"terms": "30 days", "margin": 7, "amount": 5, "items": [{"name": "Paper", "cost": 3}, {"name": "Ink", "cost": 4}]}


@pytest.mark.parametrize(
    ("path", "access"),
    [
        ("terms", WRITE),
        ("date", REQUIRED),
        ("margin", HIDDEN),
        ("amount", READ),
        ("items[0].name", WRITE),
        ("items[12].cost", HIDDEN),
        ("margin.gross", HIDDEN),
    ],
)
def test_a_field_has_the_access_that_is_declared_for_it_or_for_what_it_is_inside(path, access):
    assert STEP(path) is access


def test_the_default_is_to_read():
    assert task_fields(UserTask())("anything") is READ


def test_a_step_may_name_another_default():
    assert task_fields(UserTask(default_field_access=HIDDEN, fields=(("terms", READ),)))("amount") is HIDDEN


def test_a_start_form_is_written():
    start = FlowNode(id="start", type="startEvent", name="", line=1, fields=(("approver", HIDDEN),))
    assert start_fields(start)("amount") is WRITE
    assert start_fields(start)("approver") is HIDDEN


def test_what_is_required_may_be_written_and_what_is_read_or_hidden_may_not():
    assert [STEP.may_write(name) for name in ("terms", "date", "amount", "margin")] == [True, True, False, False]


def test_hidden_fields_and_columns_are_removed_from_every_read():
    assert STEP.visible(VALUES) == {"terms": "30 days", "amount": 5, "items": [{"name": "Paper"}, {"name": "Ink"}]}
    assert VALUES["items"] == [{"name": "Paper", "cost": 3}, {"name": "Ink", "cost": 4}]


def test_hidden_fields_inside_contexts_are_removed():
    step = StepFields({"supplier.bank": HIDDEN})
    assert step.visible({"supplier": {"name": "A", "bank": {"iban": "X"}}}) == {"supplier": {"name": "A"}}


def test_a_write_to_what_may_not_be_written_is_refused_naming_each_field():
    with pytest.raises(InvalidSubmission) as raised:
        STEP.refuse_unwritable(["terms", "amount", "margin"])
    assert [(problem.path, problem.code) for problem in raised.value.problems] == [("amount", "not-writable"), ("margin", "not-writable")]
    STEP.refuse_unwritable(["terms", "date"])


# ---- outside of a step ---------------------------------------------------------------------------------------------------

OTHER = StepFields({"terms": READ})


def test_a_field_that_one_step_hides_is_hidden_on_the_case_page_from_who_works_only_there():
    seen = case_fields([STEP, OTHER], [STEP])
    assert seen.visible(VALUES) == {"terms": "30 days", "amount": 5, "items": [{"name": "Paper"}, {"name": "Ink"}]}


def test_who_takes_part_in_a_step_that_shows_the_field_sees_it():
    assert case_fields([STEP, OTHER], [STEP, OTHER]).visible(VALUES) == VALUES


def test_who_takes_part_in_no_step_does_not_see_guarded_fields():
    assert "margin" not in case_fields([STEP, OTHER], []).visible(VALUES)
    assert "terms" in case_fields([STEP, OTHER], []).visible(VALUES)


def test_a_step_that_hides_all_it_does_not_name_guards_all_of_that():
    blind = StepFields({"terms": READ}, HIDDEN)
    assert case_fields([blind, OTHER], [blind]).visible(VALUES) == {"terms": "30 days"}


def test_who_sees_everything_sees_guarded_fields():
    assert case_fields([STEP, OTHER], [], sees_everything=True).visible(VALUES) == VALUES


def test_outside_of_a_step_nothing_is_written():
    assert not case_fields([OTHER], [], sees_everything=True).may_write("terms")
