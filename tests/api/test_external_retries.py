"""New retries for many external tasks at once, and the topics of what is open."""

from __future__ import annotations

import pytest

from tests.api.conftest import Client, Site
from tests.api.test_definitions import FAILS


@pytest.fixture
def tasks(admin: Client, key: str) -> dict[str, str]:
    """Process instance to external task of three cases."""
    assert admin.deploy(p=FAILS.replace("KEY", key)).status == 200
    for _ in range(3):
        admin.start(key)
    found = admin.ok("GET", f"/external-task?topicName=ship-{key}&sortBy=id&sortOrder=asc")
    return {it["processInstanceId"]: it["id"] for it in found}


def retries(admin: Client, key: str) -> list[int | None]:
    return [it["retries"] for it in admin.ok("GET", f"/external-task?topicName=ship-{key}&sortBy=id&sortOrder=asc")]


def test_tasks_are_named_one_by_one_or_by_their_cases_or_found(admin: Client, key: str, tasks: dict[str, str]):
    (case, first), (_, second), _ = tasks.items()
    for sent, expected in [
        ({"externalTaskIds": [first, second]}, [0, 0, None]),
        ({"processInstanceIds": [case], "retries": 2}, [2, 0, None]),
        ({"externalTaskQuery": {"topicName": f"ship-{key}", "noRetriesLeft": True}, "retries": 3}, [2, 3, None]),
        ({"processInstanceQuery": {"processDefinitionKey": key}, "retries": 4}, [4, 4, 4]),
        ({"historicProcessInstanceQuery": {"processDefinitionKey": key, "unfinished": True}, "retries": 5}, [5, 5, 5]),
    ]:  # fmt: skip
        assert admin.ok("PUT", "/external-task/retries", {"retries": 0, **sent}) is None
        assert retries(admin, key) == expected, sent
    assert admin.ok("GET", f"/incident?processInstanceId={case}") == []


def test_all_get_them_or_none(site: Site, admin: Client, key: str, tasks: dict[str, str]):
    first = next(iter(tasks.values()))
    missing = admin.call("PUT", "/external-task/retries", {"retries": 2, "externalTaskIds": [first, "zzzz"]})
    assert (missing.status, missing.value["message"]) == (404, "Cannot find external task with id zzzz: externalTask is null")
    refused = site.client("robot").call("PUT", "/external-task/retries", {"retries": 2, "externalTaskIds": [first]})
    assert (refused.status, refused.value["type"]) == (403, "AuthorizationException")
    assert retries(admin, key) == [None, None, None]


@pytest.mark.parametrize(
    "sent",
    [
        {"retries": 1}, {"externalTaskIds": ["x"]}, {"retries": -1, "externalTaskIds": ["x"]}, {"retries": 1, "externalTaskIds": "x"},
        {"retries": 1, "externalTaskQuery": {"colour": 1}}, {"retries": 1, "externalTaskQuery": []},
        {"retries": 1, "processInstanceIds": ["x"]},
        {"retries": 1, "externalTaskIds": [f"t{number}" for number in range(1001)]},
    ],
)  # fmt: skip
def test_what_names_no_tasks_is_refused(admin: Client, sent: dict[str, object]):
    refused = admin.call("PUT", "/external-task/retries", sent)
    assert (refused.status, refused.value["type"]) == (400, "InvalidRequestException"), refused.body


def test_topics_are_told_by_how_their_tasks_stand(admin: Client, key: str, tasks: dict[str, str]):
    def told(query: str) -> bool:
        return f"ship-{key}" in admin.ok("GET", f"/external-task/topic-names{query}")

    assert (told(""), told("?withLockedTasks=true"), told("?withUnlockedTasks=true"), told("?withRetriesLeft=true")) == (
        True,
        False,
        True,
        True,
    )
    topics = [{"topicName": f"ship-{key}", "lockDuration": 60000}]
    assert len(admin.ok("POST", "/external-task/fetchAndLock", {"workerId": "w", "maxTasks": 3, "topics": topics})) == 3
    assert (told("?withLockedTasks=true"), told("?withUnlockedTasks=true")) == (True, False)
    assert admin.get("/external-task/topic-names?locked=true").status == 400
