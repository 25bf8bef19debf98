"""A case and lists of cases as their pages show them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.attachments.reading import Files
    from app.cases.columns import Column
    from app.cases.failures import IncidentLine
    from app.inbox.model import Choice, Filter
    from app.shell import Face
    from app.tasks.model import Diagram, Fact, FormView, Timeline


@dataclass(frozen=True, slots=True)
class Offer:
    """A message that may be given by hand on the page."""

    id: str
    name: str
    element: str  # where the case waits for it


@dataclass(frozen=True, slots=True)
class Beginning:
    """An activity of an ad-hoc subprocess that the reader may begin."""

    token: str
    element: str
    name: str


@dataclass(frozen=True, slots=True)
class Link:
    """Another case, and how it stands."""

    name: str
    relation: str
    state: str
    url: str


@dataclass(frozen=True, slots=True)
class CasePage:
    """The page of a case."""

    id: str
    number: str
    subject: str
    process: str
    version: int
    state: str  # the step where it has waited longest and how many more there are, or how it ended
    states: str  # all its open steps
    state_kind: str  # late, plain or nothing
    facts: tuple[Fact, ...]
    diagram: Diagram
    timeline: Timeline
    data: FormView | None
    caller: Link | None  # the case that called it, as far as the reader sees that
    links: tuple[Link, ...]
    more_links_url: str | None  # called cases before those
    offers: tuple[Offer, ...]
    beginnings: tuple[Beginning, ...]
    tasks: tuple[Link, ...]  # open tasks that the reader may open
    today: str  # for the date of a message
    incidents: tuple[IncidentLine, ...] = ()  # what waits for a repair in it
    can_cancel: bool = False
    can_verify: bool = False
    replay: Mapping[str, object] = field(default_factory=dict)  # what the island of the replay is given
    began: str = ""
    head: str = ""  # hash of the newest entry
    entries: int = 0
    files: Files | None = None
    verified: str = ""  # what a verification found
    is_whole: bool | None = None
    problem: str = ""  # why something was not done
    remark: str = ""  # what was typed with it


@dataclass(frozen=True, slots=True)
class CaseLine:
    """A case in a list."""

    url: str
    number: str
    subject: str
    process: str
    amount: str
    counterparty: str
    fields: Mapping[str, str]  # the fields among the columns
    starter: Face | None
    started_at: datetime
    state: str  # the step where it has waited longest and how many more there are, or how it ended
    states: str  # all its open steps
    holder: Face | None  # who has it there
    holders: str  # who has it and what it waits for, in short
    all_holders: str  # each open step with whom it asks or what it waits for
    span: str  # how long it has waited there, or how long it took
    moment: datetime | None  # since when, or when it ended
    due: str  # what is left, or by how much it is late
    due_at: datetime | None
    urgency: str  # late, soon, ended or nothing


@dataclass(frozen=True, slots=True)
class Period:
    """When the cases of a list were started, ended or open, and by whom started: days as ISO 8601 writes them, empty where any will do."""

    first: str
    last: str
    shown: str
    kinds: tuple[Choice, ...]  # `url` is what stands in the address
    kept: tuple[tuple[str, str], ...]  # what a choice keeps of the other filters


@dataclass(frozen=True, slots=True)
class Involved:
    """Who took part in the cases of a list, and whose department did."""

    shown: str
    people: tuple[Choice, ...]  # `url` is the user name
    departments: tuple[Choice, ...]  # `url` is the id
    kept: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """What the fields of the cases of a list must hold, and which fields may be asked for: by name and label."""

    shown: str
    conditions: tuple[Choice, ...]  # `url` takes it away
    at_once: tuple[tuple[str, str], ...]
    slowly: tuple[tuple[str, str], ...]  # read from the history of each ended case
    operators: tuple[tuple[str, str], ...]
    kept: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Ordering:
    """By which field a list is put into an order, and by which it may be: by name and label. `note`: which cases are left out of it."""

    shown: str
    at_once: tuple[tuple[str, str], ...]
    others: tuple[tuple[str, str], ...]
    current: str
    descending: bool
    kept: tuple[tuple[str, str], ...]
    note: str


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a column, with what a press on it does. `way`: ascending or descending, where it orders the list."""

    column: Column
    url: str = ""
    way: str = ""


@dataclass(frozen=True, slots=True)
class CaseList:
    """A page of cases."""

    title: str
    lines: tuple[CaseLine, ...]
    columns: tuple[Head, ...]
    choices: tuple[tuple[str, tuple[tuple[Column, bool], ...]], ...]  # all columns by what they are, and whether each is shown
    choices_kept: tuple[tuple[str, str], ...]  # what a choice of columns keeps
    total: int
    filters: tuple[Filter, ...]
    search: str
    more_url: str | None
    first_url: str  # the newest of those that are shown
    search_url: str  # the list without any filter
    kept: tuple[tuple[str, str], ...]  # what a search keeps of the filters
    is_narrowed: bool
    is_first: bool
    period: Period
    starters: tuple[Choice, ...]  # `url` is the user name
    exports: tuple[str, str]  # XLSX and CSV
    involved: Involved | None = None  # for who sees everything
    asked: Asked | None = None
    ordering: Ordering | None = None
    problem: str = ""  # why nothing could be looked for


@dataclass(frozen=True, slots=True)
class View:
    """A saved view of the list of cases."""

    name: str
    url: str
    is_current: bool
    department: str  # with which it is shared
    by: str  # who shares it; empty for one's own
    id: str


@dataclass(frozen=True, slots=True)
class Views:
    """The saved views that somebody has. `kept`: what a new one of this list holds; `departments`: with which it can be shared."""

    views: tuple[View, ...]
    kept: tuple[tuple[str, str], ...]
    departments: tuple[tuple[str, str], ...]
