"""What somebody reads who came too late: who was faster, and how."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.cases.naming import person_name
from app.words import gettext

if TYPE_CHECKING:
    from engine import Conflict


def told(conflict: Conflict) -> str:
    """One sentence, in the language of the page."""
    event, by, to = (str(conflict.details.get(name) or "") for name in ("event", "by", "to"))
    person = person_name(by)
    if by and event in {
        "UserTaskCompleted",
        "UserTaskClaimed",
        "UserTaskReleased",
        "UserTaskReassigned",
        "MessageReceived",
        "OrganisationChanged",
        "JobRetried",
    }:
        return {
            "UserTaskCompleted": gettext("%(person)s has done this already.", person=person),
            "UserTaskClaimed": gettext("%(person)s has taken this already.", person=person),
            "UserTaskReleased": gettext("%(person)s has given this back already.", person=person),
            "UserTaskReassigned": gettext("%(person)s has given this to %(other)s already.", person=person, other=person_name(to)),
            "MessageReceived": gettext("%(person)s has noted this already.", person=person),
            "OrganisationChanged": gettext("%(person)s has changed this meanwhile.", person=person),
            "JobRetried": gettext("%(person)s has had this tried again already.", person=person),
        }[event]
    if event == "ElementCancelled":
        if by:
            return gettext("%(person)s was faster: the case went another way.", person=person)
        return gettext("The case went another way.")
    if event == "IncidentEnded":
        return gettext("This does not wait for a repair any more: the case went on, or has ended.")
    if "state" in conflict.details:
        return gettext("The case has ended.")
    return gettext("This was changed meanwhile.")
