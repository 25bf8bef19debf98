"""Experiment 2: a process that dies before or after any statement of a step, or at its commit.

For each kind of step the points are counted in a run without a crash. Then, for each point, a process dies there (`os._exit`), and
what the database holds is compared, row by row in all tables, with the state before the step, or after it where the commit came first:
nothing in between.
Then the client does what it would do (the step once more, in a new process), and in the end everything equals the run without a crash, to
the last byte of the history.

The guard is the one transaction of a step. Taken out (no `BEGIN` on SQLite, `isolation_level="AUTOCOMMIT"` on PostgreSQL), it prints:

    AssertionError: died after UPDATE process_instance SET id=?, definition_id=?, caller_to: neither before nor after
      to before:
      missing in process_instance: (…, '["s","s_fork","fork","fork_a","a","fork_b","b","b_join","join"]')
      too much in process_instance: (…, '["s","s_fork","fork","fork_a","a","fork_b","b","b_join","join","a_join","join_after","after"]')
      to after:
      missing in finished_task: (…)

and on PostgreSQL, where the writes of a step are sent together, `died before commit, before the commit: too much in finished_task: (…)`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from engine.store.database import Database
from tests.conftest import DATABASES
from tests.engine.services.conftest import END, START, model, user_task
from tests.engine.services.test_events_and_jobs import WAITS, timer
from tests.faults.conftest import Site, open_site
from tests.faults.hands import LONG, Hand, difference, dump, hands, say

DIED = 9
FIRST = 10_000  # the ids of a step count from here, so that the same step makes the same rows
AGAIN = 20_000
GATES = '<parallelGateway id="fork"/>', '<parallelGateway id="join"/>'
FLOWS = "s > fork", "fork > a", "fork > b", "a > join", "b > join", "join > after", "after > e"
JOIN = model(START, *GATES, user_task("a"), user_task("b"), user_task("after"), END, *FLOWS)
CALLED = model(START, user_task("inner"), END, "s > inner", "inner > e", key="called")
CALLS = model(START, user_task("a"), '<callActivity id="c" calledElement="called"/>', END, "s > a", "a > c", "c > e")
LATE = f'<boundaryEvent id="b" attachedToRef="a">{timer("PT1H")}</boundaryEvent>'
TIMED = model(START, user_task("a"), LATE, user_task("late"), END, "s > a", "b > late", "a > e", "late > e")
FAILING = model(
    START, f'<intermediateCatchEvent id="t">{timer("PT1H")}</intermediateCatchEvent>', '<exclusiveGateway id="g"/>',
    '<sequenceFlow id="g_e" sourceRef="g" targetRef="e"><conditionExpression xsi:type="tFormalExpression">${missing &gt; 1}'
    "</conditionExpression></sequenceFlow>", END, "s > t", "t > g",
)  # fmt: skip
NUMBERED = model('<extensionElements><crossdesk:case numberPrefix="PA"/></extensionElements>', START, user_task("a"), END, "s > a", "a > e")
TIMER_START = model(f'<startEvent id="s">{timer("PT1H")}</startEvent>', user_task("a"), END, "s > a", "a > e")
SIMPLE = model(START, user_task("a"), user_task("b"), END, "s > a", "a > b", "b > e")


@dataclass(frozen=True)
class Step:
    """One kind of step: what is there before it, the act, and what a client is told that does it once more after it was done."""

    act: str
    prepare: Callable[[Site], dict[str, Any]]
    again: object = None
    at: int = 0
    exact: bool = True  # not where a step takes several transactions of its own: numbers come from a block that is taken first
    args: dict[str, Any] = field(default_factory=dict)


def _deployed(**models: str) -> Callable[[Site], dict[str, Any]]:
    def prepare(site: Site) -> dict[str, Any]:
        site.deploy(**models)
        return {}

    return prepare


def _running(text: str, **options: str) -> Callable[[Site], dict[str, Any]]:
    def prepare(site: Site) -> dict[str, Any]:
        site.deploy(p=text)
        site.start(**options)
        return {}

    return prepare


def _with_task(*, claimed: bool = True, first: str = "", **models: str) -> Callable[[Site], dict[str, Any]]:
    """A case whose task `a` is open, and Sue's; `first` was completed already."""

    def prepare(site: Site) -> dict[str, Any]:
        site.deploy(**models)
        tasks = site.tasks(site.start())
        if first:
            site.complete("sam", tasks[first])
        if claimed:
            site.claim("sue", tasks["a"])
        return {"task": tasks["a"]}

    return prepare


