"""Incidents, jobs and the state of the server as their pages show them: ready texts, no decisions left for the template."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.cases.failures import IncidentLine


@dataclass(frozen=True, slots=True)
class Refused:
    """One of several that could not be tried again, and why."""

    title: str
    reason: str


@dataclass(frozen=True, slots=True)
class Report:
    """What became of several that were to be tried again."""

    done: int
    refused: tuple[Refused, ...]
    more: int  # refused besides


@dataclass(frozen=True, slots=True)
class IncidentList:
    """What waits for a repair, and how much there is in all; `tried`: how many of them are tried again at once."""

    lines: tuple[IncidentLine, ...]
    total: int
    search: str
    tried: int


@dataclass(frozen=True, slots=True)
class StateChoice:
    """A state to which the list of jobs can be narrowed."""

    name: str
    count: int
    url: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class JobLine:
    """A job or an external task."""

    kind: str
    step: str
    number: str
    subject: str
    url: str | None
    process: str
    state: str
    state_kind: str  # late, soon, plain, nothing
    due_at: datetime
    moment: str  # when it is done, or since when it waits
    reason: str  # why it failed last
    retries: str


@dataclass(frozen=True, slots=True)
class JobList:
    """A page of jobs."""

    lines: tuple[JobLine, ...]
    total: int
    choices: tuple[StateChoice, ...]
    search: str
    state: str
    first_url: str
    more_url: str | None
    is_first: bool


@dataclass(frozen=True, slots=True)
class Look:
    """One thing that was looked at: how it stands, and what to do where something is wrong."""

    name: str
    said: str
    remedy: str = ""
    grave: bool = False

    @property
    def is_well(self) -> bool:
        """Whether nothing is to be done."""
        return not self.remedy


@dataclass(frozen=True, slots=True)
class Section:
    """Looks that belong together."""

    title: str
    looks: tuple[Look, ...]
