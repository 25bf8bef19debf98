"""What is said of a forecast where it ends before its case does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app import refusals
from app.cases.naming import step_of
from app.tasks.sending import translated
from app.words import gettext
from engine import InvalidSubmission

if TYPE_CHECKING:
    from engine import Preview


def beyond(found: Preview) -> str:
    """Why it is not known what comes after the last step that is foretold; empty where all is."""
    if found.complete:
        return ""
    if found.stopped_at is None:
        return gettext("What comes after that depends on what happens.")
    step = step_of(found.stopped_at.definition_id, found.stopped_at.element_id)
    if found.refusal is None:
        return gettext("What comes after that depends on “%(step)s”.", step=step)
    if isinstance(found.refusal, InvalidSubmission):
        reason = gettext("; ").join(translated(it) for it in found.refusal.problems)
    else:
        reason = refusals.told(found.refusal)
    return gettext("As things stand, “%(step)s” will refuse it: %(reason)s", step=step, reason=reason)
