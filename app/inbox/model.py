"""The inbox as its page shows it: ready texts, no decisions left for the template."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.shell import Face


@dataclass(frozen=True, slots=True)
class Section:
    """An entry of the rail: `todo`, `claimable`, `claimable:purchasing`, `done`, `started`."""

    key: str
    name: str
    url: str
    count: int | None = None
    group: str | None = None  # whose colour it bears
    is_current: bool = False


@dataclass(frozen=True, slots=True)
class SectionGroup:
    """Sections under one heading."""

    name: str
    sections: tuple[Section, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One task or case of the list, told apart without opening it."""

    id: str
    url: str
    face: Face | None
    subject: str
    amount: str
    line: tuple[str, ...]  # number, step, counterparty: as many as there are
    time: str  # what is left, when it was done, or with whom it is for how long
    moment: datetime | None  # the exact moment behind it
    urgency: str = ""  # late, soon, or nothing
    is_current: bool = False
    is_new: bool = False  # nobody has dealt with it yet: set in bold
    hint: str = ""  # everybody it is with, where `time` names only the first
    push_url: str = ""  # the address while it stands beside the list, where that is not its own


@dataclass(frozen=True, slots=True)
class RowGroup:
    """Rows under one heading. `count` is of all such tasks, not only of those on this page."""

    name: str
    urgency: str
    count: int
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """An entry of a filter."""

    name: str
    url: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter with its choices; `name` says what is chosen now."""

    label: str
    name: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Strip:
    """How one's own cases stand: how many are running, and which waits longest for whom."""

    text: str
    detail: str
    url: str
    detail_url: str


@dataclass(frozen=True, slots=True)
class Inbox:
    """The whole page, without the task at the right."""

    title: str
    section: str
    groups_of_sections: tuple[SectionGroup, ...]
    first_sections: tuple[Section, ...]
    groups: tuple[RowGroup, ...]
    filters: tuple[Filter, ...] = ()
    more_url: str | None = None
    strip: Strip | None = None
    search: str = ""
    empty_title: str = ""
    empty_advice: str = ""
    refresh_url: str = ""
    total: int = 0
    first_task: str | None = None
    first_case: str | None = None  # in the sections that list cases
