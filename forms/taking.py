"""Taking what was submitted into rows: types are converted, what may not be written or is not known is named."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, time, tzinfo
from typing import Final

from engine import FieldProblem
from forms.messages import problem
from forms.rows import Row, Taken, fields_with_conditions
from forms.schema import COMPUTED, GROUP, INPUTS, LIST, Component
from forms.values import Invalid, parse, same, to_viewer

MAX_ROWS: Final = 1_000
"""Rows that a list may have."""

Evaluate = Callable[[object, Row], object]


class Taking:
    """Fills a row from what was submitted and what is known."""

    def __init__(self, evaluate: Evaluate, zone: tzinfo, may_write: Callable[[str], bool], problems: list[FieldProblem]) -> None:
        """`may_write` is asked with the path of each field: `items`, `items[2].price`."""
        self._evaluate = evaluate
        self._zone = zone
        self._may_write = may_write
        self._problems = problems

    def take(self, row: Row, submitted: Mapping[str, object], known: Mapping[str, object]) -> None:
        """Fill the row, and the rows in it. Wrong types are kept with the field, since a hidden field's faults do not count."""
        fields = {item.name: (item, conditions) for item, conditions in fields_with_conditions(row.components)}
        for key in submitted.keys() - fields.keys():
            self._problems.append(problem(row.path(key), "unknown-field"))
        for name, (item, conditions) in fields.items():
            writable = row.writable and self._may_write(row.path(name)) and not self._read_only(item, row)
            taken = Taken(item, conditions, writable)
            row.fields.append(taken)
            if item.type == COMPUTED:
                continue
            base = known.get(name)
            if not writable:
                self._keep(taken, row, submitted, base)
            elif name in submitted:
                self._accept(taken, row, submitted[name], self._at_first(item, row) if base is None else base)
            else:
                self._stay(taken, row, base)

    def _at_first(self, item: Component, row: Row) -> object:
        """What the viewer was given for a field that has no value yet."""
        return self._evaluate(item.prefill, row) if item.prefill and row.is_root else None

    def _read_only(self, item: Component, row: Row) -> bool:
        return any(self._evaluate(item.setting(name), row) is True for name in ("readonly", "disabled"))

    def _keep(self, taken: Taken, row: Row, submitted: Mapping[str, object], base: object) -> None:
        """A field that may not be written: it must have come back as it was, or not at all."""
        item = taken.field
        posted = submitted.get(item.name)
        if posted not in (None, "", []) and not same(item, posted, base, self._zone):
            taken.fault = Invalid("not-writable")
        self._stay(taken, row, base)

    def _stay(self, taken: Taken, row: Row, base: object) -> None:
        item = taken.field
        if item.type in {LIST, GROUP}:
            self._take_rows(taken, row, _of_this_form(item, base), base)
            return
        row.viewer[item.name] = to_viewer(item, base)
        try:
            self._set(taken, row, parse(item, row.viewer[item.name], self._zone))
        except Invalid:  # written by somebody else, perhaps by another version of the form
            taken.value = base

    def _set(self, taken: Taken, row: Row, value: object) -> None:
        """Hold a typed value; inside rows, which are stored as JSON, dates stay text."""
        viewed = to_viewer(taken.field, value)
        row.viewer[taken.field.name] = viewed
        taken.value = viewed if isinstance(value, date | time) and not row.is_root else value

    def _accept(self, taken: Taken, row: Row, posted: object, base: object) -> None:
        item = taken.field
        taken.changed = True
        if item.type in {LIST, GROUP}:
            self._take_rows(taken, row, posted, base)
            return
        if item.type not in INPUTS:
            taken.fault = Invalid("unsupported", type=item.type)
            return
        try:
            self._set(taken, row, parse(item, posted, self._zone))
        except Invalid as fault:
            taken.fault = fault
            row.viewer[item.name] = posted

    def _take_rows(self, taken: Taken, row: Row, posted: object, base: object) -> None:
        item = taken.field
        entries = posted if item.type == LIST else [{} if posted is None else posted]
        entries = [] if entries is None else entries
        if not isinstance(entries, list):
            taken.fault = Invalid("not-a-list")
            return
        held = base if isinstance(base, list) else [base]
        if item.type == LIST and not self._count_is_right(taken, entries, base):
            return
        viewers: list[dict[str, object]] = []
        for place, entry in enumerate(entries):
            prefix = f"{row.path(item.name)}[{place}]." if item.type == LIST else f"{row.path(item.name)}."
            if not isinstance(entry, Mapping):
                self._problems.append(problem(prefix.removesuffix("."), "not-a-row", item.label))
                continue
            inner = Row(item.components, viewer={}, prefix=prefix, parent=row, index=place + 1, writable=taken.writable)
            known = held[place] if place < len(held) else None
            self.take(inner, _without_keys_of_viewer(entry), known if isinstance(known, Mapping) else {})
            taken.rows.append(inner)
            viewers.append(inner.viewer)
        row.viewer[item.name] = viewers if item.type == LIST else (viewers or [{}])[0]

    def _count_is_right(self, taken: Taken, entries: list[object], base: object) -> bool:
        if len(entries) > MAX_ROWS:
            taken.fault = Invalid("too-many-rows", rows=MAX_ROWS)
        elif taken.field.setting("allowAddRemove") is False and len(entries) != len(base if isinstance(base, list) else []):
            taken.fault = Invalid("rows-fixed")
        return taken.fault is None


def _of_this_form(item: Component, held: object) -> object:
    """What is held of a list or group, without what another form has put into it."""
    names = {inner.name for inner, _ in fields_with_conditions(item.components)}
    if isinstance(held, Mapping):
        return {name: value for name, value in held.items() if name in names}
    return [_of_this_form(item, entry) for entry in held] if isinstance(held, list) else held


def _without_keys_of_viewer(entry: Mapping[str, object]) -> Mapping[str, object]:
    """The entry without the keys that form-js puts into rows for itself: they begin with `__`."""
    return {key: value for key, value in entry.items() if not key.startswith("__")}
