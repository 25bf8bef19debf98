"""Experiment 6: many timers are due at once, and a worker is killed every 0.15 s.

Three workers do what is due; each is killed after half a second on average, and another one takes its place. Each timer moves its token
once, and none is forgotten.

The guard is the one transaction that takes the job away and moves its token. Where a worker first marks a job as its own in a transaction
that is committed, and then does it in a second one, this prints

    AssertionError: 287 timers are left
"""

from __future__ import annotations

import itertools
import os
import random
import signal
import time
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from engine.store.tables import job
from tests.faults.conftest import Site
from tests.faults.hands import hands, say, times
from tests.faults.test_clock import waiting

KILL_SECONDS = 0.15
WORKERS = 3
PATIENCE = times(60, 900)  # seconds, for what takes 3 and 60


def left(site: Site) -> int:
    """How many jobs are not done."""
    with site.engine.database.read() as connection:
        return connection.execute(select(func.count()).select_from(job)).scalar_one()


@pytest.mark.slow
def test_each_of_many_due_timers_fires_once_while_workers_are_killed(site: Site) -> None:
    site.clock.moment = datetime.now(UTC)
    site.deploy(p=waiting("PT0S"))
    cases = {site.start() for _ in range(times(400, 10_000))}
    numbers, kills = itertools.count(1), 0
    with hands(site.url) as (hand,):

        def worker() -> int:
            return hand.do("work", first=next(numbers) * 1_000_000, at=None, stay=True)["value"]

        begun = datetime.now(UTC)
        workers = [worker() for _ in range(WORKERS)]
        while left(site):
            time.sleep(KILL_SECONDS)
            os.kill(workers.pop(random.randrange(WORKERS)), signal.SIGKILL)
            kills += 1
            workers.append(worker())
            assert datetime.now(UTC) - begun < timedelta(seconds=PATIENCE), f"{left(site)} timers are left"
        for pid in workers:
            os.kill(pid, signal.SIGKILL)
    fired = [(case, at) for case, at, fields in site.happened("ElementLeft") if fields["element"] == "t"]
    twice = {case: count for case, count in Counter(case for case, _ in fired).items() if count > 1}
    assert not twice, f"fired more than once: {twice}"
    assert {case for case, _ in fired} == cases, f"never fired: {cases - {case for case, _ in fired}}"
    assert all(list(site.tasks(case)) == ["a"] for case in random.sample(sorted(cases), 50))
    site.is_whole()
    late = sorted((at - begun).total_seconds() for _, at in fired)
    figures = {"p50_seconds": round(late[len(late) // 2], 2), "p99_seconds": round(late[int(len(late) * 0.99)], 2)}
    say("6 due timers, workers killed", database=site.engine.database.dialect, timers=len(cases), kills=kills, lateness=figures)
    assert kills > 3, "hardly anybody was killed: this shows nothing"
