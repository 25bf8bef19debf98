"""Typed values: what `{"value": …, "type": …}` means to the engine, and how a variable of the engine is shown. The one place for it.

| type | value in JSON | in the engine |
|---|---|---|
| String | a text; numbers and booleans become texts | String |
| Integer, Short, Long | a whole number in its range, or its digits as a text | Integer, Long |
| Double | a number, or one as a text | Double |
| Boolean | true or false, also as a text | Boolean |
| Date | `2026-01-31T09:15:00.000+0000` | Date |
| Json | a JSON text | Json |
| Null, or the value null | null | Null |

An empty text of any other type than String and Json is null. Without a type the JSON value says it; lists and objects become Json.
Time and Duration, which Camunda lacks, are shown as String.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from app.api import moments
from app.services import services
from engine import InvalidRequest, StoredValue, to_stored

if TYPE_CHECKING:
    from engine import ValueType

_WHOLE: dict[str, tuple[ValueType, range]] = {
    "Short": ("Integer", range(-(2**15), 2**15)),
    "Integer": ("Integer", range(-(2**31), 2**31)),
    "Long": ("Long", range(-(2**63), 2**63)),
}
_TEXTS = {"String", "Json", "Null"}
_DIGITS = re.compile(r"[+-]?\d{1,20}", re.ASCII)
_DATE_LENGTH = len("2026-01-31")


class _Wrong(ValueError):
    """The value does not fit its type."""


def variables_in(values: Mapping[str, object], name: str = "variables") -> dict[str, object]:
    """The variables under a name of a body, as the engine takes them; none where it is null or absent. Raises `InvalidRequest`."""
    sent = values.get(name)
    if sent is None:
        return {}
    if not isinstance(sent, Mapping):
        raise InvalidRequest(f"'{name}' must be an object of variables")
    return {str(key): typed(str(key), it) for key, it in sent.items()}


def changes_in(values: Mapping[str, object]) -> tuple[dict[str, object], list[str]]:
    """What a body sets (`modifications`) and removes (`deletions`); what it names in both is removed, as in Camunda."""
    removed = values.get("deletions") or []
    if not isinstance(removed, list) or not all(isinstance(it, str) for it in removed):
        raise InvalidRequest("'deletions' must be a list of names")
    return {name: it for name, it in variables_in(values, "modifications").items() if name not in removed}, removed


def typed(name: str, sent: object) -> object:
    """A variable as it was sent: a text as it is, all else with the type that the client chose. Raises `InvalidRequest`."""
    if not isinstance(sent, Mapping):
        raise InvalidRequest(f"the variable '{name}' must be an object with 'value' and 'type'")
    value, kind = sent.get("value"), sent.get("type")
    if kind is not None and not isinstance(kind, str):
        raise InvalidRequest(f"the type of the variable '{name}' must be a text")
    found = _with_type(name, sent, kind) if kind else inferred(value)
    return to_stored(found).transient() if _is_transient(sent) else found


def _with_type(name: str, sent: Mapping[str, object], kind: str) -> object:
    value = sent.get("value")
    kind = kind[0].upper() + kind[1:]
    if kind == "Object" and _is_json(sent):
        kind = "Json"
    read = _READERS.get(kind)
    if read is None:
        raise InvalidRequest(f"Unsupported value type '{kind}' of the variable '{name}'")
    if isinstance(value, str) and kind not in _TEXTS:
        value = value.strip() or None  # a field that was left empty: as Camunda reads it
    if value is None:
        return None
    try:
        return read(kind, value)
    except (ValueError, InvalidOperation, RecursionError) as error:
        detail = str(error) if isinstance(error, _Wrong) else f"it is no {kind}"
        raise InvalidRequest(f"Cannot convert value '{value}' of the variable '{name}' to type '{kind}': {detail}") from error


def _is_transient(sent: Mapping[str, object]) -> bool:
    """Whether a value is for the step alone with which it comes."""
    info = sent.get("valueInfo")
    return isinstance(info, Mapping) and info.get("transient") is True


def _is_json(sent: Mapping[str, object]) -> bool:
    """Whether an object was serialized as JSON: it is that JSON here. Its class is not kept."""
    info = sent.get("valueInfo")
    return isinstance(info, Mapping) and str(info.get("serializationDataFormat", "")).startswith("application/json")


def inferred(value: object) -> object:
    """A value without a type: JSON says what it is."""
    if isinstance(value, Mapping | list):
        return StoredValue("Json", json.dumps(value, ensure_ascii=False))
    return value


def shown(stored: StoredValue) -> dict[str, object]:
    """A variable in an answer."""
    kind, value = stored.type, _plain(stored)
    return {"type": "String" if kind in {"Time", "Duration"} else kind, "value": value, "valueInfo": {}}


def all_shown(values: Mapping[str, StoredValue]) -> dict[str, dict[str, object]]:
    """Variables in an answer."""
    return {name: shown(value) for name, value in values.items()}


def _plain(stored: StoredValue) -> object:
    """The value as JSON has it."""
    text = stored.text
    if text is None:
        return None
    match stored.type:
        case "Integer" | "Long":
            return int(Decimal(text))
        case "Double":
            return float(text)
        case "Boolean":
            return text == "true"
        case "Date":
            return moments.shown(_moment(text))
        case _:
            return text


def _moment(text: str) -> datetime:
    """A stored date as a moment: one without a zone is the company's, one without a time its midnight."""
    found = datetime.combine(date.fromisoformat(text), datetime.min.time()) if len(text) == _DATE_LENGTH else datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=services().settings.zone)


# ---- by type -------------------------------------------------------------------------------------------------------------


def _text(_kind: str, value: object) -> object:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | float):
        return str(value)
    raise _Wrong("a text is expected")


def _whole(kind: str, value: object) -> object:
    stored, allowed = _WHOLE[kind]
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise _Wrong("a whole number is expected")
    if isinstance(value, str) and _DIGITS.fullmatch(value) is None:
        raise _Wrong("a whole number is expected")
    number = int(value)
    if number not in allowed:
        raise _Wrong(f"it is not between {allowed.start} and {allowed.stop - 1}")
    return StoredValue(stored, str(number))


def _double(_kind: str, value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise _Wrong("a number is expected")
    number = Decimal(str(value))
    if not math.isfinite(float(number)):
        raise _Wrong("a finite number is expected")
    return StoredValue("Double", str(number))


def _boolean(_kind: str, value: object) -> object:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in {"true", "false"}:
        return value.lower() == "true"
    raise _Wrong("true or false is expected")


def _date(_kind: str, value: object) -> object:
    if not isinstance(value, str):
        raise _Wrong("a text is expected")
    try:
        return StoredValue("Date", moments.read(value).isoformat())
    except ValueError as error:
        raise _Wrong("yyyy-MM-dd'T'HH:mm:ss.SSSZ is expected, like 2026-01-31T09:15:00.000+0000") from error


def _json(_kind: str, value: object) -> object:
    if not isinstance(value, str):
        raise _Wrong("null or a JSON text is expected")
    json.loads(value, parse_constant=_refuse_constant)
    return StoredValue("Json", value)


def _null(_kind: str, _value: object) -> object:
    raise _Wrong("null is expected")


def _refuse_constant(name: str) -> object:
    raise _Wrong(f"{name} is not JSON")


_READERS: dict[str, Callable[[str, object], object]] = {
    "String": _text,
    "Short": _whole,
    "Integer": _whole,
    "Long": _whole,
    "Double": _double,
    "Boolean": _boolean,
    "Date": _date,
    "Json": _json,
    "Null": _null,
}
