"""The nouns of the engine as callers see them: frozen values, without behaviour or database.

Times are aware datetimes in UTC. Ids are opaque strings.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class ActorKind(StrEnum):
    """Who caused a change."""

    PERSON = "person"
    SYSTEM = "system"  # timers, deadlines, retries
    WORKER = "worker"  # an external worker or API client


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts. `id` is the user name of a person; `groups` are the departments, roles and `department:role` pairs of that person.

    `may_administer` and `may_audit` come from the roles `admin` and `auditor`.
    """

    id: str
    kind: ActorKind = ActorKind.PERSON
    groups: frozenset[str] = frozenset()
    departments: frozenset[str] = frozenset()

    @property
    def may_administer(self) -> bool:
        """Whether this is an administrator."""
        return "admin" in self.groups

    @property
    def may_audit(self) -> bool:
        """Whether this is an auditor, who sees every case and changes none."""
        return "auditor" in self.groups

    @property
    def may_model(self) -> bool:
        """Whether this is a process analyst, who deploys models."""
        return "analyst" in self.groups

    @property
    def sees_everything(self) -> bool:
        """Whether this sees every case with all its data on pages: administrators and auditors."""
        return self.may_administer or self.may_audit

    @property
    def may_see_models(self) -> bool:
        """Whether this may read models and how they stand: analysts, administrators and auditors."""
        return self.may_model or self.sees_everything

    @property
    def may_act_for_others(self) -> bool:
        """Whether this acts in the name of anybody, as clients of the API do: administrators, and workers who have the role everywhere."""
        return self.may_administer or (self.kind is ActorKind.WORKER and WORKER_ROLE in self.groups)

    def owns(self, owner: str | None) -> bool:
        """Whether this is the owner of a process, or one of those who own it: `owner` is a person, a department or a role."""
        return owner is not None and (owner == self.id or owner in self.groups)


WORKER_ROLE = "worker"
"""The role with which a program acts in the name of anybody."""

SYSTEM = Actor(id="system", kind=ActorKind.SYSTEM)
"""The system itself: timers, deadlines, deployments of what ships. It may do everything."""


class CaseState(StrEnum):
    """The state of a process instance; the names are those of Camunda's history."""

    ACTIVE = "ACTIVE"
    SUSPENDED = "SUSPENDED"
    COMPLETED = "COMPLETED"
    EXTERNALLY_TERMINATED = "EXTERNALLY_TERMINATED"
    INTERNALLY_TERMINATED = "INTERNALLY_TERMINATED"


@dataclass(frozen=True, slots=True)
class ProcessDefinition:
    """One version of a deployed process. `id` is `key:version:unique`."""

    id: str
    key: str
    version: int
    name: str
    deployment_id: str
    resource_name: str
    version_tag: str | None
    category: str | None
    suspended: bool
    deployed_at: datetime
    deployed_by: str
    source: str = ""  # of its deployment: shipped, upload, studio, command, rest
    reason: str | None = None  # why it was published, in the words of who did
    history_time_to_live: int | None = None  # in days; None: its cases are kept


@dataclass(frozen=True, slots=True)
class Case:
    """A process instance, open or finished. Root instances have a number; called ones have a `parent_id`.

    `end_element` is the end event at which it ended: the model's name of it says how. None where it ended otherwise.
    """

    id: str
    root_id: str
    parent_id: str | None
    definition_id: str
    definition_key: str
    number: str | None
    subject: str
    business_key: str | None
    started_at: datetime
    started_by: str
    start_department: str | None
    ended_at: datetime | None
    state: CaseState
    end_element: str | None = None
    key_fields: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class UserTask:
    """An open user task. `version` counts in how many hands it was: a completion names the one it saw."""

    id: str
    root_id: str
    instance_id: str
    definition_id: str
    element_id: str
    name: str
    assignee: str | None
    owner: str | None
    created_at: datetime
    due_at: datetime | None
    follow_up_at: datetime | None
    priority: int
    form_key: str | None
    version: int
    candidate_users: tuple[str, ...] = ()
    candidate_groups: tuple[str, ...] = ()
    added_users: tuple[str, ...] = ()  # who may also take it, from whoever has it: an escalation, or nobody else is known
    added_groups: tuple[str, ...] = ()
    delegation: str | None = None  # PENDING: somebody works on it for its owner; RESOLVED: it came back
    excluded_person: str | None = None  # who may neither claim nor complete it: the initiator, where an outcome approves


class JobKind(StrEnum):
    """Why a job waits."""

    TIMER = "timer"
    REMINDER = "reminder"
    ESCALATION = "escalation"
    OWNER_ESCALATION = "owner-escalation"
    DELIVERY = "delivery"
    TIMEOUT = "timeout"
    SUSPENSION = "suspension"
    CLEANUP = "history-cleanup"


@dataclass(frozen=True, slots=True)
class Job:
    """Work that is due at a moment: a timer, a stage of a deadline, a task listener's timeout, an asynchronous delivery."""

    id: str
    root_id: str
    instance_id: str
    kind: JobKind
    element_id: str
    due_at: datetime | None
    retries: int
    error: str | None
    created_at: datetime
    suspended: bool = False  # its case or its version is: it waits until that is resumed
    priority: int = 0  # of those that are due, the higher ones come first


@dataclass(frozen=True, slots=True)
class Incident:
    """A job that has no retries left, or a task nobody can be asked for: visible, and retryable by an administrator."""

    id: str
    root_id: str
    instance_id: str
    element_id: str
    kind: str  # failedJob, failedExternalTask
    job_id: str | None  # or the id of the external task
    created_at: datetime
    message: str


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One transaction of one case: its events, in order, with their actor and moment, chained to the entry before."""

    chain: str
    seq: int
    at: datetime
    actor: str
    actor_kind: ActorKind
    events: tuple[tuple[str, Mapping[str, object]], ...]
    hash: str
