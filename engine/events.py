"""What happens, in the past tense. History entries are made of these, and nothing changes without one.

Each event is written into the history as `[name, {fields}]` with the fields that are not None and not implied. Field names are short and
stable: they are part of the format that the hash chain covers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True)
class Event:
    """The base of all events."""

    def record(self) -> tuple[str, dict[str, object]]:
        """The event as the history stores it."""
        values = {f.name: getattr(self, f.name) for f in fields(self)}
        return type(self).__name__, {k: v for k, v in values.items() if v is not None}


# ---- the token game: emitted by engine.tokens ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class InstanceStarted(Event):
    """A process instance began; `caller` is the token of the call activity that called it."""

    instance: str
    definition: str
    caller: str | None = None


@dataclass(frozen=True, slots=True)
class CaseCalled(Event):
    """A called process instance got the number of its case."""

    instance: str
    number: str


@dataclass(frozen=True, slots=True)
class InstanceEnded(Event):
    """A process instance came to its end; `terminated`: it was cancelled, from outside or because its caller was interrupted."""

    instance: str
    terminated: bool | None = None


@dataclass(frozen=True, slots=True)
class ElementEntered(Event):
    """A token arrived at a flow node and the node began. `token` is the activity instance's id."""

    instance: str
    element: str
    token: str
    flow: str | None = None


@dataclass(frozen=True, slots=True)
class ElementPassed(Event):
    """A token passed a flow node that does not wait, or arrived at a join."""

    instance: str
    element: str
    flow: str | None = None


@dataclass(frozen=True, slots=True)
class ElementLeft(Event):
    """A flow node completed normally."""

    instance: str
    element: str
    token: str


@dataclass(frozen=True, slots=True)
class ElementCancelled(Event):
    """A flow node was interrupted or ended from outside."""

    instance: str
    element: str
    token: str


@dataclass(frozen=True, slots=True)
class EventCaught(Event):
    """A boundary event, event subprocess or intermediate event was triggered. `name`: message name, error code."""

    instance: str
    element: str
    kind: str
    name: str | None = None


@dataclass(frozen=True, slots=True)
class ErrorUncaught(Event):
    """An error found no handler: its path ended (as Camunda 7 does)."""

    instance: str
    element: str
    code: str | None = None


@dataclass(frozen=True, slots=True)
class EscalationUncaught(Event):
    """An escalation found no handler; the path that threw it went on."""

    instance: str
    element: str
    code: str | None = None


@dataclass(frozen=True, slots=True)
class SignalThrown(Event):
    """A throwing or end event gave a signal to all who waited for it, in this case and in others."""

    instance: str
    element: str
    name: str


@dataclass(frozen=True, slots=True)
class SignalReceived(Event):
    """A signal came from another case or from a client of the API."""

    name: str
    instance: str | None = None


# ---- people's work -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CaseOpened(Event):
    """A case was started by a person or a client, with its number."""

    number: str | None = None
    subject: str | None = None
    department: str | None = None


@dataclass(frozen=True, slots=True)
class UserTaskCreated(Event):
    """A user task waits; candidates as they were resolved; `reason` when the routing had to step aside."""

    task: str
    element: str
    assignee: str | None = None
    users: list[str] | None = None
    groups: list[str] | None = None
    due: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class UserTaskClaimed(Event):
    """Somebody took a task; `before` is who had it, when it was taken over after an escalation."""

    task: str
    assignee: str
    before: str | None = None


@dataclass(frozen=True, slots=True)
class UserTaskReleased(Event):
    """Somebody gave a task back to its candidates."""

    task: str
    assignee: str


@dataclass(frozen=True, slots=True)
class UserTaskReassigned(Event):
    """A head or an administrator gave a task to another person, with a reason."""

    task: str
    before: str | None
    assignee: str
    reason: str


@dataclass(frozen=True, slots=True)
class UserTaskCompleted(Event):
    """A user task was completed with an outcome."""

    task: str
    element: str
    outcome: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class UserTaskReminded(Event):
    """Half of the time of a task has passed; these people were told."""

    task: str
    element: str
    told: list[str]


@dataclass(frozen=True, slots=True)
class UserTaskEscalated(Event):
    """The deadline of a task has passed; these became additional candidates. Stage 1: superior, 2: process owner."""

    task: str
    element: str
    stage: int
    told: list[str]
    groups: list[str] | None = None
    users: list[str] | None = None


