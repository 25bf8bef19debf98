"""The trials on the disk: each is a folder with a database, a clock and a note whose it is."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from engine import NotFound

MOST_OF_ONE = 3
"""Trials that one person has at a time: the next one takes the place of the oldest."""
MOST = 30
"""Trials that a server keeps at a time."""
LASTS = timedelta(days=7)
MOST_BYTES = 64 * 1024 * 1024
"""How far the database of a trial may grow before nothing more is done in it."""

_NOTE = "trial.json"
_DATABASE = "company.sqlite3"
_CLOCK = "clock"
_UNFINISHED = "new-"
_MAKING_SECONDS = 3600  # nothing is that long in the making


class AllTaken(Exception):
    """The server keeps as many trials as it may."""


@dataclass(frozen=True, slots=True)
class Trial:
    """A trial of a draft. `version` is that of the draft."""

    id: str
    person: str
    key: str
    version: int
    made_at: datetime
    folder: Path

    @property
    def database_url(self) -> str:
        """Of the copy of the company."""
        return f"sqlite:///{self.folder / _DATABASE}"

    @property
    def clock_file(self) -> Path:
        """How far the trial's time is ahead."""
        return self.folder / _CLOCK

    @property
    def ends_at(self) -> datetime:
        """When it is removed by itself."""
        return self.made_at + LASTS

    @property
    def is_full(self) -> bool:
        """Whether it has grown as far as it may."""
        return sum(path.stat().st_size for path in self.folder.glob(f"{_DATABASE}*")) > MOST_BYTES


class Trials:
    """All trials of a server. They lie in one folder, which all its processes share."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def find(self, person: str, trial_id: str) -> Trial:
        """A trial of a person. Raises `NotFound`, for those of others too."""
        found = next((it for it in self.of(person) if it.id == trial_id), None)
        if found is None:
            raise NotFound(f"there is no trial {trial_id!r}", trial=trial_id)
        return found

    def of(self, person: str) -> list[Trial]:
        """The trials of a person, the newest first."""
        return [it for it in self._all() if it.person == person]

    def sweep(self, now: datetime) -> None:
        """Remove what has lasted its time."""
        for trial in self._all():
            if trial.ends_at <= now:
                self.remove(trial)

    def check_room(self, person: str) -> None:
        """Raises `AllTaken` where the server keeps as many trials as it may, and none of them would make room."""
        if len(self._all()) >= MOST and len(self.of(person)) < MOST_OF_ONE:
            raise AllTaken

    def keep_newest(self, person: str) -> None:
        """Remove the oldest trials of a person who has more than one may."""
        for trial in self.of(person)[MOST_OF_ONE:]:
            self.remove(trial)

    @contextmanager
    def new(self, trial_id: str, person: str, key: str, version: int, now: datetime) -> Iterator[Trial]:
        """A trial in the making: it is there once the block has ended, and not at all where that raises."""
        self._folder.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=_UNFINISHED, dir=self._folder))  # for the server alone to read
        self._forget_unfinished(folder)
        try:
            yield Trial(trial_id, person, key, version, now, folder)
            note = {"person": person, "key": key, "version": version, "made_at": now.isoformat()}
            (folder / _NOTE).write_text(json.dumps(note), encoding="utf-8")
            folder.rename(self._folder / trial_id)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise

    def _forget_unfinished(self, newest: Path) -> None:
        """Remove what a process that was killed has left in the making."""
        for path in self._folder.glob(f"{_UNFINISHED}*"):
            with suppress(FileNotFoundError):
                if newest.stat().st_mtime - path.stat().st_mtime > _MAKING_SECONDS:
                    shutil.rmtree(path, ignore_errors=True)

    @staticmethod
    def remove(trial: Trial) -> None:
        """Forget a trial with all that happened in it."""
        shutil.rmtree(trial.folder, ignore_errors=True)

    def _all(self) -> list[Trial]:
        """Every whole trial, the newest first: ids rise."""
        found = (_read(path.parent) for path in self._folder.glob(f"*/{_NOTE}"))
        return sorted((it for it in found if it is not None), key=lambda it: it.id, reverse=True)


def _read(folder: Path) -> Trial | None:
    try:
        note = json.loads((folder / _NOTE).read_text(encoding="utf-8"))
    except FileNotFoundError:  # it is just being removed
        return None
    return Trial(folder.name, note["person"], note["key"], note["version"], datetime.fromisoformat(note["made_at"]), folder)
