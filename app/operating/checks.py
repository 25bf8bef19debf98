"""What is looked at to say whether a server is well: by `crossdesk doctor`, and by the page that shows it to administrators.

Each look says what it is about and, where something is wrong, what to do. It reads, and changes nothing.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from engine import SYSTEM, Actor, Phrase, in_a_row

if TYPE_CHECKING:
    from app.config import Settings
    from app.services import Services

LATE: Final = timedelta(minutes=5)
"""Work that has been due for longer says that nobody does it."""

LOOKER: Final = Actor(id="doctor", kind=SYSTEM.kind, groups=frozenset({"admin"}))
"""Who looks where no person does."""

_OPEN_TO_OTHERS: Final = 0o077
_WEAK: Final = {"synchronous": ("0", "1"), "fsync": ("off",), "synchronous_commit": ("off", "local"), "full_page_writes": ("off",)}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. `remedy`: what to do; empty where all is well. `grave`: production must not begin like this."""

    what: str
    remedy: str = ""
    grave: bool = False

    @property
    def mark(self) -> str:
        """How it is shown."""
        if not self.remedy:
            return "ok     "
        return "MISSING" if self.grave else "advice "


def clock(settings: Settings) -> Iterator[Finding]:
    """Whether the company's time is the real one."""
    if settings.clock_file is not None:
        yield Finding(Phrase("clock"), Phrase("CROSSDESK_CLOCK_FILE moves it: only for trying things out, unset it"), grave=True)


def seals(settings: Settings) -> Iterator[Finding]:
    """Whether seals can be written, and lie where who changes the database cannot change them."""
    book, key = settings.seals_file, settings.seal_key_file
    if book is None or key is None:
        return
    if key.exists() and key.stat().st_mode & _OPEN_TO_OTHERS:
        yield Finding(Phrase("key of the seals"), Phrase("others can read {key}: chmod 600", key=str(key)), grave=True)
    place = book if book.exists() else book.parent if book.parent.exists() else Path()
    if not os.access(place, os.W_OK):
        yield Finding(Phrase("seals"), Phrase("{place} cannot be written: set CROSSDESK_SEALS_FILE", place=str(place)), grave=True)
    elif settings.url.get_backend_name() == "sqlite" and settings.url.database and _same_folder(book, Path(settings.url.database)):
        yield Finding(
            Phrase("seals"),
            Phrase("they lie beside the database, where one hand can change both: set CROSSDESK_SEALS_FILE to another disk"),
        )
    else:
        yield Finding(Phrase("seals"))


def _same_folder(first: Path, second: Path) -> bool:
    return first.resolve().parent == second.resolve().parent


def durability(services: Services) -> Iterator[Finding]:
    """Whether what was acknowledged is on the disk."""
    weak = [f"{name} is {value}" for name, value in services.database.durability().items() if value in _WEAK.get(name, ())]
    lost = Phrase("{settings}: what was acknowledged may be lost", settings=", ".join(weak)) if weak else ""
    yield Finding(Phrase("commits reach the disk"), lost, grave=bool(weak))


def people(services: Services) -> Iterator[Finding]:
    """Whether somebody administers the company, with passwords that others do not know."""
    administrators = services.directory().administrators()
    if not services.directory().people:
        yield Finding(Phrase("company"), Phrase("nobody works here yet: crossdesk init"), grave=True)
        return
    if services.doors.has_demo_credentials():
        public = Phrase("those of the sample company are public: begin with crossdesk init in an empty database")
        yield Finding(Phrase("passwords"), public, grave=True)
    else:
        yield Finding(Phrase("passwords"))
    count = len(administrators)
    lack = Phrase("there is none") if count == 0 else Phrase("there is one only: who stands in?") if count == 1 else ""
    yield Finding(Phrase("administrators"), lack, grave=count == 0)


def calendar(services: Services) -> Iterator[Finding]:
    """Whether the days off of this year and the next are known."""
    year = services.engine.organisation.calendar().local(services.clock.now()).year
    warnings = in_a_row(services.engine.organisation.calendar().warnings((year, year + 1)))
    lack = Phrase("{warnings}. Correct it: crossdesk calendar import FILE", warnings=warnings) if warnings else ""
    yield Finding(Phrase("calendar"), lack)


def incidents(services: Services, looker: Actor = LOOKER) -> Iterator[Finding]:
    """Whether something waits for a repair."""
    count = len(services.engine.jobs.incidents(looker))
    yield Finding(Phrase("incidents"), Phrase("{count} wait for somebody to repair them", count=count) if count else "")


def due_work(services: Services, looker: Actor = LOOKER) -> Iterator[Finding]:
    """Whether somebody does what is due."""
    due = services.engine.jobs.load(looker).oldest_due
    late = due is not None and services.clock.now() - due > LATE
    since = Phrase("something has been due since {moment} UTC: is a server running?", moment=f"{due:%Y-%m-%d %H:%M}") if late else ""
    yield Finding(Phrase("due work"), since)
