"""What the server makes of a submission, whatever the viewer let through."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest

from engine import FieldAccess, InvalidSubmission, StepFields
from tests.forms.building import READ, field, form, money, problems, rows, validate

LINE = "=if this.quantity = null or this.price = null then null else decimal(number(this.quantity) * number(this.price), 2)"
TOTAL = (
    "=sum(for row in items return "
    "if row.quantity = null or row.price = null then 0 else decimal(number(row.quantity) * number(row.price), 2))"
)
ITEMS = form(
    rows(
        "items",
        field("textfield", "name", validate={"required": True}),
        field("number", "quantity", serializeToString=True, validate={"required": True, "min": 0.001}),
        money("price", validate={"required": True, "min": 0}),
        field("expression", "line_total", expression=LINE),
        validate={"required": True},
    ),
    field("expression", "amount", expression=TOTAL),
)


@pytest.mark.parametrize(
    ("component", "posted", "typed"),
    [
        (field("textfield", "x"), "steel", "steel"),
        (field("textfield", "x"), "", None),
        (field("number", "x"), 3, Decimal(3)),
        (field("number", "x"), Decimal("3.5"), Decimal("3.5")),
        (money("x"), "6100.00", Decimal("6100.00")),
        (field("checkbox", "x"), True, True),
        (field("checkbox", "x"), None, False),
        (field("datetime", "x", subtype="date"), "2026-12-04", date(2026, 12, 4)),
        (field("datetime", "x", subtype="time"), "13:30", time(13, 30)),
        (field("datetime", "x", subtype="datetime"), "2026-12-04T09:00", datetime(2026, 12, 4, 1, 0, tzinfo=UTC)),
        (field("datetime", "x", subtype="datetime"), "2026-12-04T09:00Z", datetime(2026, 12, 4, 9, 0, tzinfo=UTC)),
        (field("select", "x", values=[{"label": "A", "value": "a"}]), "a", "a"),
        (field("taglist", "x", values=[{"label": "A", "value": "a"}]), ["a"], ["a"]),
    ],
)
def test_a_value_is_typed(component: dict, posted: object, typed: object):
    assert validate(form(component), {"x": posted}) == {"x": typed}


@pytest.mark.parametrize(
    ("component", "posted", "code"),
    [
        (field("textfield", "x"), 3, "not-a-text"),
        (field("number", "x"), "many", "not-a-number"),
        (field("number", "x"), "NaN", "not-a-number"),
        (field("number", "x"), "Infinity", "not-a-number"),
        (field("number", "x"), "1e999999", "not-a-number"),
        (field("number", "x"), True, "not-a-number"),
        (field("number", "x"), [1], "not-a-number"),
        (field("checkbox", "x"), "yes", "not-a-boolean"),
        (field("datetime", "x", subtype="date"), "4.12.2026", "not-a-date"),
        (field("datetime", "x", subtype="time"), "half past", "not-a-time"),
        (field("datetime", "x", subtype="datetime"), 5, "not-a-datetime"),
        (field("taglist", "x", values=[]), "a", "not-a-list"),
        (field("select", "x", values=[{"label": "A", "value": "a"}]), {"a": 1}, "not-an-option"),
        (field("select", "x", values=[{"label": "A", "value": "a"}]), "b", "not-an-option"),
        (field("checklist", "x", values=[{"label": "A", "value": "a"}]), ["a", "b"], "not-an-option"),
        (field("filepicker", "x"), "file", "unsupported"),
        (rows("x", field("textfield", "y")), "no list", "not-a-list"),
    ],
)
def test_a_value_of_another_type_is_refused(component: dict, posted: object, code: str):
    assert problems(form(component), {"x": posted}) == [("x", code)]


@pytest.mark.parametrize(
    ("rules", "posted", "code"),
    [
        ({"required": True}, "", "required"),
        ({"required": True}, "   ", "required"),
        ({"minLength": 3}, "ab", "too-short"),
        ({"maxLength": 3}, "abcd", "too-long"),
        ({"pattern": "^[A-Z]{2}-\\d+$"}, "A-1", "pattern"),
        ({"validationType": "email"}, "a@b", "not-an-email"),
        ({"validationType": "phone"}, "0041", "not-a-phone"),
        ({}, "x" * 20_001, "too-long"),
    ],
)
def test_a_text_keeps_its_rules(rules: dict, posted: str, code: str):
    assert problems(form(field("textfield", "x", validate=rules)), {"x": posted}) == [("x", code)]


@pytest.mark.parametrize(
    ("settings", "posted", "code"),
    [
        ({"validate": {"min": 1}}, "0.99", "below-minimum"),
        ({"validate": {"max": "=limit * 2"}}, "20.01", "above-maximum"),
        ({"decimalDigits": 2}, "1.005", "too-many-decimals"),
        ({"decimalDigits": 0}, "1.5", "too-many-decimals"),
        ({"increment": 0.25}, "0.3", "not-a-multiple"),
    ],
)
def test_a_number_keeps_its_rules(settings: dict, posted: str, code: str):
    assert problems(form(field("number", "x", **settings)), {"x": posted}, {"limit": Decimal(10)}) == [("x", code)]


def test_zeros_behind_the_point_are_no_decimals():
    assert problems(form(money("x")), {"x": "1.5000"}) == []


def test_a_pattern_that_would_take_for_ever_does_not():
    assert problems(form(field("textfield", "x", validate={"pattern": "^(a+)+$"})), {"x": "a" * 5000 + "b"}) == [("x", "pattern")]


def test_a_date_in_the_past_is_told_by_the_companys_day():
    today = form(field("datetime", "x", subtype="date", disallowPassedDates=True))
    assert problems(today, {"x": "2026-03-02"}) == []
    assert problems(today, {"x": "2026-03-01"}) == [("x", "date-in-the-past")]


def test_unknown_keys_are_refused():
    assert problems(form(field("textfield", "x")), {"y": 1}) == [("y", "unknown-field")]
    assert ("items[0].colour", "unknown-field") in problems(
        ITEMS, {"items": [{"name": "a", "quantity": "1", "price": "1", "colour": "red"}]}
    )


def test_a_message_names_the_field_and_its_figures():
    with pytest.raises(InvalidSubmission) as refused:
        validate(form(field("number", "x", validate={"min": 5})), {"x": "4"})
    problem = refused.value.problems[0]
    assert (problem.label, problem.message, problem.figures) == ("X", "This must be at least 5.", {"minimum": "5"})


# ---- computed fields -----------------------------------------------------------------------------------------------------


def test_computed_fields_are_computed_again_in_decimals_and_what_was_posted_is_ignored():
    items = [{"name": "bolt", "quantity": "3", "price": "0.10", "line_total": 99}, {"name": "nut", "quantity": "7", "price": "0.30"}]
    values = validate(ITEMS, {"items": items, "amount": "0.01"})
    assert [row["line_total"] for row in values["items"]] == [Decimal("0.30"), Decimal("2.10")]
    assert values["amount"] == Decimal("2.40")


def test_a_computed_field_follows_when_the_step_may_write_only_what_it_reads():
    access = StepFields({"items": FieldAccess.WRITE}, FieldAccess.READ)
    values = validate(ITEMS, {"items": [{"name": "bolt", "quantity": "2", "price": "5"}]}, {"amount": Decimal(1)}, access)
    assert values["amount"] == Decimal(10)


def test_a_computed_field_of_a_step_that_writes_nothing_of_it_is_left_alone():
    known = {"items": [{"name": "bolt", "quantity": Decimal(2), "price": Decimal(5)}], "amount": Decimal(11)}
    assert validate(ITEMS, {}, known, READ) == {}


def test_computed_fields_may_read_each_other():
    chain = form(field("expression", "c", expression="=b + 1"), field("expression", "b", expression="=a + 1"), field("number", "a"))
    assert validate(chain, {"a": 1}) == {"a": Decimal(1), "b": Decimal(2), "c": Decimal(3)}


def test_a_circle_of_computed_fields_ends():
    circle = form(field("expression", "a", expression="=if b = null then 1 else b + 1"), field("expression", "b", expression="=a + 1"))
    assert set(validate(circle, {})) == {"a", "b"}


# ---- lists ---------------------------------------------------------------------------------------------------------------


def test_problems_in_rows_name_the_row():
    items = [{"name": "bolt", "quantity": "1", "price": "1"}, {"name": "", "quantity": "0", "price": "1.005"}]
    assert problems(ITEMS, {"items": items}) == [
        ("items[1].name", "required"),
        ("items[1].quantity", "below-minimum"),
        ("items[1].price", "too-many-decimals"),
    ]


def test_a_list_that_must_be_filled_is_not_empty():
    assert problems(ITEMS, {"items": []}) == [("items", "required")]
    assert problems(ITEMS, {}) == [("items", "required")]


def test_a_row_is_a_mapping_and_there_are_not_too_many():
    assert problems(ITEMS, {"items": ["bolt"]}) == [("items[0]", "not-a-row"), ("items", "required")]
    assert problems(ITEMS, {"items": [{}] * 1001}) == [("items", "too-many-rows")]


def test_rows_that_are_fixed_keep_their_count_and_their_read_only_columns():
    receipt = form(
        rows(
            "receipt",
            field("textfield", "name", readonly=True),
            field("number", "ordered", readonly=True, serializeToString=True),
            field("number", "received", serializeToString=True, validate={"required": True}),
            allowAddRemove=False,
            properties={"prefill": "= for row in items return {name: row.name, ordered: row.quantity, received: row.quantity}"},
        )
    )
    known = {"items": [{"name": "bolt", "quantity": Decimal(3)}, {"name": "nut", "quantity": Decimal(7)}]}
    good = [{"name": "bolt", "ordered": "3", "received": "2"}, {"received": "7"}]
    assert validate(receipt, {"receipt": good}, known)["receipt"] == [
        {"name": "bolt", "ordered": Decimal(3), "received": Decimal(2)},
        {"name": "nut", "ordered": Decimal(7), "received": Decimal(7)},
    ]
    assert problems(receipt, {"receipt": good[:1]}, known) == [("receipt", "rows-fixed")]
    assert problems(receipt, {"receipt": [good[0] | {"ordered": "4"}, good[1]]}, known) == [("receipt[0].ordered", "not-writable")]


def test_dates_in_rows_stay_text_since_rows_are_stored_as_json():
    days = form(rows("days", field("datetime", "day", subtype="date")))
    assert validate(days, {"days": [{"day": "2026-12-04"}]}) == {"days": [{"day": "2026-12-04"}]}
    assert problems(days, {"days": [{"day": "soon"}]}) == [("days[0].day", "not-a-date")]


def test_columns_that_another_form_added_do_not_disturb_a_list_that_is_only_read():
    known = {"items": [{"name": "bolt", "quantity": Decimal(1), "price": Decimal(1), "batch": "7"}]}
    access = StepFields({"note": FieldAccess.WRITE}, FieldAccess.READ)
    text = form(rows("items", field("textfield", "name")), field("textfield", "note"))
    assert validate(text, {"note": "ok"}, known, access) == {"note": "ok"}


# ---- permissions ---------------------------------------------------------------------------------------------------------

TWO = form(field("textfield", "title", validate={"required": True}), field("textfield", "terms"))
TERMS_ONLY = StepFields({"terms": FieldAccess.WRITE}, FieldAccess.READ)


def test_a_field_that_may_only_be_read_is_refused_when_it_differs_and_never_written():
    known = {"title": "Steel"}
    assert validate(TWO, {"title": "Steel", "terms": "free"}, known, TERMS_ONLY) == {"terms": "free"}
    assert problems(TWO, {"title": "Gold"}, known, TERMS_ONLY) == [("title", "not-writable")]


def test_a_field_that_may_only_be_read_is_not_validated():
    assert problems(TWO, {"terms": "free"}, {}, TERMS_ONLY) == []


def test_an_amount_that_comes_back_written_differently_is_the_same():
    access = StepFields({}, FieldAccess.READ)
    assert problems(form(money("x")), {"x": "5000"}, {"x": Decimal("5000.00")}, access) == []


def test_a_list_that_may_only_be_read_is_compared_row_by_row():
    known = {"items": [{"name": "bolt", "quantity": Decimal(3), "price": Decimal("0.10"), "line_total": Decimal("0.30")}]}
    same = [{"name": "bolt", "quantity": "3", "price": "0.1", "line_total": 7}]
    assert problems(ITEMS, {"items": same}, known, READ) == []
    assert problems(ITEMS, {"items": [same[0] | {"price": "0.2"}]}, known, READ)[0] == ("items", "not-writable")


def test_a_hidden_field_cannot_be_written():
    access = StepFields({"salary": FieldAccess.HIDDEN}, FieldAccess.WRITE)
    text = form(field("number", "salary"), field("textfield", "x"))
    assert problems(text, {"salary": "9", "x": "a"}, {"salary": Decimal(8)}, access) == [("salary", "not-writable")]


def test_a_column_has_permissions_of_its_own():
    access = StepFields({"items": FieldAccess.WRITE, "items.price": FieldAccess.READ}, FieldAccess.READ)
    known = {"items": [{"name": "bolt", "quantity": Decimal(3), "price": Decimal("0.10")}]}
    assert problems(ITEMS, {"items": [{"name": "bolt", "quantity": "4", "price": "0.2"}]}, known, access) == [
        ("items[0].price", "not-writable")
    ]
    assert validate(ITEMS, {"items": [{"name": "bolt", "quantity": "4"}]}, known, access)["items"][0]["price"] == Decimal("0.10")


def test_a_step_may_require_a_field_that_the_form_does_not():
    access = StepFields({"terms": FieldAccess.REQUIRED}, FieldAccess.READ)
    assert problems(TWO, {}, {"title": "Steel"}, access) == [("terms", "required")]
    assert problems(TWO, {}, {"title": "Steel", "terms": "free"}, access) == []


def test_a_list_that_a_step_requires_does_not_require_each_of_its_columns():
    access = StepFields({"items": FieldAccess.REQUIRED}, FieldAccess.READ)
    text = form(rows("items", field("textfield", "name"), field("textfield", "note")))
    assert problems(text, {"items": [{"name": "bolt"}]}, {}, access) == []
    assert problems(text, {"items": []}, {}, access) == [("items", "required")]


# ---- conditions ----------------------------------------------------------------------------------------------------------

EXPRESS = form(
    field("checkbox", "express"),
    field("textfield", "why", validate={"required": True}, conditional={"hide": "=express != true"}),
    {
        "type": "group",
        "id": "g",
        "conditional": {"hide": "=express != true"},
        "components": [field("number", "extra", validate={"min": 1})],
    },
)


def test_a_field_hidden_by_a_condition_is_not_required_and_not_checked():
    assert problems(EXPRESS, {"express": False, "extra": "-5"}) == []


def test_a_field_hidden_by_a_condition_is_emptied():
    values = validate(EXPRESS, {"express": False, "why": "late"}, {"why": "before", "extra": Decimal(3)})
    assert values == {"express": False, "why": None, "extra": None}


def test_the_condition_sees_what_was_submitted():
    assert problems(EXPRESS, {"express": True, "extra": "0"}) == [("why", "required"), ("extra", "below-minimum")]


def test_a_condition_in_a_row_sees_its_row():
    text = form(
        rows(
            "items",
            field("checkbox", "fragile"),
            field("textfield", "packing", validate={"required": True}, conditional={"hide": "=this.fragile != true"}),
        )
    )
    assert problems(text, {"items": [{"fragile": True}, {"fragile": False}]}) == [("items[0].packing", "required")]


# ---- choices -------------------------------------------------------------------------------------------------------------

PICKERS = form(
    field("select", "supplier", valuesKey="suppliers", properties={"options": "suppliers"}),
    field("select", "contract", valuesExpression="=contracts[of_supplier = supplier]", properties={"options": "contracts"}),
)


def test_a_choice_is_one_of_the_servers_records():
    assert problems(PICKERS, {"supplier": "baoshan"}) == []
    assert problems(PICKERS, {"supplier": "nobody"}) == [("supplier", "not-an-option")]


def test_choices_may_depend_on_another_field():
    assert problems(PICKERS, {"supplier": "baoshan", "contract": "CT-1"}) == []
    assert problems(PICKERS, {"supplier": "baoshan", "contract": "CT-2"}) == [("contract", "not-an-option")]


def test_what_was_posted_cannot_add_choices():
    assert ("suppliers", "unknown-field") in problems(PICKERS, {"supplier": "me", "suppliers": [{"value": "me"}]})


# ---- what was not submitted ----------------------------------------------------------------------------------------------


def test_a_field_that_was_not_submitted_keeps_its_value_and_must_have_one_if_required():
    assert validate(TWO, {"terms": "free"}, {"title": "Steel"}) == {"terms": "free"}
    assert problems(TWO, {"terms": "free"}) == [("title", "required")]


def test_a_prefilled_value_that_was_not_submitted_is_not_there():
    text = form(field("datetime", "day", subtype="date", validate={"required": True}, properties={"prefill": "= today()"}))
    assert problems(text, {}) == [("day", "required")]


def test_groups_with_a_path_are_read_as_one_value():
    text = form({"type": "group", "id": "a", "path": "address", "components": [field("textfield", "city", validate={"required": True})]})
    assert validate(text, {"address": {"city": "Ningbo"}}) == {"address": {"city": "Ningbo"}}
    assert problems(text, {"address": {"city": ""}}) == [("address.city", "required")]
