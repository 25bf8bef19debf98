"""Whom user tasks were offered to and whose they were, open and ended: told by the chains of their cases."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import ColumnElement, false, or_, select

from engine.errors import InvalidRequest
from engine.store import canonical
from engine.store.queries.among import among
from engine.store.queries.event_rows import event_rows
from engine.store.queries.listings import FilterKind
from engine.store.queries.told import ByChain, Question, Row, by_chain, roots_of

if TYPE_CHECKING:
    from sqlalchemy import Connection

MOST_EVENTS = 200_000
"""So many events of user tasks are read for one list."""
_EVENTS: Final = (
    "UserTaskCreated", "UserTaskClaimed", "UserTaskReassigned", "UserTaskDelegated", "UserTaskResolved", "UserTaskChanged",
    "UserTaskCandidateAdded", "UserTaskEscalated",
)  # fmt: skip


@dataclass(slots=True)
class Hands:
    """Everybody whom a user task was ever offered to (`users`, `groups`), and who had it or owned it (`holders`)."""

    users: set[str] = field(default_factory=set)
    groups: set[str] = field(default_factory=set)
    holders: set[str] = field(default_factory=set)

    def add(self, fields: Mapping[str, Any]) -> None:
        """What one event says."""
        self.users.update(fields.get("users") or (), _texts(fields.get("user")))
        self.groups.update(fields.get("groups") or (), _texts(fields.get("group")))
        owners = fields.get("changes", {}).get("owner", ())
        self.holders.update(_texts(fields.get("assignee"), fields.get("owner"), *owners))


def _texts(*values: str | None) -> Iterator[str]:
    return (it for it in values if it)


_Holds = Callable[[Hands, Any], bool]
_FILTERS: Final[Mapping[str, tuple[FilterKind, _Holds]]] = {
    "taskInvolvedUser": (FilterKind.TEXT, lambda it, user: user in it.users or user in it.holders),
    "taskInvolvedGroup": (FilterKind.TEXT, lambda it, group: group in it.groups),
    "taskHadCandidateUser": (FilterKind.TEXT, lambda it, user: user in it.users),
    "taskHadCandidateGroup": (FilterKind.TEXT, lambda it, group: group in it.groups),
    "withCandidateGroups": (FilterKind.FLAG, lambda it, _value: bool(it.groups)),
    "withoutCandidateGroups": (FilterKind.FLAG, lambda it, _value: not it.groups),
}


def hands_filters(key: ColumnElement[str], *holders: ColumnElement[Any]) -> dict[str, ByChain]:
    """The filters by people and groups of a list of user tasks with this key. `holders`: the columns of who has a task, or had it."""

    def known(question: Question) -> ColumnElement[bool]:
        return or_(*(it == question.value for it in holders)) if question.name == "taskInvolvedUser" else false()

    return {name: by_chain(kind, key, _find, known) for name, (kind, _) in _FILTERS.items()}


def _find(conn: Connection, rows: Sequence[Row], question: Question) -> set[str]:
    """Raises `InvalidRequest` where the tasks have too much behind them."""
    hands = {it.id: Hands() for it in rows}
    for fields in _events(conn, roots_of(rows)):
        if fields["task"] in hands:
            hands[fields["task"]].add(fields)
    holds = _FILTERS[question.name][1]
    return {task for task, it in hands.items() if holds(it, question.value)}


def _events(conn: Connection, roots: Collection[str]) -> Iterable[Mapping[str, Any]]:
    events = event_rows(conn.dialect.name)
    entry = events.entry.c
    query = select(events.text).select_from(events.rows).where(among(entry.chain, roots, conn.dialect.name))
    read = (
        conn.execute(query.where(entry.body.contains('"UserTask', autoescape=True), events.name.in_(_EVENTS)).limit(MOST_EVENTS + 1))
        .scalars()
        .all()
    )
    if len(read) > MOST_EVENTS:
        raise InvalidRequest(f"these tasks have changed hands more than {MOST_EVENTS} times, which is read one by one: narrow the list")
    return (canonical.loads(it, integer=int)[1] for it in read)
