"""A process of its own with an engine on a database: it does what it is told, a line at a time, and dies where it is told to.

`python -m tests.faults.hand URL`. A line of standard input is an act in JSON, and each is answered by a line:

    {"act": "complete", "args": {...}}                       with the engine of this process, which stays
    {"act": "complete", "args": {...}, "first": 500}         in a child with a new engine, whose ids count from 500: as after a restart
    {"act": "complete", "args": {...}, "first": 500, "die": 7}   the child ends at point 7, without a word to anybody (`os._exit`)
    {"act": "work", "args": {...}, "first": 500, "stay": true}   the child runs on; the answer is its process id

The points are before and after each statement, before and after each commit: they come from SQLAlchemy's events, so a new statement
is a new point.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, event

from app.clock import SystemClock
from engine.engine import Engine
from engine.store.database import Database
from engine.store.ids import RisingIds
from tests.conftest import FakeClock
from tests.engine.services.conftest import AnyForm
from tests.faults.acts import ACTS, MONDAY

DIED = 9


class Points:
    """Counts the points of a step, and ends the process at one of them."""

    def __init__(self, database: Database, die: int | None) -> None:
        self.passed: list[str] = []
        self.executed: list[str] = []  # what SQLite says that it executed
        self._die = die
        self._reader = database._reader
        self._written = False  # a transaction that writes has just been committed
        for engine in {database._writer, database._reader} if database.dialect == "sqlite" else {database._writer}:
            event.listen(engine, "before_cursor_execute", lambda _c, _k, sql, *_r: self._pass(f"before {short(sql)}"))
            event.listen(engine, "after_cursor_execute", lambda _c, _k, sql, *_r: self._pass(f"after {short(sql)}"))
            event.listen(engine, "commit", self._commits)
            event.listen(engine, "checkin", self._is_back)
            if database.dialect == "sqlite":
                event.listen(engine, "checkout", lambda connection, *_rest: connection.set_trace_callback(self.executed.append))

    def _commits(self, connection: Connection) -> None:
        readers = connection.get_execution_options()
        self._written = connection.engine is not self._reader and not readers.get("postgresql_readonly", False)
        if self._written:
            self._pass("before commit")

    def _is_back(self, *_connection: object) -> None:
        """A connection is given back: its transaction is over."""
        if self._written:
            self._written = False
            self._pass("after commit")

    def _pass(self, name: str) -> None:
        if len(self.passed) == self._die:
            os._exit(DIED)
        self.passed.append(name)


def short(sql: str) -> str:
    """The name of a statement: its beginning."""
    return " ".join(sql.split())[:60]


def build(url: str, at: float | None = 0, first: int | None = None) -> Engine:
    """An engine whose clock stands `at` seconds after Monday morning; None: the real time. Its ids count from `first`, or are random."""
    clock: FakeClock | SystemClock = SystemClock() if at is None else FakeClock(MONDAY + timedelta(seconds=at))
    if first is None:
        ids = RisingIds(clock, os.urandom)
    else:
        numbers = iter(range(first, 2**40))
        ids = RisingIds(clock, lambda size: next(numbers).to_bytes(size, "big"))
    return Engine(Database(url), clock, ids, AnyForm(), {})


def answer(engine: Engine, told: Mapping[str, Any]) -> dict[str, object]:
    """Do one act; what is refused is an answer too."""
    try:
        work = ACTS[told["act"]](engine, **told.get("args", {}))
        points = Points(engine.database, told.get("die")) if "first" in told else None
        value = work()
    except Exception as error:  # noqa: BLE001 - what must not happen is told as well: the test says so
        return {"error": type(error).__name__, "message": str(error)}
    return {"value": value, "points": points.passed, "executed": [sql[:99] for sql in points.executed]} if points else {"value": value}


def in_child(told: Mapping[str, Any], work: Callable[[], dict[str, object]]) -> dict[str, object]:
    """Do it in a child, and say how that ended."""
    ours, theirs = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(ours)
        os.write(theirs, b"")
        with os.fdopen(theirs, "w") as channel:
            json.dump(work(), channel)
        os._exit(0)
    os.close(theirs)
    if told.get("stay"):
        os.close(ours)
        return {"value": child}
    with os.fdopen(ours) as channel:
        said = channel.read()
    _, status = os.waitpid(child, 0)
    return {**(json.loads(said) if said else {}), "status": os.waitstatus_to_exitcode(status)}


def main() -> None:
    """Read acts until standard input ends."""
    url = sys.argv[1]
    own: Engine | None = None
    for line in sys.stdin:
        told = json.loads(line)
        if "first" in told:
            said = in_child(told, lambda told=told: answer(build(told.get("url", url), told.get("at", 0), told["first"]), told))
        else:
            own = own or build(url)
            own.clock.moment = MONDAY + timedelta(seconds=told.get("at", 0))
            said = answer(own, told)
        print(json.dumps(said), flush=True)
        reap()


def reap() -> None:
    """Children that were killed meanwhile."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass


if __name__ == "__main__":
    main()
