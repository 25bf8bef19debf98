"""The replay of a case: its moments in order, each with what happened, who did it, for whom, and what it changed on the diagram."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from flask import render_template, url_for

from app.cases.changes import changes_of
from app.cases.data_then import changed_values, shown_values
from app.cases.naming import process_name, step_name
from app.cases.timelines import story_of
from app.i18n import show_exact, show_moment
from app.services import services
from app.words import gettext

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from app.cases.timeline import Story
    from app.tasks.model import Entry
    from engine import Actor, HistoryEntry, Moment, Moments


@dataclass(frozen=True, slots=True)
class Called:
    """A case that was called at a moment."""

    number: str
    url: str


@dataclass(frozen=True, slots=True)
class Told:
    """A moment in words."""

    moment: Moment
    lines: tuple[Entry, ...]
    called: tuple[Called, ...]
    holders: Mapping[str, str]  # token of a user task to who has it, or whom it asks
    whom: str | None = None  # in whose place somebody acted
    data: Mapping[str, tuple[str, str] | None] = field(default_factory=dict)  # fields that it changed, by name: label and value


def replay_of(case_id: str, highest: int) -> dict[str, object]:
    """What the island of the replay is given: where moments come from, how many entries there are, and its words."""
    words = {
        "now": gettext("now"),
        "entry": gettext("Entry {number} of {count}"),
        "standing": gettext("Stood at: {steps}"),
        "nowhere": gettext("Stood nowhere: it had ended, or went on at once."),
        "failed": gettext("not reached; try again"),
        "comma": gettext(", "),
        "colon": gettext(": "),
    }
    return {"url": url_for("cases.moments", case_id=case_id), "highest": highest, "words": words}


def read_window(actor: Actor, case_id: str, at: int | None) -> dict[str, object]:
    """A window of the moments of a case, for the island that shows them. Raises `NotFound`."""
    found = services().engine.history.moments(actor, case_id, at)
    story, before = story_in(actor, found), found.before
    holders = {token: story.hands.tasks[token].text for token in before.tokens if token in story.hands.tasks}
    return {
        "first": found.first,
        "last": found.last,
        "lowest": found.lowest,
        "highest": found.highest,
        "version": gettext("%(process)s, version %(number)s", process=process_name(found.definition), number=found.definition.row.version),
        "before": {
            "seen": before.seen,
            "times": dict(before.times),
            "tokens": dict(before.tokens),
            "holders": holders,
            "data": shown_values(story, before.values),
        },
        "moments": [_as_json(it) for it in tell(story, found.moments)],
    }


def story_in(actor: Actor, found: Moments) -> Story:
    """Who tells of a window, knowing what was told of the tasks that were open before it."""
    everything = actor.sees_everything
    story = story_of(actor, found.case, found.definition, [it.entry for it in found.moments], everything=everything)
    for entry in found.before.tasks:
        story.told(entry)
    return story


def tell(story: Story, moments: Iterable[Moment]) -> Iterator[Told]:
    """The moments in words, oldest first, without those of which the reader is told nothing. Who sees everything is told of each."""
    for moment in moments:
        entry = moment.entry
        lines, changes = story.told(entry), changes_of(story, entry)
        holders = {task: story.hands.tasks[task].text for task in story.hands.moved}
        if not lines and (what := _else(story, moment, is_changed=bool(changes))):
            lines = [story.otherwise(entry, what)]
        if lines:
            yield Told(
                moment,
                (replace(lines[0], changes=changes), *lines[1:]),
                tuple(_called(story, entry)),
                holders,
                story.whom,
                changed_values(story, entry),
            )


def _else(story: Story, moment: Moment, *, is_changed: bool) -> str:
    """What is said of a moment of which the timeline tells nothing; nothing where nothing is to be seen."""
    nodes = story.definition.process.nodes
    named = [it for it in (*moment.opened.values(), *moment.seen) if it in nodes and nodes[it].name]
    if named:
        steps = dict.fromkeys(step_name(story.definition, it) for it in named)
        return gettext("reached %(steps)s", steps=gettext(", ").join(steps))
    if is_changed:
        return gettext("changed data")
    if moment.seen or moment.closed or moment.opened:
        return gettext("the case went on")
    return gettext("something was recorded") if story.visible is None else ""


def _called(story: Story, entry: HistoryEntry) -> Iterator[Called]:
    for name, fields in entry.events:
        if name == "CaseCalled" and fields["instance"] != story.case_id:
            number = str(fields["number"])
            yield Called(number, url_for("cases.show", case_id=number))


def _as_json(told: Told) -> dict[str, object]:
    moment, entry = told.moment, told.moment.entry
    return {
        "seq": entry.seq,
        "when": show_moment(entry.at),
        "exact": show_exact(entry.at),
        "said": gettext("; ").join(gettext(", ").join(part for part in (it.who, it.what) if part) for it in told.lines),
        "html": render_template("cases/moment.html", told=told),
        "seen": moment.seen,
        "times": dict(moment.times),
        "opened": dict(moment.opened),
        "closed": moment.closed,
        "holders": dict(told.holders),
        "data": dict(told.data),
    }
