"""The history of a case as a table: who did what, when, for whom, with which data before and after, under which version."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.cases.naming import person_name, process_name
from app.cases.replay import story_in, tell
from app.i18n import local
from app.services import services
from app.words import gettext
from engine import ActorKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.cases.replay import Told
    from app.sheets import Value
    from engine import Actor, Moments


def record_of(actor: Actor, case_id: str) -> tuple[str, list[str], Iterator[list[Value]]]:
    """The number of a case, the head and the rows: one for each value that was changed, else one for the entry.

    Raises `NotFound`, and `Forbidden` for who does not see everything.
    """
    windows = services().engine.history.each_window(actor, case_id)
    first = next(windows)
    head = [
        gettext("Entry"), gettext("When"), gettext("Who"), gettext("Kind"), gettext("For whom"), gettext("What happened"), gettext("Why"),
        gettext("Field"), gettext("Before"), gettext("After"), gettext("Process"), gettext("Version"), gettext("Fingerprint"),
    ]  # fmt: skip
    return first.case.number or first.case.id, head, _rows(actor, first, windows)


def _rows(actor: Actor, first: Moments, others: Iterator[Moments]) -> Iterator[list[Value]]:
    window: Moments | None = first
    while window is not None:
        for told in tell(story_in(actor, window), window.moments):
            yield from _of_entry(window, told)
        window = next(others, None)


def _of_entry(window: Moments, told: Told) -> Iterator[list[Value]]:
    entry, definition = told.moment.entry, window.definition
    kinds = {ActorKind.PERSON: gettext("person"), ActorKind.SYSTEM: gettext("system"), ActorKind.WORKER: gettext("program")}
    what = gettext("; ").join(said for it in told.lines for said in (it.what or it.who, *it.lines) if said)
    why = gettext("; ").join(it.quote for it in told.lines if it.quote)
    whom = person_name(told.whom) if told.whom else ""
    who = "" if entry.actor_kind is ActorKind.SYSTEM else person_name(entry.actor)
    before: list[Value] = [entry.seq, local(entry.at), who, kinds[entry.actor_kind], whom, what, why]
    after: list[Value] = [process_name(definition), definition.row.version, entry.hash]
    changes = told.lines[0].changes
    if not changes:
        yield [*before, "", "", "", *after]
    for change in changes:
        yield [*before, change.label, change.before, change.after, *after]
