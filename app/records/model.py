"""Records as their pages show them: ready texts, no decisions left for the template."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.cases.model import Link
    from app.shell import Face
    from app.tasks.model import Change, Problem


@dataclass(frozen=True, slots=True)
class Cell:
    """A value of a record, ready to be shown."""

    name: str
    label: str
    text: str
    is_figure: bool = False
    urgency: str = ""  # late, or nothing
    share: int | None = None  # per cent of a whole, for the bar beside it


@dataclass(frozen=True, slots=True)
class Badge:
    """How a record stands, in a word."""

    text: str
    kind: str  # done, late, soon, plain
    icon: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A record in its list. `second` and `figure`: what a phone shows of the cells."""

    id: str
    name: str
    url: str
    cells: tuple[Cell, ...]
    badges: tuple[Badge, ...]
    second: str
    figure: Cell | None


@dataclass(frozen=True, slots=True)
class Input:
    """A field of the form of a record."""

    name: str
    label: str
    value: str
    kind: str  # text, figure, date, checkbox, choice
    shown: str = ""  # the value as text, where it may only be read
    is_required: bool = False
    is_locked: bool = False
    sign: str = ""  # before a figure: the currency
    choices: tuple[tuple[str, str], ...] = ()  # value and label
    problem: str = ""
    was: str | None = None  # what stands there; None: the record is new


@dataclass(frozen=True, slots=True)
class Past:
    """A change of a record."""

    at: datetime
    who: Face | None
    actor: str
    what: str  # what was done, where it is more than a change of values
    reason: str
    changes: tuple[Change, ...]
    case: Link | None = None  # that did it; none where it was done by hand, or the reader may not see it
    by_case: bool = False


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed into a form and refused."""

    values: dict[str, str] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    problem: str = ""  # of the record as a whole

    def of(self, name: str) -> str:
        """What is wrong with a field."""
        return next((it.message for it in self.problems if it.path == name), "")


@dataclass(frozen=True, slots=True)
class RecordPage:
    """One record, or an empty form for a new one (`id` is empty)."""

    kind: str
    kind_name: str
    id: str
    title: str
    badges: tuple[Badge, ...]
    facts: tuple[Cell, ...]
    inputs: tuple[Input, ...]
    typed: Typed
    past: tuple[Past, ...] = ()
    cases: tuple[Link, ...] = ()
    may_edit: bool = False
    may_confirm: bool = False
    may_count: bool = False
    confirmed: str = ""  # by whom and when; empty where nobody has
