"""Security rows: programs that come with a token."""

from __future__ import annotations

import itertools
import threading

import pytest
from sqlalchemy import select, update

from app.auth.limits import Attempts
from app.auth.tables import api_token
from app.auth.tokens import PREFIX, Scope, Tokens
from engine import SYSTEM
from tests.api.conftest import Client, Site
from tests.statements import statements

WRONG = PREFIX + "x" * 43
_names = itertools.count(1)


@pytest.fixture(autouse=True)
def _no_wrong_token_yet(site: Site) -> None:
    site.gate.wrong_tokens = Attempts(site.services.settings.sign_in_limit)


def made(site: Site, person: str = "sue", scope: Scope = Scope.WRITE, days: int = 90) -> str:
    """A token of a person, as their page makes it."""
    found: list[str] = []
    tokens, organisation = site.services.tokens, site.services.engine.organisation
    name = f"program {next(_names)}"
    organisation.make_token(
        organisation.actor(person), name, scope.value, lambda conn: found.append(tokens.make(conn, person, name, scope, days))
    )
    return found[0]


def revoke(site: Site, person: str) -> None:
    """All tokens of a person, revoked by the administrator."""
    tokens, organisation = site.services.tokens, site.services.engine.organisation
    for it in tokens.of_person(person):
        organisation.revoke_token(organisation.actor("admin"), person, it.name, lambda conn, id_=it.id: tokens.revoke(conn, person, id_))


def with_token(site: Site, token: str) -> Client:
    client = site.client(None)
    client.headers["Authorization"] = f"Bearer {token}"
    return client


def test_a_token_acts_as_its_person(site: Site, admin: Client, purchase: str):
    instance = admin.start(purchase, {"amount": {"value": 5, "type": "Integer"}})
    sue, fay = with_token(site, made(site, "sue")), with_token(site, made(site, "fay"))
    task = sue.tasks(instance)["submit"]
    assert fay.tasks(instance) == {}
    sue.ok("POST", f"/task/{task}/claim", {"userId": "sue"})
    sue.ok("POST", f"/task/{task}/complete", {})
    [ended] = admin.ok("GET", f"/history/task?processInstanceId={instance}")
    assert ended["assignee"] == "sue"


@pytest.mark.parametrize("token", ["", "x", PREFIX, WRONG, WRONG + "x", PREFIX + "ü" * 43, "' OR 1=1 --"])
def test_what_is_no_token_is_refused_with_the_same_words(site: Site, token: str):
    answer = with_token(site, token).call("GET", "/task/count", None, Authorization="Bearer " + token.encode().decode("latin-1"))
    assert (answer.status, answer.value["type"]) == (401, "AuthenticationException")
    assert "Bearer" in ", ".join(answer.headers.get_all("WWW-Authenticate"))


def test_a_token_ends_by_itself(site: Site):
    token = made(site, days=1)
    client = with_token(site, token)
    assert client.get("/task/count").status == 200
    later = Tokens(site.services.database, site.services.engine.organisation, lambda: site.services.tokens._now() + 24 * 3600 * 1000)
    assert later.holder(token) is None
    assert site.services.tokens.holder(token) is not None
    with pytest.raises(ValueError, match="between 1 and 365 days"), site.services.database.begin() as connection:
        site.services.tokens.make(connection, "sue", "x", Scope.READ, 366)


def test_a_revoked_token_is_refused_at_once_in_every_process(site: Site):
    token = made(site, "fay")
    other_process = Tokens(site.services.database, site.services.engine.organisation)
    client = with_token(site, token)
    assert client.get("/task/count").status == 200
    assert other_process.holder(token) is not None
    revoke(site, "fay")
    assert client.get("/task/count").status == 401
    assert other_process.holder(token) is None


def test_a_token_of_somebody_who_is_disabled_is_refused_at_once(site: Site):
    client = with_token(site, made(site, "ann"))
    assert client.get("/task/count").status == 200
    site.services.engine.organisation.set_active(SYSTEM, "ann", active=False)
    assert client.get("/task/count").status == 401
    site.services.engine.organisation.set_active(SYSTEM, "ann", active=True)
    assert client.get("/task/count").status == 200


