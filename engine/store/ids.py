"""Ids: 20 characters that sort by the time they were made, so that indexes grow at their end and stay compact.

48 bits of milliseconds since 1970, then 48 random bits, in lower-case base32hex (RFC 4648, section 7), whose digits sort like the
bytes. Ids of one maker always rise, also within a millisecond and when the clock steps back: rows read in the order of their ids are in
the order in which they were made.
"""

from __future__ import annotations

import base64
import threading
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from engine.store.moments import from_milliseconds

if TYPE_CHECKING:
    from engine.ports import Clock

ID_LENGTH = 20
_RANDOM_BITS = 48
_BYTES = 12


class RisingIds:
    """Makes ids. `random_bytes(n)` gives n random bytes (`secrets.token_bytes`); safe to call from many threads."""

    def __init__(self, clock: Clock, random_bytes: Callable[[int], bytes]) -> None:
        self._clock = clock
        self._random_bytes = random_bytes
        self._last = 0
        self._lock = threading.Lock()

    def __call__(self) -> str:
        """A new id, greater than all before it."""
        moment = int(self._clock.now().timestamp() * 1000)
        fresh = moment << _RANDOM_BITS | int.from_bytes(self._random_bytes(_RANDOM_BITS // 8), "big")
        with self._lock:
            # In the same millisecond, or after the clock stepped back, count on from the last id.
            self._last = fresh if fresh >> _RANDOM_BITS > self._last >> _RANDOM_BITS else self._last + 1
            return encode(self._last)


def encode(number: int) -> str:
    """The 96 bits of an id as text."""
    return base64.b32hexencode(number.to_bytes(_BYTES, "big")).decode("ascii").rstrip("=").lower()


def moment_of(id_: str) -> datetime:
    """When an id was made, to the millisecond: what waits needs no column for since when."""
    padded = id_.upper() + "=" * (-len(id_) % 8)
    return from_milliseconds(int.from_bytes(base64.b32hexdecode(padded), "big") >> _RANDOM_BITS)
