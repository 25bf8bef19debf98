"""What is different between two versions of a decision: columns, rules and cells, in one table that holds both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from typing import TypeVar

from engine.dmn.outline import ColumnText, DecisionText, RuleText, TableText

Part = TypeVar("Part", ColumnText, RuleText)


class Change(StrEnum):
    """What became of a part of a table."""

    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    MOVED = "moved"


@dataclass(frozen=True, slots=True)
class BothColumns:
    """A column of either table; `before` or `after` is missing where it came or went."""

    change: Change
    is_output: bool
    before: ColumnText | None
    after: ColumnText | None


@dataclass(frozen=True, slots=True)
class BothCells:
    """A cell of either table; None where its column or rule is not there."""

    change: Change
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class BothRules:
    """A rule of either table with its numbers from 1, one cell for each of the columns of both, and its annotation."""

    change: Change
    before: int | None
    after: int | None
    cells: tuple[BothCells, ...]
    note: BothCells


@dataclass(frozen=True, slots=True)
class BothTables:
    """Two versions of a table as one: what both have once, what one has beside it."""

    policy: BothCells
    columns: tuple[BothColumns, ...]
    rules: tuple[BothRules, ...]


@dataclass(frozen=True, slots=True)
class BothDecisions:
    """Two versions of a decision. `table` where both are tables, or one of them and the other is missing; else what logic they have."""

    change: Change
    key: str
    name: BothCells
    logic: BothCells
    table: BothTables | None


def compare_decisions(before: Sequence[DecisionText], after: Sequence[DecisionText]) -> tuple[BothDecisions, ...]:
    """The decisions of two files, in the order of the later one, those that went at the end."""
    earlier, later = {it.id: it for it in before}, {it.id: it for it in after}
    return tuple(_decisions(earlier.get(key), later.get(key)) for key in dict.fromkeys([*later, *earlier]))


def _decisions(before: DecisionText | None, after: DecisionText | None) -> BothDecisions:
    some = after or before
    name = _cells(None if before is None else before.name, None if after is None else after.name)
    logic = _cells(_logic(before), _logic(after))
    tables = [None if it is None else it.table for it in (before, after)]
    is_table = any(tables) and all(it is None or it.table is not None for it in (before, after))
    table = _tables(*(it or _NO_TABLE for it in tables)) if is_table else None
    is_same = name.change is logic.change is Change.SAME and (table is None or not _is_changed(table))
    change = _came_or_went(before, after) or (Change.SAME if is_same else Change.CHANGED)
    return BothDecisions(change, "" if some is None else some.id, name, logic, table)


_NO_TABLE = TableText("", "", (), (), ())


def _logic(decision: DecisionText | None) -> str | None:
    return None if decision is None else decision.expression or decision.kind


def _is_changed(table: BothTables) -> bool:
    parts = [table.policy.change, *(it.change for it in table.columns), *(it.change for it in table.rules)]
    return any(change is not Change.SAME for change in parts)


def _tables(before: TableText, after: TableText) -> BothTables:
    columns = [
        *((False, one, other) for one, other in _paired(before.inputs, after.inputs)),
        *((True, one, other) for one, other in _paired(before.outputs, after.outputs)),
    ]
    both = tuple(BothColumns(_change(one, other), is_output, one, other) for is_output, one, other in columns)
    places = [(_place(before.columns, one), _place(after.columns, other)) for _, one, other in columns]
    numbers = [{id(rule): number for number, rule in enumerate(table.rules, 1)} for table in (before, after)]
    pairs = _paired(before.rules, after.rules)
    moved = _moved([one for one, other in pairs if one and other], before.rules)
    rules = []
    for one, other in pairs:
        cells = tuple(_cells(_cell(one, place[0]), _cell(other, place[1])) for place in places)
        note = _cells(None if one is None else one.note, None if other is None else other.note)
        is_same = all(it.change is Change.SAME for it in (*cells, note))
        change = _came_or_went(one, other) or (Change.CHANGED if not is_same else Change.MOVED if id(one) in moved else Change.SAME)
        rules.append(BothRules(change, numbers[0].get(id(one)), numbers[1].get(id(other)), cells, note))
    return BothTables(_cells(before.policy, after.policy), both, tuple(rules))


def _paired(before: Sequence[Part], after: Sequence[Part]) -> list[tuple[Part | None, Part | None]]:
    """Parts by their id, those without one by what they say; in the order of the later table, what went after its neighbour before."""
    earlier, later = _named(before), _named(after)
    order = list(later)
    last: str | None = None
    for key in earlier:
        if key not in later:
            order.insert(order.index(last) + 1 if last is not None else 0, key)
        last = key
    return [(earlier.get(key), later.get(key)) for key in order]


def _named(parts: Sequence[Part]) -> dict[str, Part]:
    found: dict[str, Part] = {}
    for part in parts:
        key = part.id or repr(part)
        while key in found:
            key += "+"
        found[key] = part
    return found


def _moved(common: Sequence[RuleText], before: Sequence[RuleText]) -> set[int]:
    """Rules that stand in both tables, in another order among themselves. `common`: in the later order."""
    wanted = {id(rule) for rule in common}
    first = [id(rule) for rule in before if id(rule) in wanted]
    second = [id(rule) for rule in common]
    kept = {
        it for block in SequenceMatcher(None, first, second, autojunk=False).get_matching_blocks() for it in first[block.a :][: block.size]
    }
    return wanted - kept


def _place(columns: Sequence[ColumnText], column: ColumnText | None) -> int | None:
    return next((number for number, it in enumerate(columns) if it is column), None)


def _cell(rule: RuleText | None, place: int | None) -> str | None:
    return None if rule is None or place is None or place >= len(rule.cells) else rule.cells[place]


def _cells(before: str | None, after: str | None) -> BothCells:
    return BothCells(_change(before, after), before, after)


def _change(before: object, after: object) -> Change:
    return _came_or_went(before, after) or (Change.SAME if before == after else Change.CHANGED)


def _came_or_went(before: object, after: object) -> Change | None:
    if before is None:
        return Change.SAME if after is None else Change.ADDED
    return Change.REMOVED if after is None else None
