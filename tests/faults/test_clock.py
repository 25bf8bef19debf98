"""Experiment 10: the clock jumps a day ahead, an hour back, and over the changes of summer time.

Timers after random durations and at dates on the company's clock, in Berlin, where 02:30 does not exist on 29 March 2026 and comes twice
on 25 October. Whatever the clock does, each timer moves its token once, at the first look at which it is due, and none is left behind. What
the machine's own clock does to the thread that waits is tried in `tests/engine/jobs/test_wakeup.py`.

The guards, and what this prints without them:

- The truth is the table of jobs, not what was seen since the last look (`due_at > last look` added to the query): what was due while no
  server ran is skipped. `AssertionError: seed 987804: {('06ej6t840000000003jg', datetime.datetime(2026, 3, 31, 11, 20, …)), …}`, and of a
  running server `AssertionError: seed 192847, after +1d: too early set(), too late {'06h2690k0kdeoi2fdkl0', …}`
- A clock that was moved moves the wake-up at once (no `clock.on_move`):
  `AssertionError: seed 717142, after +30m: too early set(), too late {'06h26a0h38fcqgb6rd5g'}`
- Months are counted on the company's clock, not in UTC:
  `AssertionError: assert datetime.datetime(2026, 3, 28, 23, 30, …) == datetime.datetime(2026, 3, 31, 22, 30, …)`, three days too early
- A date without a zone stands on the company's clock, not in UTC:
  `AssertionError: assert ['04:30', '04:30', …] == ['03:30', '02:30', …]`
"""

from __future__ import annotations

import random
import secrets
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from app.clock import move
from engine.engine import Engine
from engine.store.ids import RisingIds
from engine.work.calendar import WorkingCalendar
from tests.engine.services.conftest import COMPANY, END, START, SYSTEM, AnyForm, model, user_task
from tests.engine.services.test_events_and_jobs import timer
from tests.faults.conftest import Site, open_site
from tests.faults.hands import say, times
from tests.faults.servers import Client, Server, running

BERLIN = ZoneInfo("Europe/Berlin")
SPRING = datetime(2026, 3, 28, 8, 0, tzinfo=UTC)  # the day before the clocks go from 02:00 to 03:00
PATIENCE = 30  # seconds that a server has to notice: half of the minute after which it looks in any case
AUTUMN = datetime(2026, 10, 24, 8, 0, tzinfo=UTC)  # the day before they go from 03:00 to 02:00


def waiting(text: str, kind: str = "timeDuration") -> str:
    """A process that waits, then asks somebody."""
    wait = f'<intermediateCatchEvent id="t">{timer(text, kind)}</intermediateCatchEvent>'
    return model(START, wait, user_task("a"), END, "s > t", "t > a", "a > e")


WORKING_DAY = "= working time(now(), &quot;1 wd&quot;)"
NEXT_NIGHT = '= date and time(today() + duration("P1D"), time("02:30:00"))'
NIGHTLY = model(
    START,
    f'<intermediateCatchEvent id="t">{timer(NEXT_NIGHT.replace(chr(34), "&quot;"), "timeDate")}</intermediateCatchEvent>',
    f'<intermediateCatchEvent id="u">{timer("PT1H")}</intermediateCatchEvent>',
    "s > t", "t > u", "u > t",
)  # fmt: skip


@pytest.fixture
def berlin(database_url: str) -> Iterator[Site]:
    """An engine of a company in Berlin."""
    site = open_site(database_url, "Europe/Berlin")
    site.engine.organisation.load(SYSTEM, COMPANY)
    yield site
    site.engine.database.dispose()


def restarted(site: Site) -> Engine:
    """An engine as after a restart: it remembers nothing."""
    calendar = WorkingCalendar(zone=BERLIN.key)
    return Engine(site.engine.database, site.clock, RisingIds(site.clock, secrets.token_bytes), AnyForm(), {}, calendar=calendar)


def look(site: Site) -> int:
    """What the wake-up does."""
    done = 0
    while count := site.engine.jobs.run_due():
        done += count
    return done


def fired(site: Site, element: str = "t") -> list[tuple[str, datetime]]:
    """The cases whose timer at an element has fired, and when."""
    return [(case, at) for case, at, fields in site.happened("ElementLeft") if fields["element"] == element]


@pytest.mark.slow
def test_whatever_the_clock_does_each_timer_fires_once(berlin: Site) -> None:
    seed, count = random.randrange(10**6), times(60, 1000)
    rng, site = random.Random(seed), berlin
    site.clock.moment = SPRING
    site.deploy(p=waiting("= wait"))
    due = {}
    for _ in range(count):
        wait = timedelta(seconds=rng.randrange(60, 72 * 3600))
        case = site.start(variables={"wait": f"PT{int(wait.total_seconds())}S"})
        due[case] = site.clock.moment + wait
    expected = {}
    while len(expected) < count:
        jump = rng.choice([timedelta(minutes=20)] * 6 + [timedelta(days=1), timedelta(hours=-1), timedelta(hours=-3)])
        now = site.clock.move(seconds=jump.total_seconds())
        if jump == timedelta(days=1) or rng.random() < 0.2:
            site.engine = restarted(site)  # nobody looked while the clock moved
        expected.update({case: now for case, moment in due.items() if case not in expected and moment <= now})
        look(site)
        assert look(site) == 0
    seen = fired(site)
    twice = {case: times for case, times in Counter(case for case, _ in seen).items() if times > 1}
    assert not twice, f"seed {seed}: fired more than once: {twice}"
    assert dict(seen) == expected, f"seed {seed}: {dict(seen).items() ^ expected.items()}"
    assert site.engine.jobs.next_due() is None
    site.is_whole()
    say("10 the clock jumps", database=site.engine.database.dialect, timers=count, fired=len(seen), seed=seed)