def _case_to_cancel(site: Site) -> dict[str, Any]:
    site.deploy(p=JOIN)
    return {"case": site.start()}


VALUES = {"amount": 12, "lines": [{"sku": "s1", "quantity": 2}], "text": "x" * 5000}
HOUR = 3600
BY_SUE = {"person": "sue", "key": "p"}
CONFIRMED = {"name": "confirmed", "business_key": "K1"}
STEPS = {
    "start": Step(
        "start", _deployed(p=JOIN), "the same", args={**BY_SUE, "variables": VALUES, "once_key": "form-1"}
    ),
    "start of a numbered case": Step("start", _deployed(p=NUMBERED), "the same", exact=False, args={**BY_SUE, "once_key": "f"}),
    "completion that joins": Step("complete", _with_task(first="b", p=JOIN), "Conflict", args={"person": "sue", "variables": VALUES}),
    "completion that calls": Step("complete", _with_task(called=CALLED, p=CALLS), "Conflict", args={"person": "sue"}),
    "timer": Step("run_due", _running(TIMED), 0, at=HOUR),
    "timer that starts a case": Step("run_due", _deployed(p=TIMER_START), 0, at=HOUR),
    "job that fails": Step("run_due", _running(FAILING), 0, at=HOUR),
    "message": Step("correlate", _running(WAITS, business_key="K1"), "CorrelationMismatch", args=CONFIRMED),
    "claim": Step("claim", _with_task(claimed=False, p=SIMPLE), "Conflict", args={"person": "sue"}),
    "release": Step("release", _with_task(p=SIMPLE), "Forbidden", args={"person": "sue"}),
    "reassignment": Step("reassign", _with_task(p=SIMPLE), "Conflict", args={"person": "sam", "to": "sam", "version": 2}),
    "cancellation": Step("cancel", _case_to_cancel, "Conflict", args={"person": "ada"}),
    "deployment": Step("deploy", lambda _site: {}, "the same", args={"person": "ann", "models": {"p": JOIN, "called": CALLED}}),
}  # fmt: skip
LATER = ("start", "timer that starts a case", "job that fails", "release", "reassignment", "cancellation")


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
        if self.is_done(die):
            self._is_told(self.do(url, AGAIN), self.again())
        else:
            self._is_told(self.do(url), self.value)
        self._is_as_without(url)
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


def trials() -> list[object]:
    """All steps on both databases; the short form leaves some out on PostgreSQL, and what needs a new copy for each point."""
    found = []
    for database in DATABASES:
        left_out = set() if LONG else {"start of a numbered case", *(LATER if database == "postgresql" else ())}
        marks = [getattr(pytest.mark, database)]
        found += [pytest.param(database, name, marks=marks, id=f"{database}-{name}") for name in STEPS if name not in left_out]
    return found


@pytest.mark.slow
@pytest.mark.parametrize(("database_url", "name"), trials(), indirect=["database_url"])
def test_a_crash_leaves_the_state_before_the_step_or_after_it(site: Site, copy: Callable[[str], str], name: str) -> None:
    step = STEPS[name]
    args = step.prepare(site)
    site.engine.database.dispose()
    with hands(site.url) as (hand,):
        trial = Trial(hand, step, args, site.url, copy)
        crashes = len(trial.points)
        assert crashes >= 8, trial.points
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
