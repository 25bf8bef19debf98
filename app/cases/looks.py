"""The looks of auditors in a timeline: each is in the history, and several in a row by one person are one line."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from app.cases.naming import person_name
from app.tasks.model import Entry, Looks
from app.words import gettext

if TYPE_CHECKING:
    from collections.abc import Iterable

    from engine import HistoryEntry


def look(entry: HistoryEntry) -> Entry:
    """One look."""
    return _told(Looks(entry.actor, (entry.at,)))


def together(lines: Iterable[Entry]) -> list[Entry]:
    """The lines of a timeline, oldest first, with looks that follow one another put into one."""
    found: list[Entry] = []
    for line in lines:
        before = found[-1].looks if found else None
        if line.looks and before and before.person == line.looks.person:
            found[-1] = _told(replace(before, times=(*line.looks.times, *before.times)))
        else:
            found.append(line)
    return found


def _told(looks: Looks) -> Entry:
    named = {"person": person_name(looks.person)}
    once, count = gettext("%(person)s looked at it", **named), len(looks.times)
    said = once if count == 1 else gettext("%(person)s looked at it %(count)s times", count=count, **named)
    return Entry("system", said, "", None, looks.times[0], looks=looks)