def follow(server: Server, clock: Path, jump: str, *, down: bool) -> None:
    """The clock jumps, while the server runs or while it is down."""
    if down:
        server.kill()
    move(clock, jump)
    if down:
        server.start()


@pytest.mark.slow
@pytest.mark.loopback
def test_a_running_server_follows_its_clock(database_url: str, tmp_path: Path) -> None:
    seed, count, clock = random.randrange(10**6), times(20, 200), tmp_path / "clock"
    rng, waits, seen = random.Random(seed), dict[str, int](), set[str]()
    ahead, jumps = 0, Counter[str]()
    with running(1, database_url, tmp_path, CROSSDESK_CLOCK_FILE=str(clock)) as (server,), Client(server.port) as client:
        client.deploy("p", waiting("= wait"))
        for _ in range(count):
            minutes = 30 * rng.randrange(96) + 15  # the jumps are of half hours: what the test itself takes decides nothing
            variables = {"wait": {"value": f"PT{minutes}M", "type": "String"}}
            status, case = client.call("POST", "/process-definition/key/p/start", {"variables": variables})
            assert status == 200, case
            waits[case["id"]] = minutes
        while len(seen) < count or not {"+1d", "-1h"} <= jumps.keys():
            jump, minutes = rng.choice([("+30m", 30), ("+2h", 120), ("+2h", 120), ("+1d", 1440), ("-1h", -60)])
            follow(server, clock, jump, down=(jump == "+1d" and not jumps[jump]) or rng.random() < 0.2)
            ahead, jumps[jump] = ahead + minutes, jumps[jump] + 1
            seen.update(case for case, wait in waits.items() if wait <= ahead)
            until = time.monotonic() + PATIENCE
            while (found := cases_with_tasks(client, until)) != seen:
                assert time.monotonic() < until, f"seed {seed}, after {jump}: too early {found - seen}, too late {seen - found}"
                time.sleep(0.05)
    site = open_site(database_url)
    twice = {case: times for case, times in Counter(case for case, _ in fired(site)).items() if times > 1}
    assert not twice, f"seed {seed}: fired more than once: {twice}"
    assert waits.keys() == {case for case, _ in fired(site)}
    site.engine.database.dispose()
    say("10 a running server's clock jumps", database=site.engine.database.dialect, timers=count, jumps=dict(jumps), seed=seed)


def cases_with_tasks(client: Client, until: float) -> set[str]:
    """The cases whose timer has fired."""
    status, found = client.insist("GET", "/task?processDefinitionKey=p&maxResults=1000", until=until)
    assert status == 200, found
    return {task["processInstanceId"] for task in found}


def walk(site: Site, start: datetime, hours: int) -> None:
    """The clock goes on by a quarter of an hour at a time."""
    for _ in range(hours * 4):
        site.clock.move(minutes=15)
        look(site)
    assert site.clock.moment == start + timedelta(hours=hours)


@pytest.mark.parametrize(
    ("start", "local", "expected"),
    [
        # 02:30 does not exist: it is half past three, when half an hour of the missing one has passed
        (SPRING, "2026-03-29T02:30:00", datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),
        # 02:30 comes twice: the first one counts
        (AUTUMN, "2026-10-25T02:30:00", datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
    ],
)
def test_a_moment_in_the_night_of_the_change_comes_once(berlin: Site, start: datetime, local: str, expected: datetime) -> None:
    berlin.clock.moment = start
    berlin.deploy(p=waiting(local, "timeDate"))
    case = berlin.start()
    walk(berlin, start, 48)
    assert fired(berlin) == [(case, expected)]


@pytest.mark.parametrize("start", [SPRING, AUTUMN])
def test_what_comes_every_night_comes_every_night(berlin: Site, start: datetime) -> None:
    berlin.clock.moment = start
    berlin.deploy(p=NIGHTLY)
    berlin.start()
    walk(berlin, start, 96)
    nights = [at.astimezone(BERLIN) for _, at in fired(berlin)]
    assert [night.date() for night in nights] == [start.date() + timedelta(days=day) for day in range(1, 5)]
    assert [night.strftime("%H:%M") for night in nights] == [
        "03:30" if start is SPRING and night.day == 29 else "02:30"
        for night in nights  # that night has no 02:30
    ]


@pytest.mark.parametrize(
    ("text", "kind", "start", "expected"),
    [
        ("P1D", "timeDuration", SPRING, SPRING + timedelta(hours=24)),  # a day is 24 hours, as in XML Schema
        ("P1M", "timeDuration", datetime(2026, 3, 15, 9, 0, tzinfo=UTC), datetime(2026, 4, 15, 8, 0, tzinfo=UTC)),  # 10:00 there
        ("P1M", "timeDuration", datetime(2026, 2, 28, 23, 30, tzinfo=UTC), datetime(2026, 3, 31, 22, 30, tzinfo=UTC)),  # 1 March there
        # from 09:00 on Friday, so many working days: to 09:00, by the clock there
        (WORKING_DAY, "timeDate", datetime(2026, 3, 27, 8, 0, tzinfo=UTC), datetime(2026, 3, 30, 7, 0, tzinfo=UTC)),
    ],
)  # fmt: skip
def test_durations_over_the_change(berlin: Site, text: str, kind: str, start: datetime, expected: datetime) -> None:
    berlin.clock.moment = start
    berlin.deploy(p=waiting(text, kind))
    berlin.start()
    assert berlin.engine.jobs.next_due() == expected
