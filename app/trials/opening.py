"""The trials that this process has open: each with services and an application of its own, the last few that were used."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING

from app.trials.making import open_services

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

    from app.services import Services
    from app.trials.keeping import Trial

_MOST_OPEN = 4


class OpenTrials:
    """By their id. Several processes may have the same one open: what they share is the database."""

    def __init__(self, services: Services, build: Callable[[Services, Trial], Flask]) -> None:
        self._services = services
        self._build = build
        self._lock = threading.Lock()
        self._open: OrderedDict[str, tuple[Services, Flask]] = OrderedDict()

    def app(self, trial: Trial) -> Flask:
        """The application of a trial."""
        with self._lock:
            if trial.id not in self._open:
                inside = open_services(self._services, trial)
                self._open[trial.id] = (inside, self._build(inside, trial))
            self._open.move_to_end(trial.id)
            while len(self._open) > _MOST_OPEN:
                self._open.popitem(last=False)[1][0].database.dispose()
            return self._open[trial.id][1]

    def close(self, trial_id: str) -> None:
        """Let go of one."""
        with self._lock:
            found = self._open.pop(trial_id, None)
        if found is not None:
            found[0].database.dispose()
