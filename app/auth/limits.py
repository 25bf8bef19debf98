"""How often a wrong password may be tried. Counted per process, in memory, by the real clock."""

from __future__ import annotations

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

_FROM_ANYWHERE = "50 per hour"  # for one name, from all addresses together


class Attempts:
    """Counts wrong passwords. Right ones cost nothing."""

    def __init__(self, limit: str) -> None:
        """`limit` like `5 per 15 minutes`: for one name from one address."""
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._limits = (parse(limit), parse(_FROM_ANYWHERE))

    def are_left(self, person: str, address: str) -> bool:
        """Whether another try is allowed."""
        return all(self._limiter.test(limit, *keys) for limit, keys in self._keys(person, address))

    def note(self, person: str, address: str) -> None:
        """A wrong password was given."""
        for limit, keys in self._keys(person, address):
            self._limiter.hit(limit, *keys)

    def _keys(self, person: str, address: str) -> list[tuple[RateLimitItem, tuple[str, ...]]]:
        name = person.casefold()
        return list(zip(self._limits, ((name, address), (name,)), strict=True))
