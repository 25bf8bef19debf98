"""Looking at user tasks: one by its id, the lists of the inbox. What an actor may not see is not found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, Row, func, select, union_all

from engine.access import may_oversee, may_see_work_of, sight
from engine.bpmn.model import UserTask as UserTaskModel
from engine.errors import NotFound
from engine.model import Actor, UserTask
from engine.services.form_fields import beginning
from engine.services.form_places import at_task
from engine.services.rivals import no_task, task_gone, was_asked
from engine.services.runtime import Runtime
from engine.services.standing import family
from engine.services.step import Step
from engine.services.variables import VariableScopes
from engine.store.game import read_tasks
from engine.store.history import EMPTY
from engine.store.loading import load_root, load_state, load_variables
from engine.store.queries import cases, inbox
from engine.store.queries.holders import Holder, holders
from engine.store.queries.inbox import Counts, Day, Groups, InboxFilter, InboxRow, Section
from engine.store.queries.pages import Page
from engine.store.queries.visible import visible_cases
from engine.store.rows import TaskRow
from engine.store.tables import case_instance, finished_task, user_task
from engine.store.values import plain
from engine.tokens import variable_scopes
from engine.work.fields import StepFields, task_fields


@dataclass(frozen=True, slots=True)
class FormValues:
    """A task with its form (form-js JSON, None without one), the visible values, and the field permissions of its step."""

    task: UserTask
    form: str | None
    values: Mapping[str, object]
    fields: StepFields


@dataclass(frozen=True, slots=True)
class HeldTask:
    """An open task that somebody has, and the groups and people to whom it would go back: nobody, where it asked this person alone."""

    row: InboxRow
    candidates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HeldTasks:
    """A page of what somebody has, by due date; `total` counts all."""

    tasks: tuple[HeldTask, ...]
    total: int
    after: str | None = None


class TaskReading:
    """The part of `Tasks` that changes nothing."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    def get(self, actor: Actor, task_id: str) -> UserTask:
        """An open task of a case that the actor may see. Raises `Conflict` when it was done, `NotFound` for all others."""
        with self._runtime.database.read() as connection:
            return self.visible_task(connection, actor, task_id)

    def visible_task(self, connection: Connection, actor: Actor, task_id: str) -> UserTask:
        """As `get`, within a transaction."""
        row = read_tasks(connection, user_task.c.id == task_id).get(task_id)
        found = self.seen_case(connection, actor, task_id)
        if row is not None and found is not None:
            return task_of(row, found.root_id, found.definition_id)
        if row is None and (found is not None or was_asked(connection, actor, task_id)):
            raise task_gone(connection, task_id)
        raise no_task(task_id)

    def seen_case(self, connection: Connection, actor: Actor, task_id: str) -> Row[str, str] | None:
        """Root and definition of the case of a task, open or finished; None for whoever may not see that case."""
        who = sight(actor, self._runtime.directory(connection))
        instance = union_all(*(select(table.c.instance_id).where(table.c.id == task_id) for table in (user_task, finished_task)))
        query = select(case_instance.c.root_id, case_instance.c.definition_id).where(case_instance.c.id.in_(instance), visible_cases(who))
        return connection.execute(query).one_or_none()

    # ---- the inbox -------------------------------------------------------------------------------------------------------

    def inbox(
        self, actor: Actor, section: Section, wanted: InboxFilter | None = None, *, after: str | None = None, limit: int = 50
    ) -> Page[InboxRow]:
        """A page of a section of the actor's inbox; `after` continues where the last page ended."""
        with self._runtime.database.read() as connection:
            return inbox.page(connection, actor, Section(section), wanted or InboxFilter(), self._day(connection), after, limit)

    def held_by(self, actor: Actor, person: str, *, after: str | None = None, limit: int = 200) -> HeldTasks:
        """The open tasks that a person has, active or not: for administrators and auditors."""
        may_see_work_of(actor, person)
        with self._runtime.database.read() as connection:
            page = inbox.page(connection, Actor(person), Section.TODO, InboxFilter(), self._day(connection), after, limit)
            tasks = read_tasks(connection, user_task.c.id.in_([it.task_id for it in page.rows]))
        candidates = {key: (*it.candidate_groups, *it.candidate_users, *it.added_groups, *it.added_users) for key, it in tasks.items()}
        rows = tuple(HeldTask(it, candidates.get(it.task_id or "", ())) for it in page.rows)
        return HeldTasks(rows, page.total, page.after)

    def due_between(self, actor: Actor, start: datetime, end: datetime) -> int:
        """How many open tasks of all cases are due from `start` on and before `end`: for administrators and auditors."""
        may_oversee(actor)
        query = select(func.count()).select_from(user_task).where(user_task.c.due_at >= start, user_task.c.due_at < end)
        with self._runtime.database.read() as connection:
            return int(connection.execute(query).scalar_one())

    def counts(self, actor: Actor) -> Counts:
        """How many rows each section of the actor's inbox has."""
        with self._runtime.database.read() as connection:
            return inbox.counts(connection, actor, self._day(connection))

    def groups(self, actor: Actor, section: Section, wanted: InboxFilter | None = None) -> Groups:
        """How the tasks of a filtered section divide into overdue, due today and later."""
        with self._runtime.database.read() as connection:
            return inbox.groups(connection, actor, Section(section), wanted or InboxFilter(), self._day(connection))

    def claimable_by_group(self, actor: Actor) -> dict[str, int]:
        """How many claimable tasks each of the actor's groups is offered."""
        with self._runtime.database.read() as connection:
            return inbox.claimable_by_group(connection, actor, self._day(connection))

    def of_case(self, actor: Actor, case_id: str) -> tuple[Holder, ...]:
        """The open tasks of a case that the actor may see, and of the cases it calls: whom it waits for."""
        with self._runtime.database.read() as connection:
            who = sight(actor, self._runtime.directory(connection))
            case = cases.find(connection, who, case_id)
            if case is None:
                raise NotFound(f"there is no case {case_id!r}", id=case_id)
            found = holders(connection, [case.root_id]).get(case.root_id, ())
            if case.parent_id is None:
                return found
            own = family(connection, case.id)
            return tuple(it for it in found if it.instance_id in own)

    def form_values(self, actor: Actor, task_id: str) -> FormValues:
        """The form of a task with the values that are visible at its step, and what the step may do with each field."""
        with self._runtime.database.read() as connection:
            task = self.visible_task(connection, actor, task_id)
            definition = self._runtime.catalogue.definition(connection, task.definition_id)
            model = definition.process.nodes[task.element_id].user_task
            permissions = task_fields(model) if model is not None else StepFields()
            form = self._runtime.catalogue.form(connection, definition, task.form_key) if task.form_key else None
            variables = VariableScopes(load_variables(connection, task.root_id))
            scopes = variable_scopes(load_state(connection, task.root_id).state, task.id)
            begins = self._beginning(connection, actor, task, model)
            return FormValues(task, form, permissions.visible({**begins, **variables.view(scopes)}), permissions)

    def _beginning(self, connection: Connection, actor: Actor, task: UserTask, model: UserTaskModel | None) -> dict[str, object]:
        """What the fields of a form inside of the model begin with, where that can be told."""
        if model is None or all(field.default is None for field in model.form_data):
            return {}
        step = Step(self._runtime, connection, actor, task.root_id, load_root(connection, task.root_id), EMPTY)
        return plain(beginning(model.form_data, at_task(step, step.game.token(task.id)), strict=False))

    def _day(self, connection: Connection) -> Day:
        """Now, and when today ends where the company is."""
        now = self._runtime.clock.now()
        local = self._runtime.calendar(connection).local(now)
        midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
        return Day(now, (midnight + timedelta(days=1)).astimezone(UTC))

    def to_task(self, step: Step, row: TaskRow) -> UserTask:
        """The public value of a row of a step."""
        return to_task(step, row)


def to_task(step: Step, row: TaskRow) -> UserTask:
    """The public value of a row of a step."""
    instance = step.instances[row.instance_id]
    return task_of(row, step.root_id, instance.definition_id)


def task_of(row: TaskRow, root_id: str, definition_id: str) -> UserTask:
    """The public value of a row of `user_task`."""
    names = [field.name for field in fields(UserTask) if field.name not in {"root_id", "definition_id"}]
    return UserTask(root_id=root_id, definition_id=definition_id, **{name: getattr(row, name) for name in names})
