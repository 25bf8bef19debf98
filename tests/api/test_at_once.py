"""Several clients at once, each on a connection of its own: one of them wins, the others are told."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from tests.api.conftest import Answer, Client, Site

CLIENTS = 8


def at_once(site: Site, call) -> list[Answer]:
    clients = [site.client() for _ in range(CLIENTS)]
    with ThreadPoolExecutor(CLIENTS) as pool:
        return list(pool.map(call, range(CLIENTS), clients))


def test_one_of_many_completions_wins(site: Site, admin: Client, purchase: str):
    instance = admin.start(purchase, {"amount": {"value": 5000}})
    task = admin.tasks(instance)["submit"]
    answers = at_once(site, lambda _number, client: client.post(f"/task/{task}/complete", {}))
    assert Counter(it.status for it in answers) == {204: 1, 500: CLIENTS - 1}
    assert {it.value["type"] for it in answers if it.status == 500} == {"RestException"}
    assert list(admin.tasks(instance)) == ["finance"]
    assert admin.ok("GET", f"/history/task/count?processInstanceId={instance}&finished=true") == {"count": 1}


def test_one_of_many_claims_wins(site: Site, admin: Client, purchase: str):
    task = admin.tasks(admin.start(purchase))["submit"]
    answers = at_once(site, lambda number, client: client.post(f"/task/{task}/claim", {"userId": f"u{number}"}))
    assert Counter(it.status for it in answers) == {204: 1, 500: CLIENTS - 1}
    assert {it.value["type"] for it in answers if it.status == 500} == {"TaskAlreadyClaimedException"}
    winner = next(number for number, it in enumerate(answers) if it.status == 204)
    assert admin.ok("GET", f"/task/{task}")["assignee"] == f"u{winner}"


def test_the_last_of_many_assignments_and_values_stays_and_none_is_lost(site: Site, admin: Client, purchase: str):
    instance = admin.start(purchase)
    task = admin.tasks(instance)["submit"]
    given = at_once(site, lambda number, client: client.post(f"/task/{task}/assignee", {"userId": f"u{number}"}))
    path = f"/process-instance/{instance}/variables"
    put = at_once(site, lambda number, client: client.call("PUT", f"{path}/v{number}", {"value": number}))
    assert {it.status for it in (*given, *put)} == {204}
    assert admin.ok("GET", f"/task/{task}")["assignee"] in {f"u{number}" for number in range(CLIENTS)}
    assert {name: it["value"] for name, it in admin.ok("GET", path).items()} == {f"v{number}": number for number in range(CLIENTS)}
