"""Hands from the side of a test: starting them, telling them what to do, killing them; and what a database holds."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import select

from engine.store.database import Database
from engine.store.tables import metadata

ROOT = Path(__file__).resolve().parents[2]
LONG = os.environ.get("CROSSDESK_FAULTS", "") == "long"


def times(short: int, long: int) -> int:
    """How often: the short form runs with all tests, the long one by `make faults`."""
    return long if LONG else short


def say(experiment: str, **figures: object) -> None:
    """One line of JSON for each experiment; `make faults` shows them."""
    print(json.dumps({"experiment": experiment, **figures}, ensure_ascii=False), flush=True)


class Hand:
    """A process with an engine."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def begin(self, act: str, /, **told: object) -> None:
        """Tell it what to do, and do not wait. `args` are the act's arguments."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"act": act, **told}) + "\n")
        self._process.stdin.flush()

    def end(self) -> dict[str, Any]:
        """What came of it."""
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, "the hand is gone"
        found: dict[str, Any] = json.loads(line)
        return found

    def do(self, act: str, /, **told: object) -> dict[str, Any]:
        """Tell it what to do, and wait for what came of it."""
        self.begin(act, **told)
        return self.end()


def at_once(rivals: list[Hand], *acts: tuple[str, dict[str, object]], at: int = 0) -> list[dict[str, Any]]:
    """Tell each hand its act, then wait for all of them. `at`: the seconds that have passed on their clocks."""
    for hand, (act, args) in zip(rivals, acts, strict=True):
        hand.begin(act, args=args, at=at)
    return [hand.end() for hand in rivals]


@contextmanager
def hands(url: str, count: int = 1) -> Iterator[list[Hand]]:
    """Processes on one database. They end with the block, and their children with them."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "tests.faults.hand", url]
    started = [
        subprocess.Popen(
            command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
        )
        for _ in range(count)
    ]
    try:
        yield [Hand(process) for process in started]
    finally:
        for process in started:
            os.killpg(process.pid, signal.SIGKILL)  # a group of its own
            process.communicate()


def dump(database: Database) -> dict[str, list[str]]:
    """Every row of every table, in order."""
    with database.read() as connection:
        return {table.name: sorted(repr(tuple(row)) for row in connection.execute(select(table))) for table in metadata.sorted_tables}


def difference(expected: dict[str, list[str]], seen: dict[str, list[str]]) -> str:
    """What is missing and what is too much, table by table; empty where nothing is."""
    lines = []
    for name, rows in expected.items():
        lines += [f"  missing in {name}: {row}" for row in rows if row not in seen[name]]
        lines += [f"  too much in {name}: {row}" for row in seen[name] if row not in rows]
        if not lines and len(rows) != len(seen[name]):
            lines.append(f"  {name} has {len(seen[name])} rows instead of {len(rows)}")
    return "\n".join(lines)
