"""Lists of cases, and one case by its id or number: always through the condition of who sees what."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select

from engine.model import Case, CaseState
from engine.store.queries.case_order import ListOrder
from engine.store.queries.case_values import EVERYWHERE, FieldOrder, Sights, values_of
from engine.store.queries.field_filters import FieldFilter, has_value
from engine.store.queries.holders import Holder, holders
from engine.store.queries.involved import concerns, took_part
from engine.store.queries.pages import Page, bounded, cut, key_fields, mentions
from engine.store.queries.visible import visible_cases, visible_roots
from engine.store.queries.waits import Standing, Wait
from engine.store.tables import case_field, case_instance
from engine.store.values import StoredValue, from_stored

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from engine.access import Sight


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """What a list of cases is narrowed to; everything is optional."""

    process: str | None = None  # key
    definition_id: str | None = None  # one version
    text: str | None = None  # in number, subject, key fields or the name of who started it
    named: frozenset[str] = frozenset()  # what the text is called in key fields
    open: bool | None = None  # True: only open ones, False: only ended ones
    states: frozenset[CaseState] = frozenset()
    started_by: str | None = None
    started_from: datetime | None = None
    started_before: datetime | None = None
    business_key: str | None = None
    ended_from: datetime | None = None
    ended_before: datetime | None = None
    active_from: datetime | None = None  # was open at any moment from here on …
    active_before: datetime | None = None  # … and before this one
    person: str | None = None  # started it, has a task of it, or did anything in it: a look of an auditor too
    departments: frozenset[str] = frozenset()  # it was started in one of them, one of their people took part, or it asks one of them now
    fields: tuple[FieldFilter, ...] = ()
    order: FieldOrder | None = None  # by a field instead of the newest first

    @property
    def tells(self) -> bool:
        """Whether what it finds would tell who did what, which a list does not show."""
        return bool(self.person or self.departments)

    @property
    def field_names(self) -> frozenset[str]:
        """The fields whose values it asks for."""
        return frozenset({*(it.name for it in self.fields), *([self.order.name] if self.order else ())})


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case as a list shows it, and whom and what it waits for."""

    case: Case
    holders: tuple[Holder, ...] = ()
    waits: tuple[Wait, ...] = ()  # as far as they were asked for
    values: Mapping[str, object] = field(default_factory=dict)  # what the columns hold that were asked for, as far as they are seen

    @property
    def standing(self) -> Standing:
        """Where the case stands."""
        return Standing(self.holders, self.waits)


def page(
    conn: Connection,
    sight: Sight,
    wanted: CaseFilter,
    after: str | None = None,
    limit: int = 50,
    *,
    counted: bool = True,
    columns: Collection[str] = (),
    sights: Sights | None = None,
) -> Page[CaseRow]:
    """A page of the cases that somebody sees, the newest first; called cases stand with the case that called them, not here.

    Where nobody wants to know how many there are (`counted`), the total is -1. `columns`: fields whose values the rows have besides;
    `sights`: where the fields are seen that are columns, conditions or the order, everywhere where it is left out.
    """
    limit = bounded(limit)
    known = sights if sights is not None else dict.fromkeys({*columns, *wanted.field_names}, EVERYWHERE)
    condition = [case_instance.c.parent_id.is_(None), visible_roots(sight), *_conditions(wanted, conn.dialect.name, known)]
    order = ListOrder(wanted.order, known)
    query = order.sorted(select(case_instance).where(*condition)).limit(limit + 1)
    if after is not None:
        query = query.where(order.behind(after))
    rows, more = cut(list(conn.execute(query).mappings()), limit)
    cases = _with_fields(conn, [_to_case(row) for row in rows])
    waiting = holders(conn, [case.id for case in cases if case.ended_at is None])
    held = values_of(conn, cases, columns, known) if columns else {}
    if not counted:
        total = -1
    elif after is None and not more:
        total = len(cases)
    else:
        total = conn.execute(select(func.count()).select_from(case_instance).where(*condition)).scalar_one()
    cursor = order.cursor(rows[-1]) if more else None
    return Page(tuple(CaseRow(case, waiting.get(case.id, ()), (), _values(held.get(case.id, {}))) for case in cases), total, cursor)


def _values(stored: Mapping[str, StoredValue]) -> dict[str, object]:
    return {name: from_stored(*value) for name, value in stored.items()}


def find(conn: Connection, sight: Sight, case_id: str) -> Case | None:
    """A case by its id or number with its key fields, root or called; None where there is none or it is not seen."""
    condition = or_(case_instance.c.id == case_id, case_instance.c.number == case_id)
    row = conn.execute(select(case_instance).where(condition, visible_cases(sight))).mappings().one_or_none()
    return None if row is None else _with_fields(conn, [_to_case(row)])[0]


