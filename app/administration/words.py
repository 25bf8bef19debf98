"""What the administrator's pages say of problems with a form, and of what was changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING

from app.auth.token_words import scopes
from app.cases.naming import group_name, person_name
from app.i18n import language, show_day, show_name
from app.services import services
from app.tasks.model import Problem
from app.words import gettext

if TYPE_CHECKING:
    from engine import Department, FieldProblem, NounChange, Person, Role


_SAID_BY_THE_NAME = frozenset({"name", "name_zh", "position"})  # of what is new, they are not told once more


def kinds() -> dict[str, str]:
    """The kinds of what can be changed."""
    return {
        "person": gettext("People"),
        "department": gettext("Departments"),
        "role": gettext("Roles"),
        "calendar": gettext("Calendar"),
    }


def labels() -> dict[str, str]:
    """The fields of people, departments, roles and days."""
    return {
        "id": gettext("User name"),
        "name": gettext("Name in English"),
        "name_zh": gettext("Name in Chinese"),
        "title": gettext("Title"),
        "email": gettext("E-mail"),
        "language": gettext("Language"),
        "superior": gettext("Superior"),
        "memberships": gettext("Departments"),
        "roles": gettext("Roles everywhere"),
        "active": gettext("Active"),
        "parent": gettext("Belongs to"),
        "position": gettext("Place in lists"),
        "head": gettext("Head"),
        "password": gettext("Password"),
        "token": gettext("API token"),
        "scope": gettext("What it allows"),
        "working": gettext("Working day"),
        "week": gettext("Working hours"),
        "days": gettext("Days"),
        "day": gettext("Day"),
        "reason": gettext("Why"),
    }


def problems_of(problems: Iterable[FieldProblem], prefix: str) -> tuple[Problem, ...]:
    """Mistakes in a form by its fields, each once. `prefix` is what the engine puts before the fields of this noun: `person.li-qiang.`."""
    names = labels()
    found: dict[str, Problem] = {}
    for it in problems:
        field = it.path.removeprefix(prefix).partition("[")[0].partition(".")[0] if it.path.startswith(prefix) else it.path
        field = "superior" if it.code == "circle" and field not in names else field
        found.setdefault(field, Problem(field, names.get(field, ""), _said(it)))
    return tuple(found.values())


def _said(problem: FieldProblem) -> str:
    return {
        "id": gettext("Small letters and digits, with single hyphens, beginning with a letter; at most 60"),
        "exists": gettext("There is one with this name already"),
        "taken": gettext("There is a department or a role with this name already"),
        "required": gettext("This is needed"),
        "unknown": gettext("This is not there any more"),
        "circle": gettext("They would stand above themselves"),
        "twice": gettext("The same department stands twice"),
        "email": gettext("This is no e-mail address"),
        "last-administrator": gettext("This is the last administrator, whom nobody could enable again"),
        "hours": gettext("Hours are written 09:00-12:00 and do not overlap; on at least one day somebody works"),
        "day": gettext("This is no day"),
        "number": gettext("This is no whole number"),
    }.get(problem.code, problem.message)


def subject(change: NounChange) -> str:
    """What was changed, by its name; of what is gone, the name that it had."""
    directory = services().directory()
    known: Department | Role | Person | None = {
        "department": directory.departments.get(change.id),
        "role": directory.roles.get(change.id),
        "person": directory.people.get(change.id),
    }.get(change.kind)
    if change.kind == "calendar":
        return day_or_week(change.id)
    if known is not None:
        return show_name(known)
    for field in ("name_zh", "name") if language() == "zh" else ("name",):
        had = change.change.get(field)
        if isinstance(had, list) and had and had[0]:
            return str(had[0])
    return change.id


def day_or_week(id_: str) -> str:
    """What of the calendar was changed."""
    if id_ == "week":
        return gettext("Hours of the week")
    try:
        return show_day(date.fromisoformat(id_))
    except ValueError:
        return gettext("Calendar from a file")


def what_was_done(change: NounChange) -> str:
    """In one word, where that is more than a change of values."""
    if change.change.get("added"):
        return gettext("was added")
    if change.change.get("removed"):
        return gettext("was removed")
    if change.change.get("password"):
        return gettext("new password")
    if change.change.get("token"):
        return gettext("API token revoked") if change.change.get("revoked") else gettext("new API token")
    if "active" in change.change:
        return gettext("enabled") if _pair(change.change["active"])[1] else gettext("deactivated")
    return ""


def differences(change: NounChange) -> list[tuple[str, str, str]]:
    """Label, before and after of each value; of what the history does not keep, only that it was changed."""
    names = labels()
    if change.kind == "calendar":
        names = {**names, "name": gettext("Reason in English"), "name_zh": gettext("Reason in Chinese")}
    new, gone = bool(change.change.get("added")), bool(change.change.get("removed"))
    found = []
    for field, value in change.change.items():
        if field not in names or field == "password" or gone or (field == "active" and not isinstance(value, bool)):
            continue
        if value is True:
            if not new:
                found.append((names[field], "", gettext("changed")))
        elif field == "days" and isinstance(value, list):
            found += [("", "", it) for it in _days(value)]
        elif isinstance(value, str):
            found.append((names[field], "", scopes()[value][0] if field == "scope" and value in scopes() else value))
        elif not (new and field in _SAID_BY_THE_NAME):
            before, after = _pair(value)
            found.append((names[field], "" if new or before in (None, "", []) else shown(field, before), shown(field, after)))
    return found


def shown(field: str, value: object) -> str:
    """A value of a field, as people read it."""
    if value is None or value in ("", []):
        return gettext("nothing")
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, list):
        return _week(value) if field == "week" else gettext("; ").join(_membership(str(it)) for it in value)
    named: dict[str, Callable[[str], str]] = {"superior": person_name, "parent": group_name, "language": _language}
    return named[field](str(value)) if field in named else str(value)


def _language(code: str) -> str:
    return {"zh": "中文", "en": "English"}.get(code, code)


def _membership(text: str) -> str:
    """`purchasing:buyer:deputy` by the names of the department and the roles; or a role alone."""
    first, *rest = text.split(":")
    roles = gettext(", ").join(group_name(it) for it in rest)
    return f"{group_name(first)} ({roles})" if roles else group_name(first)


def weekdays() -> tuple[str, ...]:
    """Monday first."""
    return (
        gettext("Monday"),
        gettext("Tuesday"),
        gettext("Wednesday"),
        gettext("Thursday"),
        gettext("Friday"),
        gettext("Saturday"),
        gettext("Sunday"),
    )


def _week(week: list[object]) -> str:
    days = [", ".join(str(it) for it in hours) if isinstance(hours, list) and hours else "" for hours in week]
    parts: list[tuple[str, str, str]] = []  # first day, last day, hours: equal days that follow one another are one part
    for name, hours in zip(weekdays(), days, strict=False):
        if not hours:
            continue
        if parts and parts[-1][2] == hours:
            parts[-1] = (parts[-1][0], name, hours)
        else:
            parts.append((name, name, hours))
    return gettext("; ").join(f"{first if first == last else f'{first}–{last}'} {hours}" for first, last, hours in parts)


def _days(days: list[object]) -> list[str]:
    found = []
    for it in days:
        day, _, word = str(it).partition(" ")
        found.append(f"{day_or_week(day)}: {gettext('worked') if word == 'work' else gettext('off')}")
    return found


def _pair(value: object) -> tuple[object, object]:
    return (value[0], value[1]) if isinstance(value, list) and len(value) == 2 else (None, value)  # noqa: PLR2004 - before and after


def conflict(by: object) -> str:
    """What the later of two administrators reads."""
    if by:
        return gettext(
            "%(person)s changed this while you were typing. What you typed is kept: compare it with the changes, and save again.",
            person=person_name(str(by)),
        )
    return gettext("This was changed while you were typing. What you typed is kept: look at it, and save again.")


def rights() -> Mapping[str, tuple[str, str]]:
    """The roles that Crossdesk itself knows as rights: what they are called, and what they allow."""
    return {
        "admin": (gettext("Administer"), gettext("People, departments, calendar; repairs of cases")),
        "analyst": (gettext("Model"), gettext("Draws, tries and publishes processes")),
        "auditor": (gettext("Audit"), gettext("Sees every case and changes nothing, whatever else the person may do")),
    }
