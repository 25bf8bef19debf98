"""What the deployment checks found, and what processes state, in the language of the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.cases.naming import category_name, group_name, person_name
from app.services import services
from app.words import filled, gettext, ngettext
from engine import MESSAGES, PLACES, ModelProblem
from forms import FINDINGS, WANTED

if TYPE_CHECKING:
    from engine import Definition, Process


def told(problem: ModelProblem) -> str:
    """What is wrong and what to do."""
    key, said = problem.text or problem.code, dict(problem.details)
    template = MESSAGES.get(key) or FINDINGS.get(key)
    if template is None:
        return problem.message
    try:
        place = PLACES.get(said.get("place", ""))
        where = gettext(place).format(**said) if place else ""
        wanted = said.get("wanted", "")
        if wanted in WANTED:
            said["wanted"] = gettext(wanted)
        return filled(template, {"where": where, **said})
    except (KeyError, IndexError):
        return problem.message


def counted(errors: int, warnings: int) -> str:
    """`2 errors, 1 warning`; empty where nothing was found."""
    parts = []
    if errors:
        parts.append(ngettext("%(num)s error", "%(num)s errors", errors))
    if warnings:
        parts.append(ngettext("%(num)s warning", "%(num)s warnings", warnings))
    return gettext(", ").join(parts)


def owner_name(process: Process) -> str:
    """The process owner: a person, a department or a role."""
    if not process.owner:
        return ""
    return person_name(process.owner) if process.owner in services().directory().people else group_name(process.owner)


def facts_of(definition: Definition) -> list[tuple[str, str]]:
    """What a process states of itself, besides its steps."""
    process = definition.process
    seen = {
        "participants": gettext("who took part"),
        "lanes": gettext("departments with a lane"),
        "department": gettext("the department that started it, and those above"),
        "everyone": gettext("everybody"),
    }
    found = [
        (gettext("Category"), category_name(process)),
        (gettext("Owner"), owner_name(process)),
        (gettext("Numbers"), f"{process.number_prefix}-…" if process.number_prefix else ""),
        (gettext("Cases are seen by"), gettext(", ").join(seen[word] for word in process.visibility if word in seen)),
    ]
    return [(label, value) for label, value in found if value]
