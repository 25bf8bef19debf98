"""Saved views: a name for filters and columns of the list of cases, of one's own or for one's department as well.

A view holds no cases: whoever opens one sees in it what they may see.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import delete, func, insert, or_, select

from app.cases.tables import case_view
from app.words import gettext
from engine import InvalidRequest, NotFound

if TYPE_CHECKING:
    from datetime import datetime

    from engine import Actor, Database

LONGEST_NAME: Final = 60
LONGEST_QUERY: Final = 2_000
MOST: Final = 50
"""Views that one person saves."""


@dataclass(frozen=True, slots=True)
class SavedView:
    """A view. `department`: whose people have it too."""

    id: str
    person: str
    name: str
    department: str | None
    query: str


def views_of(database: Database, actor: Actor) -> list[SavedView]:
    """The actor's own views and those of the actor's departments, by name."""
    theirs = or_(case_view.c.person_id == actor.id, case_view.c.department.in_(sorted(actor.departments)))
    columns = (case_view.c.id, case_view.c.person_id, case_view.c.name, case_view.c.department, case_view.c.query)
    with database.read() as connection:
        return [SavedView(*row) for row in connection.execute(select(*columns).where(theirs).order_by(case_view.c.name, case_view.c.id))]


def save(database: Database, actor: Actor, view: SavedView, at: datetime) -> None:
    """Save a view of the actor's; one of the same name gives way. Raises `InvalidRequest`."""
    if not 0 < len(view.name) <= LONGEST_NAME or len(view.query) > LONGEST_QUERY:
        raise InvalidRequest(gettext("A view has a name of at most %(most)s characters.", most=LONGEST_NAME))
    if view.department is not None and view.department not in actor.departments:
        raise InvalidRequest(gettext("A view can be shared with your own department only."))
    own = case_view.c.person_id == actor.id
    with database.begin() as connection:
        connection.execute(delete(case_view).where(own, case_view.c.name == view.name))
        if connection.execute(select(func.count()).select_from(case_view).where(own)).scalar_one() >= MOST:
            raise InvalidRequest(gettext("You have %(most)s views, which is as many as one may. Remove one first.", most=MOST))
        values = {"id": view.id, "person_id": actor.id, "name": view.name, "department": view.department, "query": view.query}
        connection.execute(insert(case_view), {**values, "saved_at": int(at.timestamp() * 1000)})


def remove(database: Database, actor: Actor, view_id: str) -> None:
    """Remove a view of the actor's. Raises `NotFound`, for those of others too."""
    with database.begin() as connection:
        if not connection.execute(delete(case_view).where(case_view.c.id == view_id, case_view.c.person_id == actor.id)).rowcount:
            raise NotFound(f"there is no view {view_id!r} of {actor.id}", id=view_id)
