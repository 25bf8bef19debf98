"""The cases of a step: those that begin, also by being called, and those that end; their numbers, subjects and key fields."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from engine.events import CaseCalled, ElementEntered, ElementPassed, InstanceEnded
from engine.model import Case, CaseState
from engine.services import case_rows
from engine.services.variables import VariableScopes
from engine.store.queries.numbers import NoNumberLeft
from engine.store.rows import Instance, Root

if TYPE_CHECKING:
    from engine.bpmn.model import Process
    from engine.services.step import Step
    from engine.store.writes import Writes
    from engine.tokens import TokenTask


class StepCases:
    """What a step does to rows of cases. `new`: those that began in it."""

    def __init__(self, step: Step, before: Root) -> None:
        self._step = step
        self._before = before
        self.new: dict[str, Case] = {}
        self._states: dict[str, CaseState] = {}  # of cases that were suspended or resumed

    def called(self, token: TokenTask, instance_id: str, business_key: str | None) -> None:
        """A call activity has opened an instance: it is a case of its own, under the root."""
        step = self._step
        definition_id = step.game.scopes[instance_id].row.definition_id
        step.instances[instance_id] = Instance(instance_id, definition_id, token.id, business_key)
        caller = step.instances[token.instance_id]
        step.instances[caller.id] = replace(caller, calls=caller.calls + 1)
        root = step.case()
        self.new[instance_id] = Case(
            id=instance_id,
            root_id=step.root_id,
            parent_id=token.instance_id,
            definition_id=definition_id,
            definition_key=definition_id.split(":")[0],
            number=self._number_of_called(token.instance_id, definition_id),
            subject="",
            business_key=business_key,
            started_at=step.at,
            started_by=root.started_by,
            start_department=root.start_department,
            ended_at=None,
            state=CaseState.ACTIVE,
        )
        number = self.new[instance_id].number
        if number is not None:
            step.record(CaseCalled(instance_id, number))

    def _number_of_called(self, caller_id: str, definition_id: str) -> str | None:
        """A number of its own where the called process states a prefix, else that of the caller and which of its calls this is.

        No counter is touched within a step: a number comes from memory, or the step begins anew with a block that was taken before it.
        """
        step = self._step
        if step.host.forecast is not None:
            return None
        prefix = step.runtime.catalogue.definition(step.connection, definition_id).process.number_prefix
        if prefix is not None:
            year = step.calendar.local(step.at).year
            number = step.runtime.numbers.spare(prefix, year)
            if number is None:
                raise NoNumberLeft(prefix, year, 2 * len(self.new) + 1)
            return number
        caller = self.new.get(caller_id) or (step.case() if caller_id == step.root_id else case_rows.load(step.connection, caller_id))
        if caller.number is None:
            return None
        return f"{caller.number}-{step.instances[caller_id].calls}"

    def become(self, case_id: str, state: CaseState) -> None:
        """A case is suspended, or resumed."""
        self._states[case_id] = state

    def write(self, writes: Writes, cancelled: CaseState | None) -> None:
        """Cases that began, ended, or show other key fields."""
        step = self._step
        ended = {
            event.instance: (cancelled or _ended_state(event), self.end_reached(position))
            for position, event in enumerate(step.events)
            if isinstance(event, InstanceEnded)
        }
        subjects, fields = self._summaries()
        case_rows.insert_cases(writes, [replace(case, subject=subjects.pop(case.id, "")) for case in self.new.values()])
        case_rows.end_cases(writes, ended, step.at)
        case_rows.write_states(writes, self._states)
        case_rows.write_summaries(writes, subjects, fields)

    def end_reached(self, position: int) -> str | None:
        """The last end event of the instance itself before it ended, which is the event at this position."""
        ended = self._step.events[position]
        if not isinstance(ended, InstanceEnded) or ended.terminated:
            return None
        nodes = self._step.process(ended.instance).nodes
        for event in reversed(self._step.events[:position]):
            if isinstance(event, ElementPassed | ElementEntered) and event.instance == ended.instance:
                node = nodes[event.element]
                if node.type == "endEvent" and (node.scope is None or nodes[node.scope].triggered_by_event):
                    return node.id
        return None

    def _summaries(self) -> tuple[dict[str, str], list[dict[str, object]]]:
        """Subjects that are new or changed, and key fields that changed, of the root and of the cases that it calls."""
        step = self._step
        changed: dict[str, set[str]] = {case_id: set() for case_id in self.new}
        for event in step.variables.events:
            if event.scope in step.instances:
                changed.setdefault(event.scope, set()).add(event.name)
        subjects: dict[str, str] = {}
        fields: list[dict[str, object]] = []
        for case_id, names in changed.items():
            process, view = step.process(case_id), step.variables.view([case_id])
            subject = case_rows.subject_of(process, view, step.expressions)
            if subject != self._subject_before(case_id, process):
                subjects[case_id] = subject
            fields += case_rows.field_rows(case_id, process, view, names)
        return subjects, fields

    def _subject_before(self, case_id: str, process: Process) -> str:
        """The subject that is stored; that of a called case is not loaded, but comes from its variables as they were."""
        if case_id in self.new:
            return ""
        if case_id == self._step.root_id:
            return self._step.case().subject
        return case_rows.subject_of(process, VariableScopes(self._before.variables).view([case_id]), self._step.expressions)


def _ended_state(event: InstanceEnded) -> CaseState:
    """The state of an instance that came to its end."""
    return CaseState.INTERNALLY_TERMINATED if event.terminated else CaseState.COMPLETED
