"""One step of one case: lock, load, move, write, all in one transaction.

A step is built on a locked root (`Step.on`) or on nothing (`Step.starting`). The service says what happens by calling the token game
and by recording events; `finish` writes the rows that changed, one history entry, the outbox, and says what was touched.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from functools import cached_property

from sqlalchemy import Connection, bindparam, delete, insert

from engine.bpmn.model import Process
from engine.errors import Suspended
from engine.events import ElementEntered, ElementPassed, Event
from engine.model import Actor, Case, CaseState
from engine.organisation.directory import Directory
from engine.services import case_rows
from engine.services.expressions import Expressions
from engine.services.external_work import ExternalWork
from engine.services.host import GameHost
from engine.services.runtime import Changed, Runtime
from engine.services.step_cases import StepCases
from engine.services.user_tasks import UserTasks
from engine.services.variables import VariableScopes
from engine.store import history
from engine.store.game import Lock
from engine.store.rows import JOB_RETRIES, SUSPENSION, TIMER, Instance, JobRow, Root
from engine.store.saving import save_root
from engine.store.tables import finished_task, incident
from engine.store.writes import Writes
from engine.tokens import TokenGame
from engine.work.calendar import WorkingCalendar
from engine.work.notices import StepFacts, notices_of

_INSERT_FINISHED = insert(finished_task)
_FORGET_INCIDENT = delete(incident).where(incident.c.job_id == bindparam("of"))


class Step:
    """What one transaction does to one root instance."""

    def __init__(self, runtime: Runtime, connection: Connection, actor: Actor, root_id: str, before: Root, head: history.Head) -> None:
        """Use `on` or `starting`."""
        self.runtime = runtime
        self.connection = connection
        self.actor = actor
        self.root_id = root_id
        self.at: datetime = runtime.clock.now()
        self._before = before
        self._head = head
        self.variables = VariableScopes(before.variables)
        self.jobs: dict[str, JobRow] = dict(before.jobs)
        self.instances: dict[str, Instance] = dict(before.instances)
        self.work = UserTasks(self, before.tasks)
        self.external = ExternalWork(self)
        self.host = GameHost(self)
        self.game = TokenGame(before.state, self.host)
        self.events: list[Event] = self.game.events
        self._case: Case | None = None
        self.cases = StepCases(self, before)
        self._participants: set[str] = set()
        self.has_draft = False  # of the task that the step is about
        self.depth = 0  # how many steps have thrown the signals that led to this one

    @classmethod
    def on(cls, runtime: Runtime, connection: Connection, actor: Actor, lock: Lock) -> Step:
        """A step on an open case whose root this transaction has locked."""
        if lock.organisation is not None:
            runtime.organisation.is_at(connection, lock.organisation.hash)
        step = cls(runtime, connection, actor, lock.root_id, lock.before, lock.head)
        step._case = lock.case
        step.has_draft = lock.has_draft
        return step

    @classmethod
    def starting(cls, runtime: Runtime, connection: Connection, actor: Actor, case: Case) -> Step:
        """A step that begins a case."""
        step = cls(runtime, connection, actor, case.id, Root(), history.EMPTY)
        step._case = case
        step.cases.new[case.id] = case
        step.instances[case.id] = Instance(case.id, case.definition_id, business_key=case.business_key)
        return step

    # ---- what the step knows ---------------------------------------------------------------------------------------------

    @cached_property
    def directory(self) -> Directory:
        """The organisation."""
        return self.runtime.directory(self.connection)

    @cached_property
    def calendar(self) -> WorkingCalendar:
        """The working calendar."""
        return self.runtime.calendar(self.connection)

    @cached_property
    def expressions(self) -> Expressions:
        """The evaluator of this moment."""
        return Expressions(self.at, self.directory, self.calendar)

    def case(self) -> Case:
        """The root case."""
        if self._case is None:
            self._case = case_rows.load(self.connection, self.root_id)
        return self._case

    def process(self, instance_id: str) -> Process:
        """The process of an instance of this root, also of one that has just ended."""
        if instance_id == self.root_id:
            return self.runtime.catalogue.definition(self.connection, self.case().definition_id).process
        known = self.cases.new.get(instance_id)
        definition_id = known.definition_id if known else self._before.state.scopes[instance_id].definition_id
        return self.runtime.catalogue.definition(self.connection, definition_id).process

    def business_key(self, instance_id: str) -> str | None:
        """The business key of an instance."""
        known = self.instances.get(instance_id)
        return known.business_key if known else None

    def is_suspended(self, instance_id: str) -> bool:
        """Whether nothing may move in an instance; one that is gone is not suspended."""
        return instance_id in self.instances and self.instances[instance_id].suspended

    def check_active(self, instance_id: str) -> None:
        """Refuse to move anything in an instance that is suspended: raises `Suspended`."""
        if self.is_suspended(instance_id):
            raise Suspended(f"the process instance {instance_id} is suspended: nothing moves in it until it is resumed", id=instance_id)

    @property
    def entry(self) -> int:
        """The number that the history entry of this step gets in the chain of the case."""
        return self._head.seq + 1

    def record(self, event: Event) -> None:
        """Note an event for the history."""
        self.events.append(event)

    def takes_part(self, person: str) -> None:
        """Somebody has had to do with the case, and may see it from now on."""
        self._participants.add(person)

    def came(self) -> frozenset[str]:
        """The ids of the tokens that wait now and did not before."""
        return frozenset(self.game.state().tokens.keys() - self._before.state.tokens.keys())

    # ---- the end of the step ---------------------------------------------------------------------------------------------

    def finish(self, cancelled: CaseState | None = None) -> Changed:
        """Write everything. `cancelled`: the state of instances that were ended from outside."""
        self.variables.drop_transient()
        after = self._after()
        # The moves first, then what the variables became.
        events: list[Event] = [*self.events, *self.variables.events]
        writes = Writes(self.connection)
        self.cases.write(writes, cancelled)  # subject and key fields of a case that ends are read from its last values
        new = {it for it in self._participants if it != self.case().started_by and not self.runtime.is_participant(self.root_id, it)}
        case_rows.add_participants(writes, self.root_id, new)
        self.variables.drop_all_but({*after.state.scopes, *after.state.tokens, *after.state.subscriptions})
        save_root(writes, self.root_id, self._before, after)
        self._write_ended_tasks(writes)
        self.external.write(writes)
        self._forget_incidents(writes, after)
        if events:
            history.append_after(writes, self._head, self.root_id, self.actor, self.at, events)
        facts = self._facts()
        notices = notices_of(events, facts, self.directory)
        ended = [it.task.id for it in self.work.ended if it.task.candidate_users or it.task.candidate_groups]
        case_rows.put_notices(writes, self.at, facts.entry, notices, ended)
        writes.send()
        changed = self._changed(after, notices=bool(notices or ended))
        return changed | self.runtime.broadcast(self) if self.host.signals else changed

    def _facts(self) -> StepFacts:
        """What the notices need to know besides the events."""
        return StepFacts(
            case=self.case(),
            actor=self.actor,
            entry=f"{self.root_id}:{self.entry}",
            tasks={**self._before.tasks, **{ended.task.id: ended.task for ended in self.work.ended}, **self.work.open},
            outcomes=self.work.outcome_kinds,
            owner=self.process(self.root_id).owner,
        )

    def _after(self) -> Root:
        """The rows as they are to be."""
        state = self.game.state()
        jobs = {key: job for key, job in self.jobs.items() if job.kind != TIMER or key in state.subscriptions}
        jobs = {key: job for key, job in jobs.items() if job.kind != SUSPENSION or job.instance_id in state.scopes}
        for row in state.subscriptions.values():
            if row.kind == TIMER and row.id not in jobs:
                instance_id = state.scopes[row.scope_id].instance_id
                jobs[row.id] = JobRow(
                    row.id,
                    instance_id,
                    TIMER,
                    row.element_id,
                    self.at,
                    self.host.due[row.id],
                    JOB_RETRIES,
                    row.scope_id,
                    row.token_id,
                    row.name,
                    priority=self.host.priorities.get(row.id, 0),
                )
        instances = {key: self._with_path(row) for key, row in self.instances.items() if key in state.scopes}
        return Root(state, instances, jobs, self.work.open, self.variables.rows())

    def _with_path(self, instance: Instance) -> Instance:
        """Add the elements and flows that were visited for the first time."""
        visited: list[str] = json.loads(instance.path)
        known = set(visited)
        for event in self.events:
            if isinstance(event, ElementEntered | ElementPassed) and event.instance == instance.id:
                visited += [name for name in (event.flow, event.element) if name and name not in known]
                known.update(visited)
        path = json.dumps(visited, ensure_ascii=False, separators=(",", ":"))
        return instance if path == instance.path else replace(instance, path=path)

    def _write_ended_tasks(self, writes: Writes) -> None:
        """Tasks that ended, for "Done" and for the history of tasks."""
        rows = [
            {
                "id": ended.task.id,
                "root_id": self.root_id,
                "instance_id": ended.task.instance_id,
                "element_id": ended.task.element_id,
                "name": ended.task.name,
                "person": ended.person,
                "created_at": ended.task.created_at,
                "due_at": ended.task.due_at,
                "ended_at": self.at,
                "outcome": ended.outcome,
                "delete_reason": ended.delete_reason,
                "owner": ended.task.owner,
                "follow_up_at": ended.task.follow_up_at,
                "priority": ended.task.priority,
                "description": ended.task.description,
            }
            for ended in self.work.ended
        ]
        if rows:
            writes.execute(_INSERT_FINISHED, rows)

    def _forget_incidents(self, writes: Writes, after: Root) -> None:
        """Incidents whose job is gone: the token moved on or the case ended."""
        gone = [job.id for job in self._before.jobs.values() if job.retries == 0 and job.id not in after.jobs]
        if gone:
            writes.execute(_FORGET_INCIDENT, [{"of": job_id} for job_id in gone])

    def _changed(self, after: Root, *, notices: bool) -> Changed:
        """Who has to look again."""
        touched = [ended.task for ended in self.work.ended]
        touched += [task for key, task in after.tasks.items() if self._before.tasks.get(key) != task]
        touched += [self._before.tasks[task.id] for task in after.tasks.values() if task.id in self._before.tasks]
        people = {person for task in touched for person in (task.assignee, *task.candidate_users) if person}
        groups = {group for task in touched for group in task.candidate_groups}
        return Changed(
            people=frozenset({*people, self.case().started_by, self.actor.id}),
            groups=frozenset(groups),
            cases=frozenset({self.root_id}),
            jobs=self._before.jobs.keys() != after.jobs.keys(),
            notices=notices,
            topics=frozenset(self.external.topics),
            participants=frozenset((self.root_id, person) for person in self._participants),
        )
