"""What it costs that many wait: pages while 200 workers and 500 event streams are open, beside pages while nobody waits, in turn.

And how soon a waiting worker has a task: from the moment at which the request that creates it is sent. Who gets one asks again.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from statistics import quantiles

from benchmarks.kit import purchases
from benchmarks.kit.crowd import Crowd, Waiting, waiting
from benchmarks.kit.machine import Meter
from benchmarks.kit.models import waiting_model
from benchmarks.kit.pages import Browser
from benchmarks.kit.sites import Site, serving
from benchmarks.kit.wish import Wish
from tests.faults.servers import Client

WORKERS, STREAMS = 200, 500
LIMIT = 1.2  # of the 95th percentile of pages with the crowd to that without
SOON = 100  # milliseconds until a worker has a task
_PEOPLE = ("admin", "zhou-ting", "wang-lei", "wu-hao", "zhao-min")
_PER_PERSON = 120
_TOPICS = 20
_TURNS = 2  # of A and B each
_PAGES = 300
_TASKS = 100
_PAUSE = 0.05  # seconds between two tasks
_LATE = 30  # seconds after which a task counts as lost
_MILLISECONDS = 1000


def measure(wish: Wish) -> Iterator[dict[str, object]]:
    """Each database."""
    workers, streams = wish.size(WORKERS, 6), wish.size(STREAMS, 12)
    for kind in wish.databases:
        with ExitStack() as stack:
            site = stack.enter_context(serving(kind, CROSSDESK_STREAMS_PER_PERSON=str(_PER_PERSON)))
            browsers = [stack.enter_context(Browser(site.port, person)) for person in _PEOPLE]
            crowd = Crowd(site.port, [f"topic-{it}" for it in range(_TOPICS)], workers, [it.cookie() for it in browsers], streams)
            with site.client() as client:
                paths = _prepared(site, client, wish)
            runs = _in_turn(site, browsers[0], paths, crowd, wish)
            facts = {"workers": workers, "streams": streams, "database": site.facts()}
        alone, beside, handed, used = runs
        ratio = round(_percentile(beside, 95) / _percentile(alone, 95), 3)
        yield {"figure": "pages alone", **_figures(alone), **facts}
        yield {"figure": "pages beside the crowd", **_figures(beside), "p95_ratio": ratio, "limit": LIMIT, **used, **facts}
        yield {"figure": "handed out", **_figures(handed), "limit_ms": SOON, **facts}


def _prepared(site: Site, client: Client, wish: Wish) -> list[str]:
    """Some open cases, and the pages that are looked at: the inbox, the list of cases, a case, a task."""
    purchases.deploy(site)
    for number in range(_TOPICS):
        client.deploy(f"waiting{number}", waiting_model(f"waiting{number}", f"topic-{number}"))
    purchases.start(site, wish.size(100, 3), 2)
    site.wait_until_idle()
    task = client.get("/task?maxResults=1")[0]
    return ["/inbox?section=claimable", "/cases", f"/cases/{task['processInstanceId']}", f"/tasks/{task['id']}"]


def _in_turn(
    site: Site, browser: Browser, paths: list[str], crowd: Crowd, wish: Wish
) -> tuple[list[float], list[float], list[float], Mapping[str, object]]:
    """A B A B: pages without and with the crowd, and tasks for it; and what share of a core the server takes while the crowd only waits."""
    alone: list[float] = []
    beside: list[float] = []
    handed: list[float] = []
    idle: list[float] = []
    count = wish.size(_PAGES, 8)
    _pages(browser, paths, count // 4)  # templates are compiled, connections opened
    for turn in range(wish.size(_TURNS, 1)):
        alone += _pages(browser, paths, count)
        with waiting(crowd) as there:
            idle.append(_idle(site, wish.size(3, 0)))
            beside += _pages(browser, paths, count)
            handed += _handed(site, there, turn, wish.size(_TASKS, 3))
        site.wait_until_idle()
    return alone, beside, handed, {"idle_share_of_a_core": round(max(idle), 3)}


def _pages(browser: Browser, paths: list[str], count: int) -> list[float]:
    return [browser.seconds(paths[number % len(paths)]) for number in range(count)]


def _idle(site: Site, seconds: float) -> float:
    """The share of a core that the server needs for nothing but the crowd."""
    meter, begun = Meter(server=site.server.pid), time.perf_counter()
    time.sleep(seconds)
    return meter.used()["server"] / max(time.perf_counter() - begun, 0.001)


def _handed(site: Site, there: Waiting, turn: int, count: int) -> list[float]:
    """How long each task took to reach a worker. Raises `RuntimeError` where one got none."""
    found = []
    with site.client() as client:
        client.get("/process-definition/count")  # connects, and has the password verified
        for number in range(count):
            key, begun = f"T-{turn}-{number}", time.monotonic()
            client.call("POST", f"/process-definition/key/waiting{number % _TOPICS}/start", {"businessKey": key})
            got = there.next(_LATE)
            if got is None or got.key != key:
                raise RuntimeError(f"the task {key} did not reach a worker")
            found.append(got.at - begun)
            time.sleep(_PAUSE)
    return found


def _percentile(seconds: list[float], part: int) -> float:
    return quantiles(seconds, n=100, method="inclusive")[part - 1]


def _figures(seconds: list[float]) -> dict[str, object]:
    """How many, and their percentiles in milliseconds."""
    percentiles = {f"p{part}_ms": round(_percentile(seconds, part) * _MILLISECONDS, 2) for part in (50, 95, 99)}
    return {"requests": len(seconds), **percentiles, "errors": 0}
