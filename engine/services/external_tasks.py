"""External tasks: work that programs fetch, do and report. What a worker reports is a step like any other: root first, then the task."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Final

from sqlalchemy import Connection, select

from engine import access
from engine.access import sight
from engine.errors import InvalidRequest
from engine.model import Actor
from engine.phrases import parts_of
from engine.program_events import ExternalTaskChanged, ExternalTaskCompleted, ExternalTaskErrorThrown, ExternalTaskFailed
from engine.services.external_leases import ExternalLeases, listed, missing
from engine.services.external_steps import Act, act_on, named, report, step_on
from engine.services.external_values import LONGEST_LEASE, ExternalTask, Failure
from engine.services.limits import check_name
from engine.services.runtime import Changed
from engine.services.step import Step
from engine.store.queries.external import EXTERNAL, roots_first, seen_external
from engine.store.queries.listings import Wanted
from engine.store.rows import ExternalRow
from engine.store.tables import incident

LONGEST_MESSAGE: Final = 666  # characters; Camunda's column has as many
MOST_DETAILS: Final = 100_000
MOST_TASKS: Final = 1_000
"""So many get new retries in one transaction."""


class ExternalTasks(ExternalLeases):
    """The external tasks of all cases."""

    # ---- what a worker reports -------------------------------------------------------------------------------------------

    def report_completion(
        self,
        actor: Actor,
        task_id: str,
        worker: str,
        variables: Mapping[str, object] | None = None,
        local: Mapping[str, object] | None = None,
    ) -> None:
        """A task is done; its case goes on in the same transaction. `local`: variables of the task alone, for its output mappings.

        Where the model takes what the worker gives for an error, that is thrown instead.
        Raises `NotFound`, `InvalidRequest` where another worker has it, `Suspended`, and `ModelFault` when the model cannot go on: then
        nothing has changed, and the worker still has it.
        """

        def act(step: Step, row: ExternalRow) -> None:
            _write(step, row, variables, local)
            if step.external.throws(row, worker, leniently=False):
                return
            step.record(ExternalTaskCompleted(row.id, row.element_id, named(worker, row)))
            step.game.complete(row.id)

        report(self._runtime, actor, task_id, worker, "cannot be completed", act)

    def report_failure(
        self,
        actor: Actor,
        task_id: str,
        worker: str,
        failure: Failure,
        variables: Mapping[str, object] | None = None,
        local: Mapping[str, object] | None = None,
    ) -> None:
        """A task could not be done: it may be fetched again after a while, or, without retries, is an incident.

        Where the model takes the failure for an error, that is thrown instead.
        """
        if failure.retries < 0:
            raise InvalidRequest("The number of retries cannot be negative")
        if not timedelta() <= failure.wait <= LONGEST_LEASE:
            raise InvalidRequest("the retryTimeout must not be negative")

        def act(step: Step, row: ExternalRow) -> None:
            message = failure.message or ""
            message = message if len(message) <= LONGEST_MESSAGE else message[:LONGEST_MESSAGE]
            _write(step, row, variables, local)
            failed = replace(row, error=message or None, error_details=(failure.details or "")[:MOST_DETAILS] or None)
            if step.external.throws(failed, worker, leniently=True):
                return
            after = replace(failed, retries=failure.retries, locked_until=step.at + failure.wait)
            step.external.change(after, may_be_fetched=failure.retries > 0)
            if failure.retries == 0 and row.retries != 0:
                step.external.failed_for_good(row, message)
            elif failure.retries and row.retries == 0:
                step.external.repaired(row)
            who, parts = named(worker, row), parts_of(message)
            step.record(ExternalTaskFailed(row.id, row.element_id, who, message, failure.retries, row.instance_id, parts))
            step.game.run()  # a condition may look at what was written

        report(self._runtime, actor, task_id, worker, "cannot be marked as failed", act)

    def report_error(
        self, actor: Actor, task_id: str, worker: str, code: str, message: str = "", variables: Mapping[str, object] | None = None
    ) -> None:
        """A task came to a business error, which the process may catch; its path ends where nobody does."""
        check_name("errorCode", code)

        def act(step: Step, row: ExternalRow) -> None:
            _write(step, row, variables, None)
            step.record(ExternalTaskErrorThrown(row.id, row.element_id, named(worker, row), code, message[:LONGEST_MESSAGE] or None))
            step.game.throw_error(row.id, code, message)

        report(self._runtime, actor, task_id, worker, "cannot be handled as BPMN error", act)

    # ---- operating -------------------------------------------------------------------------------------------------------

    def set_retries(self, actor: Actor, task_id: str, retries: int) -> None:
        """Say how often a task may be tried from now on: its incident is gone, or, with 0, made. The process owner and administrators."""
        if retries < 0:
            raise InvalidRequest("The number of retries cannot be negative")

        act_on(self._runtime, actor, task_id, _try_so_often(actor, retries))

    def set_retries_of_all(self, actor: Actor, task_ids: Collection[str], retries: int) -> None:
        """The same for many tasks, all or none: at most `MOST_TASKS`. Raises `NotFound` where one of them is not there."""
        access.may_change(actor)
        if retries < 0:
            raise InvalidRequest("The number of retries cannot be negative")
        if len(task_ids) > MOST_TASKS:
            raise InvalidRequest(f"at most {MOST_TASKS} external tasks are changed at once")

        def work(connection: Connection) -> tuple[None, Changed]:
            changed = Changed()
            for task_id in roots_first(connection, task_ids):
                changed |= step_on(self._runtime, connection, actor, task_id, _try_so_often(actor, retries))
            return None, changed

        self._runtime.commit(work)

    def set_priority(self, actor: Actor, task_id: str, priority: int) -> None:
        """Let a task come before or after others. The process owner and administrators."""

        def act(step: Step, row: ExternalRow) -> None:
            access.may_repair(actor, step.process(step.root_id).owner)
            step.external.change(replace(row, priority=priority), may_be_fetched=False)
            step.record(ExternalTaskChanged(row.id, row.element_id, priority=priority))

        act_on(self._runtime, actor, task_id, act)

    # ---- reading ---------------------------------------------------------------------------------------------------------

    def all(self, actor: Actor, wanted: Wanted) -> list[ExternalTask]:
        """Open external tasks of the cases that somebody sees."""
        with self._runtime.database.read() as connection:
            directory, wanted = self._runtime.directory(connection), replace(wanted, now=self._runtime.clock.now())
            rows = EXTERNAL.page(connection, wanted, directory, seen_external(sight(actor, directory)))
            return [listed(row) for row in rows]

    def count(self, actor: Actor, wanted: Wanted) -> int:
        """How many there are."""
        with self._runtime.database.read() as connection:
            directory, wanted = self._runtime.directory(connection), replace(wanted, now=self._runtime.clock.now())
            return EXTERNAL.count(connection, wanted, directory, seen_external(sight(actor, directory)))

    def get(self, actor: Actor, task_id: str) -> ExternalTask:
        """An open external task. Raises `NotFound`."""
        found = self.all(actor, Wanted({"externalTaskId": task_id}))
        if not found:
            raise missing(task_id)
        return found[0]


def _try_so_often(actor: Actor, retries: int) -> Act:
    """Give a task new retries: its incident is gone, or made. The process owner and administrators."""

    def act(step: Step, row: ExternalRow) -> None:
        access.may_repair(actor, step.process(step.root_id).owner)
        step.external.change(replace(row, retries=retries), may_be_fetched=retries > 0)
        gone: str | None = None
        if retries and row.retries == 0:
            gone = step.connection.execute(select(incident.c.id).where(incident.c.job_id == row.id)).scalar()
            step.external.repaired(row)
        elif retries == 0 and row.retries != 0:
            step.external.failed_for_good(row, row.error or "")
        step.record(ExternalTaskChanged(row.id, row.element_id, retries=retries, incident=gone))

    return act


def _write(step: Step, row: ExternalRow, variables: Mapping[str, object] | None, local: Mapping[str, object] | None) -> None:
    """Write what a worker gives."""
    step.variables.write_all(step.game.token(row.id).variable_scopes(), variables or {})
    for name, value in (local or {}).items():
        step.variables.write_local(row.id, name, value)
