"""Filters that no table answers for everything: the chains of cases do, of as many as the other filters of the list leave.

They are answered before the list is read, each by the ids of the rows that fit. A table may know some rows: what is open has its variables
and incidents there. Chains are read for the others alone, and of no more than `MOST_CHAINS` rows.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import ColumnElement, and_, or_, true

from engine.errors import InvalidRequest
from engine.store.queries.among import among
from engine.store.queries.listings import Asked, Filter, FilterKind, Listing, Wanted

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from engine.organisation.directory import Directory

MOST_CHAINS = 10_000
"""So many rows of a list may leave it to the chains of their cases whether they fit."""
MOST_QUESTIONS = 20
"""So many conditions of one request may be left to them."""


class Question(NamedTuple):
    """A filter with its value, among the filters of its group. `together`: all of them must hold for the same thing, not one of them."""

    name: str
    value: Any
    asked: Asked
    together: bool


class Row(NamedTuple):
    """A row of a list: a process instance, or a user task of one."""

    id: str
    root_id: str
    instance_id: str


class Told(NamedTuple):
    """What the chains have said to a question: the ids of the rows that fit."""

    question: Question
    ids: Collection[str]


Find = Callable[["Connection", Sequence[Row], Question], Collection[str]]
"""Which of the rows fit, by the chains of their cases."""


@dataclass(frozen=True, slots=True)
class ByChain(Filter):
    """A filter that takes a `Told` in the place of its value. `untold`: the condition on the rows that the tables leave unanswered."""

    untold: Callable[[Question], ColumnElement[bool]]
    find: Find


def by_chain(
    kind: FilterKind,
    key: ColumnElement[Any],
    find: Find,
    known: Callable[[Question], ColumnElement[bool]] | None = None,
    untold: Callable[[Question], ColumnElement[bool]] = lambda _question: true(),
) -> ByChain:
    """A filter of a list with this `key`. `known`: the condition on the rows of which a table says that they fit."""

    def condition(told: Told, asked: Asked) -> ColumnElement[bool]:
        found = among(key, told.ids, asked.dialect)
        return found if known is None else or_(known(told.question), found)

    return ByChain(kind, condition, untold, find)


def asks_chains(listing: Listing, wanted: Wanted) -> bool:
    """Whether there is such a filter among them."""
    return any(isinstance(listing.filters.get(name), ByChain) for group in (wanted.filters, *wanted.any_of) for name in group)


def answered(conn: Connection, listing: Listing, wanted: Wanted, directory: Directory, seen: ColumnElement[bool]) -> Wanted:
    """What is wanted, with all that the chains have to say. Raises `InvalidRequest` where too many rows need them."""
    dialect = conn.dialect.name
    every = _questions(listing, Asked(wanted.filters, directory, dialect, wanted.now), together=True)
    groups = [_questions(listing, Asked(group, directory, dialect, wanted.now), together=False) for group in wanted.any_of]
    questions = [*every, *(it for group in groups for it in group)]
    if not questions:
        return wanted
    _check(questions)
    others = replace(
        wanted,
        filters=_without(wanted.filters, every),
        any_of=[group for group, asked in zip(wanted.any_of, groups, strict=True) if not asked],
        sorting=(),
        first=0,
        most=MOST_CHAINS + 1,
    )
    untold = or_(*(it.untold(question) for question, it in questions))
    rows = [
        Row(it["id"], it["root_id"], it.get("instance_id", it["id"])) for it in listing.page(conn, others, directory, and_(seen, untold))
    ]
    if len(rows) > MOST_CHAINS:
        names = ", ".join(dict.fromkeys(question.name for question, _ in questions))
        raise InvalidRequest(
            f"{names}: the histories of more than {MOST_CHAINS} cases or tasks would have to be read. "
            "Narrow the list by its other filters, such as processInstanceBusinessKey, startedAfter and finishedAfter"
        )
    return replace(
        wanted,
        filters={**wanted.filters, **_told(conn, rows, every)},
        any_of=[{**group, **_told(conn, rows, asked)} for group, asked in zip(wanted.any_of, groups, strict=True)],
    )


Asking = Sequence[tuple[Question, ByChain]]


def _questions(listing: Listing, asked: Asked, *, together: bool) -> Asking:
    """The filters of a group that chains answer. One that is off asks nothing."""
    known = ((name, value, listing.filters.get(name)) for name, value in asked.wanted.items() if value is not None and value is not False)
    return [(Question(name, value, asked, together), it) for name, value, it in known if isinstance(it, ByChain)]


def _check(questions: Asking) -> None:
    """Raises `InvalidRequest` where chains would have to be read too often."""
    if sum(len(question.value) if it.kind is FilterKind.VARIABLES else 1 for question, it in questions) > MOST_QUESTIONS:
        raise InvalidRequest(f"more than {MOST_QUESTIONS} conditions would have to be answered by the histories of cases")


def _without(filters: Mapping[str, Any], questions: Asking) -> dict[str, Any]:
    names = {question.name for question, _ in questions}
    return {name: value for name, value in filters.items() if name not in names}


def _told(conn: Connection, rows: Sequence[Row], questions: Asking) -> dict[str, Told]:
    return {question.name: Told(question, it.find(conn, rows, question) if rows else ()) for question, it in questions}


def roots_of(rows: Iterable[Row]) -> set[str]:
    """The chains of some rows."""
    return {it.root_id for it in rows}
