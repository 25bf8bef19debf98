"""Moments as Camunda 7 writes them: `2026-01-31T09:15:00.000+0000`."""

from __future__ import annotations

from datetime import UTC, datetime

_WITHOUT_ZONE = len("2026-01-31T09:15:00.000")


def shown(moment: datetime | None) -> str | None:
    """A moment, in UTC, to the millisecond; null for none."""
    if moment is None:
        return None
    utc = moment if moment.tzinfo is UTC else moment.astimezone(UTC)
    return utc.isoformat(timespec="milliseconds")[:_WITHOUT_ZONE] + "+0000"


def read(text: str) -> datetime:
    """A moment with milliseconds and offset. Raises ValueError for any other form, and outside of the years 1 to 9999 in UTC."""
    found = datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%f%z")
    try:
        found.astimezone(UTC)
    except OverflowError as error:
        raise ValueError(str(error)) from error
    return found