def some(conn: Connection, sight: Sight, case_ids: Iterable[str]) -> list[Case]:
    """Those of these cases that somebody sees, root or called, the newest first. Without their key fields."""
    condition = case_instance.c.id.in_(sorted(set(case_ids)))
    query = select(case_instance).where(condition, visible_cases(sight)).order_by(case_instance.c.id.desc())
    return [_to_case(row) for row in conn.execute(query).mappings()]


def called(conn: Connection, caller_id: str, before: str | None = None, limit: int = 50) -> list[Case]:
    """The newest cases that a case has called itself, the newest first; `before`: older than this id. Whoever sees the caller sees them."""
    query = select(case_instance).where(case_instance.c.parent_id == caller_id)
    if before is not None:
        query = query.where(case_instance.c.id < before)
    return _with_fields(conn, [_to_case(row) for row in conn.execute(query.order_by(case_instance.c.id.desc()).limit(limit)).mappings()])


def of_root(conn: Connection, root_id: str, case_ids: Iterable[str]) -> list[Case]:
    """Those of these cases that belong to a root. Whoever sees the root sees them."""
    condition = case_instance.c.id.in_(sorted(set(case_ids))) & (case_instance.c.root_id == root_id)
    return [_to_case(row) for row in conn.execute(select(case_instance).where(condition)).mappings()]


def below(conn: Connection, case_id: str) -> list[str]:
    """The ids of the cases that a case calls, directly or not."""
    calls = select(case_instance.c.id).where(case_instance.c.parent_id == case_id).cte("below", recursive=True)
    calls = calls.union_all(select(case_instance.c.id).join(calls, case_instance.c.parent_id == calls.c.id))
    return list(conn.execute(select(calls.c.id)).scalars())


def count_to_read(conn: Connection, sight: Sight, wanted: CaseFilter, most: int) -> int:
    """Of how many cases the history would have to be read, `most` + 1 at most: the ended ones that all other filters leave."""
    others = _conditions(replace(wanted, fields=()), conn.dialect.name, {})
    names = [it.name for it in wanted.fields]
    known = [exists().where(case_field.c.case_id == case_instance.c.id, case_field.c.name == name) for name in names]
    ended = and_(case_instance.c.parent_id.is_(None), case_instance.c.ended_at.is_not(None), or_(*(~it for it in known)))
    some = select(case_instance.c.id).where(ended, visible_roots(sight), *others).limit(most + 1).subquery()
    return conn.execute(select(func.count()).select_from(some)).scalar_one()


def _conditions(wanted: CaseFilter, dialect: str, sights: Sights) -> list[ColumnElement[bool]]:
    of_fields = [and_(sights[it.name].condition(), has_value(it, dialect)) for it in wanted.fields]
    return [*_plain_conditions(wanted), *_in_period(wanted), *_with_people(wanted), *of_fields]


def _in_period(wanted: CaseFilter) -> list[ColumnElement[bool]]:
    columns = case_instance.c
    conditions: list[ColumnElement[bool]] = []
    if wanted.started_from is not None:
        conditions.append(columns.started_at >= wanted.started_from)
    if wanted.started_before is not None:
        conditions.append(columns.started_at < wanted.started_before)
    if wanted.ended_from is not None:
        conditions.append(columns.ended_at >= wanted.ended_from)
    if wanted.ended_before is not None:
        conditions.append(columns.ended_at < wanted.ended_before)
    if wanted.active_from is not None:
        conditions.append(or_(columns.ended_at.is_(None), columns.ended_at >= wanted.active_from))
    if wanted.active_before is not None:
        conditions.append(columns.started_at < wanted.active_before)
    return conditions


def _with_people(wanted: CaseFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.person is not None:
        conditions.append(took_part(wanted.person))
    if wanted.departments:
        conditions.append(concerns(wanted.departments))
    return conditions


def _plain_conditions(wanted: CaseFilter) -> list[ColumnElement[bool]]:
    columns = case_instance.c
    conditions: list[ColumnElement[bool]] = []
    if wanted.definition_id is not None:
        conditions.append(columns.definition_id == wanted.definition_id)
    if wanted.process is not None:
        conditions.append(columns.definition_key == wanted.process)
    if wanted.text:
        conditions.append(mentions(wanted.text, case_instance, wanted.named))
    if wanted.open is not None:
        conditions.append(columns.ended_at.is_(None) if wanted.open else columns.ended_at.is_not(None))
    if wanted.states:
        conditions.append(columns.state.in_(sorted(state.value for state in wanted.states)))
    if wanted.started_by is not None:
        conditions.append(columns.started_by == wanted.started_by)
    if wanted.business_key is not None:
        conditions.append(columns.business_key == wanted.business_key)
    return conditions


def _to_case(row: Any) -> Case:  # noqa: ANN401 - a mapping of columns
    named = {name: it for name, it in row.items() if name in case_instance.c}
    return Case(**{**named, "state": CaseState(named["state"])})


def _with_fields(conn: Connection, cases: list[Case]) -> list[Case]:
    if not cases:
        return []
    fields = key_fields(conn, [case.id for case in cases])
    return [replace(case, key_fields=fields.get(case.id, {})) for case in cases]
