"""The fields of a form inside of a model: what a value becomes, what is refused, and what a field begins with."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from engine import InvalidRequest, InvalidSubmission, ModelFault, StoredValue
from engine.bpmn.form_data import Constraint, FormField
from engine.services.form_fields import FormPlace, beginning, on_page, submitted, told
from engine.store.values import Transient

EAST = timezone(timedelta(hours=8))


def place(computed: object = None, **known: object) -> FormPlace:
    """A form where so much is known; every computed default comes to the same."""
    return FormPlace(
        "t", known, lambda _text, _before: computed, lambda at: at.replace(tzinfo=EAST) if at.tzinfo is None else at.astimezone(EAST)
    )


def field(kind: str = "string", default: str | None = None, pattern: str = "dd/MM/yyyy", **constraints: str | None) -> FormField:
    choices = (("a", "A"),) if kind == "enum" else ()
    return FormField("f", kind, "F", 1, default, choices, tuple(Constraint(*it) for it in constraints.items()), pattern)


def sent(of: FormField, value: object, at: FormPlace | None = None) -> object:
    return submitted((of,), {"f": value}, at or place(), lambda _: False)["f"]


@pytest.mark.parametrize(
    ("kind", "value", "stored"),
    [
        ("long", 7, ("Long", "7")), ("long", "+07", ("Long", "7")), ("long", 7.0, ("Long", "7")), ("long", "-9223372036854775808",
        ("Long", "-9223372036854775808")), ("boolean", "yes", ("Boolean", "false")), ("boolean", True, ("Boolean", "true")),
        ("string", True, ("String", "true")), ("string", 1.5, ("String", "1.5")), ("enum", "a", ("String", "a")),
        ("date", "1/2/2026", ("Date", "2026-02-01")), ("date", "", ("Null", None)), ("date", date(2026, 2, 1), ("Date", "2026-02-01")),
        ("long", None, ("Null", None)),
    ],
)  # fmt: skip
def test_a_value_gets_the_type_of_its_field(kind: str, value: object, stored: tuple[str, str | None]):
    assert sent(field(kind), value) == stored


def test_what_is_transient_stays_so():
    assert isinstance(sent(field("long"), StoredValue("String", "7").transient()), Transient)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("long", "9223372036854775808"), ("long", "1_0"), ("long", "٣"), ("long", " 1"), ("long", "--1"), ("long", [1]), ("boolean", 0),
        ("date", "2026-02-01"), ("date", "30/02/2026"), ("date", 1), ("enum", "b"), ("enum", True),
    ],
)  # fmt: skip
def test_what_cannot_be_converted_is_refused(kind: str, value: object):
    with pytest.raises(InvalidSubmission) as refused:
        sent(field(kind), value)
    assert [it.path for it in refused.value.problems] == ["f"]


def test_a_moment_is_one_on_the_clock_of_the_company():
    assert sent(field("date", pattern="yyyy-MM-dd HH:mm"), "2026-02-01 10:30") == ("Date", "2026-02-01T10:30:00+08:00")


@pytest.mark.parametrize(("value", "fits"), [(2, False), (3, True), ("3", True), (4, True), (5, False)])
def test_a_number_is_at_least_the_minimum_and_below_the_maximum(value: object, *, fits: bool):
    of = field("long", min="3", max="5")
    if fits:
        assert sent(of, value) == StoredValue("Long", str(value))
    else:
        with pytest.raises(InvalidSubmission):
            sent(of, value)


@pytest.mark.parametrize("value", ["a", "abcd", 12])
def test_the_length_is_that_of_a_text(value: object):
    with pytest.raises(InvalidSubmission):
        sent(field(minlength="2", maxlength="3"), value)
    assert sent(field(minlength="2", maxlength="3"), "abc") == StoredValue("String", "abc")


def test_constraints_say_nothing_of_defaults_and_of_null():
    of = field("long", "9", max="5")
    assert submitted((of,), {}, place(), lambda _: False) == {"f": StoredValue("Long", "9")}
    assert sent(of, None) == StoredValue("Null", None)


def test_a_default_is_written_over_what_is_there_by_programs_alone():
    of, there = field("long", "9"), place(f=3)
    assert submitted((of,), {}, there, lambda _: False) == {"f": StoredValue("Long", "9")}
    assert on_page((of,), {}, {}, there) == {}
    assert on_page((of,), {}, {}, place()) == {"f": StoredValue("Long", "9")}
    assert on_page((of,), {"f": ""}, {}, place()) == {}  # somebody emptied it


def test_required_is_what_the_form_or_the_step_demands():
    for of, demanded in ((field(required=None), False), (field(required="false"), False), (field(), True)):
        with pytest.raises(InvalidSubmission):
            submitted((of,), {}, place(), lambda _, it=demanded: it)  # type: ignore[misc]
        assert submitted((of,), {}, place(f="x"), lambda _, it=demanded: it) == {}  # type: ignore[misc]


def test_a_computed_default_must_fit_its_field():
    of = field("long", "${n}")
    assert beginning((of,), place(computed="7")) == {"f": StoredValue("Long", "7")}
    with pytest.raises(ModelFault, match="which the field f cannot begin with"):
        beginning((of,), place(computed="x"))
    assert beginning((of,), place(computed="x"), strict=False) == {}


def test_a_default_in_the_model_that_does_not_fit_is_none():
    assert beginning((field("long", "many"),), place()) == {}
    assert beginning((field("date", "2026-02-01"),), place()) == {"f": StoredValue("Date", "2026-02-01")}


def test_what_is_told_of_a_date_is_how_it_is_written():
    moment = datetime(2026, 1, 31, 20, tzinfo=UTC)
    assert told((field("date"),), place(f=moment)) == {"f": StoredValue("String", "01/02/2026")}
    with pytest.raises(InvalidRequest):
        told((field("date"),), place(f="01/02/2026"))


def test_on_a_page_a_number_beyond_all_bounds_is_refused():
    with pytest.raises(InvalidSubmission):
        on_page((field("long"),), {}, {"f": 10**20}, place())
