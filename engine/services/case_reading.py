"""Looking at cases. One rule guards every way to a case: who may not see it is told that it is not there."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from sqlalchemy import Connection, select

from engine.access import Sight, reads_all_of, sight
from engine.bpmn.model import Process
from engine.errors import Conflict, NotFound
from engine.model import Actor, Case, CaseState
from engine.services import case_rows
from engine.services.case_lists import CaseLists
from engine.services.catalogue import Definition
from engine.services.preview import Preview, preview_open, preview_start
from engine.services.runtime import Runtime
from engine.services.standing import family, standing
from engine.services.step import Step
from engine.store.history import EMPTY
from engine.store.loading import load_root, load_variables
from engine.store.queries import cases
from engine.store.queries.done import elements_done
from engine.store.queries.moments import last_values, visits
from engine.store.queries.waits import Standing
from engine.store.tables import process_instance, user_task
from engine.store.values import StoredValue, from_stored, to_stored
from engine.work.fields import CaseFields, Fields, start_fields, task_fields

MOST_CALLED = 20
"""So many called cases are read at once."""


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case as its page shows it. `path`: the elements and flows that were visited; `called`: the newest cases that it has called."""

    case: Case
    definition: Definition
    path: tuple[str, ...]
    called: tuple[Case, ...]
    parent: Case | None
    has_called_more: bool = False


@dataclass(frozen=True, slots=True)
class Readable:
    """What somebody may read of the data of a case (`own`) and of cases that it calls, without reading it."""

    own: Fields
    called: tuple[Fields, ...]
    cases: Mapping[str, Case]  # those called cases that were asked for, by id

    def in_called(self, path: str) -> bool:
        """Whether the value may be seen in any of the called cases."""
        return any(it.may_see(path) for it in self.called)


