"""The files of a case as its pages show them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import url_for

from app.cases.naming import step_of
from app.i18n import show_size
from app.security import FILES_AT_ONCE
from app.services import services
from app.shell import face

if TYPE_CHECKING:
    from datetime import datetime

    from engine import Actor, Attachment, Case


@dataclass(frozen=True, slots=True)
class FileLine:
    """A file in a list."""

    id: str
    name: str
    about: str
    size: str  # empty where it is only an address
    who: str
    when: datetime
    step: str  # the task it was added to, if it was one
    url: str
    is_elsewhere: bool
    delete_url: str | None


@dataclass(frozen=True, slots=True)
class Files:
    """The files of a case, and what the reader may do with them."""

    lines: tuple[FileLine, ...]
    case: str  # as addresses name it
    task: str  # to which files are added; empty: to the case
    may_add: bool
    most: str  # of one file, and of those that are sent together
    most_bytes: int
    most_together: str
    most_bytes_together: int
    back: str
    refreshes: bool = False  # by itself, where no part around it does
    said: str = ""  # what was just done: told beside the list, which renews itself
    problem: str = ""

    @property
    def is_shown(self) -> bool:
        """Whether there is anything to show: of a case without files nothing is for who may add none."""
        return bool(self.lines or self.may_add or self.problem)


def read_files(
    actor: Actor, case: Case, definition_id: str, back: str, *, task: str = "", refreshes: bool = False, said: str = "", problem: str = ""
) -> Files:
    """The files of a case that the reader sees. `task`: the open task to which the reader adds."""
    files = services().engine.attachments
    found = files.of_case(actor, case.id)
    each, together = files.limits.most_bytes, FILES_AT_ONCE * files.limits.most_bytes
    return Files(
        lines=tuple(_line(actor, it, definition_id, is_open=case.ended_at is None) for it in found),
        case=case.number or case.id,
        task=task,
        may_add=files.may_attach(actor, case.id),
        most=show_size(each),
        most_bytes=each,
        most_together=show_size(together),
        most_bytes_together=together,
        back=back,
        refreshes=refreshes,
        said=said,
        problem=problem,
    )


def _line(actor: Actor, it: Attachment, definition_id: str, *, is_open: bool) -> FileLine:
    who = face(it.added_by)
    may_delete = not actor.may_audit and (actor.may_administer or (is_open and it.added_by == actor.id))
    return FileLine(
        id=it.id,
        name=it.name or it.url or it.id,
        about=it.description or "",
        size="" if it.size is None else show_size(it.size),
        who=who.name if who else it.added_by,
        when=it.added_at,
        step=step_of(definition_id, it.element_id) if it.element_id else "",
        url=it.url or url_for("attachments.download", attachment_id=it.id),
        is_elsewhere=it.url is not None,
        delete_url=url_for("attachments.delete", attachment_id=it.id) if may_delete else None,
    )
