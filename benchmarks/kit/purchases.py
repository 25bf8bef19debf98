"""The cases that `throughput` and `bytes` run: three tasks one after the other, four variables, one of them a list of ten lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus

from benchmarks.kit.load import Call, Load, run
from benchmarks.kit.models import NOTE, PURCHASE, PURCHASE_MODEL, PURCHASE_TASKS, PURCHASE_VARIABLES
from benchmarks.kit.sites import Site
from tests.faults.servers import Client

_PAGE = 500


def deploy(site: Site) -> None:
    """Deploy their model."""
    with site.client() as client:
        client.deploy(PURCHASE, PURCHASE_MODEL)


def start(site: Site, count: int, clients: int) -> Load:
    """Start so many cases."""
    body = {"variables": PURCHASE_VARIABLES}
    calls = [Call("POST", f"/process-definition/key/{PURCHASE}/start", {**body, "businessKey": f"B-{n}"}) for n in range(count)]
    return run(site.port, calls, clients)


def complete(site: Site, clients: int) -> Iterator[Load]:
    """Complete all tasks of all open cases, step by step."""
    for element in PURCHASE_TASKS:
        calls = [Call("POST", f"/task/{task}/complete", {"variables": NOTE}) for task in open_tasks(site, element)]
        yield run(site.port, calls, clients)


def play(site: Site, numbers: Iterable[int], clients: int) -> int:
    """Play cases from start to end, so many side by side, each to its end before the next begins. Gives how many calls failed."""

    def one_after_the_other(mine: Sequence[int]) -> int:
        with site.client() as client:
            return sum(_play(client, number) for number in mine)

    every = list(numbers)
    with ThreadPoolExecutor(clients) as pool:
        return sum(pool.map(one_after_the_other, [every[first::clients] for first in range(clients)]))


def _play(client: Client, number: int) -> int:
    body = {"variables": PURCHASE_VARIABLES, "businessKey": f"P-{number}"}
    status, case = client.call("POST", f"/process-definition/key/{PURCHASE}/start", body)
    if status != HTTPStatus.OK:
        return 1
    failed = 0
    for _ in PURCHASE_TASKS:
        (task,) = client.get(f"/task?processInstanceId={case['id']}")
        status, _answer = client.call("POST", f"/task/{task['id']}/complete", {"variables": NOTE})
        failed += status != HTTPStatus.NO_CONTENT
    return failed


def open_tasks(site: Site, element: str) -> list[str]:
    """The ids of all open tasks of a step, the oldest first."""
    found: list[str] = []
    query = f"/task?processDefinitionKey={PURCHASE}&taskDefinitionKey={element}&sortBy=id&sortOrder=asc&maxResults={_PAGE}"
    with site.client() as client:
        while True:
            page = client.get(f"{query}&firstResult={len(found)}")
            found += [task["id"] for task in page]
            if len(page) < _PAGE:
                return found
