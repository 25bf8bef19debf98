"""The time of a trial: it goes on like the real one, and can be let pass until something is due."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from app.clock import LONGEST_OFFSET, move_to
from app.words import gettext
from engine import InvalidRequest

if TYPE_CHECKING:
    from pathlib import Path

    from app.services import Services

MOST_STEPS = 500
"""Moments at which something falls due while the time passes: a timer that repeats each minute must not keep a page for hours."""


def pass_until(inside: Services, clock_file: Path, until: datetime) -> bool:
    """Let the time pass, each due job at its own moment, as it would have come. Whether all of it was done. The time never goes back."""
    for _ in range(MOST_STEPS):
        due = min((it for it in (inside.engine.jobs.next_due(), inside.engine.connectors.next_due()) if it is not None), default=None)
        if due is None or due > until:
            _set(inside, clock_file, until)
            return True
        _set(inside, clock_file, due)
        inside.engine.jobs.run_due()
        call_connectors(inside)
    return False


def call_connectors(inside: Services) -> int:
    """Let the connectors of a trial, which send nothing, answer what waits for them; how many calls that were."""
    for count in range(MOST_STEPS):
        if not inside.engine.connectors.run_next():
            return count
    return MOST_STEPS


def _set(inside: Services, clock_file: Path, moment: datetime) -> None:
    """Set the clock to the first whole second that is not before a moment."""
    ahead = moment - (inside.clock.now() - inside.clock.offset)
    seconds = timedelta(seconds=-(-ahead // timedelta(seconds=1)))
    if seconds > LONGEST_OFFSET:
        raise InvalidRequest(gettext("That is more than a hundred years away."))
    if seconds > inside.clock.offset:
        move_to(clock_file, seconds)
