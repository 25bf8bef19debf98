"""Lists of cases: a page of those that fit, or all of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace

from engine import access
from engine.access import sight
from engine.errors import InvalidRequest
from engine.model import Actor
from engine.phrases import Phrase
from engine.services import list_fields
from engine.services.runtime import Runtime
from engine.services.standing import waits
from engine.store.queries import cases
from engine.store.queries.cases import CaseFilter, CaseRow
from engine.store.queries.pages import MOST_ROWS, Page

MOST_READ = 10_000
"""Of so many ended cases the history is read to find a value that is no key field, for who sees everything."""
MOST_READ_OF_SOME = 1_000
"""The same for everybody else."""


class CaseLists:
    """The part of `Instances` that finds cases."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    def page(
        self,
        actor: Actor,
        wanted: CaseFilter | None = None,
        *,
        after: str | None = None,
        limit: int = 50,
        columns: Collection[str] = (),
    ) -> Page[CaseRow]:
        """A page of the cases that the actor may see, the newest first; `after` continues where the last page ended.

        `columns`: fields of the process whose values the rows have besides. A field is seen, compared and put into an order in those cases
        alone in which the actor may see it. Raises `Forbidden` for filters by people, and for fields where no process is named, which are
        for who sees everything; `InvalidRequest` where a filter by data would have to read the history of too many cases.
        """
        return self._page(actor, wanted or CaseFilter(), after, limit, columns, counted=True)

    def each(self, actor: Actor, wanted: CaseFilter | None = None, *, columns: Collection[str] = ()) -> Iterator[CaseRow]:
        """All cases that a page would be of, however many: read page by page, each as it stands then. Raises as `page`."""
        after: str | None = None
        while True:
            page = self._page(actor, wanted or CaseFilter(), after, MOST_ROWS, columns, counted=False)
            yield from page.rows
            after = page.after
            if after is None:
                return

    def fields_offered(self, actor: Actor, definition_id: str, names: Iterable[str]) -> frozenset[str]:
        """Those of these fields of a version that the actor sees in lists: in all of its cases, or in one at least."""
        with self._runtime.database.read() as connection:
            who = sight(actor, self._runtime.directory(connection))
            return list_fields.offered(self._runtime, connection, actor, who, definition_id, names)

    def _page(
        self, actor: Actor, wanted: CaseFilter, after: str | None, limit: int, columns: Collection[str], *, counted: bool
    ) -> Page[CaseRow]:
        names = frozenset({*columns, *wanted.field_names})
        with self._runtime.database.read() as connection:
            who = sight(actor, self._runtime.directory(connection))
            if wanted.tells or (names and wanted.process is None):
                access.may_search_by_content(who)
            most = MOST_READ if who.everything else MOST_READ_OF_SOME
            if wanted.fields and cases.count_to_read(connection, who, wanted, most) > most:
                raise _too_many_to_read(most)
            sights = list_fields.field_sights(self._runtime, connection, actor, who, wanted.process, names)
            page = cases.page(connection, who, wanted, after, limit, counted=counted, columns=columns, sights=sights)
            waiting = waits(self._runtime, connection, [row.case.id for row in page.rows if row.case.ended_at is None])
            return replace(page, rows=tuple(replace(row, waits=waiting.get(row.case.id, ())) for row in page.rows))


def _too_many_to_read(most: int) -> InvalidRequest:
    return InvalidRequest(
        Phrase(
            "This field is no key field, so the history of each ended case has to be read for it: of at most {most} cases. "
            "Narrow the list by a period, a version or a person.",
            most=f"{most:,}",
        )
    )
