"""The time: the system's clock, and one that can be moved for the sample company.

Everything that belongs to the business (deadlines, timers, history) reads the injected clock. Session expiry, rate limits and leases read
the real one.
"""

from __future__ import annotations

import re
import tempfile
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

_OFFSET = re.compile(r"(?P<sign>[+-])(?P<number>\d{1,6})(?P<unit>[smhdw])", re.ASCII)
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
LONGEST_OFFSET = timedelta(days=100 * 365)  # calendars and dates end somewhere
_LOOK_SECONDS = 0.5  # how often the file is looked at, to wake what waits for a moment


class SystemClock:
    """The real time, to the millisecond, in UTC."""

    def now(self) -> datetime:
        """The current moment."""
        return _to_milliseconds(datetime.now(UTC))

    @property
    def offset(self) -> timedelta:
        """How far this clock is ahead of the real one: not at all."""
        return timedelta(0)


class MovableClock:
    """The real time plus the offset that stands in a file, in seconds. A missing file means no offset."""

    def __init__(self, path: Path, on_move: Callable[[], None] = lambda: None) -> None:
        """`on_move` is called from a thread of its own soon after the file changed, while `watch` runs."""
        self._path = path
        self.on_move = on_move
        self._known: tuple[int, int] = (0, 0)  # size and time of change of the file, when the offset was read
        self._offset = timedelta(0)
        self._stop = threading.Event()

    def now(self) -> datetime:
        """The moved moment."""
        return _to_milliseconds(datetime.now(UTC) + self.offset)

    @property
    def offset(self) -> timedelta:
        """How far this clock is ahead of the real one."""
        try:
            status = self._path.stat()
        except FileNotFoundError:
            self._known, self._offset = (0, 0), timedelta(0)
            return self._offset
        seen = (status.st_size, status.st_mtime_ns)
        if seen != self._known:
            self._offset = read_offset(self._path)
            self._known = seen
        return self._offset

    def watch(self) -> None:
        """Call `on_move` whenever the offset changes, until `stop`."""
        threading.Thread(target=self._watch, args=(self.offset,), name="clock", daemon=True).start()

    def stop(self) -> None:
        """End watching."""
        self._stop.set()

    def _watch(self, last: timedelta) -> None:
        while not self._stop.wait(_LOOK_SECONDS):
            if (current := self.offset) != last:
                last = current
                self.on_move()


def read_offset(path: Path) -> timedelta:
    """The offset in a clock file; none where it is missing or not a number."""
    try:
        offset = timedelta(seconds=int(path.read_text(encoding="ascii").strip() or "0"))
    except (FileNotFoundError, ValueError, OverflowError):
        return timedelta(0)
    return offset if abs(offset) <= LONGEST_OFFSET else timedelta(0)


def move(path: Path, by: str) -> timedelta:
    """Move a clock file by `+3d`, `-2h`, `+90m`; `0` sets it back to the real time. Returns the new offset."""
    offset = timedelta(0)
    if by != "0":
        matched = _OFFSET.fullmatch(by)
        if not matched:
            raise ValueError(f"{by!r} is not a step of the clock: write +3d, -2h, +90m, +1w or 0")
        step = timedelta(**{_UNITS[matched["unit"]]: int(matched["number"])})
        offset = read_offset(path) + (step if matched["sign"] == "+" else -step)
        if abs(offset) > LONGEST_OFFSET:
            raise ValueError(f"{by!r} would move the clock by more than {LONGEST_OFFSET.days // 365} years")
    move_to(path, offset)
    return offset


def move_to(path: Path, offset: timedelta) -> None:
    """Set a clock file to an offset of whole seconds."""
    path.parent.mkdir(parents=True, exist_ok=True)
    # Written beside and renamed, so that a server never reads half a number.
    with tempfile.NamedTemporaryFile("w", encoding="ascii", dir=path.parent, delete=False) as file:
        file.write(str(int(offset.total_seconds())))
    Path(file.name).replace(path)


def _to_milliseconds(moment: datetime) -> datetime:
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)