class CaseReading(CaseLists):
    """The part of `Instances` that changes nothing."""

    def load(self, connection: Connection, case_id: str) -> Case:
        """A case by its id, whoever asks. Raises `NotFound`."""
        return case_rows.load(connection, case_id)

    def visible(self, connection: Connection, actor: Actor, case_id: str) -> Case:
        """A case that the actor may see, by its id or number. Raises `NotFound` for all others."""
        found = cases.find(connection, sight(actor, self._runtime.directory(connection)), case_id)
        if found is None:
            raise NotFound(f"there is no case {case_id!r}", id=case_id)
        return found

    def standing(self, actor: Actor, case_id: str) -> Standing:
        """Where a case stands, with the cases that it calls: open tasks with whom they ask, and what it waits for besides."""
        with self._runtime.database.read() as connection:
            case = self.visible(connection, actor, case_id)
            return Standing() if case.ended_at is not None else standing(self._runtime, connection, case)

    def some(self, actor: Actor, case_ids: Iterable[str]) -> tuple[Case, ...]:
        """Those of these cases that the actor may see, the newest first: for what only names cases, such as a record."""
        with self._runtime.database.read() as connection:
            return tuple(cases.some(connection, sight(actor, self._runtime.directory(connection)), case_ids))

    @staticmethod
    def ended(case: Case) -> Conflict:
        """The case is not open any more."""
        return Conflict("the case has ended", case=case.id, state=case.state.value)

    def get(self, actor: Actor, case_id: str) -> CaseView:
        """A case with what its page needs. Raises `NotFound`."""
        with self._runtime.database.read() as connection:
            case = self.visible(connection, actor, case_id)
            definition = self._runtime.catalogue.definition(connection, case.definition_id)
            who = sight(actor, self._runtime.directory(connection))
            parent = cases.find(connection, who, case.parent_id) if case.parent_id else None
            calls = tuple(cases.called(connection, case.id, limit=MOST_CALLED + 1))
            path, named = self._path(connection, case), replace(case, subject=self._subject(connection, who, case))
            return CaseView(named, definition, path, calls[:MOST_CALLED], parent, has_called_more=len(calls) > MOST_CALLED)

    def called(self, actor: Actor, case_id: str, before: str | None = None) -> tuple[tuple[Case, ...], bool]:
        """The cases that a case has called before the one given, the newest first, and whether there are more. Raises `NotFound`."""
        with self._runtime.database.read() as connection:
            case = self.visible(connection, actor, case_id)
            found = tuple(cases.called(connection, case.id, before, MOST_CALLED + 1))
            return found[:MOST_CALLED], len(found) > MOST_CALLED

    def readable(self, actor: Actor, case_id: str, of: Iterable[str] = ()) -> Readable:
        """What the actor may read of the data of a case, and of the cases `of` that it calls. Raises `NotFound`."""
        with self._runtime.database.read() as connection:
            case = self.visible(connection, actor, case_id)
            of_called = [it for it in cases.of_root(connection, case.root_id, of) if it.id != case.id]
            by_version = {it.definition_id: it for it in (*of_called, case)}  # of one version and root, everybody may read the same
            rules = {
                version: self._readable(connection, actor, it, self._runtime.catalogue.definition(connection, version).process)
                for version, it in by_version.items()
            }
            called = tuple(rules[version] for version in dict.fromkeys(it.definition_id for it in of_called))
            return Readable(rules[case.definition_id], called, {it.id: it for it in of_called})

    @staticmethod
    def _subject(connection: Connection, who: Sight, case: Case) -> str:
        """The subject of a case; of a called one whose process says none, that of the nearest case above it that has one and is seen."""
        above: Case | None = case
        while above is not None and not above.subject:
            above = cases.find(connection, who, above.parent_id) if above.parent_id else None
        return above.subject if above is not None else ""

    def _path(self, connection: Connection, case: Case) -> tuple[str, ...]:
        """What was visited: kept with an open instance, told by the history of a finished one."""
        stored = connection.execute(select(process_instance.c.path).where(process_instance.c.id == case.id)).scalar_one_or_none()
        if stored is not None:
            return tuple(json.loads(stored))
        came = visits(connection, case.root_id, case.id)
        return tuple(dict.fromkeys(name for visit in came for name in (visit.flow, visit.element) if name))

    def variables(self, actor: Actor, case_id: str) -> dict[str, object]:
        """The data of a case, without the fields that are hidden from the actor."""
        with self._runtime.database.read() as connection:
            case = self.visible(connection, actor, case_id)
            process = self._runtime.catalogue.definition(connection, case.definition_id).process
            fields = self._readable(connection, actor, case, process)
            values = self._values(connection, case)
            return fields.visible({name: from_stored(*value) for name, value in values.items()})

    def stored_variables(self, actor: Actor, case_id: str) -> dict[str, StoredValue]:
        """The same with the types that the values were given."""
        with self._runtime.database.read() as connection:
            case = self.visible(connection, actor, case_id)
            process = self._runtime.catalogue.definition(connection, case.definition_id).process
            fields = self._readable(connection, actor, case, process)
            values = self._values(connection, case)
            return {name: shown_value(fields, name, value) for name, value in values.items() if fields.may_see(name)}

    def _values(self, connection: Connection, case: Case) -> Mapping[str, StoredValue]:
        """The variables of the instance itself: the rows of an open one, the last values in the history of a finished one."""
        if case.ended_at is None:
            return load_variables(connection, case.root_id).get(case.id, {})
        return last_values(connection, case.root_id, case.id)

    def _readable(self, connection: Connection, actor: Actor, case: Case, process: Process) -> CaseFields:
        """What the actor may read of a case outside of a step."""
        steps = {node.id: task_fields(node.user_task) for node in process.nodes.values() if node.user_task is not None}
        worked_at = self._worked_at(connection, actor, case)
        part = [fields for element, fields in steps.items() if element in worked_at]
        if case.started_by == actor.id:
            part += [start_fields(node) for node in process.nodes.values() if node.type == "startEvent"]
        return CaseFields(tuple(steps.values()), tuple(part), reads_all_of(actor, process.owner))

    def _worked_at(self, connection: Connection, actor: Actor, case: Case) -> set[str]:
        """The user tasks of a case that the actor has done or has now."""
        mine = (user_task.c.root_id == case.root_id, user_task.c.instance_id == case.id, user_task.c.assignee == actor.id)
        open_now = connection.execute(select(user_task.c.element_id).where(*mine)).scalars()
        return {*elements_done(connection, case.id, actor.id), *open_now}

    # ---- who will be asked -----------------------------------------------------------------------------------------------

    def preview(self, actor: Actor, key: str, variables: Mapping[str, object]) -> Preview:
        """Whom a new case with these values would ask, in order."""
        with self._runtime.database.read() as connection:
            definition = self._runtime.catalogue.definition(connection, self._runtime.catalogue.latest_id(connection, key))
            step = imagined(self._runtime, connection, actor, definition)
            start = definition.compiled.default_start()
            return preview_start(step, variables, start.initiator if start else None)

    def expected(self, actor: Actor, case_id: str) -> Preview:
        """What an open case is likely to ask for after what is open now."""
        with self._runtime.database.read() as connection:
            case = self.visible(connection, actor, case_id)
            if case.ended_at is not None:
                return Preview((), complete=True)
            step = Step(self._runtime, connection, actor, case.root_id, load_root(connection, case.root_id), EMPTY)
            found = preview_open(step)
            if case.parent_id is None:
                return found
            own = family(connection, case.id, step.cases.new.values())
            expected = tuple(it for it in found.expected if it.instance_id in own)
            if case.id in step.game.scopes:
                return replace(found, expected=expected)
            return Preview(expected, complete=True)  # it came to its end, wherever the forecast of its caller stopped


def shown_value(fields: Fields, name: str, stored: StoredValue) -> StoredValue:
    """A value without what is hidden inside of it; one that hides nothing stays as it was written."""
    if stored.type != "Json":
        return stored
    value = from_stored(*stored)
    visible = fields.visible({name: value})[name]
    return stored if visible == value else to_stored(visible)


def imagined(runtime: Runtime, connection: Connection, actor: Actor, definition: Definition) -> Step:
    """The step of a case that an actor would begin now; nobody finishes it."""
    case_id, department = runtime.new_id(), runtime.directory(connection).department_of(actor.id)
    case = Case(
        id=case_id, root_id=case_id, parent_id=None, definition_id=definition.row.id, definition_key=definition.row.key,
        number=None, subject="", business_key=None, started_at=runtime.clock.now(), started_by=actor.id,
        start_department=department, ended_at=None, state=CaseState.ACTIVE,
    )  # fmt: skip
    return Step.starting(runtime, connection, actor, case)
