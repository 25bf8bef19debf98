"""What is open in one root instance, as frozen rows: a step changes them in memory, and what differs afterwards is written.

The rows of the token game are those of `engine.tokens.state`. Timers are subscriptions there and jobs here, under one id.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from engine.store.values import StoredValue
from engine.tokens.state import State

TIMER = "timer"
START_TIMER = "start-timer"
START_LATER = "start-later"
STARTS = (START_TIMER, START_LATER)
"""Jobs of process definitions: a timer start event, and a signal that starts a case with a number."""
SUSPENSION = "suspension"
"""A job of a process definition or instance: it is suspended or resumed then."""
JOB_RETRIES = 3
"""How often a job is tried whose element says nothing else."""
CLEANUP = "history-cleanup"
"""A job of no case and no version: past cases are removed whose time to live is over. There is one at most; it is its own root, too."""
CANDIDATES = {"user": "candidate_users", "group": "candidate_groups", "added-user": "added_users", "added-group": "added_groups"}
"""The kinds of candidates as the database names them, and the fields of `TaskRow` that hold them."""


@dataclass(frozen=True, slots=True)
class Instance:
    """An open process instance: what the token game's scope of kind `instance` does not know.

    `path` is JSON text, `calls` how many cases it has called.
    """

    id: str
    definition_id: str
    caller_token_id: str | None = None
    business_key: str | None = None
    suspended: bool = False
    path: str = "[]"
    calls: int = 0


@dataclass(frozen=True, slots=True)
class JobRow:
    """Work that is due: a timer (`id` and `data` are its subscription's id and name), a stage of a deadline, a delivery, a timeout.

    A timeout is that of a task listener; `data`: which of the listeners of its element, and how often it fires again.
    """

    id: str
    instance_id: str
    kind: str
    element_id: str
    created_at: datetime
    due_at: datetime
    retries: int
    scope_id: str | None = None
    token_id: str | None = None
    data: str = ""
    error: str | None = None
    priority: int = 0
    suspended: bool = False  # by itself, whatever its case and version are


@dataclass(frozen=True, slots=True)
class TaskRow:
    """An open user task with its candidates, sorted."""

    id: str  # of its token
    instance_id: str
    element_id: str
    name: str
    created_at: datetime
    assignee: str | None = None
    owner: str | None = None
    delegation: str | None = None  # PENDING, RESOLVED
    excluded_person: str | None = None  # who may not take it
    due_at: datetime | None = None
    follow_up_at: datetime | None = None
    priority: int = 50
    form_key: str | None = None
    description: str | None = None  # empty: somebody took it away
    updated_at: datetime | None = None  # when it was last changed; None: never
    version: int = 1
    deadline: str | None = None  # "2 wd", "6 wh"
    deadline_at: datetime | None = None
    deadline_stage: int = 0  # 1 reminded, 2 the superior asked, 3 the process owner asked
    candidate_users: tuple[str, ...] = ()
    candidate_groups: tuple[str, ...] = ()
    added_users: tuple[str, ...] = ()  # who may take it from whoever has it: an escalation, or nobody else is known
    added_groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ExternalRow:
    """An open external task as it is stored. `retries`: None until something fails."""

    id: str  # of its token
    root_id: str
    instance_id: str
    element_id: str
    topic: str
    priority: int
    created_at: datetime
    worker_id: str | None = None
    locked_until: datetime | None = None
    retries: int | None = None
    error: str | None = None
    error_details: str | None = None


@dataclass(slots=True)
class Root:
    """All that is open in one root instance, by id. Variables: scope or token id, to name, to value."""

    state: State = field(default_factory=State)
    instances: dict[str, Instance] = field(default_factory=dict)
    jobs: dict[str, JobRow] = field(default_factory=dict)
    tasks: dict[str, TaskRow] = field(default_factory=dict)
    variables: dict[str, dict[str, StoredValue]] = field(default_factory=dict)

    def copy(self) -> Root:
        """A root of its own with the same rows: change the copy, then save the difference."""
        return Root(
            self.state.copy(),
            dict(self.instances),
            dict(self.jobs),
            dict(self.tasks),
            {scope: dict(values) for scope, values in self.variables.items()},
        )
