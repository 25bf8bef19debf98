"""Lists and counts by Camunda 7's filters, for the REST interface: of what somebody sees, and of nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Connection

from engine.access import may_see_jobs, sight
from engine.bpmn.form_links import PLAIN, FormLink
from engine.bpmn.links import link_of
from engine.bpmn.model import FlowNode, Process
from engine.errors import InvalidRequest, NotFound
from engine.model import Actor, CaseState, ProcessDefinition
from engine.services.activity_types import activity_type, is_many, outline_of
from engine.services.catalogue import Definition
from engine.services.listed import Listed
from engine.services.model_filters import BY_MODEL, fits_model
from engine.services.runtime import Runtime
from engine.store.queries.activities import Activity, ActivityFilter, activities
from engine.store.queries.definitions import DEFINITIONS
from engine.store.queries.deployed import DECISIONS, DEPLOYMENTS
from engine.store.queries.executions import HOLDERS, WAITING
from engine.store.queries.external import EXTERNAL, TOPIC_FILTERS
from engine.store.queries.instance_history import HISTORIC_INSTANCES
from engine.store.queries.instances import INSTANCES, seen_instances
from engine.store.queries.jobs import JOBS
from engine.store.queries.listings import FilterKind, Listing, Wanted
from engine.store.queries.retention import ENDED
from engine.store.queries.task_history import HISTORIC_TASKS, seen_history
from engine.store.queries.tasks import TASKS, seen_tasks
from engine.store.queries.visible import visible_cases

_BY_INCIDENTS = frozenset({"incidentId", "incidentIdIn", "incidentType", "incidentMessage", "incidentMessageLike"})


class ListedTask(NamedTuple):
    """An open user task in a list. `scope_id` is the scope of its token: the process instance, unless it is inside of a subprocess."""

    id: str
    root_id: str
    instance_id: str
    definition_id: str
    element_id: str
    scope_id: str
    name: str
    assignee: str | None
    owner: str | None
    created_at: datetime
    due_at: datetime | None
    follow_up_at: datetime | None
    priority: int
    form_key: str | None
    version: int
    suspended: bool
    delegation: str | None = None
    description: str | None = None
    updated_at: datetime | None = None
    form_link: FormLink = PLAIN


@dataclass(frozen=True, slots=True)
class ListedInstance:
    """An open process instance in a list."""

    id: str
    definition_id: str
    business_key: str | None
    suspended: bool


@dataclass(frozen=True, slots=True)
class HistoricTask:
    """A user task, open or finished. `assignee`: who has it, who completed it, or who had it when it was taken away.

    One that ended in an older version has neither owner nor priority, follow-up date and description.
    """

    id: str
    root_id: str
    instance_id: str
    definition_id: str
    definition_key: str
    element_id: str
    name: str
    assignee: str | None
    owner: str | None
    created_at: datetime
    due_at: datetime | None
    follow_up_at: datetime | None
    priority: int | None
    ended_at: datetime | None
    delete_reason: str | None
    version: int
    description: str | None


@dataclass(frozen=True, slots=True)
class HistoricInstance:
    """A process instance, open or ended, with its definition."""

    id: str
    root_id: str
    parent_id: str | None
    definition_id: str
    definition_key: str
    business_key: str | None
    started_at: datetime
    started_by: str
    ended_at: datetime | None
    state: CaseState
    definition: ProcessDefinition


class ListedActivity(NamedTuple):
    """A flow node that was entered or passed, and what the model says of it."""

    activity: Activity
    node: FlowNode
    around: FlowNode | None = None  # of its parent

    @property
    def type(self) -> str:
        """The type of the flow node by Camunda's name."""
        return "multiInstanceBody" if self.is_body else activity_type(self.node)

    @property
    def is_body(self) -> bool:
        """Whether it is the body of a multi-instance activity, which a flow leads to, and not one of its instances."""
        return is_many(self.node) and self.activity.flow_id is not None

    @property
    def is_one_of_many(self) -> bool:
        """Whether it is an instance of a multi-instance activity."""
        return is_many(self.node) and not self.is_body

    @property
    def parent(self) -> ListedActivity | None:
        """The subprocess or multi-instance body in which it began; None: the process instance."""
        return ListedActivity(self.activity.parent, self.around) if self.activity.parent and self.around else None


