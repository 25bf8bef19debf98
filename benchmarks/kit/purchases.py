"""The cases that `throughput` and `bytes` run: three tasks one after the other, four variables, one of them a list of ten lines."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.kit.load import Call, Load, run
from benchmarks.kit.models import NOTE, PURCHASE, PURCHASE_MODEL, PURCHASE_TASKS, PURCHASE_VARIABLES
from benchmarks.kit.sites import Site

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
