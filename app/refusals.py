"""What an error page says of a rejection, in the language of the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.cases import rivals
from app.tasks.sending import problems_of
from app.words import gettext, phrase
from engine import Conflict, Forbidden, InvalidSubmission, NotFound, Suspended

if TYPE_CHECKING:
    from engine import Rejection


def told(error: Rejection) -> str:
    """Why it was refused; empty where the title of the page says it all: what somebody may not see is not explained."""
    if isinstance(error, NotFound | Forbidden):
        return ""
    if isinstance(error, Conflict):
        return rivals.told(error)
    if isinstance(error, Suspended):
        return gettext("This is suspended: nothing moves until it is resumed.")
    if isinstance(error, InvalidSubmission):
        named = {"reason": gettext("Why")}
        return gettext("; ").join(f"{named.get(it.label, it.label)}: {it.message}" for it in problems_of(error.problems))
    return phrase(str(error))
