"""Whether a step costs the same after ten thousand loops: five models, measured over HTTP, beside cases that have gone round ten times.

Parts: the models `plain`, `parallel`, `subprocess`, `called`, `boundary`.
"""

from __future__ import annotations

import itertools
import operator
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from http import HTTPStatus
from statistics import median

from sqlalchemy import ColumnElement, Connection, LargeBinary, Table, cast, func, literal_column, select

from benchmarks.kit.models import LOOP_KEYS, LOOP_TASK, LOOP_VARIABLES, LOOPS, NOTE
from benchmarks.kit.pages import Browser
from benchmarks.kit.sites import Site, serving
from benchmarks.kit.wish import Wish
from engine.store.database import Database
from engine.store.tables import (
    incident,
    job,
    process_instance,
    scope,
    subscription,
    task_candidate,
    token,
    user_task,
    variable,
    variable_value,
)
from tests.faults.servers import Client

_LOOPS = (10, 1_000, 10_000)
_YOUNG = 20
_ROUNDS = 10  # in which each young case is measured: five before its tenth loop, five after
_PAGES = 40
_MILLISECONDS = 1000
_RUNTIME = (process_instance, scope, token, subscription, job, variable, variable_value, user_task, task_candidate, incident)
"""The tables of what is open. Those of what happened grow, as they must."""


@dataclass
class Case:
    """A case that goes round and round."""

    client: Client
    name: str
    id: str
    loops: int = 0

    def go_round(self, times: int) -> None:
        """So many loops more."""
        for _ in range(times):
            self.complete()

    def complete(self) -> float:
        """Complete its task: the seconds that this took, without looking for the task."""
        found = self.client.get(f"/task?processInstanceBusinessKey={self.name}&taskDefinitionKey={LOOP_TASK}")
        begun = time.perf_counter()
        status, value = self.client.call("POST", f"/task/{found[0]['id']}/complete", {"variables": NOTE})
        seconds = time.perf_counter() - begun
        if status != HTTPStatus.NO_CONTENT:
            raise RuntimeError(f"a task was not completed: {value}")
        self.loops += 1
        return seconds


def measure(wish: Wish) -> Iterator[dict[str, object]]:
    """Each model on each database."""
    for kind in wish.databases:
        numbers = itertools.count(1)
        with serving(kind) as site, site.client() as client, Browser(site.port, "admin") as browser:
            for model in wish.parts(LOOPS):
                client.deploy(model, LOOPS[model])
                race = Race(site, client, browser, model, wish, numbers)
                for line in race.run((30,) if wish.quick else _LOOPS):
                    yield {"model": model, **line, "database": site.facts()}


class Race:
    """The steps of an old case beside the steps of young ones."""

    def __init__(self, site: Site, client: Client, browser: Browser, model: str, wish: Wish, numbers: Iterator[int]) -> None:
        self._site, self._client, self._browser, self._model = site, client, browser, model
        self._numbers = numbers
        self._young = wish.size(_YOUNG, 2)
        self._pages = wish.size(_PAGES, 2)

    def run(self, loops: Sequence[int]) -> Iterator[dict[str, object]]:
        """The steps up to each of these numbers of loops."""
        old, steps = self._start(), self._young * _ROUNDS
        for goal in loops:
            if goal > steps:
                old.go_round(goal - steps - old.loops)
                yield {"loops": goal, **self._compare([old], self._start_young())}
            else:  # there are no such steps so early: young cases beside young cases say how much noise there is
                yield {"loops": goal, **self._compare(self._start_young(), self._start_young())}

    def _compare(self, cases: Sequence[Case], beside: Sequence[Case]) -> dict[str, object]:
        steps = self._young * _ROUNDS
        times = _in_turn(steps, lambda n: cases[n % len(cases)].complete(), lambda n: beside[n % len(beside)].complete())
        self._site.wait_until_idle()
        page, page_beside = f"/cases/{cases[0].id}", f"/cases/{beside[0].id}"
        pages = _in_turn(self._pages, lambda _: self._browser.seconds(page), lambda _: self._browser.seconds(page_beside))
        rows, rows_beside = _runtime(self._site, cases[0].id), _runtime(self._site, beside[0].id)
        return {"steps": steps, **_ratio("", times), **_ratio("page_", pages), "runtime": rows, "runtime_at_10": rows_beside}

    def _start_young(self) -> list[Case]:
        """Cases shortly before their tenth loop."""
        cases = [self._start() for _ in range(self._young)]
        for case in cases:
            case.go_round(_ROUNDS // 2)
        return cases

    def _start(self) -> Case:
        name = f"case-{next(self._numbers):04d}"  # all of one length: the bytes of the rows are compared
        path = f"/process-definition/key/{LOOP_KEYS[self._model]}/start"
        status, value = self._client.call("POST", path, {"variables": LOOP_VARIABLES, "businessKey": name})
        if status != HTTPStatus.OK:
            raise RuntimeError(f"a case was not started: {value}")
        return Case(self._client, name, value["id"])


def _in_turn(count: int, first: Callable[[int], float], second: Callable[[int], float]) -> list[tuple[float, float]]:
    """Do both so many times, in turn; every other time the second goes first, so that what one leaves behind is shared fairly."""
    pairs = []
    for number in range(count):
        if number % 2:
            later = second(number)
            pairs.append((first(number), later))
        else:
            pairs.append((first(number), second(number)))
    return pairs


def _ratio(prefix: str, pairs: Sequence[tuple[float, float]]) -> dict[str, object]:
    """The medians in milliseconds, and how many times the second the first is."""
    first, second = median(it for it, _ in pairs), median(it for _, it in pairs)
    return {
        f"{prefix}ratio": round(first / second, 3),
        f"{prefix}ms": round(first * _MILLISECONDS, 2),
        f"{prefix}ms_at_10": round(second * _MILLISECONDS, 2),
    }


def _runtime(site: Site, root_id: str) -> dict[str, int]:
    """Rows and bytes of a case in the tables of what is open."""
    database = Database(site.url)
    with database.read() as connection:
        found = [_rows_and_bytes(connection, table, root_id) for table in _RUNTIME]
    database.dispose()
    return {"rows": sum(rows for rows, _ in found), "bytes": sum(size for _, size in found)}


def _rows_and_bytes(connection: Connection, table: Table, root_id: str) -> tuple[int, int]:
    if connection.dialect.name == "postgresql":
        size: ColumnElement[int] = literal_column(f"pg_column_size({table.name}.*)")
    else:
        texts = (func.coalesce(column, "") for column in table.columns)
        size = reduce(operator.add, (func.length(cast(text, LargeBinary)) for text in texts))
    rows, total = connection.execute(select(func.count(), func.coalesce(func.sum(size), 0)).where(table.c.root_id == root_id)).one()
    return rows, total
