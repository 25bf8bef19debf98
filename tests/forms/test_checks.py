"""What is wrong with a form is found when it is deployed, with the line."""

from __future__ import annotations

import json

import pytest

from forms import check_form
from tests.forms.building import field, form, rows


def codes(text: str) -> list[str]:
    return [problem.code for problem in check_form("test.form", text)]


@pytest.mark.parametrize("key", ["sum", "count", "date", "now", "today", "not", "if", "this", "parent", "i"])
def test_a_key_that_is_a_word_of_feel_is_refused(key: str):
    assert codes(form(field("number", key))) == ["form-key-reserved"]
    assert codes(form(rows("items", field("number", key)))) == ["form-key-reserved"]


def test_a_key_that_only_contains_such_a_word_is_fine():
    assert codes(form(field("number", "sum_of_all"), field("textfield", "date_of_birth"))) == []


def test_the_same_key_twice_is_refused_in_one_place_and_allowed_in_lists():
    assert codes(form(field("textfield", "x"), field("textfield", "x"))) == ["form-key-twice", "form-key-twice"]
    assert codes(form(field("textfield", "x"), rows("items", field("textfield", "x")))) == []


def test_a_key_is_a_name():
    assert codes(form(field("textfield", "my key"))) == ["form-key"]
    assert codes(form(field("textfield", "金额"))) == []


def test_a_field_without_a_key_is_refused():
    assert codes(form({"type": "textfield", "id": "a", "label": "A"})) == ["form-key-missing"]


@pytest.mark.parametrize(
    "component",
    [
        field("expression", "x", expression="=a +"),
        field("textfield", "x", conditional={"hide": "=a >"}),
        field("number", "x", validate={"min": "=1 +"}),
        field("select", "x", valuesExpression="=for x"),
        field("textfield", "x", readonly="=)"),
        field("textfield", "x", properties={"prefill": "= nothing("}),
    ],
)
def test_an_expression_that_is_none_is_refused(component: dict):
    assert codes(form(component)) == ["form-expression"]


def test_a_pattern_that_would_be_dangerous_or_is_none_is_refused():
    assert codes(form(field("textfield", "x", validate={"pattern": "(a"}))) == ["form-pattern"]
    assert codes(form(field("textfield", "x", validate={"pattern": "(?<=a)b"}))) == ["form-pattern"]


def test_amounts_must_be_held_as_text():
    assert codes(form(field("number", "x", decimalDigits=2))) == ["form-number"]


def test_a_component_that_is_not_known_is_refused_with_its_line():
    text = json.dumps(json.loads(form(field("textfield", "a"), field("hologram", "b"))), indent=1)
    [problem] = check_form("test.form", text)
    assert (problem.resource, problem.code, problem.element) == ("test.form", "form-type", "id_b")
    assert text.splitlines()[problem.line - 1].strip() == '"id": "id_b",'


@pytest.mark.parametrize("text", ["", "{", "[]", '{"components": 3}', '{"components": [{"key": "x"}]}'])
def test_what_is_no_form_is_refused(text: str):
    assert codes(text) == ["form-unreadable"]
