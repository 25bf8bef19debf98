"""What people and programs ask for all day is found by an index: SQLite is asked how it would look for it.

A table that only grows, or that holds what is open in the whole company, must not be read from end to end for one case, one person or
one group.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy
from sqlalchemy import event

from engine import Case, NewAttachment
from tests.app.conftest import Site
from tests.app.pages import sign_in
from tests.processes.company import request

GROWING = {
    "attachment", "attachment_content", "case_field", "case_instance", "case_participant", "external_task", "finished_task",
    "history_entry", "history_head", "incident", "job", "notice", "outbox", "process_instance", "scope", "subscription", "task_candidate",
    "task_draft", "token", "user_task", "variable",
}  # fmt: skip
WHOLE = re.compile(r"SCAN (\w+)(?! USING)")
BASIC = {"Authorization": "Basic " + base64.b64encode(b"admin:demo").decode()}


@contextmanager
def read_whole() -> Iterator[dict[str, str]]:
    """The tables that statements would read whole meanwhile, each with the first such statement."""
    found: dict[str, str] = {}

    def ask(connection: sqlalchemy.Connection, cursor: object, sql: str, parameters: object, context: object, many: bool) -> None:
        if many or not sql.startswith(("SELECT", "WITH", "UPDATE", "DELETE")):
            return
        driver = connection.connection.dbapi_connection
        assert driver is not None
        for row in driver.execute(f"EXPLAIN QUERY PLAN {sql}", parameters):
            table = WHOLE.match(row[3])
            if table is not None and table[1] in GROWING:
                found.setdefault(table[1], " ".join(sql.split()))

    event.listen(sqlalchemy.Engine, "before_cursor_execute", ask)
    try:
        yield found
    finally:
        event.remove(sqlalchemy.Engine, "before_cursor_execute", ask)


def open_case(site: Site) -> Case:
    return site.company.start("zhou-ting", "purchase-approval", **request("8000"))


def page(address: str, person: str) -> Callable[[Site, Case], int]:
    """Somebody looks at a page."""

    def do(site: Site, case: Case) -> int:
        client = site.client()
        sign_in(client, person)
        return client.get(address.format(case=case.number, task=task_of(site, case))).status_code

    return do


def call(path: str) -> Callable[[Site, Case], int]:
    """A program asks."""
    return lambda site, case: (
        site.client().get(f"/engine-rest{path.format(case=case.id, task=task_of(site, case))}", headers=BASIC).status_code
    )


def task_of(site: Site, case: Case) -> str:
    return site.company.task(case, "head_approves").task_id


def attaches(site: Site, case: Case) -> int:
    files, zhou = site.services.engine.attachments, site.services.actor("zhou-ting")
    made = files.attach_to_case(zhou, case.id, [NewAttachment(f"{it}.txt", content=b"x" * it) for it in range(3)])
    assert files.content(zhou, made[0].id) == b""
    for it in made:
        files.detach(zhou, it.id)
    return 200


def completes(site: Site, case: Case) -> int:
    site.company.do("wang-lei", case, "head_approves", "approve")
    return 200


def does_what_is_due(site: Site, case: Case) -> int:
    site.services.engine.jobs.run_due()
    return 200


@pytest.mark.parametrize(
    "does",
    [
        pytest.param(page("/inbox", "wang-lei"), id="the inbox"),
        pytest.param(page("/cases/{case}", "wang-lei"), id="a case"),
        pytest.param(page("/cases/{case}", "admin"), id="a case, by an administrator"),
        pytest.param(page("/tasks/{task}", "wang-lei"), id="a task"),
        pytest.param(completes, id="completing a task"),
        pytest.param(attaches, id="adding a file, reading and deleting it"),
        pytest.param(call("/task/{task}/attachment"), id="the files of a task, over REST"),
        pytest.param(call("/task?processInstanceId={case}"), id="the tasks of a case, over REST"),
        pytest.param(call("/task/count?processInstanceId={case}"), id="how many"),
        pytest.param(call("/task?candidateGroup=finance&sortBy=dueDate&sortOrder=asc&maxResults=50"), id="the tasks of a group"),
        pytest.param(call("/task?assignee=wang-lei"), id="the tasks of a person"),
        pytest.param(call("/history/task?processInstanceId={case}"), id="what was done in a case"),
        pytest.param(call("/history/process-instance?processInstanceIds={case}&variables=amount_gt_1"), id="a past case by its values"),
        pytest.param(call("/history/process-instance?processInstanceId={case}&withIncidents=true"), id="a past case by its incidents"),
        pytest.param(call("/history/process-instance?processInstanceId={case}&executedActivityIdIn=x"), id="a past case by its activities"),
        pytest.param(
            call("/history/task?processInstanceId={case}&taskInvolvedUser=x&taskVariables=a_eq_1"), id="past tasks by their hands"
        ),
        pytest.param(call("/external-task?processInstanceId={case}"), id="the external tasks of a case"),
        pytest.param(call("/process-instance?processInstanceIds={case}"), id="a process instance"),
        pytest.param(call("/job?processInstanceId={case}"), id="the jobs of a case"),
        pytest.param(does_what_is_due, id="what is due"),
        pytest.param(call("/incident?processInstanceId={case}"), id="the incidents of a case"),
        pytest.param(call("/history/activity-instance?processInstanceId={case}"), id="the activities of a case"),
        pytest.param(call("/history/variable-instance?processInstanceIdIn={case}"), id="the past values of a case"),
        pytest.param(call("/history/detail?processDefinitionKey=purchase-approval&variableNameLike=a%25"), id="the values of a process"),
        pytest.param(call("/history/incident?processInstanceId={case}"), id="the past incidents of a case"),
    ],
)
def test_nothing_that_grows_is_read_whole(site: Site, does: Callable[[Site, Case], int]):
    case = open_case(site)
    with read_whole() as found:
        assert does(site, case) == 200
    assert found == {}


def test_what_is_read_whole_is_noticed(site: Site):
    with read_whole() as found, site.services.database.read() as connection:
        connection.exec_driver_sql("SELECT id FROM finished_task WHERE name = 'nobody'")
    assert list(found) == ["finished_task"]
