"""The barcode field: which lines it finds by which codes, and whether it may count them."""

from __future__ import annotations

from decimal import Decimal

from engine import FieldAccess, StepFields
from forms import FormPresentation, check_form
from forms.options import Option
from tests.forms.building import READ, SHANGHAI, WRITE, Noon, field, form, rows

STOCK: list[Option] = [
    {"value": "steel", "label": "Steel sheet", "label:zh": "钢板", "unit": "t", "unit:zh": "吨", "barcode": "2000000000015"},
    {"value": "film", "label": "Film", "unit": "roll", "barcode": ""},
]
PRESENTATION = FormPresentation(options=lambda source: STOCK if source == "stock" else [], zone=SHANGHAI, clock=Noon())
KNOWN = {"lines": [{"item": "steel", "ordered": Decimal(24)}, {"item": "film", "ordered": Decimal(3)}, {"item": "gone", "ordered": None}]}


def barcode(**properties: str) -> dict[str, object]:
    named = {"list": "lines", "item": "item", "wanted": "ordered", "count": "received", **properties}
    return {"type": "barcode", "id": "code", "label": "Barcode", "properties": {**named, "label:zh": "条码"}}


def receipt(*, before: dict[str, object] | None = None, grows: bool = False) -> str:
    item = field("select", "item", valuesKey="stock", properties={"options": "stock"})
    ordered = field("number", "ordered", serializeToString=True)
    received = field("number", "received", serializeToString=True)
    return form(before or barcode(), rows("lines", item, ordered, received, allowAddRemove=grows))


def shown(access: StepFields, language: str = "en") -> list[dict]:
    return [it for it in PRESENTATION.present(receipt(), KNOWN, access, language).schema["components"] if it["type"] == "barcode"]


def test_its_lines_are_those_of_the_list_with_the_codes_of_what_is_chosen():
    [found] = shown(WRITE)
    assert found["lines"] == [
        {"codes": ["steel", "2000000000015"], "name": "Steel sheet", "unit": "t", "wanted": 24.0},
        {"codes": ["film"], "name": "Film", "unit": "roll", "wanted": 3.0},
        {"codes": ["gone"], "name": "gone", "unit": "", "wanted": None},
    ]


def test_it_speaks_the_language_of_the_page():
    [found] = shown(WRITE, "zh")
    assert (found["label"], found["lines"][0]["name"], found["lines"][0]["unit"]) == ("条码", "钢板", "吨")


def test_it_counts_only_where_the_step_may_write_the_count():
    assert [it["properties"] for it in shown(WRITE)] == [{"list": "lines", "count": "received"}]
    assert [it["properties"] for it in shown(READ)] == [{"list": "lines"}]
    no_count = StepFields({"lines.received": FieldAccess.READ}, FieldAccess.WRITE)
    assert [it["properties"] for it in shown(no_count)] == [{"list": "lines"}]


def test_it_is_left_out_where_the_list_is_hidden_or_empty():
    assert shown(StepFields({"lines": FieldAccess.HIDDEN}, FieldAccess.WRITE)) == []
    assert shown(StepFields({"lines.item": FieldAccess.HIDDEN}, FieldAccess.WRITE)) == []
    found = PRESENTATION.present(receipt(), {"lines": []}, WRITE).schema["components"]
    assert [it["type"] for it in found] == ["dynamiclist"]


def test_what_it_names_must_be_there():
    def said(text: str) -> list[str]:
        return [problem.details[0][1] for problem in check_form("test.form", text) if problem.code == "form-barcode"]

    assert said(receipt()) == []
    assert said(receipt(before=barcode(list="others"))) == ["list: others"]
    assert said(receipt(grows=True)) == ["list: lines"]
    assert said(receipt(before=barcode(item="ordered", count="item"))) == ["item: ordered", "count: item"]
