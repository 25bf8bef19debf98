"""The variables of open cases, read and set from outside, with the types that clients of the API give them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Connection

from engine import access
from engine.bpmn.model import FlowNode
from engine.bpmn.model import UserTask as UserTaskModel
from engine.errors import NotFound
from engine.model import Actor, UserTask
from engine.services.case_reading import shown_value
from engine.services.form_fields import told
from engine.services.form_places import at_task
from engine.services.instances import Instances
from engine.services.rivals import no_task
from engine.services.runtime import Changed, Runtime
from engine.services.step import Step
from engine.services.submission import made_by_model
from engine.services.tasks import Tasks
from engine.services.variables import VariableScopes
from engine.store.game import lock_root_of_task
from engine.store.history import EMPTY
from engine.store.loading import load_root, load_state, load_variables
from engine.store.values import StoredValue
from engine.tokens import variable_scopes
from engine.work.fields import Fields, StepFields, task_fields


class CaseVariables:
    """Variables of process instances, and what is visible from a user task."""

    def __init__(self, runtime: Runtime, instances: Instances, tasks: Tasks) -> None:
        self._runtime = runtime
        self._instances = instances
        self._tasks = tasks

    def of_instance(self, actor: Actor, instance_id: str) -> dict[str, StoredValue]:
        """The variables of an open process instance, without what is hidden from the actor. Raises `NotFound`."""
        with self._runtime.database.read() as connection:
            case = self._instances.visible(connection, actor, instance_id)
            if case.ended_at is not None:
                raise NotFound(f"there is no open case {instance_id!r}", id=instance_id)
        return self._instances.stored_variables(actor, instance_id)

    def of_task(self, actor: Actor, task_id: str, *, local: bool = False) -> dict[str, StoredValue]:
        """What is visible from an open user task, without what its step hides; `local`: of the task alone. Raises `NotFound`."""
        with self._runtime.database.read() as connection:
            task = self._tasks.visible_task(connection, actor, task_id)
            return self._seen(connection, actor, task, self._node(connection, task), local=local)

    def of_form(self, actor: Actor, task_id: str) -> dict[str, StoredValue]:
        """As `of_task`, with the fields of a form inside of the model as that has them. `InvalidRequest` where a value does not fit."""
        with self._runtime.database.read() as connection:
            task = self._tasks.visible_task(connection, actor, task_id)
            node = self._node(connection, task)
            values, model = self._seen(connection, actor, task, node, local=False), node.user_task
            if model is None or not model.form_data:
                return values
            step = Step(self._runtime, connection, actor, task.root_id, load_root(connection, task.root_id), EMPTY)
            found = told(model.form_data, at_task(step, step.game.token(task_id)))
            return {**values, **_visible(_fields(actor, model), found)}

    def _node(self, connection: Connection, task: UserTask) -> FlowNode:
        return self._runtime.catalogue.definition(connection, task.definition_id).process.nodes[task.element_id]

    @staticmethod
    def _seen(connection: Connection, actor: Actor, task: UserTask, node: FlowNode, *, local: bool) -> dict[str, StoredValue]:
        scopes = variable_scopes(load_state(connection, task.root_id).state, task.id)
        stored = VariableScopes(load_variables(connection, task.root_id))
        values = stored.seen([task.id] if local else list(dict.fromkeys([task.id, *scopes])))
        made = made_by_model(node) if local else frozenset[str | None]()
        return _visible(_fields(actor, node.user_task), {name: value for name, value in values.items() if name not in made})

    def change(self, actor: Actor, instance_id: str, values: Mapping[str, object], removed: Iterable[str] = ()) -> None:
        """Set and remove variables of an open process instance: for who acts for others, and for the process owner."""

        def work(connection: Connection) -> tuple[None, Changed]:
            lock = self._instances.lock_open(connection, actor, instance_id)
            return set_variables(Step.on(self._runtime, connection, actor, lock), instance_id, [instance_id], values, removed)

        self._runtime.commit(work)

    def change_at_task(
        self, actor: Actor, task_id: str, values: Mapping[str, object], removed: Iterable[str] = (), *, local: bool = False
    ) -> None:
        """Set and remove variables where a user task sees them; `local`: of the task alone."""

        def work(connection: Connection) -> tuple[None, Changed]:
            lock = lock_root_of_task(connection, task_id)
            step = Step.on(self._runtime, connection, actor, lock) if lock is not None else None
            if step is None or task_id not in step.work.open or self._tasks.seen_case(connection, actor, task_id) is None:
                raise no_task(task_id)
            instance_id = step.work.open[task_id].instance_id
            if not local:
                return set_variables(step, instance_id, step.game.token(task_id).variable_scopes(), values, removed)
            return set_variables(step, instance_id, [task_id], values, removed, of_task=task_id)

        self._runtime.commit(work)


def set_variables(
    step: Step, instance_id: str, scopes: Sequence[str], values: Mapping[str, object], removed: Iterable[str], *, of_task: str | None = None
) -> tuple[None, Changed]:
    """Set and remove variables in scopes of an instance; those of a task alone count as a change of it, as in Camunda 7.

    Also where the instance is suspended, unless a conditional event waits for it: raises `Suspended`.
    """
    access.may_set_variables(step.actor, step.process(step.root_id).owner)
    for name in removed:
        step.variables.remove(scopes, name)
    step.variables.write_all(scopes, values)
    if of_task is not None:
        step.host.task_changed(step.work.open[of_task], step.work.open[of_task])
    told = len(step.events)
    step.game.run()  # conditional events may have waited for it
    if len(step.events) > told:
        step.check_active(instance_id)
    return None, step.finish()


def _fields(actor: Actor, model: UserTaskModel | None) -> Fields | None:
    """What a step shows; None: everything, to who acts for others."""
    if actor.may_act_for_others or actor.may_audit:
        return None
    return task_fields(model) if model is not None else StepFields()


def _visible(fields: Fields | None, values: Mapping[str, StoredValue]) -> dict[str, StoredValue]:
    if fields is None:
        return dict(values)
    return {name: shown_value(fields, name, value) for name, value in values.items() if fields.may_see(name)}
