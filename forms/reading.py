"""Values that may only be read, as people read them: label and value, a list as a table with figures at the right.

They become `html` components of form-js, so that they are never sent back. Every text in them is escaped here, braces too: form-js
evaluates `{{…}}` in such content, and what people typed must never be evaluated.
"""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from decimal import Decimal
from typing import Final

from forms.options import Option, normalised
from forms.schema import CHOICES, COMPUTED, MULTIPLE_CHOICES, Component, fields_of
from forms.translating import short
from forms.values import plain

CURRENCIES: Final = frozenset({"¥", "￥", "€", "$", "£"})
NOTHING: Final = "–"
YES_NO: Final = {"zh": ("是", "否"), "en": ("yes", "no")}
BRACES: Final = str.maketrans({"{": "&#123;", "}": "&#125;"})

MONEY: Final = (
    'if {0} = null then "–" else {{text: string(decimal({0}, 2)), full: if contains(text, ".") then (if matches(text, "\\.\\d$") then '
    'text + "0" else text) else text + ".00", grouped: replace(full, "(\\d)(?=(\\d{{3}})+\\.)", "$1,")}}.grouped'
)
"""How the viewer writes a computed amount while a person types. Only the viewer evaluates this."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Shows values in one language."""

    language: str
    zone: tzinfo
    choices: Mapping[str, Sequence[Option]]

    def field(self, item: Component, label: str, value: object) -> str:
        """A label with its value."""
        shown = _lines(self.text(item, value) or NOTHING)
        return _labelled(label, shown)

    def table(self, item: Component, label: str, columns: Mapping[str, str], rows: object) -> str:
        """A list as a table; `columns` are labels by field. Columns in which nothing stands are left out."""
        entries = [row for row in rows if isinstance(row, Mapping)] if isinstance(rows, list | tuple) else []
        filled = {name for row in entries for name, value in row.items() if value not in (None, "")}
        inner = [part for part in fields_of(item.components) if part.name in columns and part.name in filled]
        head = "".join(f"<th{_align(part)}>{_escaped(columns[part.name])}</th>" for part in inner)
        body = "".join(f"<tr>{''.join(self._cell(part, row) for part in inner)}</tr>" for row in entries)
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
        return self._plain(value)

    def _plain(self, value: object) -> str:
        if isinstance(value, bool):
            return YES_NO.get(short(self.language), YES_NO["en"])[0 if value else 1]
        if isinstance(value, datetime):
            return value.astimezone(self.zone).strftime("%Y-%m-%d %H:%M")
        return value.isoformat() if isinstance(value, date) else str(value)

    def _cell(self, part: Component, row: Mapping[str, object]) -> str:
        return f"<td{_align(part)}>{_lines(self.text(part, row.get(part.name)))}</td>"

    def _label(self, item: Component, value: object) -> str:
        offered = self.choices.get(item.option_source or "") or normalised(item.setting("values"))
        for option in offered:
            if option["value"] == value:
                translated = item.properties.get(f"option.{value}:{short(self.language)}")
                return str(translated or option["label"])
        return str(value)


def money_sign(item: Component) -> str:
    """The currency of a field of money; empty for other figures."""
    appearance = item.setting("appearance")
    adorner = appearance.get("prefixAdorner") if isinstance(appearance, dict) else None
    if isinstance(adorner, str) and adorner in CURRENCIES:
        return adorner
    return "¥" if item.properties.get("format") == "money" else ""


def computed(item: Component, label: str, *, in_row: bool) -> str:
    """A computed field while a person types: the viewer fills in the value."""
    name = f"this.{item.name}" if in_row else item.name
    sign = money_sign(item)
    template = f"{sign}{{{{{MONEY.format(name)}}}}}" if sign else f'{{{{if {name} = null then "–" else {name}}}}}'
    return _labelled(label, template)


def _labelled(label: str, value: str) -> str:
    """`value` is HTML already."""
    named = f'<div class="form-read-label">{_escaped(label)}</div>'
    return f'<div class="form-read">{named}<div class="form-read-value">{value}</div></div>'


def _figure(item: Component, number: Decimal) -> str:
    sign = money_sign(item)
    if not sign:
        return f"{Decimal(plain(number)):,}"
    return f"{'-' if number < 0 else ''}{sign}{abs(number):,.2f}"


def _align(part: Component) -> str:
    return ' class="form-number"' if part.type == "number" or (part.type == COMPUTED and money_sign(part)) else ""


def _escaped(text: str) -> str:
    return html.escape(text).translate(BRACES)


def _lines(text: str) -> str:
    return "<br>".join(_escaped(line) for line in text.splitlines())
