"""What has ended of each version, and how much of it is longer ago than the version's time to live."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import BigInteger, ColumnElement, and_, cast, exists, func, select, type_coerce

from engine.store.moments import to_milliseconds
from engine.store.queries.listings import Listing, flag, one_of
from engine.store.tables import case_instance, history_head, process_definition

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

_DAY: Final = 86_400_000  # in milliseconds, as moments are stored
_definition = process_definition.c
_ended = (
    select(case_instance.c.definition_id, func.count().label("finished"))
    .where(case_instance.c.ended_at.is_not(None))
    .group_by(case_instance.c.definition_id)
    .subquery("ended")
)
_finished = func.coalesce(_ended.c.finished, 0)
ENDED = Listing(
    columns=(
        *(_definition[name] for name in ("id", "key", "name", "version", "history_time_to_live")),
        _finished.label("finished"),
    ),
    rows=process_definition.outerjoin(_ended, _ended.c.definition_id == _definition.id),
    key=_definition.id,
    filters={
        "processDefinitionIdIn": one_of(_definition.id),
        "processDefinitionKeyIn": one_of(_definition.key),
        "compact": flag(_finished > 0),
    },
    sorts={"finished": _finished},
    alike=frozenset(),
)


@dataclass(frozen=True, slots=True)
class EndedCases:
    """How many cases of a version have ended, called ones too, and of how many the time to live is over; None days: of none, ever."""

    definition_id: str
    key: str
    name: str
    version: int
    days: int | None
    finished: int
    cleanable: int


def is_over(root: Any, definition: Any, now: datetime) -> ColumnElement[bool]:  # noqa: ANN401 - `case_instance` and `process_definition`
    """The condition that a root case ended longer ago than the time to live of its version. One that has none keeps its cases."""
    last = to_milliseconds(now) - cast(definition.c.history_time_to_live, BigInteger) * _DAY
    return and_(root.c.parent_id.is_(None), root.c.ended_at.is_not(None), type_coerce(root.c.ended_at, BigInteger) <= last)


def count_over(conn: Connection, definition_ids: Iterable[str], now: datetime) -> Mapping[str, int]:
    """How many cases of these versions may be removed, by version: a called case goes with its root, by the time of that one's version."""
    root, of_root = case_instance.alias("root_case"), process_definition.alias("of_root")
    rows = case_instance.join(root, root.c.id == case_instance.c.root_id).join(of_root, of_root.c.id == root.c.definition_id)
    query = select(case_instance.c.definition_id, func.count()).select_from(rows).group_by(case_instance.c.definition_id)
    return dict(conn.execute(query.where(case_instance.c.definition_id.in_(list(definition_ids)), is_over(root, of_root, now))).all())


def cases_over(conn: Connection, now: datetime, most: int) -> list[str]:
    """Root cases whose time to live is over, of each version those that ended first. One without a chain stays: it accuses somebody."""
    with_chain = exists().where(history_head.c.chain == case_instance.c.id)
    query = select(case_instance.c.id).join(process_definition, _definition.id == case_instance.c.definition_id)
    query = query.where(is_over(case_instance, process_definition, now), with_chain)
    return list(conn.execute(query.order_by(_definition.id, case_instance.c.ended_at).limit(most)).scalars())
