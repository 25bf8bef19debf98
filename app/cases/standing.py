"""Where a case stands, in words: each open step with whom it asks, or what it waits for; all of them in short for lists and badges."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from app.cases.naming import asked, step_of
from app.connectors.words import of_topic
from app.i18n import language, show_moment
from app.services import services
from app.shell import face, group_face
from app.words import gettext

if TYPE_CHECKING:
    from app.shell import Face
    from engine import Awaited, Definition, Holder, Standing, Wait

_TIMER = "timer"


@dataclass(frozen=True, slots=True)
class Place:
    """An open step: a task with whom it asks, or a wait with what for."""

    step: str
    text: str  # `Li Qiang`, `Purchasing`, `waits for: Supplier has confirmed`, `waits until 10 Mar 09:00`
    since: datetime
    due_at: datetime | None = None  # of a task
    face: Face | None = None
    person: str | None = None  # who has the task
    is_wait: bool = False
    is_failed: bool = False  # it waits for a repair


def places(standing: Standing) -> tuple[Place, ...]:
    """Everything that is open, the oldest first. What a called case waits for stands for the call itself."""
    found = [_of_holder(it) for it in standing.holders] + [_of_wait(it) for it in standing.waits if it.awaited or it.topic]
    return tuple(sorted(found, key=lambda it: it.since))


def due_of(open_now: Iterable[Place]) -> datetime | None:
    """The nearest deadline of what is open."""
    return min((it.due_at for it in open_now if it.due_at), default=None)


def in_short(names: Iterable[str], most: int = 1) -> str:
    """`Li Qiang`, `Li Qiang and 2 more`: so many are named, of one more than that also the last."""
    each = list(dict.fromkeys(name for name in names if name))
    if len(each) <= most:
        return gettext(", ").join(each)
    return gettext("%(first)s and %(count)s more", first=gettext(", ").join(each[:most]), count=len(each) - most)


def in_full(names: Iterable[str]) -> str:
    """All of them."""
    return gettext("; ").join(dict.fromkeys(name for name in names if name))


def each_step(open_now: Iterable[Place]) -> list[str]:
    """Each open step with whom it asks, or what it waits for."""
    return [gettext("%(step)s, %(people)s", step=it.step, people=it.text) for it in open_now]


def waits_for(wait: Wait) -> str:
    """What a step waits for: `waits for: Supplier has confirmed or until 10 Mar 09:00`."""
    if wait.failed:
        return gettext("failed, waits for a repair")
    if wait.deferred:
        return gettext("is being done")
    if wait.topic is not None:
        return waits_outside(wait.topic)
    definition = services().engine.definitions.get(wait.definition_id)
    messages = [message_name(definition, it) for it in wait.awaited if it.kind.value != _TIMER]
    moments = [show_moment(it.due_at) for it in wait.awaited if it.kind.value == _TIMER]
    if not messages:
        return gettext("waits until %(moment)s", moment=gettext(" or ").join(moments))
    untils = [gettext("until %(moment)s", moment=it) for it in moments]
    return gettext("waits for: %(what)s", what=gettext(" or ").join([*messages, *untils]))


def waits_outside(topic: str) -> str:
    """What a step waits for that a program does, or a connector."""
    connector = of_topic(topic)
    return gettext("is being done: %(connector)s", connector=connector) if connector else gettext("waits for a program")


def message_name(definition: Definition, awaited: Awaited) -> str:
    """What a message is called: as it may be given by hand, else the name of the element that catches it."""
    node = definition.process.nodes[awaited.element_id]
    if node.event is not None and node.event.label is not None:
        return node.event.label_translations.get(language(), node.event.label)
    return node.translations.get(language(), node.name or awaited.name or awaited.element_id)


def holder_face(holder: Holder) -> Face | None:
    """Who has a task, or whom it asks first."""
    return face(holder.assignee) or group_face(next(iter(holder.groups), None)) or face(next(iter(holder.users), None))


def _of_holder(holder: Holder) -> Place:
    step = step_of(holder.definition_id, holder.element_id, holder.name)
    who = asked(holder.assignee, holder.users, holder.groups)
    return Place(step, who, holder.since, holder.due_at, holder_face(holder), holder.assignee)


def _of_wait(wait: Wait) -> Place:
    definition = services().engine.definitions.get(wait.definition_id)
    node = definition.process.nodes[wait.element_id]
    named = wait.element_id if node.name else next(iter(it.element_id for it in wait.awaited), wait.element_id)
    return Place(step_of(wait.definition_id, named), waits_for(wait), wait.since, is_wait=True, is_failed=wait.failed)
