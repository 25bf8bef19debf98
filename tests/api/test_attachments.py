"""Files on tasks as Camunda 7 has them: paths, parts of the form, fields, and the words of its errors."""

from __future__ import annotations

import re

import pytest

from tests.api.conftest import Answer, Client, Site

PDF = b"%PDF-1.7 \x00\xff the second offer"
EDGE = "edge-of-a-part"
FORM = {"Content-Type": f"multipart/form-data; boundary={EDGE}"}
FIELDS = [
    "links", "id", "name", "description", "taskId", "type", "url", "createTime", "removalTime", "rootProcessInstanceId",
]  # fmt: skip


@pytest.fixture
def case(admin: Client, purchase: str) -> str:
    return admin.start(purchase, {"amount": {"value": 5}})


@pytest.fixture
def task(admin: Client, case: str) -> str:
    return admin.tasks(case)["submit"]


def create(client: Client, task: str, content: bytes | None = PDF, file: str | None = "offer.pdf", **fields: str) -> Answer:
    """Send the form. `attachment_name` is `attachment-name`."""
    parts = [
        f'--{EDGE}\r\nContent-Disposition: form-data; name="{name.replace("_", "-")}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    if content is not None:
        named = f'; filename="{file}"' if file else ""
        head = f'--{EDGE}\r\nContent-Disposition: form-data; name="content"{named}\r\nContent-Type: application/octet-stream\r\n\r\n'
        parts.append(head.encode() + content + b"\r\n")
    return client.call("POST", f"/task/{task}/attachment/create", b"".join((*parts, f"--{EDGE}--\r\n".encode())), **FORM)


def test_a_file_is_added_read_and_deleted(admin: Client, case: str, task: str):
    about = {"attachment_name": "offer.pdf", "attachment_description": "The second offer.", "attachment_type": "application/pdf"}
    made = create(admin, task, **about)
    assert (made.status, made.headers["Content-Type"]) == (200, "application/json")
    found = made.value
    assert list(found) == FIELDS
    [link] = found["links"]
    assert (link["method"], link["rel"]) == ("GET", "self")
    assert link["href"].endswith(f"/engine-rest/task/{task}/attachment/{found['id']}")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d{4}", found["createTime"])
    assert found == {
        "links": found["links"], "id": found["id"], "name": "offer.pdf", "description": "The second offer.", "taskId": task,
        "type": "application/pdf", "url": None, "createTime": found["createTime"], "removalTime": None, "rootProcessInstanceId": case,
    }  # fmt: skip
    path = f"/task/{task}/attachment"
    assert admin.ok("GET", path) == [{**found, "links": []}]
    assert admin.ok("GET", f"{path}/{found['id']}") == {**found, "links": []}
    data = admin.get(f"{path}/{found['id']}/data")
    assert (data.status, data.headers["Content-Type"], data.body) == (200, "application/octet-stream", PDF)
    assert data.headers["Content-Disposition"] == "attachment; filename=\"offer.pdf\"; filename*=UTF-8''offer.pdf"
    assert data.headers["X-Content-Type-Options"] == "nosniff"
    before = admin.ok("GET", f"/task/{task}")["lastUpdated"]
    assert before is not None
    assert admin.ok("DELETE", f"{path}/{found['id']}") is None
    assert admin.ok("GET", f"/task/{task}")["lastUpdated"] > before
    assert admin.ok("GET", path) == []


def test_an_address_is_a_file_without_content(admin: Client, task: str):
    found = create(admin, task, None, attachment_name="plan", url="https://docs.example/plan").value
    assert (found["url"], found["name"], found["type"], found["description"]) == ("https://docs.example/plan", "plan", None, None)
    data = admin.get(f"/task/{task}/attachment/{found['id']}/data")
    assert (data.status, data.value["type"]) == (404, "InvalidRequestException")
    assert data.value["message"] == f"Attachment content for attachment with id '{found['id']}' does not exist for task id '{task}'."


def test_content_comes_before_an_address_and_may_be_a_plain_field(admin: Client, task: str):
    found = create(admin, task, "zwei Pumpen: ä".encode(), None, url="https://docs.example/").value
    assert (found["url"], found["name"]) == (None, None)
    assert admin.get(f"/task/{task}/attachment/{found['id']}/data").body == "zwei Pumpen: ä".encode()
    refused = create(admin, task, b"\xff\xfe\x00", None)
    assert (refused.status, "send it with a file name" in refused.value["message"]) == (400, True)


def test_errors_are_worded_as_camunda_words_them(admin: Client, purchase: str, task: str):
    other = admin.tasks(admin.start(purchase))["submit"]
    made = create(admin, task).value["id"]
    path = f"/task/{other}/attachment/{made}"
    told = {
        ("GET", "/task/none/attachment"): (404, "No task found for task id none"),
        ("GET", path): (404, f"Task attachment with id {made} does not exist for task id '{other}'."),
        ("GET", f"{path}/data"): (404, f"Attachment content for attachment with id '{made}' does not exist for task id '{other}'."),
        ("DELETE", path): (
            404, f"Deletion is not possible. No attachment exists for task id '{other}' and attachment id '{made}'."
        ),
    }  # fmt: skip
    for (method, address), (status, message) in told.items():
        answer = admin.call(method, address)
        assert (answer.status, answer.value) == (status, {"type": "InvalidRequestException", "message": message, "code": None})
    missing = create(admin, "none")
    assert (missing.status, missing.value["message"]) == (400, "No task found for task id none")
    empty = create(admin, task, None, attachment_name="x")
    assert (empty.status, empty.value["message"]) == (400, "No content or url to remote content exists to create the task attachment.")
    assert create(admin, "none", None).value["message"] == "No task found for task id none", "that is looked for first"


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"attachment_name": "../../etc/passwd"}, "no slashes"),
        ({"attachment_name": "x" * 256}, "256 characters"),
        ({"attachment_description": "x" * 4001}, "4001 characters"),
        ({"attachment_type": "x" * 256}, "256 characters"),
    ],
)
def test_what_cannot_be_kept_is_refused(admin: Client, task: str, fields: dict[str, str], why: str):
    refused = create(admin, task, **fields)
    assert (refused.status, refused.value["type"], why in refused.value["message"]) == (400, "InvalidRequestException", True)
    assert admin.ok("GET", f"/task/{task}/attachment") == []


