"""What could wait for each other for ever, on a PostgreSQL of its own whose log must not know the word deadlock.

A timer that fires against the completion of its own case; messages that go to the same two cases from two processes at the same
moment, each step taking both; and two cases that signal each other, each step having one and wanting the other. A deadlock would be
repeated unseen, so nobody but the log would know of it.

The guards, and what this prints without them:

- Roots in the order of their ids (`sorted` left out of `Messages.correlate`: each process has an order of its own):
  `AssertionError: 27 lines: ['… ERROR:  deadlock detected', …]`, and nothing else tells it.
- The root before anything else of its case (a completion that first locks its task):
  `AssertionError: 38 lines: ['… ERROR:  deadlock detected', …]`
- Whoever receives a signal is passed over while somebody has it (`skip_locked` left out of `Signals`): two cases that signal each
  other print `AssertionError: 47 lines: ['… ERROR:  deadlock detected', …]`
- The lock of the root (no `FOR UPDATE`): `AssertionError: [{'error': 'IntegrityError', 'message': '(psycopg.errors.UniqueViolation) …`

That a timer is looked for again after the lock (`Jobs._do`) is not what keeps it from firing twice: without it this holds, for the token
game refuses a subscription that is gone.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator

import pytest

from tests.engine.services.conftest import COMPANY, END, START, SYSTEM, model, user_task
from tests.faults.conftest import Site, open_site
from tests.faults.hands import at_once, hands, say, times
from tests.faults.steps import GATES, HOUR, TIMED
from tests.postgresql import Server, start_server

MESSAGES = '<message id="m_ping" name="ping"/><message id="m_pong" name="pong"/>'
WAITS_FOR = '<intermediateCatchEvent id="{0}"><messageEventDefinition messageRef="m_{0}"/></intermediateCatchEvent>'
SIGNALS = '<signal id="s_ping" name="ping"/><signal id="s_pong" name="pong"/>'
THROWS = '<intermediateThrowEvent id="throw"><signalEventDefinition signalRef="s_{0}"/></intermediateThrowEvent>'
HEARS = '<intermediateCatchEvent id="hear"><signalEventDefinition signalRef="s_{0}"/></intermediateCatchEvent>'
BOTH = model(
    START, *GATES, WAITS_FOR.format("ping"), WAITS_FOR.format("pong"), user_task("a"), END,
    "s > fork", "fork > ping", "fork > pong", "ping > join", "pong > join", "join > a", "a > e", before=MESSAGES,
)  # fmt: skip


def caller(throws: str, hears: str) -> str:
    """Once `a` is completed it throws one signal; meanwhile it waits for the other."""
    return model(
        START, GATES[0], user_task("a"), THROWS.format(throws), HEARS.format(hears), user_task("heard"), END, '<endEvent id="e2"/>',
        "s > fork", "fork > a", "fork > hear", "a > throw", "throw > e2", "hear > heard", "heard > e", key=throws, before=SIGNALS,
    )  # fmt: skip


class Quiet:
    """A site on a PostgreSQL that nobody else uses, and the log of that server."""

    def __init__(self, own: Server, site: Site) -> None:
        self.site = site
        self._own = own

    def has_seen_no_deadlock(self) -> None:
        log = self._own.process.log.read_text("utf-8")
        assert "database system is ready" in log, "this is not the server's log"
        said = [line for line in log.splitlines() if "deadlock" in line.lower()]
        (counted,) = self._own.admin.execute("SELECT sum(deadlocks) FROM pg_stat_database").fetchone() or (None,)
        assert (said, counted) == ([], 0), f"{len(said)} lines: {said[:2]}"


@pytest.fixture
def quiet() -> Iterator[Quiet]:
    """A server of this test alone: what other tests do to theirs stands in another log."""
    own = start_server(f"quiet-{os.getpid()}")
    site = open_site(own.create("quiet"))
    site.engine.organisation.load(SYSTEM, COMPANY)
    yield Quiet(own, site)
    site.engine.database.dispose()
    own.admin.close()
    own.process.cleanup()


@pytest.mark.slow
@pytest.mark.postgresql
def test_a_timer_against_a_completion_of_its_case(quiet: Quiet) -> None:
    site, rounds, first = quiet.site, times(60, 1000), Counter[str]()
    site.deploy(p=TIMED)
    with hands(site.url, 3) as rivals:
        for number in range(rounds):
            task = site.tasks(case := site.start())["a"]
            site.claim("sam", task)
            acts = [("complete", {"person": "sam", "task": task}), ("run_due", {}), ("run_due", {})]
            found = at_once(rivals, *acts[number % 3 :], *acts[: number % 3], at=HOUR)
            completed = found[-number % 3]
            assert all("error" not in it for it in found if it is not completed), found
            if completed.get("error") == "Conflict":
                assert list(site.tasks(case)) == ["late"], found
            else:
                assert (completed.get("error"), site.tasks(case)) == (None, {}), found
            first["completion" if "value" in completed else "timer"] += 1
    fired = Counter(case for case, _, fields in site.happened("EventCaught") if fields["element"] == "b")
    assert (len(fired), sum(fired.values())) == (first["timer"], first["timer"])
    assert len(site.happened("UserTaskCompleted")) == first["completion"]
    assert site.engine.jobs.next_due() is None
    quiet.has_seen_no_deadlock()
    site.is_whole()
    say("deadlocks: a timer against a completion", database="postgresql", rounds=rounds, first=dict(first), deadlocks=0)
    assert len(first) == 2, "the same one always came first: this shows nothing"


@pytest.mark.slow
@pytest.mark.postgresql
def test_messages_that_go_to_the_same_two_cases(quiet: Quiet) -> None:
    site, rounds = quiet.site, times(60, 1000)
    site.deploy(p=BOTH)
    last: Counter[str] = Counter()
    with hands(site.url, 2) as rivals:
        for number in range(rounds):
            key = f"K{number}"
            cases = [site.start(business_key=key) for _ in range(2)]
            found = at_once(rivals, *(("correlate", {"name": name, "business_key": key, "all": True}) for name in ("ping", "pong")))
            assert [sorted(it["value"]) for it in found if "value" in it] == [cases, cases], found
            assert [list(site.tasks(case)) for case in cases] == [["a"], ["a"]]
    received = site.happened("MessageReceived")
    assert len(received) == 4 * rounds
    for name in ("ping", "pong"):
        assert max(Counter(case for case, _, fields in received if fields["name"] == name).values()) == 1
    last.update(fields["name"] for _, _, fields in received[1::2])
    quiet.has_seen_no_deadlock()
    site.is_whole()
    say("deadlocks: messages to the same cases", database="postgresql", rounds=rounds, came_last=dict(last), deadlocks=0)
    assert len(last) == 2, "the same one always came first: this shows nothing"


@pytest.mark.slow
@pytest.mark.postgresql
def test_two_cases_that_signal_each_other(quiet: Quiet) -> None:
    site, rounds, ways = quiet.site, times(60, 1000), Counter[int]()
    site.deploy(ping=caller("ping", "pong"), pong=caller("pong", "ping"))
    with hands(site.url, 2) as rivals:
        for _ in range(rounds):
            cases = [site.start(key=key) for key in ("ping", "pong")]
            tasks = [site.tasks(case)["a"] for case in cases]
            for task in tasks:
                site.claim("sam", task)
            found = at_once(rivals, *(("complete", {"person": "sam", "task": task}) for task in tasks))
            assert all("error" not in it for it in found), found
            late = [case for case in cases if list(site.tasks(case)) != ["heard"]]
            ways[len(late)] += 1
            while site.engine.jobs.run_due():  # whoever was busy at that moment gets theirs by a job
                pass
            assert [list(site.tasks(case)) for case in cases] == [["heard"], ["heard"]]
    received = Counter(case for case, _, fields in site.happened("EventCaught") if fields["element"] == "hear")
    assert (len(received), max(received.values())) == (2 * rounds, 1)
    quiet.has_seen_no_deadlock()
    site.is_whole()
    say("deadlocks: two cases signal each other", database="postgresql", rounds=rounds, by_a_job=dict(ways), deadlocks=0)
    assert sum(ways.values()) > ways[0], "nobody was ever busy: this shows nothing"
