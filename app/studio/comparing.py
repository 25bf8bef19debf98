"""Two versions of a process side by side, or a version and the draft."""

from __future__ import annotations

from flask import render_template, request, url_for

from app.auth.views import actor
from app.cases.naming import process_name
from app.services import services
from app.studio.views import blueprint, draft_of
from app.studio.words import compare_words
from app.words import gettext
from engine import Forbidden, NotFound

__all__ = ["blueprint", "compare"]

DRAFT = "draft"
Side = dict[str, str]


@blueprint.get("/<key>/compare")
def compare(key: str) -> str:
    """`?one=1&other=2`: numbers of versions, or `draft`. Without them: the two newest."""
    if not actor().may_see_models:
        raise Forbidden
    sides = _sides(key)
    names = list(sides)
    other = request.args.get("other", names[0])
    one = request.args.get("one", next((it for it in names if it != other), names[0]))
    if one not in sides or other not in sides:
        raise NotFound
    state = {"sides": [sides[one], sides[other]], "words": compare_words()}
    name = process_name(services().engine.definitions.latest(key))
    named = {side: it["name"] for side, it in sides.items()}
    return render_template("studio/compare.html", name=name, key=key, sides=named, one=one, other=other, state=state)


def _sides(key: str) -> dict[str, Side]:
    """What can be compared, the newest first."""
    found = {}
    if not actor().may_audit and draft_of(key) is not None:
        found[DRAFT] = {"url": url_for("studio.file", key=key), "name": gettext("The draft")}
    for row in services().engine.definitions.versions(key):
        url = url_for("processes.file", definition_id=row.id)
        found[str(row.version)] = {"url": url, "name": gettext("Version %(number)s", number=row.version)}
    if not found:
        raise NotFound
    return found
