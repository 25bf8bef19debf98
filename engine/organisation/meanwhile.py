"""Two people who change the organisation at once: whoever saves a form that no longer shows how it stands is told so.

A form carries the version of the organisation that it showed, which is a number in the chain `organisation`. What was changed since then
stands in the entries behind that number, so nothing else has to be stored for it, and what others changed elsewhere is no hindrance.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from engine.errors import Conflict
from engine.store import history

if TYPE_CHECKING:
    from sqlalchemy import Connection

Subject = tuple[str, str]
"""The kind and the id of what was changed, as in `OrganisationChanged`."""

_MOST = 1000  # entries that are looked through; a form that is older than that shows another company


def refuse_what_was_changed(conn: Connection, newest: int, about: Iterable[Subject], seen: int | None) -> None:
    """Raise `Conflict` where one of these was changed after the version `seen`; the caller holds the chain, which ends at `newest`."""
    wanted = frozenset(about)
    if seen is None or seen >= newest or not wanted:
        return
    since = history.entries(conn, history.ORGANISATION, limit=min(newest - seen, _MOST))
    for entry in since:
        if any((fields["kind"], fields["id"]) in wanted for _, fields in entry.events):
            raise Conflict("this was changed meanwhile", by=entry.actor, event="OrganisationChanged")
    if newest - seen > _MOST:
        raise Conflict("too much was changed meanwhile")
