"""The barcode field: `{"type": "barcode", "properties": {"list": "receipt", "item": "item", "wanted": "ordered", "count": "received"}}`.

It holds no value. Whoever scans or types a code and presses Enter finds the line of `list` in which `item` is chosen that has this code
(the choice's `barcode` or its value), and counts it: in the field `count` where this step may write it, else beside `wanted` alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from engine import FieldAccess
from forms.options import Option
from forms.schema import BARCODE, LIST, Component, FormSchema, fields_of, walk

_WRITABLE: Final = frozenset({FieldAccess.WRITE, FieldAccess.REQUIRED})
Access = Callable[[str], FieldAccess]


def put_lines(
    components: Sequence[dict[str, Any]],
    schema: FormSchema,
    data: Mapping[str, object],
    choices: Mapping[str, Sequence[Option]],
    access: Access,
) -> list[dict[str, Any]]:
    """The components of a form as shown, each barcode field with its lines; one that has none is left out."""
    fields = {str(item.setting("id")): item for item in walk(schema.components) if item.type == BARCODE}
    shown: list[dict[str, Any]] = []
    for raw in components:
        item = fields.get(str(raw.get("id"))) if raw["type"] == BARCODE else None
        if raw.get("components") and raw["type"] != LIST:
            raw["components"] = put_lines(raw["components"], schema, data, choices, access)
        if item is not None:
            raw["lines"] = list(_lines(item, schema, data, choices, access))
            raw["properties"] = {name: item.properties[name] for name in ("list", "count") if _is_counted(item, access) or name == "list"}
        if item is None or raw["lines"]:
            shown.append(raw)
    return shown


def missing(item: Component, schema: FormSchema) -> Iterator[str]:
    """What a barcode field names and the form has not: a list of fixed lines, and the fields in it."""
    wanted = item.properties.get("list", "")
    found = schema.field(wanted)
    if found is None or found.type != LIST or found.setting("allowAddRemove") is not False:
        yield f"list: {wanted}"
        return
    inner = {it.name: it for it in fields_of(found.components)}
    for name in ("item", "wanted", "count"):
        field = item.properties.get(name)
        if field is None and name != "item":
            continue
        if field not in inner or (name == "item" and not inner[field].option_source) or (name != "item" and inner[field].type != "number"):
            yield f"{name}: {field or ''}"


def _is_counted(item: Component, access: Access) -> bool:
    of, count = item.properties.get("list", ""), item.properties.get("count")
    return bool(count) and access(of) in _WRITABLE and access(f"{of}.{count}") in _WRITABLE


def _lines(
    item: Component, schema: FormSchema, data: Mapping[str, object], choices: Mapping[str, Sequence[Option]], access: Access
) -> Iterator[Mapping[str, object]]:
    of, chosen, wanted = (item.properties.get(name, "") for name in ("list", "item", "wanted"))
    found, rows = schema.field(of), data.get(of)
    field = next((it for it in fields_of(found.components) if it.name == chosen), None) if found else None
    if field is None or not isinstance(rows, list) or FieldAccess.HIDDEN in {access(of), access(f"{of}.{chosen}")}:
        return
    options = {option["value"]: option for option in choices.get(field.option_source or "", ())}
    for row in rows:
        value = row.get(chosen) if isinstance(row, Mapping) else None
        option = options.get(value, {})
        codes = [str(code) for code in (value, option.get("barcode")) if code]
        yield {
            "codes": codes,
            "name": option.get("label", value),
            "unit": option.get("unit", ""),
            "wanted": _number(row.get(wanted)) if isinstance(row, Mapping) else None,
        }


def _number(value: object) -> float | None:
    try:
        return float(str(value))
    except ValueError:
        return None
