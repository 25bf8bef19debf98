"""What each call takes and answers, declared beside its route: `@declared(…)` under `@api.get(…)`.

The document (`app.api.document`) and the page that shows it are made from the declarations, and requests are checked by them
(`app.api.parameters`), so that neither can drift from the other. The first line of a call's docstring is its summary, in English here and
translated on the page. A call that is declared nowhere fails `tests/api/test_document.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeVar

from app.api.shapes.base import BINARY, COUNT, FLAG, MOMENT, PLAIN, TEXT, WHOLE, Shape, listed, one_of, or_none, sent
from app.auth.tokens import Scope
from engine import FilterKind

__all__ = [
    "CALLS",
    "ENGINE_FAILS",
    "PAGING",
    "SORTING",
    "Call",
    "Kinds",
    "Scope",
    "declared",
    "declared_count",
    "declared_list",
    "shape_in_body",
]

Kinds = Mapping[str, FilterKind]
_View = TypeVar("_View", bound=Callable[..., object])

PAGING: Final[Kinds] = {"firstResult": FilterKind.NUMBER, "maxResults": FilterKind.NUMBER}
SORTING: Final[Kinds] = {"sortBy": FilterKind.TEXT, "sortOrder": FilterKind.TEXT}
MOST_OF_A_FILTER: Final = 999_999_999
_READING = frozenset({"GET", "HEAD"})
ENGINE_FAILS: Final = ("OptimisticLockingException", "ProcessEngineException", "RestException")
"""The types of the errors with which whatever changes something may answer 500, as Camunda 7 does."""


@dataclass(frozen=True, slots=True)
class Call:
    """A declaration, for all methods of a route."""

    summary: str
    query: Kinds = field(default_factory=dict)  # what the query string of a GET takes, what that of others takes is `PAGING`, if at all
    needed: Collection[str] = ()  # of the query
    sorts: Collection[str] = ()
    pages: bool = False  # whether it takes firstResult and maxResults
    takes: Shape | None = None  # the body
    answers: Shape | None = None  # None: 204
    or_nothing: bool = False  # 204, too
    counts: bool = False  # a count takes, and ignores, where a page of its list would begin and end, and how it is sorted
    refuses: bool = False  # it never succeeds: Camunda 7 has it, and here it finds nothing
    fails: Collection[str] = ()  # the types of errors that it answers with 500
    scope: Scope | None = None

    def scope_of(self, method: str) -> Scope:
        """What a token must allow: where nothing is declared, the method says it."""
        return self.scope or (Scope.READ if method in _READING else Scope.WRITE)

    def is_open_to(self, token: Scope, method: str) -> bool:
        """Whether a token of this scope is enough. What a worker reads, a token to read may read as well."""
        needed = self.scope_of(method)
        return token in {Scope.WRITE, needed} or (token is Scope.READ and method in _READING)

    @property
    def media(self) -> str:
        """The content type of the answer."""
        if self.answers is BINARY:
            return "application/octet-stream"
        return "text/plain" if self.answers is PLAIN else "application/json"

    def query_of(self, method: str) -> Kinds:
        """The parameters that the query string may have."""
        paging, sorting = PAGING if self.pages else {}, SORTING if self.sorts else {}
        filters_in_body = self.takes is not None and method == "POST" and self.scope is Scope.READ
        return paging if filters_in_body else {**self.query, **sorting, **paging}


CALLS: Final[dict[str, Call]] = {}
"""Every declaration, by the name of the function that answers."""


def declared(
    *,
    answers: Shape | None = None,
    takes: Shape | None = None,
    query: Kinds | None = None,
    needed: Collection[str] = (),
    fails: Collection[str] = (),
    scope: Scope | None = None,
    or_nothing: bool = False,
    refuses: bool = False,
) -> Callable[[_View], _View]:
    """Declare a call. Stands under its route, so that the function has its own name still."""

    def keep(view: _View) -> _View:
        CALLS[view.__name__] = Call(
            _summary(view),
            query or {},
            needed,
            takes=takes,
            answers=answers,
            or_nothing=or_nothing,
            refuses=refuses,
            fails=fails,
            scope=scope,
        )
        return view

    return keep


def declared_list(
    kinds: Kinds, of: Shape, sorts: Collection[str] = (), needed: Collection[str] = (), *, pages: bool = True
) -> Callable[[_View], _View]:
    """Declare a list by filters: they stand in the query string of a GET, in the body of a POST."""

    def keep(view: _View) -> _View:
        CALLS[view.__name__] = Call(
            _summary(view), kinds, needed, sorts, pages=pages, takes=_filters(kinds, sorts), answers=listed(of), scope=Scope.READ
        )
        return view

    return keep


def declared_count(kinds: Kinds) -> Callable[[_View], _View]:
    """Declare the count of a list."""

    def keep(view: _View) -> _View:
        CALLS[view.__name__] = Call(_summary(view), kinds, takes=_filters(kinds, ()), answers=COUNT, scope=Scope.READ, counts=True)
        return view

    return keep


def _summary(view: Callable[..., object]) -> str:
    lines = (view.__doc__ or "").strip().splitlines()
    return lines[0] if lines else ""


_OPERATORS = one_of("eq", "neq", "gt", "gteq", "lt", "lteq", "like", "notLike")
_IN_BODY: Final[Mapping[FilterKind, Shape]] = {
    FilterKind.TEXTS: listed(TEXT),
    FilterKind.NUMBER: {**WHOLE, "minimum": -MOST_OF_A_FILTER, "maximum": MOST_OF_A_FILTER},
    FilterKind.FLAG: FLAG,
    FilterKind.MOMENT: MOMENT,
    FilterKind.MOMENTS: listed(sent(operator=one_of("gt", "lt"), value=MOMENT, needed=("operator", "value"))),
    FilterKind.VARIABLES: listed(sent(name=TEXT, operator=_OPERATORS, value={}, needed=("name", "operator"))),
}


def shape_in_body(kind: FilterKind) -> Shape:
    """What a filter takes in JSON."""
    return _IN_BODY.get(kind, TEXT)


def _filters(kinds: Kinds, sorts: Collection[str]) -> Shape:
    """The body of a list."""
    filters = {name: or_none(shape_in_body(kind)) for name, kind in kinds.items() if kind is not FilterKind.REFUSED}
    group = {"type": "object", "properties": filters, "additionalProperties": False}
    found: dict[str, Shape] = {
        **filters,
        "orQueries": or_none(listed(group)),
    }
    if sorts:
        parameters = {"type": "object", "description": "of sort keys by variables: variable and type"}
        one = sent(sortBy=one_of(*sorted(sorts)), sortOrder=one_of("asc", "desc"), parameters=parameters, needed=("sortBy", "sortOrder"))
        found["sorting"] = or_none(listed(one))
    return {"type": "object", "properties": found, "additionalProperties": False}
