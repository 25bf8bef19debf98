"""What stands around the administrator's pages: their tabs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import current_app, request, url_for

from app.shell import Place
from app.words import gettext

if TYPE_CHECKING:
    from flask import Flask


def set_up(app: Flask) -> None:
    """Give templates the tabs."""
    app.jinja_env.globals["administration_tabs"] = tabs


def tabs() -> list[Place]:
    """The pages of the administrator, with the one that is shown or under which the shown one stands."""
    known = [
        ("administration.people", gettext("People")),
        ("administration.departments", gettext("Departments and roles")),
        ("administration.calendar", gettext("Calendar")),
        ("administration.changes", gettext("Changes")),
        ("operations.incidents", gettext("Incidents")),
        ("operations.jobs", gettext("Jobs")),
        ("operations.health", gettext("Health")),
    ]
    here = request.endpoint or ""
    return [
        Place(name, url_for(endpoint), here == endpoint or here.startswith(f"{endpoint}_"))
        for endpoint, name in known
        if endpoint in current_app.view_functions
    ]
