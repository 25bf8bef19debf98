"""A form as it goes to the viewer: one language, only what may be seen, what is read as text."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal

from engine import FieldAccess, StepFields
from forms import FormPresentation, check_form
from tests.forms.building import PRESENTATION, READ, SHANGHAI, WRITE, field, form, money, rows

TITLE = field("textfield", "title", label="Subject", properties={"label:zh": "主题"})


def shown(text: str, known: dict, access: StepFields = READ, language: str = "en") -> list[dict]:
    return PRESENTATION.present(text, known, access, language).schema["components"]


def test_texts_stand_in_the_language_that_was_asked_for():
    choice = field(
        "select", "carrier", values=[{"label": "Own truck", "value": "own"}], properties={"label:zh": "承运商", "option.own:zh": "自有车辆"}
    )
    [title, carrier] = shown(form(TITLE, choice), {}, WRITE, "zh_CN")
    assert (title["label"], carrier["label"], carrier["values"][0]["label"]) == ("主题", "承运商", "自有车辆")
    assert shown(form(TITLE), {}, WRITE, "en")[0]["label"] == "Subject"


def test_a_field_without_a_translation_keeps_its_text():
    assert shown(form(field("textfield", "x", label="Plain")), {}, WRITE, "zh")[0]["label"] == "Plain"


def test_what_may_only_be_read_becomes_text_and_is_never_sent_back():
    [title, amount] = shown(form(TITLE, money("amount")), {"title": "Steel", "amount": Decimal(186400)})
    assert title["type"] == amount["type"] == "html"
    assert "key" not in title
    assert "Steel" in title["content"]
    assert "¥186,400.00" in amount["content"]


def test_what_people_typed_is_escaped_and_never_evaluated():
    [title] = shown(form(TITLE), {"title": "<script>alert(1)</script>{{secret}}"})
    assert "<script" not in title["content"]
    assert "{{" not in title["content"]
    assert "&lt;script&gt;alert(1)&lt;/script&gt;&#123;&#123;secret&#125;&#125;" in title["content"]


def test_a_list_that_may_only_be_read_becomes_a_table_without_empty_columns():
    items = rows("items", TITLE, field("number", "quantity", serializeToString=True), money("price"), field("textfield", "note"))
    [table] = shown(form(items), {"items": [{"title": "Bolt", "quantity": Decimal(1200), "price": Decimal("0.1"), "note": None}]})
    assert table["type"] == "html"
    assert "<td>Bolt</td>" in table["content"]
    assert '<td class="form-number">1,200</td>' in table["content"]
    assert '<td class="form-number">¥0.10</td>' in table["content"]
    assert "Note" not in table["content"]


def test_a_figure_is_read_and_filled_in_with_the_unit_of_what_is_counted():
    item = field("select", "item", valuesKey="stock", properties={"options": "stock"})
    quantity = field("number", "quantity", serializeToString=True, properties={"unit_of": "item"})
    text = form(rows("items", item, quantity))
    assert check_form("test.form", text) == []
    known = {"items": [{"item": "steel", "quantity": Decimal("24.000")}, {"item": "gone", "quantity": Decimal(3)}]}
    [table] = shown(text, known, READ, "zh")
    assert '<td class="form-number">24 吨</td>' in table["content"]
    assert '<td class="form-number">3</td>' in table["content"]
    [items] = shown(text, known, WRITE)
    assert items["components"][1]["appearance"]["suffixAdorner"] == "{{stock[value = this.item][1].unit}}"
    assert PRESENTATION.present(text, known, WRITE, "zh").data["stock"] == [{"value": "steel", "label": "钢板", "unit": "吨"}]


def test_a_unit_of_something_that_is_no_choice_beside_it_is_refused():
    text = form(rows("items", field("number", "quantity", properties={"unit_of": "item"})))
    assert [problem.code for problem in check_form("test.form", text)] == ["form-unit"]


def test_what_is_empty_or_told_beside_the_form_is_left_out():
    text = form(TITLE, money("amount"), field("textfield", "deliver_to"), rows("items", TITLE))
    assert PRESENTATION.present(text, {"title": "Steel", "amount": None, "items": []}, READ, told=["Steel"]).schema["components"] == []


def test_days_are_written_as_the_application_writes_them():
    presentation = FormPresentation(zone=SHANGHAI, days=lambda day, language: f"{language} {day:%d.%m.}")
    text = form(
        field("datetime", "day", subtype="date"), field("datetime", "at", subtype="datetime"), field("datetime", "odd", subtype="date")
    )
    known = {"day": "2026-12-04", "at": datetime(2026, 12, 4, 1, 30, tzinfo=UTC), "odd": "soon-ish"}
    contents = [component["content"] for component in presentation.present(text, known, READ, "zh").schema["components"]]
    assert "zh 04.12.<" in contents[0]
    assert "zh 04.12. 09:30" in contents[1]
    assert "soon-ish" in contents[2]


def test_short_texts_that_may_only_be_read_stand_in_two_columns():
    text = form(*(field("textfield", name) for name in ("a", "b", "c", "d", "e")))
    known = {"a": "here", "b": "there", "c": "x" * 60, "d": "送至三号厂房东侧卸货平台由供应商卸货", "e": "last"}
    layouts = [component["layout"] for component in shown(text, known)]
    assert [layout["columns"] for layout in layouts] == [8, 8, None, None, 8]
    assert layouts[0]["row"] == layouts[1]["row"]
    assert len({layout["row"] for layout in layouts}) == 4


def test_an_amount_below_a_list_is_its_total():
    text = form(money("deposit"), rows("items", TITLE), money("amount"))
    [deposit, _, amount] = shown(text, {"deposit": Decimal(1), "items": [{"title": "Bolt"}], "amount": Decimal(7)})
    assert "form-total" not in deposit["content"]
    assert "form-total" in amount["content"]


def test_a_list_says_what_its_button_adds():
    items = rows("items", TITLE, allowAddRemove=True, properties={"add": "Add an item", "add:zh": "添加物料"})
    assert shown(form(items), {}, WRITE, "zh")[0]["properties"]["add"] == "添加物料"


def test_choices_are_read_by_their_labels():
    pickers = form(field("select", "supplier", valuesKey="suppliers", properties={"options": "suppliers"}))
    assert "宝山钢材" in shown(pickers, {"supplier": "baoshan"}, READ, "zh")[0]["content"]


def test_the_viewer_gets_the_choices_of_the_fields_that_may_be_changed_and_no_others():
    text = form(
        field("select", "supplier", valuesKey="suppliers", properties={"options": "suppliers"}),
        field("select", "contract", valuesExpression="=contracts[of_supplier = supplier]", properties={"options": "contracts"}),
    )
    access = StepFields({"contract": FieldAccess.WRITE}, FieldAccess.READ)
    data = PRESENTATION.present(text, {"supplier": "baoshan"}, access).data
    assert "suppliers" not in data
    assert data["contracts"][0]["value"] == "CT-1"
    assert data["supplier"] == "baoshan"  # the choice of the contract reads it


def test_a_hidden_field_is_in_neither_form_nor_data():
    access = StepFields({"salary": FieldAccess.HIDDEN, "items.cost": FieldAccess.HIDDEN}, FieldAccess.WRITE)
    text = form(money("salary"), rows("items", TITLE, money("cost")), field("expression", "sum_of", expression="=salary + 1"))
    known = {"salary": Decimal(9), "items": [{"title": "Bolt", "cost": Decimal(5)}]}
    found = PRESENTATION.present(text, known, access)
    assert "salary" not in found.data
    assert found.data["items"] == [{"title": "Bolt"}]
    assert "cost" not in json.dumps(found.schema)


def test_a_group_of_which_everything_is_hidden_is_gone():
    access = StepFields({"x": FieldAccess.HIDDEN}, FieldAccess.WRITE)
    assert shown(form({"type": "group", "id": "g", "label": "G", "components": [field("textfield", "x")]}), {}, access) == []


def test_a_field_that_the_step_requires_is_required_in_the_viewer():
    access = StepFields({"title": FieldAccess.REQUIRED}, FieldAccess.READ)
    assert shown(form(TITLE), {}, access)[0]["validate"] == {"required": True}


def test_amounts_are_texts_in_the_data_and_everything_is_ready_for_json():
    text = form(money("amount"), field("number", "count"), field("datetime", "day", subtype="date"), rows("items", money("price")))
    known = {"amount": Decimal("1200.50"), "count": Decimal(3), "items": [{"price": Decimal("0.10")}]}
    data = PRESENTATION.present(text, known, WRITE).data
    assert json.loads(json.dumps(data)) == {"amount": "1200.50", "count": 3, "items": [{"price": "0.10"}]}


def test_an_empty_field_is_prefilled_and_a_filled_one_is_not():
    text = form(field("datetime", "day", subtype="date", properties={"prefill": "= today()"}))
    assert PRESENTATION.present(text, {}, WRITE).data == {"day": "2026-03-02"}
    assert PRESENTATION.present(text, {"day": None}, READ).data.get("day") is None


def test_a_computed_field_with_a_label_is_shown_where_it_stands():
    text = form(field("expression", "amount", expression="=1 + 1", label="Total", properties={"format": "money"}))
    [computed, value] = shown(text, {}, WRITE)
    assert computed["type"] == "expression"
    assert value["type"] == "html"
    assert "amount" in value["content"]


def test_presenting_a_form_leaves_the_form_as_it_was():
    text = form(TITLE)
    first = PRESENTATION.present(text, {"title": "A"}, READ, "zh").schema
    second = PRESENTATION.present(text, {"title": "A"}, WRITE, "en").schema
    assert first != second
    assert second["components"][0]["label"] == "Subject"