READING = [("GET", "/task"), ("POST", "/task"), ("GET", "/history/process-instance/count"), ("GET", "/incident"), ("GET", "/openapi.json")]
WORKING = [
    ("POST", "/external-task/fetchAndLock", {"workerId": "w", "maxTasks": 1, "topics": []}),
    ("POST", "/external-task/none/complete", {"workerId": "w"}),
    ("POST", "/external-task/none/failure", {"workerId": "w"}),
    ("POST", "/external-task/none/bpmnError", {"workerId": "w", "errorCode": "e"}),
]
CHANGING = [
    ("POST", "/message", {"messageName": "m"}),
    ("POST", "/task/none/complete", {}),
    ("PUT", "/external-task/none/retries", {"retries": 1}),
    ("DELETE", "/deployment/none", None),
]


@pytest.mark.parametrize(
    ("scope", "reads", "works", "changes"),
    [(Scope.READ, True, False, False), (Scope.WORK, False, True, False), (Scope.WRITE, True, True, True)],
)
def test_a_token_allows_what_its_scope_says_and_nothing_else(site: Site, scope: Scope, reads: bool, works: bool, changes: bool):
    client = with_token(site, made(site, "robot", scope))
    for allowed, calls in ((reads, [(*it, None) for it in READING]), (works, WORKING), (changes, CHANGING)):
        for method, path, body in calls:
            answer = client.call(method, path, body)
            refused = answer.status == 403 and "This token allows" in answer.value["message"]
            assert refused is not allowed, (scope, method, path, answer.body)


def test_no_scope_gives_more_than_the_person_may(site: Site, purchase: str):
    client = with_token(site, made(site, "sue", Scope.WRITE))
    answer = client.post("/external-task/fetchAndLock", {"workerId": "w", "maxTasks": 1, "topics": [{"topicName": "t", "lockDuration": 1}]})
    assert (answer.status, answer.value["type"]) == (403, "AuthorizationException")
    axel = with_token(site, made(site, "axel", Scope.WRITE))
    assert axel.post(f"/process-definition/key/{purchase}/start", {}).status == 403


def test_wrong_tokens_are_counted_by_address_and_lock_out_nobody(site: Site):
    right = with_token(site, made(site, "sam"))
    for _ in range(5):
        assert with_token(site, WRONG).get("/task/count").status == 401
    answer = with_token(site, WRONG).get("/task/count")
    assert (answer.status, answer.value["type"]) == (429, "RestException")
    assert right.get("/task/count").status == 200, "a right one opens from the same address"
    assert site.client("sam").get("/task/count").status == 200, "and so does a password"


def used_at(site: Site, token: str) -> int | None:
    holder = site.services.tokens.holder(token)
    assert holder
    newest = select(api_token.c.used_at).where(api_token.c.person_id == holder.person).order_by(api_token.c.created_at.desc())
    with site.services.database.read() as connection:
        return connection.scalar(newest)


def test_a_call_takes_one_statement_to_know_its_token_and_notes_its_use_once_a_minute(site: Site):
    token = made(site, "max")
    client = with_token(site, token)
    client.get("/openapi.json")
    first = used_at(site, token)
    assert first is not None
    with statements() as sent:
        for _ in range(3):
            assert client.get("/openapi.json").status == 200
    assert [word for it in sent if (word := it.split()[0].upper()) != "BEGIN"] == ["SELECT"] * 3
    assert used_at(site, token) == first
    with site.services.database.begin() as connection:
        connection.execute(update(api_token).where(api_token.c.person_id == "max").values(used_at=first - 61_000))
    client.get("/openapi.json")
    assert (used_at(site, token) or 0) >= first


def test_calls_at_once_with_a_new_token_are_all_let_in(site: Site):
    token = made(site, "sam")
    clients = [with_token(site, token) for _ in range(8)]
    answers: list[int] = []
    threads = [threading.Thread(target=lambda it=it: answers.append(it.get("/task/count").status)) for it in clients]
    for it in threads:
        it.start()
    for it in threads:
        it.join(30)
    assert answers == [200] * 8
