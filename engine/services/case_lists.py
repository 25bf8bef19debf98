"""Lists of cases: a page of those that fit, or all of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from engine import access
from engine.access import sight
from engine.errors import InvalidRequest
from engine.model import Actor
from engine.phrases import Phrase
from engine.services.runtime import Runtime
from engine.services.standing import waits
from engine.store.queries import cases
from engine.store.queries.cases import CaseFilter, CaseRow
from engine.store.queries.pages import MOST_ROWS, Page

MOST_READ = 10_000
"""Of so many ended cases the history is read to find a value that is no key field."""


class CaseLists:
    """The part of `Instances` that finds cases."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    def page(self, actor: Actor, wanted: CaseFilter | None = None, *, after: str | None = None, limit: int = 50) -> Page[CaseRow]:
        """A page of the cases that the actor may see, the newest first; `after` continues where the last page ended.

        Raises `Forbidden` for filters by data and people, which are for who sees everything; `InvalidRequest` where a filter by data
        would have to read the history of more than `MOST_READ` cases.
        """
        return self._page(actor, wanted or CaseFilter(), after, limit, counted=True)

    def each(self, actor: Actor, wanted: CaseFilter | None = None) -> Iterator[CaseRow]:
        """All cases that a page would be of, however many: read page by page, each as it stands then. Raises as `page`."""
        after: str | None = None
        while True:
            page = self._page(actor, wanted or CaseFilter(), after, MOST_ROWS, counted=False)
            yield from page.rows
            after = page.after
            if after is None:
                return

    def _page(self, actor: Actor, wanted: CaseFilter, after: str | None, limit: int, *, counted: bool) -> Page[CaseRow]:
        with self._runtime.database.read() as connection:
            who = sight(actor, self._runtime.directory(connection))
            if wanted.tells:
                access.may_search_by_content(who)
            if wanted.fields and cases.count_to_read(connection, who, wanted, MOST_READ) > MOST_READ:
                raise _too_many_to_read()
            page = cases.page(connection, who, wanted, after, limit, counted=counted)
            waiting = waits(self._runtime, connection, [row.case.id for row in page.rows if row.case.ended_at is None])
            return replace(page, rows=tuple(replace(row, waits=waiting.get(row.case.id, ())) for row in page.rows))


def _too_many_to_read() -> InvalidRequest:
    return InvalidRequest(
        Phrase(
            "This field is no key field, so the history of each ended case has to be read for it: of at most {most} cases. "
            "Narrow the list by a period, a version or a person.",
            most=f"{MOST_READ:,}",
        )
    )
