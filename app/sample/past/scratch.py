"""The database beside the running one in which the past is played, by a process of its own: nobody at the pages waits for it.

What is played there is nowhere to be seen: no worker takes its jobs, no list, search, figure or seal meets it. When it is whole it is
carried over, case by case.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from app.compose import compose
from app.records.carrying import copy_records
from app.records.changes import Change
from app.records.edits import save
from app.sample.found import FOUNDER
from app.sample.past.play import PastClock, Play
from app.sample.past.stories import SPAN, stories
from engine import Database, upgrade

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

    from app.config import Settings
    from app.services import Services

PREFIXES = ("PA", "OF", "RP")
_FILE = "past.sqlite3"
_PLAYED = "played.json"
_TIDIES_UP = "gao-yuan"


def prepare(services: Services, folder: Path, until: datetime) -> None:
    """Make the database: what is deployed, the organisation, the records, and case numbers that nobody else gets."""
    scratch = _database(folder)
    try:
        upgrade(scratch)
        count = services.settings.sample_cases
        moves = services.engine.whole_cases
        years = sorted({(until - SPAN).astimezone(services.settings.zone).year, until.astimezone(services.settings.zone).year})
        numbers = {(prefix, year): moves.reserve_numbers(FOUNDER, prefix, year, count) for prefix in PREFIXES for year in years}
        moves.prepare(FOUNDER, scratch, numbers)
        with services.database.read() as here, scratch.begin() as there:
            copy_records(here, there)
    finally:
        scratch.dispose()


def play(settings: Settings, folder: Path, until: datetime, skip: set[int], report: Callable[[int], None]) -> None:
    """Play the stories that have not arrived yet; `report` hears how many percent of the time are over."""
    clock = PastClock(until - SPAN)
    with _past(settings, folder, clock) as past:
        with past.database.read() as connection:
            calendar = past.engine.runtime.calendar(connection)
        told = [story for story in stories(settings.sample_cases, until, calendar) if story.number not in skip]
        stage = Play(past.engine, clock, calendar, settings.sample_language, FOUNDER, partial(_unlist, past))
        stage.run(told, until, lambda at: report(int(100 * (1 - (until - at) / SPAN))))
    (folder / _PLAYED).write_text(json.dumps(stage.played), encoding="ascii")


def _unlist(past: Services, item: str) -> None:
    """Somebody in Purchasing thinks that an item is not needed any more."""
    runtime, actor = past.engine.runtime, past.engine.organisation.actor(_TIDIES_UP)

    def work(connection: Connection) -> None:
        save(Change(connection, runtime.clock, runtime.new_id, actor), "items", item, {"stocked": ""})

    past.database.write(work)


def played(folder: Path) -> dict[int, str]:
    """The root case of each story that was played."""
    return {int(number): root for number, root in json.loads((folder / _PLAYED).read_text(encoding="ascii")).items()}


@contextmanager
def opened(settings: Settings, folder: Path) -> Iterator[Services]:
    """What was played, to be read."""
    with _past(settings, folder, PastClock(datetime.fromtimestamp(0).astimezone())) as past:
        yield past


@contextmanager
def _past(settings: Settings, folder: Path, clock: PastClock) -> Iterator[Services]:
    past = compose(replace(settings, database_url=f"sqlite:///{folder / _FILE}", seals_file=None), clock)
    try:
        yield past
    finally:
        past.database.dispose()


def _database(folder: Path) -> Database:
    return Database(f"sqlite:///{folder / _FILE}")
