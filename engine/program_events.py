"""What programs and operators do with cases, in the past tense: external tasks, suspension, what user tasks say, files.

And what all events leave out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

from engine.events import Event


@dataclass(frozen=True, slots=True)
class ExternalTaskCreated(Event):
    """Something waits for a worker who asks for its topic. `priority`: where it is not 0."""

    task: str
    element: str
    topic: str
    priority: int | None = None


@dataclass(frozen=True, slots=True)
class ExternalTaskCompleted(Event):
    """A worker did it."""

    task: str
    element: str
    worker: str


@dataclass(frozen=True, slots=True)
class ExternalTaskFailed(Event):
    """A worker could not do it; without retries it waits for a person."""

    task: str
    element: str
    worker: str
    message: str
    retries: int
    instance: str | None = None
    parts: Mapping[str, object] | None = None  # of the message, where it is a phrase: `phrases.parts_of`


@dataclass(frozen=True, slots=True)
class ExternalTaskErrorThrown(Event):
    """A worker came to a business error, which the process may catch."""

    task: str
    element: str
    worker: str
    code: str
    message: str | None = None


@dataclass(frozen=True, slots=True)
class ExternalTaskChanged(Event):
    """An external task got new retries or another priority by hand. `incident`: the one that is gone by it."""

    task: str
    element: str
    retries: int | None = None
    priority: int | None = None
    incident: str | None = None


@dataclass(frozen=True, slots=True)
class InstanceSuspended(Event):
    """Nothing moves in a process instance until it is resumed."""

    instance: str


@dataclass(frozen=True, slots=True)
class InstanceResumed(Event):
    """A process instance may go on."""

    instance: str


@dataclass(frozen=True, slots=True)
class SuspensionPlanned(Event):
    """A process instance, or a version of a process, is to be suspended or resumed at a moment; `instances`: its open ones too."""

    of: str
    suspended: bool
    at: str
    instances: bool | None = None


@dataclass(frozen=True, slots=True)
class InstanceModified(Event):
    """Somebody changed by hand where a process instance stands: the instructions in order, and why."""

    instance: str
    instructions: list[str]
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class AdHocActivityBegun(Event):
    """Somebody began an activity of an ad-hoc subprocess."""

    instance: str
    element: str


@dataclass(frozen=True, slots=True)
class DefinitionSuspended(Event):
    """No case of a version can be started until it is resumed."""

    definition: str


@dataclass(frozen=True, slots=True)
class DefinitionResumed(Event):
    """Cases of a version can be started again."""

    definition: str


@dataclass(frozen=True, slots=True)
class DefinitionDeleted(Event):
    """One version of a process was deleted with its cases. `chains` as those of `DeploymentDeleted`."""

    definition: str
    reason: str
    chains: list[list[object]]


@dataclass(frozen=True, slots=True)
class HistoryCleanupAsked(Event):
    """Somebody asked that past cases are removed whose time to live is over."""

    job: str


@dataclass(frozen=True, slots=True)
class HistoryCleaned(Event):
    """Past cases were removed as `by` had asked: the time to live of their versions was over. `chains` as those of `DeploymentDeleted`."""

    by: str
    reason: str
    chains: list[list[object]]


@dataclass(frozen=True, slots=True)
class HistoryTimeToLiveChanged(Event):
    """The ended cases of a version are to be kept so many days at least; absent: until their deployment is deleted."""

    definition: str
    before: int | None = None
    after: int | None = None


@dataclass(frozen=True, slots=True)
class JobChanged(Event):
    """A job got another priority, or another moment at which it is due, or was suspended or resumed, by hand."""

    job: str
    element: str
    priority: int | None = None
    due_at: str | None = None
    recalculated: bool | None = None  # the moment is that of the model
    suspended: bool | None = None
    instance: str | None = None


@dataclass(frozen=True, slots=True)
class JobDeleted(Event):
    """Somebody deleted a job: what it was for does not happen, and what waits for it waits in vain."""

    job: str
    element: str
    instance: str | None = None


@dataclass(frozen=True, slots=True)
class UserTaskChanged(Event):
    """A program or an administrator changed what a user task says. `changes`: by property, as Camunda names them, before and after."""

    task: str
    element: str
    changes: Mapping[str, list[object]]


@dataclass(frozen=True, slots=True)
class UserTaskCandidateAdded(Event):
    """A user task is offered to one more person or group."""

    task: str
    element: str
    user: str | None = None
    group: str | None = None


@dataclass(frozen=True, slots=True)
class UserTaskCandidateRemoved(Event):
    """A user task is not offered to a person or group any more."""

    task: str
    element: str
    user: str | None = None
    group: str | None = None


@dataclass(frozen=True, slots=True)
class UserTaskCommented(Event):
    """Somebody remarked on a user task."""

    task: str
    element: str
    comment: str
    message: str


@dataclass(frozen=True, slots=True)
class AttachmentAdded(Event):
    """A file was added to a case, or to one of its tasks: with the SHA-256 and the bytes of its content, or the address where it lies."""

    instance: str
    attachment: str
    name: str | None = None
    digest: str | None = None
    size: int | None = None
    url: str | None = None
    task: str | None = None
    element: str | None = None


@dataclass(frozen=True, slots=True)
class AttachmentDeleted(Event):
    """A file was taken from a case; the digest says which content that was."""

    instance: str
    attachment: str
    name: str | None = None
    digest: str | None = None
    size: int | None = None
    url: str | None = None
    task: str | None = None
    element: str | None = None


IMPLIED: Mapping[str, str] = {
    kind.__name__: name
    for kind in Event.__subclasses__()
    for name in ("instance", "scope")
    if name in {field.name for field in fields(kind)}
}
"""The field of each event that is left out of the history where it is the root instance, which names the chain."""
