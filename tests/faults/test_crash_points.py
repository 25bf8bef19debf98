"""Experiment 2: a process that dies before or after any statement of a step, or at its commit.

For each kind of step the points are counted in a run without a crash. Then, for each point, a process dies there (`os._exit`), and
what the database holds is compared, row by row in all tables, with the state before the step, or after it where the commit came first:
nothing in between.
Then the client does what it would do (the step once more, in a new process), and in the end everything equals the run without a crash, to
the last byte of the history.

Nobody has to remember a new statement: the points are what SQLAlchemy executes, and on SQLite they are compared with what the database
says itself. Nor a new use case: each method of the engine that writes is a step here, or stands in `LEFT_OUT`.

The guards, and what this prints without them:

- The one transaction of a step (no `BEGIN` on SQLite, `isolation_level="AUTOCOMMIT"` on PostgreSQL):

    AssertionError: died after UPDATE process_instance SET id=?, definition_id=?, caller_to: neither before nor after
      to before:
      missing in process_instance: (…, '["s","s_fork","fork","fork_a","a","fork_b","b","b_join","join"]')
      too much in process_instance: (…, '["s","s_fork","fork","fork_a","a","fork_b","b","b_join","join","a_join","join_after","after"]')
      to after:
      missing in finished_task: (…)

  and on PostgreSQL, where the writes of a step are sent together, `died before commit, before the commit: too much in finished_task: (…)`
- One transaction and not two (a write to the outbox in a second one): `AssertionError: died after commit: neither before nor after`
- Statements that SQLAlchemy knows of (one with a cursor of the driver): `AssertionError: assert ['BEGIN IMMED...nt FROM', ...] ==
  ['BEGIN IMMED...nt FROM', ...]`, `Right contains one more item: 'UPDATE outbox SET'`
- A use case that nobody has put among the steps (`Tasks.forget_draft`):
  `AssertionError: add a step to tests/faults/steps.py for {'forget_draft'}`
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from itertools import groupby
from typing import Any

import pytest

from engine.store.database import Database
from tests.conftest import DATABASES
from tests.faults.conftest import Site, open_site
from tests.faults.hand import short
from tests.faults.hands import LONG, Hand, difference, dump, hands, say
from tests.faults.steps import LEFT_OUT, STEPS, Step

DIED = 9
FIRST = 10_000  # the ids of a step count from here, so that the same step makes the same rows
AGAIN = 20_000
ALSO_SHORT = {
    "sqlite": ("start", "completion that joins", "completion that calls", "timer", "timer that starts a case", "job that fails", "message",
               "claim", "release", "reassignment", "cancellation", "deployment", "external task that is done"),
    "postgresql": ("completion that joins", "completion that calls", "timer", "message", "claim", "deployment",
                   "external task that is done"),
}  # fmt: skip


class Trial:
    """One kind of step on one database."""

    def __init__(self, hand: Hand, step: Step, args: dict[str, Any], url: str, copy: Callable[[str], str]) -> None:
        self.hand, self.step, self.url, self.copy = hand, step, url, copy
        self.told = {"args": {**step.args, **args}, "at": step.at}
        self.before = rows(url)
        whole = copy(url)
        done = self.do(whole)
        assert "error" not in done, done
        self.value, self.points = done["value"], done["points"]
        if url.startswith("sqlite"):
            _all_are_points(self.points, done["executed"])
        self.after = rows(whole)
        assert difference(self.before, self.after), "the step does nothing"

    def do(self, url: str, first: int = FIRST, **more: object) -> dict[str, Any]:
        """The step in a process of its own; with `die`, up to a point."""
        return self.hand.do(self.step.act, url=url, first=first, **self.told, **more)

    def is_done(self, die: int) -> bool:
        """Whether the last commit came before a point."""
        return "before commit" not in self.points[die:]

    def die_at(self, die: int, url: str) -> None:
        """Die at a point: the state is that before the step or that after it."""
        name = self.points[die]
        died = self.do(url, die=die)
        assert died == {"status": DIED}, f"died {name}: {died}"
        site = open_site(url)
        seen = dump(site.engine.database)
        if LONG or "after commit" in self.points[: die + 1]:
            site.is_whole()
        site.engine.database.dispose()
        if not self.step.exact:
            return
        to_before, to_after = difference(self.before, seen), difference(self.after, seen)
        assert not (to_before and to_after), f"died {name}: neither before nor after\nto before:\n{to_before}\nto after:\n{to_after}"
        if "before commit" not in self.points[:die]:
            assert not to_before, f"died {name}, before the commit:\n{to_before}"

    def finish(self, url: str, die: int) -> None:
        """The client does it once more: then all is as without a crash, and once more again changes nothing."""
        if not self.is_done(die):
            self._is_told(self.do(url), self.value)
        elif not self.step.counts_twice:
            self._is_told(self.do(url, AGAIN), self.again())
        self._is_as_without(url)
        if not self.step.counts_twice:
            self._is_told(self.do(url, AGAIN + 1), self.again())
            self._is_as_without(url)

    def again(self) -> object:
        """What is said to who does it once more."""
        return self.value if self.step.again == "the same" else self.step.again

    def _is_told(self, found: dict[str, Any], expected: object) -> None:
        assert found.get("error", found.get("value")) == expected, found

    def _is_as_without(self, url: str) -> None:
        seen = rows(url)
        if self.step.exact:
            assert not difference(self.after, seen), difference(self.after, seen)
        counts = {name: len(found) for name, found in seen.items()}
        assert counts == {name: len(found) for name, found in self.after.items()}


def rows(url: str) -> dict[str, list[str]]:
    """What a database holds."""
    database = Database(url)
    try:
        return dump(database)
    finally:
        database.dispose()


def _all_are_points(points: list[str], executed: list[str]) -> None:
    """What SQLite itself says that it executed is what the points were made of: no statement goes by another way."""
    seen = [name.removeprefix("before ") for name in points if name.startswith("before ") and name != "before commit"]
    done = [sql for sql in executed if sql not in {"COMMIT", "ROLLBACK"}]
    # An execution for many rows is one point.
    seen_kinds, done_kinds = ([kind for kind, _ in groupby(" ".join(short(sql).split()[:3]) for sql in found)] for found in (seen, done))
    assert seen_kinds == done_kinds


def trials() -> list[object]:
    """All steps on both databases; the short form leaves out those that are much like another, and what needs a new copy for each point."""
    return [
        pytest.param(database, name, marks=[getattr(pytest.mark, database)], id=f"{database}-{name}")
        for database in DATABASES
        for name in STEPS
        if LONG or name in ALSO_SHORT[database]
    ]


def test_every_use_case_that_writes_has_crash_points(site: Site) -> None:
    parts = [it for it in vars(site.engine).values() if it is not site.engine.runtime]
    services = [it for it in parts if type(it).__module__.startswith("engine.services.")]
    methods = [(name, method) for it in services for name, method in inspect.getmembers(type(it), inspect.isfunction) if name[0] != "_"]
    ways = (
        "act_on(self._runtime",
        "report(self._runtime",
        "self._external.fetch(",
        ".commit(",
        ".write(",
        "self._change(",
        "self._changes.",
        "self._renew(",
        "self._run(",
        "self._renew(",
        "self._act(",
        "self._report(",
        "self._change_lease(",
        "self._calendar(",
        "self._noted(",
    )
    writing = {name for name, method in methods if any(way in inspect.getsource(method) for way in ways)}
    assert {"start", "claim", "complete", "correlate", "run_due", "cancel", "reassign", "deploy"} <= writing
    crashed = {step.act for step in STEPS.values()}
    assert writing == crashed | LEFT_OUT, f"add a step to tests/faults/steps.py for {writing - crashed - LEFT_OUT}"


@pytest.mark.slow
@pytest.mark.parametrize(("database_url", "name"), trials(), indirect=["database_url"])
def test_a_crash_leaves_the_state_before_the_step_or_after_it(site: Site, copy: Callable[[str], str], name: str) -> None:
    step = STEPS[name]
    args = step.prepare(site)
    site.engine.database.dispose()
    with hands(site.url) as (hand,):
        trial = Trial(hand, step, args, site.url, copy)
        crashes = len(trial.points)
        assert crashes >= 6, trial.points  # one statement at least
        url, changed = copy(site.url), False
        for die in range(crashes):
            if die and (LONG or changed):
                url = copy(site.url)
            changed = "after commit" in trial.points[: die + 1]
            trial.die_at(die, url)
            if LONG or changed or trial.points[die + 1] == "after commit":
                trial.finish(url, die)
                changed = True
    say("2 crash points", step=name, database=site.engine.database.dialect, points=crashes)
