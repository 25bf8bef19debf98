"""What fields hold in the cases of a list, who sees that, and in what order it puts them.

An open case has its variables as rows. Those of an ended one stand in its history alone: there the last change counts. That is read for the
rows of one page at a time; nothing is put into an order by it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import ColumnElement, Double, and_, case, cast, false, func, literal, null, or_, select, true, union_all

from engine.model import Case
from engine.store.queries.event_rows import event_rows, mentions_field
from engine.store.queries.field_filters import NUMBERS
from engine.store.tables import case_field, case_instance, finished_task, user_task, variable, variable_value
from engine.store.values import StoredValue

if TYPE_CHECKING:
    from sqlalchemy import CompoundSelect, Connection, Select

_TEXT_BEGINS: Final = 100  # so many characters of a text put cases into an order


@dataclass(frozen=True, slots=True)
class FieldSight:
    """In which cases somebody sees a field: one rule for a column, a condition and an order.

    In all of them (`everywhere`), in all of some `versions`, in those of a version that the `person` has `started`, and in those in which
    the person has done one of some `steps` of a version, or has one now.
    """

    everywhere: bool = False
    versions: frozenset[str] = frozenset()
    person: str = ""
    started: frozenset[str] = frozenset()
    steps: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def condition(self) -> ColumnElement[bool]:
        """Whether it is seen in a row of `case_instance`."""
        if self.everywhere:
            return true()
        columns = case_instance.c
        return or_(
            columns.definition_id.in_(sorted(self.versions)) if self.versions else false(),
            and_(columns.started_by == self.person, columns.definition_id.in_(sorted(self.started))) if self.started else false(),
            *(and_(columns.definition_id == version, self._worked_at(steps)) for version, steps in sorted(self.steps.items())),
        )

    def _worked_at(self, steps: frozenset[str]) -> ColumnElement[bool]:
        """Gathered once by the person, not looked up for each case."""
        done, now = finished_task.c, user_task.c
        did = select(done.root_id).where(done.person == self.person, done.delete_reason.is_(None), done.element_id.in_(sorted(steps)))
        has = select(now.root_id).where(now.assignee == self.person, now.element_id.in_(sorted(steps)))
        return case_instance.c.root_id.in_(union_all(did, has))


EVERYWHERE: Final = FieldSight(everywhere=True)
Sights = Mapping[str, FieldSight]
"""By the name of the field."""


@dataclass(frozen=True, slots=True)
class FieldOrder:
    """The order of a list by a field, cases without a value last. `among`: the values that can be chosen, in the order of their names."""

    name: str
    descending: bool = False
    is_number: bool = False
    among: tuple[str, ...] = ()

    @property
    def compares_numbers(self) -> bool:
        """Whether cases are put into an order by a number; else by a text."""
        return self.is_number or bool(self.among)

    def key(self, sight: FieldSight) -> ColumnElement[Any]:
        """What a row of `case_instance` is put into an order by: null where the case has no value, has ended, or hides it."""
        in_field, in_variable = case_field.c, variable.c
        of_case = in_field.case_id == case_instance.c.id, in_field.name == self.name
        in_scope = in_variable.root_id == case_instance.c.root_id, in_variable.scope_id == case_instance.c.id, in_variable.name == self.name
        number = case((in_variable.type.in_(NUMBERS), cast(in_variable.value, Double)), else_=null())
        columns = (in_field.number, number) if self.is_number else (in_field.text, in_variable.value)
        kept = select(columns[0]).where(*of_case).scalar_subquery()
        held = select(columns[1]).where(*in_scope).scalar_subquery()
        value: ColumnElement[Any] = func.coalesce(kept, held)
        if self.among:
            value = case({it: literal(float(rank)) for rank, it in enumerate(self.among)}, value=value, else_=null())
        elif not self.is_number:
            value = func.substr(value, 1, _TEXT_BEGINS)
        return value if sight.everywhere else case((sight.condition(), value), else_=null())


def values_of(conn: Connection, cases: Iterable[Case], names: Collection[str], sights: Sights) -> dict[str, dict[str, StoredValue]]:
    """What fields of root cases hold, by case and name, as far as they are seen: read by one statement, however many there are."""
    known = list(cases)
    parts: list[Select[Any]] = []
    if still_open := sorted(it.id for it in known if it.ended_at is None):
        parts.append(_in_variables(still_open, names, sights))
    if ended := sorted(it.id for it in known if it.ended_at is not None):
        parts.append(_in_history(conn.dialect.name, ended, names, sights))
    if not parts or not names:
        return {}
    query: Select[Any] | CompoundSelect[Any] = parts[0] if len(parts) == 1 else union_all(*parts)
    found: dict[str, dict[str, StoredValue]] = {}
    for case_id, name, kind, text in conn.execute(query):
        found.setdefault(case_id, {})[name] = StoredValue(kind, text)
    return found


def _in_variables(case_ids: list[str], names: Collection[str], sights: Sights) -> Select[Any]:
    """Small values stand with the variable, large ones beside it."""
    columns, large = variable.c, variable_value
    beside = variable.outerjoin(
        large, and_(large.c.root_id == columns.root_id, large.c.scope_id == columns.scope_id, large.c.name == columns.name)
    )
    return (
        select(columns.scope_id, columns.name, columns.type, func.coalesce(columns.value, large.c.value))
        .select_from(beside.join(case_instance, case_instance.c.id == columns.root_id))
        .where(columns.root_id.in_(case_ids), columns.scope_id == columns.root_id, _seen(columns.name, names, sights))
    )


def _in_history(dialect: str, case_ids: list[str], names: Collection[str], sights: Sights) -> Select[Any]:
    """The last change of each name in the chain of the case; what was removed has no value."""
    events = event_rows(dialect)
    entry, name = events.entry, events.field("name")
    kind, text = events.value("after")
    newest: Any = func.row_number().over(partition_by=(entry.c.chain, name), order_by=(entry.c.seq.desc(), events.position.desc()))
    changes = (
        select(entry.c.chain, name.label("name"), kind.label("kind"), text.label("text"), newest.label("newest"))
        .select_from(events.rows)
        .where(entry.c.chain.in_(case_ids), or_(*(mentions_field(entry, "name", it) for it in sorted(names))))
        .where(events.name.in_(("VariableChanged", "VariableRemoved")), name.in_(sorted(names)))
        .where(func.coalesce(events.field("scope"), entry.c.chain) == entry.c.chain)
        .subquery()
    )
    return (
        select(changes.c.chain, changes.c.name, changes.c.kind, changes.c.text)
        .select_from(changes.join(case_instance, case_instance.c.id == changes.c.chain))
        .where(changes.c.newest == 1, changes.c.kind.is_not(None), _seen(changes.c.name, names, sights))
    )


def _seen(column: ColumnElement[str], names: Collection[str], sights: Sights) -> ColumnElement[bool]:
    """Of these names those that are seen in the case. Most are seen everywhere, or under one rule."""
    by_rule: dict[int, tuple[FieldSight, list[str]]] = {}
    for name in sorted(names):
        sight = sights[name]
        by_rule.setdefault(id(sight), (sight, []))[1].append(name)
    return or_(false(), *(and_(column.in_(of_it), sight.condition()) for sight, of_it in by_rule.values()))
