"""What the editors of processes and decisions send, and what they are told: drafts, findings, who was faster."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from flask import Response, jsonify, request

from app.auth.views import actor
from app.cases.naming import person_name
from app.i18n import show_exact, show_moment
from app.processes import words as problem_words
from app.words import gettext
from engine import Conflict, DeploymentRefused, InvalidRequest

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from engine import ModelDraft, ModelProblem

Answer = Response | tuple[Response, int]


def sent() -> dict[str, object]:
    """What the editor sends: JSON, with whatever else it has."""
    body = request.get_json(silent=True)
    return body if isinstance(body, dict) else {}


def sent_model() -> tuple[bytes, str]:
    """The file and the version that it began with, as the editor sends them."""
    body = sent()
    xml, base = body.get("xml"), body.get("basedOn")
    if not isinstance(xml, str) or not isinstance(base, str):
        raise InvalidRequest("a model is missing")
    return xml.encode(), base


def _sent_version() -> int:
    """The version of the draft that was opened."""
    version = sent().get("version")
    if not isinstance(version, int) or isinstance(version, bool):
        raise InvalidRequest("the version of the draft is missing")
    return version


def saved(draft: ModelDraft) -> str:
    """Who saved a draft, and when."""
    if draft.saved_by == actor().id:
        return gettext("Saved by you, %(when)s", when=show_moment(draft.saved_at))
    return gettext("Saved by %(person)s, %(when)s", person=person_name(draft.saved_by), when=show_moment(draft.saved_at))


def keep(save: Callable[[bytes, int, str], ModelDraft], theirs: str) -> Answer:
    """Keep what the editor sends, by `save(file, version, based on)`. 409 says who was faster; `theirs`: the address of theirs."""
    xml, base = sent_model()
    try:
        draft = save(xml, _sent_version(), base)
    except Conflict as conflict:
        return jsonify(_overtaken(conflict, theirs)), 409
    except DeploymentRefused as refused:
        return jsonify(message=" ".join(problem_words.told(it) for it in refused.problems)), 422
    return jsonify(version=draft.version, message=saved(draft))


def findings_of(problems: Sequence[ModelProblem]) -> Response:
    """What the checks find, for the editor."""
    return jsonify(problems=_findings(problems), summary=_summary(problems))


def _findings(problems: Sequence[ModelProblem]) -> list[dict[str, object]]:
    """What was found, errors first, in the language of the page."""
    ordered = sorted(problems, key=lambda it: (it.warning, it.line))
    return [{"element": it.element, "warning": it.warning, "text": problem_words.told(it)} for it in ordered]


def _summary(problems: Sequence[ModelProblem]) -> str:
    """`2 errors, 1 warning`."""
    errors = sum(not it.warning for it in problems)
    return problem_words.counted(errors, len(problems) - errors)


def _overtaken(conflict: Conflict, theirs: str) -> dict[str, object]:
    version = conflict.details.get("version", 0)
    if not version:
        message = gettext("This draft was published or discarded while you were drawing. Yours is not saved yet.")
        return {"message": message, "version": 0}
    person, at = person_name(str(conflict.details["by"])), cast("datetime", conflict.details["at"])
    message = gettext(
        "%(person)s saved this draft while you were drawing (%(when)s). Yours is not saved yet.", person=person, when=show_exact(at)
    )
    return {"message": message, "version": version, "compare": theirs}