_LISTS: Mapping[str, Listing] = {
    "tasks": TASKS,
    "instances": INSTANCES,
    "definitions": DEFINITIONS,
    "historic_tasks": HISTORIC_TASKS,
    "historic_instances": HISTORIC_INSTANCES,
    "external_tasks": EXTERNAL,
    "deployments": DEPLOYMENTS,
    "decisions": DECISIONS,
    "jobs": JOBS,
    "executions": HOLDERS,
    "subscriptions": WAITING,
    "ended": ENDED,
}


MOST_HOLDERS = 500
"""Of so many process instances executions and event subscriptions are told at once."""


class Queries(Listed):
    """What the REST interface asks for, besides the use cases."""

    def __init__(self, runtime: Runtime) -> None:
        super().__init__(runtime)

    @staticmethod
    def filters() -> dict[str, dict[str, FilterKind]]:
        """What the filters of each list take; `topics`: what narrows a topic that a worker asks for."""
        return {name: listing.kinds() for name, listing in _LISTS.items()} | {"topics": TOPIC_FILTERS}

    @staticmethod
    def sorts() -> dict[str, tuple[str, ...]]:
        """The sort keys of each list."""
        return {name: tuple(sorted(listing.sorts.keys() | listing.alike)) for name, listing in _LISTS.items()}

    def tasks(self, actor: Actor, wanted: Wanted) -> list[ListedTask]:
        """Open user tasks."""
        rows = self._rows(TASKS, actor, wanted, seen_tasks)
        known = self._definitions(row["definition_id"] for row in rows)
        nodes = {it: definition.process.nodes for it, definition in known.items()}
        return [ListedTask(**{**row, **_by_model(row, nodes[row["definition_id"]])}) for row in rows if row["definition_id"] in nodes]

    def task(self, actor: Actor, task_id: str) -> ListedTask:
        """An open user task. Raises `NotFound`."""
        found = self.tasks(actor, Wanted({"taskId": task_id}))
        if not found:
            raise NotFound(f"No matching task with id {task_id}", task=task_id)
        return found[0]

    def count_tasks(self, actor: Actor, wanted: Wanted) -> int:
        """How many open user tasks."""
        return self._count(TASKS, actor, wanted, seen_tasks)

    def instances(self, actor: Actor, wanted: Wanted) -> list[ListedInstance]:
        """Open process instances."""
        _check_incidents(actor, wanted)
        return [ListedInstance(**row) for row in self._rows(INSTANCES, actor, wanted, seen_instances)]

    def holders(self, actor: Actor, wanted: Wanted, *, waiting: bool = False) -> list[str]:
        """The ids of the open process instances whose executions are asked for; `waiting`: whose event subscriptions.

        Each has to be read as a whole: at most `MOST_HOLDERS`. Raises `InvalidRequest` beyond.
        """
        narrowed = Wanted(wanted.filters, most=MOST_HOLDERS + 1)
        found = [str(row["id"]) for row in self._rows(WAITING if waiting else HOLDERS, actor, narrowed, seen_instances)]
        if len(found) > MOST_HOLDERS:
            raise InvalidRequest(f"more than {MOST_HOLDERS} process instances would have to be read: ask for fewer, by processInstanceId")
        return found

    def count_instances(self, actor: Actor, wanted: Wanted) -> int:
        """How many open process instances."""
        _check_incidents(actor, wanted)
        return self._count(INSTANCES, actor, wanted, seen_instances)

    def definitions(self, actor: Actor, wanted: Wanted) -> list[Definition]:
        """Process definitions: everybody knows which processes there are."""
        rows = self._rows(DEFINITIONS, None, self._by_model(actor, wanted), visible_cases)
        known = self._definitions(row["id"] for row in rows)
        return [_as_it_stands(known[row["id"]], row) for row in rows if row["id"] in known]

    def count_definitions(self, actor: Actor, wanted: Wanted) -> int:
        """How many process definitions."""
        return self._count(DEFINITIONS, None, self._by_model(actor, wanted), visible_cases)

    def _by_model(self, actor: Actor, wanted: Wanted) -> Wanted:
        """Filters by what stands in models alone, as a filter by the ids of the versions that fit: there are few versions."""
        _check_incidents(actor, wanted)
        asked = {name: value for name, value in wanted.filters.items() if name in BY_MODEL and value}
        if not asked:
            return wanted
        rest = {name: value for name, value in wanted.filters.items() if name not in asked}
        rows = self._rows(DEFINITIONS, None, Wanted(rest), visible_cases)
        with self._runtime.database.read() as connection:
            directory = self._runtime.directory(connection)
        known = self._definitions(row["id"] for row in rows)
        fits = [key for key, it in known.items() if fits_model(it, asked, actor, directory)]
        return replace(wanted, filters={**rest, "processDefinitionIdIn": fits})

    def historic_tasks(self, actor: Actor, wanted: Wanted) -> list[HistoricTask]:
        """User tasks, open and finished."""
        return [HistoricTask(**row) for row in self._rows(HISTORIC_TASKS, actor, wanted, seen_history)]

    def count_historic_tasks(self, actor: Actor, wanted: Wanted) -> int:
        """How many user tasks, open and finished."""
        return self._count(HISTORIC_TASKS, actor, wanted, seen_history)

    def historic_instances(self, actor: Actor, wanted: Wanted) -> list[HistoricInstance]:
        """Process instances, open and ended."""
        _check_incidents(actor, wanted)
        rows = self._rows(HISTORIC_INSTANCES, actor, wanted, visible_cases)
        known = self._definitions(row["definition_id"] for row in rows)
        return [
            HistoricInstance(**{**row, "state": CaseState(row["state"])}, definition=known[row["definition_id"]].row)
            for row in rows
            if row["definition_id"] in known
        ]

    def count_historic_instances(self, actor: Actor, wanted: Wanted) -> int:
        """How many process instances, open and ended."""
        _check_incidents(actor, wanted)
        return self._count(HISTORIC_INSTANCES, actor, wanted, visible_cases)

    def activities(self, actor: Actor, wanted: ActivityFilter) -> list[ListedActivity]:
        """Flow nodes that were entered or passed, with what the model says of them."""
        with self._runtime.database.read() as connection:
            outlines = cache(lambda definition_id: outline_of(self._process(connection, definition_id)))
            found = activities(connection, wanted, visible_cases(sight(actor, self._runtime.directory(connection))), outlines)
            listed = [_listed(it, self._process(connection, it.definition_id).nodes) for it in found]
            return [it for it in listed if link_of(it.node) is None]  # a link is a flow, as in Camunda

    def count_activities(self, actor: Actor, wanted: ActivityFilter) -> int:
        """How many flow nodes were entered or passed."""
        return len(self.activities(actor, wanted))

    def _definitions(self, ids: Iterable[str]) -> dict[str, Definition]:
        """Definitions by their ids, without those that were deleted a moment ago, with all that is of them."""
        found = {}
        for definition_id in set(ids):
            with suppress(NotFound):
                found[definition_id] = self._runtime.definition("", definition_id)
        return found

    def _process(self, connection: Connection, definition_id: str) -> Process:
        return self._runtime.catalogue.definition(connection, definition_id).process


def _listed(it: Activity, nodes: Mapping[str, FlowNode]) -> ListedActivity:
    return ListedActivity(it, nodes[it.element_id], nodes[it.parent.element_id] if it.parent else None)


def _check_incidents(actor: Actor, wanted: Wanted) -> None:
    """Filters by incidents tell what may quote hidden fields: they are for who sees all incidents."""
    if any(name in _BY_INCIDENTS for group in (wanted.filters, *wanted.any_of) for name in group):
        may_see_jobs(actor)


def _by_model(row: Mapping[str, Any], nodes: Mapping[str, FlowNode]) -> dict[str, object]:
    """What a task says of itself, where a row of an older version says what its model says; and how that names its form."""
    known: str | None = row["description"]
    node = nodes[row["element_id"]]
    link = PLAIN if node.user_task is None else node.user_task.form_link
    return {"description": (node.documentation if known is None else known) or None, "form_link": link}


def _as_it_stands(definition: Definition, row: Mapping[Any, Any]) -> Definition:
    """A definition with what may change of it: the model in memory knows only how it was when it was loaded."""
    changing = {name: row[name] for name in ("suspended", "history_time_to_live")}
    return replace(definition, row=replace(definition.row, **changing))
