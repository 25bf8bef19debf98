"""Experiment 3: PostgreSQL itself is killed with SIGKILL while clients work, and started again.

Clients and checks are those of experiment 1. A server that cannot reach the database, or lost it at the commit, answers 503, and says which
of the two; a careful client then looks, as after a missing answer. After the database is there again each server does a step within ten
seconds, and its timers go on.

The guards, and what this prints without them:

- A lost connection is told as such (`_is_away` in `engine/store/database.py`). Without it clients are told what is not certain:
  `AssertionError: {'type': 'RestException', 'message': 'The server failed; nothing was changed. Its log says why.', 'code': 0}`
- A step is only done again where its commit cannot have taken place (`_may_retry`). A kill hits that moment too rarely to count on: it is
  made by hand in `tests/store/test_database.py`, which prints without the guard `assert 3 == 1`, `3 = len([1, 1, 1])`.
- The wake-up comes, whatever was asked for before it started (`tests/engine/jobs/test_wakeup.py`; it did not, and this showed it):
  `AssertionError: no step or no timer: …`
"""

from __future__ import annotations

import os
import random
import shutil
import time
from collections import Counter
from pathlib import Path

import psutil
import pytest

from tests.engine.services.conftest import END, START, model, user_task
from tests.engine.services.test_events_and_jobs import timer
from tests.faults.hands import say, times
from tests.faults.servers import Client, Server, Unknown, at_work
from tests.faults.test_kill import COUNTED, Ledger, check
from tests.postgresql import start_server

RECONNECT = 10.0  # promised, in seconds
MARGIN = 10
NAME = "killed"
TICK = model(
    START, f'<intermediateCatchEvent id="t">{timer("PT1S")}</intermediateCatchEvent>', user_task("a"), END,
    "s > t", "t > a", "a > e", key="tick",
)  # fmt: skip


def kill(process) -> None:
    """SIGKILL to PostgreSQL's first process; the others end when they see that it is gone."""
    first = psutil.Process(process.get_pid())
    others = first.children(recursive=True)
    first.kill()
    psutil.wait_procs(others, timeout=30)


def start_again(process) -> None:
    """Start PostgreSQL on what the killed one left. Its first process may stay in the list until it is reaped: its note is taken away."""
    (process.pgdata / "postmaster.pid").unlink()
    process.ensure_postgres_running()


def until_it_works(server: Server) -> tuple[float, float]:
    """Seconds until a server starts a case again, and until its timer of one second has fired."""
    begun, started, case = time.perf_counter(), 0.0, ""
    with Client(server.port) as client:
        while time.perf_counter() - begun < RECONNECT * MARGIN:
            time.sleep(0.05)
            try:
                if not case:
                    status, value = client.call("POST", "/process-definition/key/tick/start", {})
                    assert status == 200, value
                    case, started = value["id"], time.perf_counter() - begun
                elif client.get(f"/task?processInstanceId={case}"):
                    return started, time.perf_counter() - begun
            except Unknown:
                continue
    raise AssertionError(f"no step or no timer: {server.log.read_text('utf-8')[-3000:]}")


@pytest.mark.slow
@pytest.mark.postgresql
def test_a_database_killed_under_load_loses_nothing_and_servers_come_back(tmp_path: Path) -> None:
    seed, kills = random.randrange(10**6), times(2, 20)
    rng = random.Random(seed)
    own = start_server(f"killed-{os.getpid()}")
    url = own.create(NAME)
    own.admin.close()
    servers = [Server(url, tmp_path) for _ in range(times(1, 2))]
    ledgers = [Ledger(f"client-{number}", tuple(server.port for server in servers)) for number in range(8)]
    back: list[tuple[float, float]] = []
    try:
        for server in servers:
            server.start()
        with Client(servers[0].port) as client:
            client.deploy("counted", COUNTED)
            client.deploy("tick", TICK)
        with at_work([ledger.work for ledger in ledgers]):
            for _ in range(kills):
                time.sleep(rng.uniform(0.5, 2))
                kill(own.process)
                time.sleep(rng.uniform(0, 1))
                start_again(own.process)
                back += [until_it_works(server) for server in servers]
    finally:
        for server in servers:
            server.stop()
        shutil.copyfile(own.process.log, tmp_path / "postgresql.log")
    found = check(url, ledgers)
    own.process.cleanup()
    unknown = sum((ledger.unknown for ledger in ledgers), Counter())
    steps, timers = sorted(step for step, _ in back), sorted(timer for _, timer in back)
    figures = {"step": round(steps[-1], 2), "timer": round(timers[-1], 2), "limit": RECONNECT}
    say("3 PostgreSQL killed", servers=len(servers), kills=kills, seed=seed, **found, unknown=dict(unknown), back_within_seconds=figures)
    assert sum(unknown.values()), "no kill hit a request: this shows nothing"
    assert steps[-1] < RECONNECT * MARGIN
