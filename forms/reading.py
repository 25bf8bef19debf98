"""Values that may only be read, as people read them: label and value, a list as a table with figures at the right.

They become `html` components of form-js, so that they are never sent back. Every text in them is escaped here, braces too: form-js
evaluates `{{…}}` in such content, and what people typed must never be evaluated.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from decimal import Decimal
from typing import Final

from forms.options import Option, normalised
from forms.schema import CHOICES, COMPUTED, MULTIPLE_CHOICES, Component, fields_of
from forms.translating import short

CURRENCIES: Final = frozenset({"¥", "￥", "€", "$", "£"})
YES_NO: Final = {"zh": ("是", "否"), "en": ("yes", "no")}
BRACES: Final = str.maketrans({"{": "&#123;", "}": "&#125;"})

MONEY: Final = (
    'if {0} = null then "–" else {{text: string(decimal({0}, 2)), full: if contains(text, ".") then (if matches(text, "\\.\\d$") then '
    'text + "0" else text) else text + ".00", grouped: "{1}" + replace(full, "(\\d)(?=(\\d{{3}})+\\.)", "$1,")}}.grouped'
)
"""How the viewer writes a computed amount while a person types. Only the viewer evaluates this."""

UNIT_OF: Final = "unit_of"
"""A property of a figure in a list: the choice beside it whose unit it is counted in, as in `24 t`."""

Days = Callable[[date, str], str]
"""How a day is written in a language."""


def plain_day(day: date, language: str) -> str:
    """A day as ISO 8601 writes it, in any language."""
    del language
    return day.isoformat()


@dataclass(frozen=True, slots=True)
class Reader:
    """Shows values in one language."""

    language: str
    zone: tzinfo
    choices: Mapping[str, Sequence[Option]]
    days: Days = plain_day

    def table(self, item: Component, label: str, columns: Mapping[str, str], rows: object) -> str:
        """A list as a table; `columns` are labels by field. Columns in which nothing stands are left out; so is a table without rows."""
        entries = [row for row in rows if isinstance(row, Mapping)] if isinstance(rows, list | tuple) else []
        filled = {name for row in entries for name, value in row.items() if value not in (None, "")}
        beside = {part.name: part for part in fields_of(item.components)}
        inner = [part for part in beside.values() if part.name in columns and part.name in filled]
        if not inner:
            return ""
        head = "".join(f"<th{_align(part)}>{_escaped(columns[part.name])}</th>" for part in inner)
        body = "".join(f"<tr>{''.join(self._cell(part, row, beside) for part in inner)}</tr>" for row in entries)
        title = f'<div class="form-read-label">{_escaped(label)}</div>' if label else ""
        return f'<div class="form-read">{title}<table class="form-table"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'

    def text(self, item: Component, value: object) -> str:
        """One value as people read it; empty where there is none."""
        if value is None or value == "":
            return ""
        if item.type in CHOICES:
            return self._label(item, value)
        if item.type in MULTIPLE_CHOICES:
            return ", ".join(self._label(item, one) for one in (value if isinstance(value, list) else [value]))
        if isinstance(value, Decimal) or (item.type == "number" and not isinstance(value, bool)):
            return _figure(item, Decimal(str(value)))
        return self._moment(value) if item.type == "datetime" and isinstance(value, str) else self._plain(value)

    def _moment(self, text: str) -> str:
        """A day, a time of the day, or both, that were kept as text; other text stays as it is."""
        try:
            moment = datetime.fromisoformat(text) if "-" in text else None
        except ValueError:
            return text
        if moment is None or len(text) == len("2026-03-02"):
            return text if moment is None else self._plain(moment.date())
        return self._plain(moment if moment.tzinfo else moment.replace(tzinfo=self.zone))

    def _plain(self, value: object) -> str:
        if isinstance(value, bool):
            return YES_NO.get(short(self.language), YES_NO["en"])[0 if value else 1]
        if isinstance(value, datetime):
            here = value.astimezone(self.zone)
            return f"{self.days(here.date(), self.language)} {here:%H:%M}"
        return self.days(value, self.language) if isinstance(value, date) else str(value)

    def _cell(self, part: Component, row: Mapping[str, object], beside: Mapping[str, Component]) -> str:
        text, counted = self.text(part, row.get(part.name)), beside.get(part.properties.get(UNIT_OF, ""))
        unit = self._choice(counted, row.get(counted.name)).get("unit") if text and counted else None
        return f"<td{_align(part)}>{_lines(f'{text} {unit}' if unit else text)}</td>"

    def _label(self, item: Component, value: object) -> str:
        translated = item.properties.get(f"option.{value}:{short(self.language)}")
        return str(translated or self._choice(item, value).get("label", value))

    def _choice(self, item: Component, value: object) -> Option:
        offered = self.choices.get(item.option_source or "") or normalised(item.setting("values"))
        return next((option for option in offered if option["value"] == value), {})


def money_sign(item: Component) -> str:
    """The currency of a field of money; empty for other figures."""
    appearance = item.setting("appearance")
    adorner = appearance.get("prefixAdorner") if isinstance(appearance, dict) else None
    if isinstance(adorner, str) and adorner in CURRENCIES:
        return adorner
    return "¥" if item.properties.get("format") == "money" else ""


def computed(item: Component, label: str, *, in_row: bool, is_total: bool = False) -> str:
    """A computed field while a person types: the viewer fills in the value."""
    name = f"this.{item.name}" if in_row else item.name
    sign = money_sign(item)
    inner = MONEY.format(name, sign) if sign else f'if {name} = null then "–" else {name}'
    return _labelled(label, f"{{{{{inner}}}}}", _TOTAL if is_total else _SUM if in_row and sign else "")


def labelled(label: str, text: str, *, is_total: bool = False) -> str:
    """A label with its value. A total stands under the last column of the table above it."""
    return _labelled(label, _lines(text), _TOTAL if is_total else "")


_TOTAL: Final = " form-total"
_SUM: Final = " form-sum"


def _labelled(label: str, value: str, kind: str) -> str:
    """`value` is HTML already."""
    named = f'<div class="form-read-label">{_escaped(label)}</div>'
    return f'<div class="form-read{kind}">{named}<div class="form-read-value">{value}</div></div>'


def _figure(item: Component, number: Decimal) -> str:
    sign = money_sign(item)
    if not sign:
        return f"{number.normalize():,f}"
    return f"{'-' if number < 0 else ''}{sign}{abs(number):,.2f}"


def _align(part: Component) -> str:
    return ' class="form-number"' if part.type == "number" or (part.type == COMPUTED and money_sign(part)) else ""


def _escaped(text: str) -> str:
    return html.escape(text).translate(BRACES)


def _lines(text: str) -> str:
    return "<br>".join(_escaped(line) for line in text.splitlines())
