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


BAD_EXPRESSIONS = [
    field("expression", "x", expression="=a +"),
    field("textfield", "x", conditional={"hide": "=a >"}),
    field("number", "x", validate={"min": "=1 +"}),
    field("select", "x", valuesExpression="=for x"),
    field("textfield", "x", readonly="=)"),
    field("textfield", "x", properties={"prefill": "= nothing("}),
]


@pytest.mark.parametrize("component", BAD_EXPRESSIONS)
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


BAD_SETTINGS = [
    {"validate": {"required": "maybe"}},
    {"validate": {"min": "many"}},
    {"validate": {"max": []}},
    {"validate": {"max": "1e999999999"}},
    {"validate": {"maxLength": -1}},
    {"validate": {"minLength": 1.5}},
    {"validate": {"pattern": 5}},
    {"validate": {"validationType": "postcode"}},
    {"validate": []},
    {"decimalDigits": -5},
    {"increment": "some"},
    {"subtype": 9},
    {"allowAddRemove": "no"},
    {"values": "abc"},
    {"values": [[]]},
    {"properties": "x"},
]


@pytest.mark.parametrize("settings", BAD_SETTINGS)
def test_a_setting_of_the_wrong_kind_is_refused_with_what_to_write(settings: dict):
    [problem] = check_form("test.form", form(field("textfield", "x", **settings)))
    assert (problem.code, problem.element) == ("form-setting", "id_x")
    assert "Write " in problem.message


@pytest.mark.parametrize(
    "settings",
    [
        {
            "validate": {
                "required": True,
                "min": 0,
                "max": "1000000",
                "minLength": "=1",
                "maxLength": 20,
                "pattern": "",
                "validationType": "email",
            }
        },
        {"validate": {"min": "= today", "max": ""}, "increment": "0.01", "disabled": False, "readonly": "= locked"},
        {"values": [{"label": "A", "value": "a"}, "b", 3]},
    ],
)
def test_settings_as_the_editor_writes_them_are_fine(settings: dict):
    assert "form-setting" not in codes(form(field("textfield", "x", **settings)))


DEEP = {"type": "textfield", "key": "x", "label": "X"}
for _ in range(25):
    DEEP = {"type": "group", "components": [DEEP]}


NO_FORMS = [
    "",
    "{",
    "[]",
    '{"components": 3}',
    '{"components": [{"key": "x"}]}',
    '{"components": [1, null]}',
    '{"components": [{"type": "number", "key": "x", "validate": {"min": NaN}}]}',
    '{"components": ' + "[" * 100_000,
    form(DEEP),
]


@pytest.mark.parametrize("text", NO_FORMS)
def test_what_is_no_form_is_refused(text: str):
    assert codes(text) == ["form-unreadable"]
