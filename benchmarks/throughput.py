"""Starts and completions per second over HTTP, with one client and with eight, beside what the database alone can do with the same rows.

Parts: `statements` (with the limit of the database), and `processes-1`, `processes-2`, `processes-4` (more than one on PostgreSQL only).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from statistics import median, mode
from typing import Any

from benchmarks.kit import purchases
from benchmarks.kit.load import Load, together
from benchmarks.kit.machine import Meter
from benchmarks.kit.replay import Recording, recorded
from benchmarks.kit.sites import Site, serving
from benchmarks.kit.wish import Kind, Wish

CLIENTS = (1, 8)
_CASES = {1: 200, 8: 400}
_ROUNDS = 3
_WARM = 40
_MILLISECONDS = 1000

Round = tuple[Load, dict[str, float]]
"""A load, and the seconds of processor time that it took where."""


def measure(wish: Wish) -> Iterator[dict[str, object]]:
    """Each database: what a step asks of it and its limit, then the server with one process and, on PostgreSQL, with several."""
    for kind in wish.databases:
        limits: dict[int, float] = {}
        if wish.parts(["statements"]):
            with recorded(kind, wish.size(200, 4), copies=len(CLIENTS)) as recording:
                facts = recording.site.facts()
                yield {"figure": "statements of a completion", **_statements(recording), "database": facts}
                for clients in CLIENTS:
                    limits[clients] = recording.replay(clients)
                    yield {"figure": "limit", "connections": clients, "per_s": round(limits[clients], 1), "database": facts}
        for processes in (1, 2, 4) if kind == "postgresql" else (1,):
            if wish.parts([f"processes-{processes}"]) and not (wish.quick and processes > 2):  # noqa: PLR2004 - the small form has two
                yield from _served(kind, processes, wish, limits)


def _served(kind: Kind, processes: int, wish: Wish, limits: Mapping[int, float]) -> Iterator[dict[str, object]]:
    """Rounds with one client and with eight, in turn."""
    with serving(kind, processes=processes) as site:
        purchases.deploy(site)
        purchases.start(site, wish.size(_WARM, 2), 2)  # definitions are compiled, statements made, connections opened
        for _ in purchases.complete(site, 2):
            pass
        starts: dict[int, list[Round]] = {clients: [] for clients in CLIENTS}
        completions: dict[int, list[Round]] = {clients: [] for clients in CLIENTS}
        for _ in range(wish.size(_ROUNDS, 1)):
            for clients in CLIENTS:
                cases = wish.size(_CASES[clients], clients + 1)
                starts[clients].append(_round(site, lambda: [purchases.start(site, cases, clients)]))  # noqa: B023 - called at once
                completions[clients].append(_round(site, lambda: purchases.complete(site, clients)))  # noqa: B023
        facts = {"processes": processes, "database": site.facts()}
    for clients in CLIENTS:
        yield {"figure": "start", "clients": clients, **_figures(starts[clients]), **facts}
        found = _figures(completions[clients])
        limit = limits.get(clients)
        share = {} if limit is None else {"limit_per_s": round(limit, 1), "share": round(found["per_s"] / limit, 3)}
        yield {"figure": "complete", "clients": clients, **found, **share, **facts}


def _round(site: Site, act: Callable[[], Iterable[Load]]) -> Round:
    site.wait_until_idle()
    meter = Meter(server=site.server.pid, **({"database": pid} if (pid := site.database_pid()) else {}))
    load = together(list(act()))
    return load, meter.used()


def _figures(rounds: Sequence[Round]) -> dict[str, Any]:
    """The median of the rounds per second, all latencies together, and the processor time of a request in milliseconds."""
    loads = [load for load, _ in rounds]
    whole, rates = together(loads), [round(len(load.latencies) / load.seconds, 1) for load in loads]
    cpu = {f"{name}_cpu_ms": sum(used[name] for _, used in rounds) / len(whole.latencies) * _MILLISECONDS for name in rounds[0][1]}
    return {**whole.figures(), "per_s": median(rates), "rounds": rates, **{name: round(value, 2) for name, value in cpu.items()}}


def _statements(recording: Recording) -> dict[str, object]:
    """What completions asked of the database: in the transaction of the step, and before it to know who calls."""
    steps, look_ups = recording.steps(), [before for before, _ in recording.completions()]
    return {
        "completions": len(steps),
        "statements": max(len(it.statements) for it in steps),
        "commits": max(sum(it.writes() for it in [*before, step]) for before, step in recording.completions()),
        "look_up_statements": mode(sum(len(it.statements) for it in before) for before in look_ups),
        "look_up_transactions": mode(len(before) for before in look_ups),
    }
