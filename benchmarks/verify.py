"""How fast the history is verified: a million entries of a hundred thousand sealed chains, written by the code that chains them.

Each entry holds the events of a completed task; every chain is compared with its head and its seal. Parts: none.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import Dialect, insert

from benchmarks.kit.sites import postgresql
from benchmarks.kit.wish import Kind, Wish
from engine.audit.sealed import SealedHistory
from engine.audit.sealing import seal
from engine.audit.seals import SealFile, SealKey
from engine.audit.verify import Report, check
from engine.events import ElementEntered, ElementLeft, ElementPassed, Event, UserTaskCompleted, UserTaskCreated, VariableChanged
from engine.model import Actor
from engine.store import history
from engine.store.database import Database
from engine.store.migrations import upgrade
from engine.store.tables import history_entry, history_head

_CHAINS = 100_000
_ENTRIES = 10  # of a chain
_AT_ONCE = 500  # chains written in one transaction
_ROUNDS = 3
_CLERK = Actor("clerk")
_BEGIN = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)


@dataclass
class Gathered:
    """A writer that keeps rows until many are written at once. The head of a chain is only kept as it is at the end."""

    dialect: Dialect
    entries: list[dict[str, Any]] = field(default_factory=list)
    heads: dict[str, dict[str, Any]] = field(default_factory=dict)

    def execute(self, statement: object, values: Any, /) -> None:  # noqa: ANN401 - as it is written
        """What `append_after` writes: an entry, then its head."""
        if getattr(statement, "table", None) is history_entry:
            self.entries.append(values)
        else:
            chain = values.get("of") or values["chain"]
            self.heads[chain] = {"chain": chain, "seq": values["seq"], "hash": values["hash"]}


def measure(wish: Wish) -> Iterator[dict[str, object]]:
    """Both databases."""
    for kind in wish.databases:
        with _database(kind) as (database, folder):
            file, key = SealFile(folder / "seals"), SealKey.kept_in(folder / "key")
            _write(database, wish.size(_CHAINS, 20))
            _seal(database, file, key)
            rounds = [_verify(database, file, key) for _ in range(wish.size(_ROUNDS, 1))]
            report, times = rounds[0][0], [seconds for _, seconds in rounds]
            yield {
                "figure": "rows verified",
                "rows": report.entries,
                "chains": report.chains,
                "seals": report.sealed.seals if report.sealed else 0,
                "findings": len(report.findings),
                "seconds": [round(it, 2) for it in times],
                "per_s": round(report.entries / min(times)),
                "database": {"name": kind, "durable": database.durability()},
            }


def _verify(database: Database, file: SealFile, key: SealKey) -> tuple[Report, float]:
    """The report, and the seconds that it took."""
    begun = time.perf_counter()
    sealed = SealedHistory.read(file, key.public)
    with database.read() as connection:
        report = check(connection, None, sealed)
    return report, time.perf_counter() - begun


def _write(database: Database, chains: int) -> None:
    for first in range(0, chains, _AT_ONCE):
        with database.begin() as connection:
            written = Gathered(connection.dialect)
            for number in range(first, min(first + _AT_ONCE, chains)):
                chain, head = f"{number:020d}", history.EMPTY
                for step in range(_ENTRIES):
                    at = _BEGIN + timedelta(minutes=number, seconds=step)
                    head = history.append_after(written, head, chain, _CLERK, at, _events(chain, number, step, at))
            connection.execute(insert(history_entry), written.entries)
            connection.execute(insert(history_head), list(written.heads.values()))


def _events(chain: str, number: int, step: int, at: datetime) -> list[Event]:
    """A completed task, what comes next, and a few values: about 650 characters, as in the sample company on average."""
    task, following = f"{chain}{step:04d}", f"{chain}{step + 1:04d}"
    entered = ElementEntered(chain, f"step_{step + 1}", following, f"step_{step}_to_step_{step + 1}")
    values: tuple[list[object], ...] = (
        ["String", f"RG-{number}"],
        ["Date", at.date().isoformat()],
        ["Number", str(1250 * number)],
        ["String", "approve"],
    )
    changed = [VariableChanged(chain, f"value_{place}", value) for place, value in enumerate(values)]
    return [
        UserTaskCompleted(task, f"step_{step}", "approve", "按合同 CT-2025-031 执行。"),
        ElementLeft(chain, f"step_{step}", task),
        ElementPassed(chain, "approved", f"step_{step}_to_approved"),
        entered,
        UserTaskCreated(following, f"step_{step + 1}", groups=["finance:head"], due=(at + timedelta(days=2)).isoformat()),
        *changed,
    ]


def _seal(database: Database, file: SealFile, key: SealKey) -> None:
    for number in count():
        with database.begin() as connection:
            if seal(connection, _BEGIN + timedelta(days=365, minutes=number), file, key) is None:
                return


@contextmanager
def _database(kind: Kind) -> Iterator[tuple[Database, Path]]:
    """An empty one of the newest schema, and a folder of its own."""
    with tempfile.TemporaryDirectory(prefix="crossdesk-benchmark-") as name:
        folder = Path(name)
        if kind == "sqlite":
            yield from _migrated(f"sqlite:///{folder / 'crossdesk.db'}", folder)
        else:
            with postgresql() as server:
                yield from _migrated(server.create("verified"), folder)


def _migrated(url: str, folder: Path) -> Iterator[tuple[Database, Path]]:
    database = Database(url)
    upgrade(database)
    try:
        yield database, folder
    finally:
        database.dispose()
