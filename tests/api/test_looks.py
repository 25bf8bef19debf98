"""An auditor's look at a case over this interface is written into its history, once for each case and request; nobody else's is."""

from __future__ import annotations

import pytest

from engine import SYSTEM
from tests.api.conftest import Client, Site
from tests.statements import statements

ONE = {
    "instance": ("GET", "/process-instance/{case}"),
    "its tree": ("GET", "/process-instance/{case}/activity-instances"),
    "its variables": ("GET", "/process-instance/{case}/variables"),
    "one variable": ("GET", "/process-instance/{case}/variables/amount"),
    "its tasks": ("GET", "/task?processInstanceId={case}"),
    "the number of them": ("GET", "/task/count?processInstanceId={case}"),
    "a task": ("GET", "/task/{task}"),
    "variables of a task": ("GET", "/task/{task}/variables"),
    "executions": ("GET", "/execution?processInstanceId={case}"),
    "subscriptions": ("GET", "/event-subscription?processInstanceId={case}"),
    "past": ("GET", "/history/process-instance/{case}"),
    "past tasks": ("GET", "/history/task?processInstanceId={case}"),
    "past activities": ("GET", "/history/activity-instance?processInstanceId={case}"),
    "past variables": ("GET", "/history/variable-instance?processInstanceId={case}"),
    "among others": ("GET", "/process-instance?processInstanceIds={case}"),
    "its jobs": ("GET", "/job?processInstanceId={case}"),
    "its incidents": ("GET", "/incident?processInstanceId={case}"),
}


def looks(site: Site, case: str) -> list[tuple[str, str]]:
    """Who looked, and at what."""
    entries = site.services.engine.history.entries(SYSTEM, case)
    return [(entry.actor, str(fields["part"])) for entry in entries for name, fields in entry.events if name == "CaseRead"]


def get(client: Client, how: str, case: str, task: str) -> None:
    method, path = ONE[how]
    assert client.call(method, path.format(case=case, task=task)).status == 200


@pytest.fixture
def case(admin: Client, purchase: str) -> tuple[str, str]:
    """A case, and an open task of it."""
    found = admin.start(purchase, {"amount": {"value": 1200}})
    return found, admin.tasks(found)["submit"]


@pytest.mark.parametrize("how", ONE)
def test_the_look_of_an_auditor_is_written_down(site: Site, case: tuple[str, str], how: str):
    get(site.client("axel"), how, *case)
    assert looks(site, case[0]) == [("axel", "interface")]


def test_one_request_is_one_look(site: Site, case: tuple[str, str]):
    auditor = site.client("axel")
    asked = {"processInstanceIds": [case[0], case[0]], "orQueries": [{"processInstanceIds": [case[0]]}]}
    assert auditor.post("/process-instance", asked).status == 200
    assert looks(site, case[0]) == [("axel", "interface")]
    get(auditor, "instance", *case)
    assert looks(site, case[0]) == [("axel", "interface")] * 2


def test_lists_that_only_find_cases_are_no_look(site: Site, case: tuple[str, str]):
    auditor = site.client("axel")
    for path in ("/task", "/process-instance", "/history/process-instance", "/history/task", "/process-instance/count"):
        assert auditor.get(path).status == 200
    assert looks(site, case[0]) == []


def test_what_is_not_there_is_not_found_and_not_written(site: Site, case: tuple[str, str]):
    auditor = site.client("axel")
    assert auditor.get("/process-instance/nothing").status == 404
    assert auditor.get("/task/nothing/variables").status in {404, 500}
    assert auditor.get("/task?processInstanceId=nothing").value == []
    assert looks(site, case[0]) == []


def test_a_case_that_has_ended_keeps_looks_too(site: Site, admin: Client, case: tuple[str, str]):
    site.services.engine.instances.cancel(SYSTEM, case[0], "double entry")
    get(site.client("axel"), "past", *case)
    assert looks(site, case[0]) == [("axel", "interface")]
    assert not site.services.engine.history.verify(SYSTEM, case[0]).findings


@pytest.mark.parametrize("how", ["instance", "its variables", "a task", "variables of a task", "past tasks"])
def test_nobody_else_causes_a_statement(site: Site, case: tuple[str, str], how: str):
    """An auditor's request has those of everybody, and those of the entry."""
    counts = {}
    for person in ("admin", "axel"):
        client = site.client(person)
        get(client, how, *case)  # the password is remembered, the models are in memory
        with statements() as told:
            get(client, how, *case)
        counts[person] = told
    writes = {person: [text for text in told if not text.startswith("SELECT")] for person, told in counts.items()}
    assert [text for text in writes["admin"] if "history" in text or "process_instance" in text] == []
    assert any("history_entry" in text for text in writes["axel"])
    assert len(counts["admin"]) < len(counts["axel"])
    assert looks(site, case[0]) == [("axel", "interface")] * 2
