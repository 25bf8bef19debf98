"""Files on cases and on their open tasks: added, listed, read, deleted. The history tells of each with the digest of its content.

So a content that was changed in the database is told from the one that was added: it is not given out, and the verifier names it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from engine import access, file_access
from engine.errors import ContentAltered, Forbidden, NotFound
from engine.model import Actor, Case, UserTask
from engine.phrases import Phrase
from engine.program_events import AttachmentAdded, AttachmentDeleted
from engine.services.instances import Instances
from engine.services.rivals import no_task
from engine.services.runtime import Changed, Runtime
from engine.services.step import Step
from engine.services.task_changes import TaskChanges
from engine.services.tasks import Tasks
from engine.store import history
from engine.store.game import load_tasks, lock_root
from engine.store.queries import attachments as rows
from engine.store.queries.attachments import Attachment
from engine.store.tables import attachment
from engine.work.attachments import AttachmentLimits, NewAttachment, check_new, check_room, digest_of

if TYPE_CHECKING:
    from engine.store.rows import TaskRow


class Attachments:
    """The files of all cases. Whoever sees a case sees its files."""

    def __init__(self, runtime: Runtime, instances: Instances, tasks: Tasks, limits: AttachmentLimits) -> None:
        self._runtime = runtime
        self._instances = instances
        self._tasks = tasks
        self._changes = TaskChanges(runtime, tasks)
        self.limits = limits

    def attach_to_case(self, actor: Actor, case_id: str, files: Sequence[NewAttachment]) -> list[Attachment]:
        """Add files to an open case, all or none: who started it, whom its open tasks ask, its owner, and who acts for others.

        Raises `InvalidRequest` for what cannot be kept, `NotFound`, `Conflict` where the case has ended, `Forbidden`.
        """
        check_new(files, self.limits)

        def work(connection: Connection) -> tuple[list[Attachment], Changed]:
            case = self._instances.visible(connection, actor, case_id)
            lock = lock_root(connection, case.root_id) if case.ended_at is None else None
            if lock is None or case.id not in lock.before.instances:
                raise self._instances.ended(case)
            step = Step.on(self._runtime, connection, actor, lock)
            file_access.may_attach(actor, case.started_by, step.process(case.id).owner, _asked_of(case, step.work.open.values()))
            step.check_active(case.id)
            made = self._add(step, case.id, files)
            return made, step.finish()

        return self._runtime.commit(work)

    def attach_to_task(self, actor: Actor, task_id: str, files: Sequence[NewAttachment]) -> list[Attachment]:
        """Add files to an open task, all or none: whom it asks, who has it, and who acts for others. Raises as `attach_to_case`."""
        check_new(files, self.limits)
        made: list[Attachment] = []

        def change(step: Step, row: TaskRow, task: UserTask) -> None:
            access.may_comment(actor, task)
            made[:] = self._add(step, row.instance_id, files, row)
            step.work.change(row)

        self._changes.change(actor, task_id, None, change)
        return made

    def of_case(self, actor: Actor, case_id: str) -> list[Attachment]:
        """The files of a case and of its tasks, the oldest first, without those of cases that it calls. Raises `NotFound`."""
        with self._runtime.database.read() as connection:
            case = self._instances.visible(connection, actor, case_id)
            return rows.of_instance(connection, case.root_id, case.id)

    def of_task(self, actor: Actor, task_id: str) -> list[Attachment]:
        """The files of a task, open or ended, the oldest first. Raises `NotFound`."""
        with self._runtime.database.read() as connection:
            seen = self._tasks.seen_case(connection, actor, task_id)
            if seen is None:
                raise no_task(task_id)
            return rows.of_task(connection, seen.root_id, task_id)

    def get(self, actor: Actor, attachment_id: str) -> Attachment:
        """A file without its content. Raises `NotFound`."""
        with self._runtime.database.read() as connection:
            return self._seen(connection, actor, attachment_id)[0]

    def content(self, actor: Actor, attachment_id: str) -> bytes | None:
        """What stands in a file; None where it is only an address. Raises `NotFound`, and `ContentAltered` for any but what was added."""
        with self._runtime.database.read() as connection:
            row, _ = self._seen(connection, actor, attachment_id)
            told = rows.digest_told(connection, row)
            if row.digest is None and told is None:
                return None
            found = rows.content_of(connection, row.digest or "")
        if found is None or not row.digest == told == digest_of(found):
            raise ContentAltered(
                Phrase("The content of “{name}” is not the one that was added: its SHA-256 was {told}. It is not given out.",
                       name=row.name or "", told=told or "–"),
                attachment=row.id,
            )  # fmt: skip
        return found

    def detach(self, actor: Actor, attachment_id: str) -> None:
        """Delete a file, and its content unless another file has it: who added it, while its case is open, and administrators."""

        def work(connection: Connection) -> tuple[None, Changed]:
            row, case = self._seen(connection, actor, attachment_id)
            lock = lock_root(connection, row.root_id)
            head = history.lock_head(connection, row.root_id) if lock is None else lock.head
            if rows.find(connection, attachment_id) is None:  # somebody was faster
                raise _none(attachment_id)
            file_access.may_detach(actor, row.added_by, is_open=lock is not None and case.id in lock.before.instances)
            rows.delete_attachments(connection, attachment.c.id == attachment_id)
            event = AttachmentDeleted(row.instance_id, row.id, row.name, row.digest, row.size, row.url, row.task_id, row.element_id)
            if lock is None:
                history.append(connection, row.root_id, actor, self._runtime.clock.now(), [event], head)
                return None, Changed(cases=frozenset({row.root_id}))
            step = Step.on(self._runtime, connection, actor, lock)
            step.record(event)
            if row.task_id in step.work.open:
                step.work.change(step.work.open[row.task_id])
            return None, step.finish()

        self._runtime.commit(work)

    # ---- for pages -----------------------------------------------------------------------------------------------------------

    def may_attach(self, actor: Actor, case_id: str) -> bool:
        """Whether the actor may add files to a case as it stands. Raises `NotFound`."""
        with self._runtime.database.read() as connection:
            case = self._instances.visible(connection, actor, case_id)
            if case.ended_at is not None:
                return False
            owner = self._runtime.catalogue.definition(connection, case.definition_id).process.owner
            try:
                file_access.may_attach(actor, case.started_by, owner, _asked_of(case, load_tasks(connection, case.root_id).values()))
            except Forbidden:
                return False
            return True

    # ---- parts -----------------------------------------------------------------------------------------------------------------

    def _add(self, step: Step, instance_id: str, files: Sequence[NewAttachment], task: TaskRow | None = None) -> list[Attachment]:
        check_room(rows.count_of_root(step.connection, step.root_id), len(files), self.limits)
        task_id, element = (task.id, task.element_id) if task else (None, None)
        made = [
            Attachment(
                self._runtime.new_id(), step.root_id, instance_id, task_id, element, file.name, file.description, file.type,
                file.url if file.content is None else None, file.digest, None if file.content is None else len(file.content), step.at,
                step.actor.id, step.entry,
            )
            for file in files
        ]  # fmt: skip
        contents = {str(it.digest): file.content for it, file in zip(made, files, strict=True) if file.content is not None}
        rows.insert_contents(step.connection, contents)
        for it in made:
            rows.insert_attachment(step.connection, it)
            step.record(AttachmentAdded(instance_id, it.id, it.name, it.digest, it.size, it.url, task_id, element))
        return made

    def _seen(self, connection: Connection, actor: Actor, attachment_id: str) -> tuple[Attachment, Case]:
        row = rows.find(connection, attachment_id)
        if row is None:
            raise _none(attachment_id)
        try:
            return row, self._instances.visible(connection, actor, row.instance_id)
        except NotFound as hidden:
            raise _none(attachment_id) from hidden


def _none(attachment_id: str) -> NotFound:
    """There is no such file, or none that the actor may know of: the same answer for both."""
    return NotFound(f"there is no attachment {attachment_id!r}", attachment=attachment_id)


def _asked_of(case: Case, tasks: Collection[TaskRow]) -> list[TaskRow]:
    """The open tasks that let people add to a case: its own, and of a root also those of the cases that it calls."""
    return [it for it in tasks if case.parent_id is None or it.instance_id == case.id]
