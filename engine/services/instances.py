"""Cases: started by people, messages and timers, looked at, and ended from outside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import Connection

from engine import access
from engine.bpmn.model import FlowNode, Process
from engine.errors import Forbidden, InvalidRequest, ModelFault, NotFound
from engine.events import CaseCancelled, CaseOpened, InstanceEnded
from engine.model import Actor, ActorKind, Case, CaseState
from engine.phrases import Phrase
from engine.services.case_reading import CaseReading
from engine.services.catalogue import Definition
from engine.services.instructions import Instruction, begin_at
from engine.services.limits import check_optional
from engine.services.runtime import Changed, Runtime
from engine.services.step import Step
from engine.services.submission import GivenBy, validated_start
from engine.store.game import Lock, lock_root
from engine.store.queries import once
from engine.work.assignment import names_of


@dataclass(frozen=True, slots=True)
class Start:
    """What begins a case: which version, where, with what."""

    definition_id: str
    event: str | None = None
    variables: Mapping[str, object] = field(default_factory=dict)
    business_key: str | None = None
    number: str | None = None
    by_form: bool = True
    by: GivenBy = "form"
    instructions: Sequence[Instruction] = ()  # where it begins instead of at its start event
    silently: bool = False  # no listener is called
    unmapped: bool = False  # no input or output parameter is evaluated


class Instances(CaseReading):
    """All cases."""

    def __init__(self, runtime: Runtime) -> None:
        super().__init__(runtime)

    def start(  # noqa: PLR0913 - all that a start may say
        self,
        actor: Actor,
        key: str,
        variables: Mapping[str, object] | None = None,
        *,
        business_key: str | None = None,
        once_key: str | None = None,
        definition_id: str | None = None,
        instructions: Sequence[Instruction] = (),
        silently: bool = False,
        unmapped: bool = False,
        by: GivenBy = "form",
    ) -> Case:
        """Start a case of the latest version, or of `definition_id`. The same `once_key` makes one case, however often it is sent.

        `instructions`: where it begins instead of at its start event, without the start form; for the process owner and administrators.
        `silently`: no listener is called then; `unmapped`: no input or output parameter is evaluated. A form inside of the
        model checks what is given by people and as a submission, not what programs say without it, as in Camunda 7.

        Raises `InvalidSubmission` for what is wrong in the form, `Forbidden`, `NotFound`, and `ModelFault` when the model cannot go on.
        """
        check_optional("the business key", business_key)
        check_optional("the one-time key", once_key)
        definition = self._runtime.definition(key, definition_id)
        access.may_start(actor, *starters(definition.process))
        if instructions:
            access.may_repair(actor, definition.process.owner)
        number = self.next_number(definition)
        start = Start(
            definition.row.id,
            None,
            variables or {},
            business_key,
            number,
            instructions=instructions,
            silently=silently,
            unmapped=unmapped,
            by=by,
        )

        def work(connection: Connection) -> tuple[Case, Changed]:
            case_id = self._runtime.new_id()
            if once_key is not None:
                first = once.claim(connection, f"{actor.id}/{once_key}", case_id, self._runtime.clock.now())
                if first != case_id:
                    return self.load(connection, first), Changed()
            return self.begin(connection, actor, case_id, start)

        return self._runtime.commit(work)

    def next_number(self, definition: Definition) -> str | None:
        """A number for a new case, from a block: never from a counter that all starts would lock. Not inside a transaction."""
        prefix = definition.process.number_prefix
        if prefix is None:
            return None
        return self._runtime.numbers.next(prefix, self._local_year())

    def begin(self, connection: Connection, actor: Actor, case_id: str, start: Start, *, depth: int = 0) -> tuple[Case, Changed]:
        """Begin a case within a transaction. `depth`: how many steps have thrown the signals that led to it."""
        definition = self._runtime.hold(connection, start.definition_id)
        directory = self._runtime.directory(connection)
        department = directory.department_of(actor.id) if actor.kind is ActorKind.PERSON else None
        case = Case(
            id=case_id, root_id=case_id, parent_id=None, definition_id=definition.row.id, definition_key=definition.row.key,
            number=start.number, subject="", business_key=start.business_key, started_at=self._runtime.clock.now(), started_by=actor.id,
            start_department=department, ended_at=None, state=CaseState.ACTIVE,
        )  # fmt: skip
        step = Step.starting(self._runtime, connection, actor, case)
        step.depth = depth
        step.host.silent, step.host.unmapped = start.silently, start.unmapped
        step.record(CaseOpened(case.number, None, department))
        event = None if start.instructions else _start_event(definition, start.event)
        values = start.variables
        if event is not None and _form_counts(actor, start, event):
            values = validated_start(self._runtime, step, definition, event, start.variables, start.by)
        for name, value in values.items():
            step.variables.write_local(case_id, name, value)
        if event is not None and event.initiator:
            step.variables.write_local(case_id, event.initiator, actor.id)
        if start.instructions:
            begin_at(step, definition.row.id, case_id, start.instructions)
        else:
            step.game.start(definition.row.id, case_id, start.event)
        changed = step.finish()
        ended = next((n for n, it in enumerate(step.events) if isinstance(it, InstanceEnded) and it.instance == case_id), None)
        if ended is not None:
            case = replace(case, ended_at=step.at, state=CaseState.COMPLETED, end_element=step.cases.end_reached(ended))
        return case, changed

    def lock_open(self, connection: Connection, actor: Actor, instance_id: str) -> Lock:
        """Lock the root of an open process instance that the actor may see. Raises `NotFound`, also where it has ended."""
        case = self.visible(connection, actor, instance_id)
        lock = lock_root(connection, case.root_id) if case.ended_at is None else None
        if lock is None:
            raise NotFound(f"there is no open case {instance_id!r}", id=instance_id)
        return lock

    def cancel(self, actor: Actor, case_id: str, reason: str, *, silently: bool = False) -> None:
        """End a case from outside, with a reason: administrators and the process owner. A listener that fails does not keep it open.

        `silently`: no listener is called.
        """
        if not reason.strip():
            raise InvalidRequest(Phrase("a reason is needed"))

        def work(connection: Connection, *, silently: bool) -> tuple[None, Changed]:
            case = self.visible(connection, actor, case_id)
            lock = lock_root(connection, case.root_id)
            if lock is None:
                raise self.ended(case)
            step = Step.on(self._runtime, connection, actor, lock)
            access.may_repair(actor, step.process(case.root_id).owner)
            step.record(CaseCancelled(reason.strip()))
            step.host.silent, step.host.unmapped = silently, True
            step.game.cancel_instance(case.root_id)
            return None, step.finish(CaseState.EXTERNALLY_TERMINATED)

        try:
            self._runtime.commit(lambda connection: work(connection, silently=silently))
        except ModelFault:
            self._runtime.commit(lambda connection: work(connection, silently=True))

    def _local_year(self) -> int:
        """The year on the company's clock."""
        with self._runtime.database.read() as connection:
            moment: datetime = self._runtime.calendar(connection).local(self._runtime.clock.now())
        return moment.year


def starters(process: Process) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The people and groups that may start a process, as its model names them."""
    users, groups = process.candidate_starter_users, process.candidate_starter_groups
    return names_of(users.source if users else None), names_of(groups.source if groups else None)


def can_start(actor: Actor, process: Process) -> bool:
    """Whether somebody may start a process."""
    try:
        access.may_start(actor, *starters(process))
    except Forbidden:
        return False
    return True


def _form_counts(actor: Actor, start: Start, event: FlowNode) -> bool:
    """Whether the start form checks the values. Who acts for others gives any, as in Camunda, unless the model says what may be given."""
    if not start.by_form or start.by == "form":
        return start.by_form
    if event.form_data:
        return start.by == "submission"
    return bool(event.fields) or not actor.may_act_for_others


def _start_event(definition: Definition, element: str | None) -> FlowNode | None:
    """The start event that a case begins with."""
    return definition.compiled.default_start() if element is None else definition.process.nodes[element]
