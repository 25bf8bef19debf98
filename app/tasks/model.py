"""A task and its case as their pages show them: ready texts, no decisions left for the template."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.attachments.reading import Files
    from app.shell import Face


@dataclass(frozen=True, slots=True)
class Fact:
    """A key fact of the strip at the top."""

    label: str
    value: str
    urgency: str = ""  # late, soon, or nothing
    exact: str = ""  # the hint under the pointer
    url: str | None = None


@dataclass(frozen=True, slots=True)
class FormView:
    """A form-js form, presented for this person and step, with its data."""

    schema: Mapping[str, object]
    data: Mapping[str, object]
    read_only: bool
    draft_url: str | None = None
    preview_url: str | None = None


@dataclass(frozen=True, slots=True)
class Button:
    """An outcome as a button of the bar."""

    id: str
    name: str
    kind: str  # approve, done, return, reject, own
    key: str | None  # the key that presses it
    needs_reason: bool
    phrases: tuple[str, ...] = ()

    @property
    def is_primary(self) -> bool:
        """Whether it is the usual way on."""
        return self.kind in {"approve", "done"}


@dataclass(frozen=True, slots=True)
class Mark:
    """What stands at one element of the diagram: its state, who has it, how long."""

    element: str
    state: str  # done, current, late
    holder: str = ""
    time: str = ""


@dataclass(frozen=True, slots=True)
class Diagram:
    """What the diagram's island is given."""

    url: str  # of the file
    flows: tuple[str, ...]  # sequence flows that were taken
    marks: tuple[Mark, ...]
    names: Mapping[str, str]  # element to its name in the language of the page
    lanes: Mapping[str, int]  # lane to the number of its department's colour

    def as_json(self) -> dict[str, object]:
        """For the island."""
        marks = [{"element": it.element, "state": it.state, "holder": it.holder, "time": it.time} for it in self.marks]
        return {"url": self.url, "flows": list(self.flows), "marks": marks, "names": dict(self.names), "lanes": dict(self.lanes)}


@dataclass(frozen=True, slots=True)
class Change:
    """A value before and after."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Looks:
    """When an auditor looked at the case, the last time first."""

    person: str
    times: tuple[datetime, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the timeline."""

    kind: str  # expected, current, done, system
    who: str  # `With you`, `Li Qiang`, `Crossdesk`
    what: str  # `Finance: approved`
    face: Face | None = None
    moment: datetime | None = None
    since: bool = False  # the moment is a beginning: `since yesterday 09:12`
    after: str = ""  # how long it took: `after 7 h`
    detail: str = ""  # reminders, when it usually comes
    quote: str = ""  # the reason or remark that was given
    changes: tuple[Change, ...] = ()
    lines: tuple[str, ...] = ()  # what a handler did
    outcome: str = ""  # approve, return, reject: marks the entry
    looks: Looks | None = None


@dataclass(frozen=True, slots=True)
class Timeline:
    """A part of a timeline, the newest first; `earlier_url` gives the part before it, if there is one."""

    entries: tuple[Entry, ...]
    earlier_url: str | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a field."""

    path: str
    label: str
    message: str


@dataclass(frozen=True, slots=True)
class Kept:
    """What somebody had typed who came too late: to read and to copy from, nothing of it was sent."""

    form: FormView | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Gone:
    """Instead of a task that is not there any more: who did it, and what the reader had typed."""

    text: str
    back_url: str
    case_url: str = ""
    kept: Kept | None = None


@dataclass(frozen=True, slots=True)
class TaskPage:
    """A task, open or already done."""

    id: str
    version: int
    case_id: str
    case_url: str
    number: str
    subject: str
    step: str
    initiator: Face | None
    facts: tuple[Fact, ...]
    form: FormView | None
    buttons: tuple[Button, ...]
    diagram: Diagram | None
    timeline: Timeline
    back_url: str
    caller: Fact | None = None  # the case that called the task's own case
    refresh_url: str = ""
    can_claim: bool = False
    can_resolve: bool = False
    can_release: bool = False
    can_reassign: bool = False
    hint: str = ""  # at the left of the bar: what comes next, or why nothing can be done
    people: tuple[Face, ...] = ()  # to whom it may be given
    problems: tuple[Problem, ...] = ()
    problem: str = ""
    reason: str = ""  # what was typed and refused
    outcome: str = ""
    files: Files | None = None
    kept: Kept | None = None  # what was typed by somebody who came too late

    @property
    def asks_reason(self) -> tuple[Button, ...]:
        """The outcomes that open a field for their reason first: all but the primary ones."""
        return tuple(button for button in self.buttons if not button.is_primary)

    @property
    def in_bar(self) -> tuple[Button, ...]:
        """The buttons that stand in the bar, the primary at the right."""
        shown = [button for button in self.buttons if button.kind != "reject"]
        return tuple(sorted(shown, key=lambda button: button.is_primary))

    @property
    def behind_more(self) -> tuple[Button, ...]:
        """The dangerous ones, behind "More"."""
        return tuple(button for button in self.buttons if button.kind == "reject")
