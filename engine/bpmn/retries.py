"""How often something that failed is tried again, and after which waits: `camunda:failedJobRetryTimeCycle`, as Camunda 7 reads it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

_REPEATED: Final = re.compile(r"R(?P<tries>\d{1,4})/(?P<wait>\S+)")
_DURATION: Final = re.compile(r"P(?:(\d{1,5})W)?(?:(\d{1,5})D)?(?:T(?:(\d{1,5})H)?(?:(\d{1,5})M)?(?:(\d{1,5})S)?)?")


@dataclass(frozen=True, slots=True)
class RetryCycle:
    """So many tries in all, the first included, and the waits between them; the last wait is repeated."""

    tries: int
    waits: tuple[timedelta, ...]

    def wait_after(self, left: int) -> timedelta:
        """The wait before the next try when `left` are left. Whoever gave more tries by hand begins with the first wait."""
        return self.waits[min(max(self.tries - 1 - left, 0), len(self.waits) - 1)]


USUAL: Final = RetryCycle(3, (timedelta(seconds=10), timedelta(minutes=1)))
"""Where the model says nothing."""


def read_cycle(text: str) -> RetryCycle:
    """`R5/PT5M`: five tries, five minutes between them. `PT10S,PT1M,PT1H`: a try more than there are waits. Raises `ValueError`."""
    repeated = _REPEATED.fullmatch(text.strip())
    if repeated:
        tries = int(repeated["tries"])
        if tries == 0:
            raise ValueError(text)
        return RetryCycle(tries, (_duration(repeated["wait"]),))
    waits = tuple(_duration(part.strip()) for part in text.split(","))
    return RetryCycle(len(waits) + 1, waits)


def _duration(text: str) -> timedelta:
    """Weeks, days, hours, minutes and seconds; months and years have no fixed length."""
    found = _DURATION.fullmatch(text)
    if found is None or not any(found.groups()) or text.endswith("T"):
        raise ValueError(text)
    weeks, days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