@dataclass(frozen=True, slots=True)
class UserTaskDelegated(Event):
    """Somebody is to work on a task for its owner, who gets it back."""

    task: str
    owner: str | None
    assignee: str


@dataclass(frozen=True, slots=True)
class UserTaskResolved(Event):
    """A task that was delegated went back to its owner."""

    task: str
    before: str | None
    assignee: str | None


@dataclass(frozen=True, slots=True)
class VariableChanged(Event):
    """A variable got a value; `before` is absent when it is new. Values are [type, value] as stored."""

    scope: str
    name: str
    after: list[object]
    before: list[object] | None = None


@dataclass(frozen=True, slots=True)
class VariableRemoved(Event):
    """A variable was removed by a client of the API. `before` is [type, value] as stored."""

    scope: str
    name: str
    before: list[object]


@dataclass(frozen=True, slots=True)
class MessageReceived(Event):
    """A message was correlated to the case, by an API client or by hand on the case page."""

    name: str
    remark: str | None = None
    at: str | None = None
    instance: str | None = None


@dataclass(frozen=True, slots=True)
class ServicePerformed(Event):
    """A handler ran in the step; `lines` are what it wrote for people to read."""

    element: str
    handler: str
    lines: list[Mapping[str, object]] | None = None
    instance: str | None = None


@dataclass(frozen=True, slots=True)
class DecisionEvaluated(Event):
    """A decision was made: which rules matched, and the result.

    `trace` has what was decided on the way, the asked decision last: of each its inputs, its rules with the tests that held, its result,
    all as text and cut where it is long; `warnings` say why something turned to null. So that the values that it read can be told again:
    `seen` is how many of the changes of variables in the same entry came before it, `scopes` are those inside of the instance that had
    variables of their own, innermost first.
    """

    element: str
    decision: str
    rules: list[int]
    result: object
    trace: list[Mapping[str, object]] | None = None
    warnings: list[str] | None = None
    instance: str | None = None
    seen: int | None = None
    scopes: list[str] | None = None


@dataclass(frozen=True, slots=True)
class JobFailed(Event):
    """A job failed and will be tried again, or left an incident when no retries are left."""

    job: str
    element: str
    message: str
    retries: int
    instance: str | None = None
    parts: Mapping[str, object] | None = None  # of the message, where it is a phrase: `phrases.parts_of`
    priority: int | None = None  # of the job, where it is not 0


@dataclass(frozen=True, slots=True)
class JobRetried(Event):
    """Somebody gave a failed job new retries, or none. `incident`: the one that is gone by it. `element`: where it makes an incident."""

    job: str
    retries: int
    incident: str | None = None
    element: str | None = None


@dataclass(frozen=True, slots=True)
class CaseCancelled(Event):
    """A case was ended from outside, with a reason."""

    reason: str


@dataclass(frozen=True, slots=True)
class CaseRead(Event):
    """An auditor looked at a case."""

    part: str


@dataclass(frozen=True, slots=True)
class HistoryVerified(Event):
    """The whole history was verified: on the `page` or by the `command`, and what that found."""

    way: str
    entries: int
    chains: int
    findings: int


@dataclass(frozen=True, slots=True)
class Deployed(Event):
    """Models were deployed."""

    deployment: str
    name: str
    definitions: list[str]
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class DeploymentDeleted(Event):
    """A deployment was deleted with its cases. `chains`: the case, the count of entries and the last hash of each deleted chain."""

    deployment: str
    name: str
    reason: str
    definitions: list[str]
    chains: list[list[object]]


@dataclass(frozen=True, slots=True)
class CaseMovedIn(Event):
    """A case that was run elsewhere was taken in as a whole: so many entries, ending with this hash."""

    case: str
    number: str | None
    entries: int
    head: str


@dataclass(frozen=True, slots=True)
class HistorySealed(Event):
    """How far `chains` chains had come was signed and written to the book of seals; `digest`: of that line."""

    number: int
    digest: str
    chains: int


@dataclass(frozen=True, slots=True)
class OrganisationChanged(Event):
    """A person, department, role or the calendar was changed."""

    kind: str
    id: str
    change: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class SignedIn(Event):
    """Somebody signed in or failed to."""

    person: str
    success: bool
