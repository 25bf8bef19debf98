"""What the database alone can do: the statements of recorded completions, executed once more, with nothing else around them.

The same statements with the same rows, on a copy of the database from before; what a step sends together is sent together here, and each
transaction is committed as durably. So it is the limit that a server with this schema approaches and cannot pass.
"""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from benchmarks.kit import purchases
from benchmarks.kit.hands import Begin, side_by_side
from benchmarks.kit.sites import Site, serving
from benchmarks.kit.transactions import WRITES, Statement, Transaction, transactions
from benchmarks.kit.wish import Kind
from engine.store.libpq import Command, exchange

FINISHED = "INSERT INTO finished_task"
_HISTORY = "INSERT INTO history_entry"
_WAIT_SECONDS = 60


@dataclass
class Recording:
    """What a server did for some completions, and copies of its database from before them, one for each replay."""

    site: Site
    transactions: list[Transaction]
    copies: list[str]  # each is used once

    def steps(self) -> list[Transaction]:
        """The transactions that completed a task."""
        return [it for it in self.transactions if it.mentions(FINISHED)]

    def completions(self) -> Iterator[tuple[list[Transaction], Transaction]]:
        """Each step with the transactions before it that were in the threads of requests, too."""
        threads = {it.thread for it in self.steps()}
        before: list[Transaction] = []
        for it in (it for it in self.transactions if it.thread in threads):
            if it.mentions(FINISHED):
                yield before, it
                before = []
            else:
                before.append(it)

    def replay(self, connections: int) -> float:
        """Completions per second with so many connections, each in a process. SQLite has one writer, whoever asks for more."""
        number = 1 if self.site.kind == "sqlite" else connections
        cases: dict[str, list[Transaction]] = defaultdict(list)
        for step in self.steps():
            cases[_case(step)].append(step)
        hands: list[list[Transaction]] = [[] for _ in range(number)]
        for turn, steps in enumerate(cases.values()):
            hands[turn % number] += steps
        url = self.copies.pop()
        spans = side_by_side(_hand, [(url, steps) for steps in hands])
        return len(self.steps()) / (max(end for _, end in spans) - min(begun for begun, _ in spans))


@contextmanager
def recorded(kind: Kind, cases: int, copies: int) -> Iterator[Recording]:
    """Record the completion of three tasks in so many cases, by one client."""
    with tempfile.TemporaryDirectory(prefix="crossdesk-recording-") as name:
        notes = Path(name) / "transactions"
        with serving(kind, counted=notes) as site:
            purchases.deploy(site)
            purchases.start(site, cases, 1)
            site.wait_until_idle()
            site.server.stop()
            before = [_copy(site, Path(name), number) for number in range(copies)]
            notes.unlink()
            site.server.start()
            list(purchases.complete(site, 1))
            yield Recording(site, list(transactions(notes)), before)
            if site.postgresql is not None:
                for number in range(copies):
                    site.postgresql.drop(f"copy_{number}")


def _copy(site: Site, folder: Path, number: int) -> str:
    """A copy of a database that nobody has open."""
    if site.postgresql is None:
        path = folder / f"copy-{number}.db"
        shutil.copyfile(site.url.removeprefix("sqlite:///"), path)
        return str(path)
    return site.postgresql.create(f"copy_{number}", template=site.database)


def _case(step: Transaction) -> str:
    """The case that a step belongs to, by its row of the history."""
    parameters = next(it.parameters for it in step.statements if it.text.startswith(_HISTORY))
    return str(parameters[0])


def _hand(job: tuple[str, Sequence[Transaction]], begin: Begin) -> tuple[float, float]:
    """When one of them began and ended."""
    url, steps = job
    with (_on_postgresql if url.startswith("postgresql") else _on_sqlite)(url) as do:
        begin()
        begun = time.perf_counter()
        for step in steps:
            do(step)
        return begun, time.perf_counter()


@contextmanager
def _on_postgresql(url: str) -> Iterator[Any]:
    with psycopg.connect(url, options="-c synchronous_commit=on -c jit=off") as connection:
        prepared: set[bytes] = set()
        names: dict[str, bytes] = {}

        def command(statement: Statement) -> Command:
            name = names.setdefault(statement.text, b"limit_%d" % len(names))
            return Command(name, statement.text.encode(), statement.parameters if statement.many else [statement.parameters])

        def do(step: Transaction) -> None:
            reads = [it for it in step.statements if not it.text.startswith(WRITES)]
            for together in (reads, step.statements[len(reads) :]):
                exchange(connection, prepared, [command(it) for it in together])
            connection.commit()

        yield do


@contextmanager
def _on_sqlite(path: str) -> Iterator[Any]:
    connection = sqlite3.connect(path, timeout=_WAIT_SECONDS, isolation_level=None)
    for setting in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {setting}")
    cursor = connection.cursor()

    def do(step: Transaction) -> None:
        cursor.execute("BEGIN IMMEDIATE")
        for statement in step.statements:
            (cursor.executemany if statement.many else cursor.execute)(statement.text, statement.parameters)
            if not statement.text.startswith(WRITES):
                cursor.fetchall()
        cursor.execute("COMMIT")

    yield do
    connection.close()
