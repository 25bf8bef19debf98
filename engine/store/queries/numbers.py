"""Case numbers: `PA-2026-0142`, unique and rising, with gaps.

A process takes a block of numbers in a short transaction of its own and gives them out from memory, so that starting a case never waits
for another start. Numbers of a block that nobody used when the process ends are the gaps.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from engine.store.queries.upsert import insert_into
from engine.store.tables import number_block

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from engine.store.database import Database

BLOCK = 20


class NoNumberLeft(Exception):
    """A transaction needs a number and there is none in memory; `count` are wanted before it is tried again."""

    def __init__(self, prefix: str, year: int, count: int) -> None:
        super().__init__(f"{prefix}-{year}")
        self.prefix, self.year, self.count = prefix, year, count


class NumberBlocks:
    """Gives out numbers; one for all threads of a process."""

    def __init__(self, database: Database, size: int = BLOCK) -> None:
        self._database = database
        self._size = size
        self._lock = threading.Lock()
        self._left: dict[tuple[str, int], range] = {}

    def next(self, prefix: str, year: int) -> str:
        """The next number of a prefix and year. To be called before the transaction that uses it, never within one."""
        with self._lock:
            left = self._left.get((prefix, year)) or self.take(prefix, year)
            self._left[prefix, year] = left[1:]
        return f"{prefix}-{year}-{left[0]:04d}"

    def spare(self, prefix: str, year: int) -> str | None:
        """The next number that is in memory, also within a transaction; None where `fill` must be called first, outside of it."""
        with self._lock:
            left = self._left.get((prefix, year), ())
            if not left:
                return None
            self._left[prefix, year] = left[1:]
        return f"{prefix}-{year}-{left[0]:04d}"

    def fill(self, prefix: str, year: int, count: int) -> None:
        """Have at least `count` numbers in memory; those that are left there of a smaller block are given up."""
        with self._lock:
            if len(self._left.get((prefix, year), ())) < count:
                self._left[prefix, year] = self.take(prefix, year, count)

    def take(self, prefix: str, year: int, least: int = 1) -> range:
        """A whole block, for nobody else, of at least so many numbers."""
        return self._database.write(lambda conn: self._take(conn, prefix, year, max(self._size, least)))

    def _take(self, conn: Connection, prefix: str, year: int, size: int) -> range:
        """The next block: the row is locked for this one statement only."""
        upsert = insert_into(conn, number_block).on_conflict_do_update(
            index_elements=[number_block.c.prefix, number_block.c.year], set_={"next": number_block.c.next + size}
        )
        row = {"prefix": prefix, "year": year, "next": 1 + size}
        after: int = conn.execute(upsert.returning(number_block.c.next), row).scalar_one()
        return range(after - size, after)
