"""Small forms for the tests, and a validation with a clock that stands still."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from engine import FieldAccess, InvalidSubmission, StepFields
from forms import FormPresentation, FormValidation
from forms.options import Option

SHANGHAI = ZoneInfo("Asia/Shanghai")
OPTIONS: dict[str, list[Option]] = {
    "suppliers": [
        {"value": "baoshan", "label": "Baoshan Steel", "label:zh": "宝山钢材"},
        {"value": "jiaxing", "label": "Jiaxing Wood", "label:zh": "嘉兴木业"},
    ],
    "contracts": [
        {"value": "CT-1", "label": "CT-1", "of_supplier": "baoshan"},
        {"value": "CT-2", "label": "CT-2", "of_supplier": "jiaxing"},
    ],
    "stock": [{"value": "steel", "label": "Steel sheet", "label:zh": "钢板", "unit": "t", "unit:zh": "吨"}],
}
WRITE = StepFields({}, FieldAccess.WRITE)
READ = StepFields({}, FieldAccess.READ)


class Noon:
    """Monday, 2 March 2026, 00:30 in Shanghai: still Sunday in UTC."""

    def now(self) -> datetime:
        return datetime(2026, 3, 1, 16, 30, tzinfo=UTC)


def form(*components: Mapping[str, object]) -> str:
    return json.dumps({"type": "default", "schemaVersion": 19, "id": "test", "components": list(components)})


def field(kind: str, key: str, **settings: object) -> dict[str, object]:
    return {"type": kind, "key": key, "id": f"id_{key}", "label": key.capitalize(), **settings}


def money(key: str, **settings: object) -> dict[str, object]:
    return field("number", key, serializeToString=True, decimalDigits=2, appearance={"prefixAdorner": "¥"}, **settings)


def rows(path: str, *components: Mapping[str, object], **settings: object) -> dict[str, object]:
    return {"type": "dynamiclist", "path": path, "id": f"id_{path}", "label": path.capitalize(), "components": list(components), **settings}


def choices(source: str) -> Sequence[Option]:
    return OPTIONS.get(source, [])


VALIDATION = FormValidation(Noon(), options=choices, zone=SHANGHAI)
PRESENTATION = FormPresentation(options=choices, zone=SHANGHAI, clock=Noon())


def validate(text: str, submitted: Mapping[str, object], known: Mapping[str, object] | None = None, access: StepFields = WRITE):
    return VALIDATION.validate(text, submitted, known or {}, access)


def problems(text: str, submitted: Mapping[str, object], known: Mapping[str, object] | None = None, access: StepFields = WRITE):
    """What is refused: path and code of each problem."""
    try:
        validate(text, submitted, known, access)
    except InvalidSubmission as refused:
        return [(problem.path, problem.code) for problem in refused.problems]
    return []
