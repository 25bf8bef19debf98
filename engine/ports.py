"""What the engine asks of the world: the time, new ids, the checking of forms, the handlers of service tasks.

The composition root (`app/bootstrap.py`) gives these; tests give their own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from engine.bpmn.model import FieldAccess
    from engine.errors import ModelProblem
    from engine.model import Actor, Case


class Clock(Protocol):
    """Tells the time. The engine reads no other clock."""

    def now(self) -> datetime:
        """The current moment, aware, in UTC, to the millisecond."""
        ...


class NewId(Protocol):
    """Makes ids: opaque, unique, rising with time so that indexes stay compact."""

    def __call__(self) -> str:
        """A new id."""
        ...


@dataclass(frozen=True, slots=True)
class StepContext:
    """What a service handler gets: the connection and transaction of the step, the time, who acts, the case and what it may read.

    `variables` are those in scope, innermost first; `parameters` are the evaluated `crossdesk:parameter`s of the task.
    """

    connection: Connection
    clock: Clock
    new_id: NewId
    actor: Actor
    case: Case
    element_id: str
    variables: Mapping[str, object]
    parameters: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class HandlerResult:
    """What a service handler gives back: variables for the scope of the task, and lines for the history."""

    variables: Mapping[str, object] = field(default_factory=dict)
    history: tuple[tuple[str, Mapping[str, object]], ...] = ()


Handler = Callable[[StepContext], HandlerResult]
"""A function that a service task names, run in the transaction of the step.

What it raises rolls everything back, but for a `BpmnError`, which error events may catch. A `Rejection` is answered to whoever acted;
anything else is a fault at the task.
"""

Rehearsal = Callable[[StepContext, dict[str, object]], Mapping[str, object]]
"""What a handler would answer, for a forecast: the variables it would give, from reading alone.

It writes nothing and locks nothing; its connection refuses both. What people have not entered yet is assumed to be as it should be. The
second argument is empty where a forecast begins and is handed from one rehearsal to the next: a later one finds there what an earlier one
would have changed. What it raises ends the forecast at its task; a `Rejection` says that the step would be refused as things stand.
"""


@dataclass(frozen=True, slots=True)
class RehearsedHandler:
    """A handler that can also say beforehand what it would answer. A forecast ends at a handler that cannot."""

    run: Handler
    rehearse: Rehearsal

    def __call__(self, context: StepContext) -> HandlerResult:
        """Run the handler."""
        return self.run(context)


@dataclass(frozen=True, slots=True)
class ConnectorInput:
    """One thing that a connector is told by `crossdesk:parameter`.

    `choices`: a text of the model must be one of them. `fixed`: it stands in the model as it is and is never computed, as names of secrets.
    """

    name: str
    required: bool = False
    choices: tuple[str, ...] = ()
    fixed: bool = False


@dataclass(frozen=True, slots=True)
class ConnectorCall:
    """What a connector is called with. `key`: the same for each try of the same piece of work, by which a receiver knows it again."""

    key: str
    case: Case
    element_id: str
    inputs: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Connector:
    """A way out of the company's processes that service tasks name (`crossdesk:connector`). One of the two functions is given.

    `call` runs outside of any transaction, at least once, and gives the value of the result variable. It raises `ConnectorFailed`
    where it is to be tried again, and a `BpmnError` that the process may catch. It has come back within `LEASE`, or is called again.
    `within` is a handler that runs in the transaction that completes the task: exactly once.
    """

    inputs: tuple[ConnectorInput, ...]
    call: Callable[[ConnectorCall], object] | None = None
    within: Handler | None = None


class FormValidator(Protocol):
    """Checks forms when they are deployed, and what was submitted against the form of the step's version."""

    def check(self, resource: str, form: str) -> list[ModelProblem]:
        """Everything that is wrong with a form that is to be deployed."""
        ...

    def validate(
        self,
        form: str,
        submitted: Mapping[str, object],
        known: Mapping[str, object],
        access: Callable[[str], FieldAccess],
    ) -> Mapping[str, object]:
        """The values to write: typed (decimals, dates), computed fields computed again, fields that may not be written refused.

        `form` is the form-js JSON of the deployment; `known` the variables in scope. Raises `InvalidSubmission`.
        """
        ...
