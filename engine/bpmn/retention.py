"""How long past cases may stay: `camunda:historyTimeToLive`, as Camunda 7 reads it."""

from __future__ import annotations

import re
from typing import Final

_DAYS: Final = re.compile(r"P(\d{1,9})D|(\d{1,9})", re.ASCII)
MOST_DAYS: Final = 2**31 - 1  # what the column holds, and Camunda's Integer


def days_of(text: str | None) -> int | None:
    """`30` and `P30D` are thirty days; months and years have no number of days: None, as where nothing is said."""
    found = _DAYS.fullmatch((text or "").strip())
    return int(found[1] or found[2]) if found else None