@pytest.mark.parametrize("url", ["javascript:alert(1)", "file:///etc/passwd", "https://me:secret@docs.example/", "docs.example/x"])
def test_an_address_that_no_browser_should_open_is_refused(admin: Client, task: str, url: str):
    refused = create(admin, task, None, url=url)
    assert (refused.status, "http" in refused.value["message"]) == (400, True)


def test_what_is_too_large_is_refused(admin: Client, task: str):
    whole = 10 * 1024 * 1024
    refused = create(admin, task, b"x" * (whole + 1))
    assert (refused.status, refused.value["message"]) == (400, "content has 10.1 MB; a file may have 10 MB")
    large = create(admin, task, b"x" * whole).value["id"]
    assert admin.get(f"/task/{task}/attachment/{large}/data").body == b"x" * whole
    far_too_large = create(admin, task, b"x" * (2 * whole + 70_000))
    assert (far_too_large.status, far_too_large.value["type"]) == (413, "RequestTooLargeException")


def test_who_may_is_who_may_remark(site: Site, admin: Client, task: str):
    sue, max_, axel = site.client("sue"), site.client("max"), site.client("axel")
    made = create(sue, task)
    assert made.status == 200, "it is offered to her"
    path = f"/task/{task}/attachment/{made.value['id']}"
    assert site.client("sam").call("DELETE", path).status == 403
    hidden = create(max_, task)
    assert (hidden.status, hidden.value["message"]) == (400, f"No task found for task id {task}")
    assert [max_.get(it).status for it in (f"/task/{task}/attachment", path, f"{path}/data")] == [404, 404, 404]
    assert create(axel, task).status == 403
    assert axel.call("DELETE", path).status == 403
    assert axel.get(f"{path}/data").body == PDF
    assert sue.call("DELETE", path).status == 204
    assert create(site.client("robot"), task).status == 200, "a worker acts for others"


def test_on_a_task_that_is_done_files_are_read_and_not_added(admin: Client, case: str, task: str):
    made = create(admin, task).value
    admin.ok("POST", f"/task/{task}/complete", {})
    assert [it["id"] for it in admin.ok("GET", f"/task/{task}/attachment")] == [made["id"]]
    late = create(admin, task)
    assert (late.status, late.value["message"]) == (400, f"No task found for task id {task}")


def test_an_auditor_s_look_is_recorded(site: Site, admin: Client, case: str, task: str):
    made = create(admin, task).value
    axel, engine = site.client("axel"), site.services.engine
    for path in (f"/task/{task}/attachment", f"/task/{task}/attachment/{made['id']}", f"/task/{task}/attachment/{made['id']}/data"):
        before = engine.history.entries(engine.organisation.actor("admin"), case)[0].seq
        assert axel.get(path).status == 200
        newest = engine.history.entries(engine.organisation.actor("admin"), case)[0]
        assert (newest.seq, newest.actor, newest.events) == (before + 1, "axel", (("CaseRead", {"part": "interface"}),))


def test_what_was_done_stands_among_the_operations(admin: Client, case: str, task: str):
    made = create(admin, task, attachment_name="offer.pdf").value
    admin.ok("DELETE", f"/task/{task}/attachment/{made['id']}")
    found = admin.ok("GET", f"/history/user-operation?processInstanceId={case}&entityType=Attachment&sortBy=timestamp&sortOrder=asc")
    names = ("operationType", "property", "orgValue", "newValue", "taskId", "category")
    told = ("name", None, "offer.pdf", task, "TaskWorker")
    assert [tuple(it[name] for name in names) for it in found] == [("AddAttachment", *told), ("DeleteAttachment", *told)]
    assert admin.ok("GET", f"/task/{task}")["lastUpdated"] is not None
