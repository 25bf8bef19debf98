"""External tasks, suspension, modification and delegation over HTTP, as Camunda's clients call them."""

from __future__ import annotations

import json
import threading
import time

import pytest

from tests.api.conftest import Client, Site

PRINTS = """<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
 xmlns:camunda="http://camunda.org/schema/1.0/bpmn" id="d" targetNamespace="printing">
 <bpmn:error id="jam" errorCode="jam"/>
 <bpmn:process id="KEY" isExecutable="true" camunda:historyTimeToLive="30">
  <bpmn:startEvent id="start"/><bpmn:sequenceFlow id="f1" sourceRef="start" targetRef="print"/>
  <bpmn:serviceTask id="print" camunda:type="external" camunda:topic="print-KEY" camunda:taskPriority="7">
   <bpmn:extensionElements><camunda:properties><camunda:property name="tray" value="2"/></camunda:properties></bpmn:extensionElements>
  </bpmn:serviceTask>
  <bpmn:boundaryEvent id="jammed" attachedToRef="print"><bpmn:errorEventDefinition id="e1" errorRef="jam"/></bpmn:boundaryEvent>
  <bpmn:sequenceFlow id="f2" sourceRef="print" targetRef="task"/><bpmn:userTask id="task"/>
  <bpmn:sequenceFlow id="f3" sourceRef="jammed" targetRef="repair"/><bpmn:userTask id="repair"/>
 </bpmn:process></bpmn:definitions>"""


@pytest.fixture
def topic(admin: Client, key: str) -> str:
    assert admin.deploy(p=PRINTS.replace("KEY", key)).status == 200
    return f"print-{key}"


@pytest.fixture
def robot(site: Site) -> Client:
    return site.client("robot")


def asking(topic: str, worker: str = "w1", **more: object) -> dict[str, object]:
    options = {name: more.pop(name) for name in ("asyncResponseTimeout", "usePriority", "sorting") if name in more}
    return {"workerId": worker, "maxTasks": 5, "topics": [{"topicName": topic, "lockDuration": 60_000, **more}], **options}


def fetch(client: Client, topic: str, worker: str = "w1", **more: object) -> list[dict]:
    return client.ok("POST", "/external-task/fetchAndLock", asking(topic, worker, **more))


def test_a_task_is_fetched_with_all_that_its_worker_asks_for(robot: Client, admin: Client, key: str, topic: str):
    case = admin.start(key, {"copies": {"value": 3}, "text": {"value": "x"}}, "K1")
    (task,) = fetch(robot, topic, variables=["copies"], includeExtensionProperties=True, usePriority=True)
    assert (task["processInstanceId"], task["activityId"], task["topicName"], task["workerId"]) == (case, "print", topic, "w1")
    assert (task["retries"], task["priority"], task["businessKey"], task["suspended"], task["tenantId"]) == (None, 7, "K1", False, None)
    assert task["variables"] == {"copies": {"value": 3, "type": "Integer", "valueInfo": {}}}
    assert task["extensionProperties"] == {"tray": "2"}
    tree = admin.ok("GET", f"/process-instance/{case}/activity-instances")
    assert task["activityInstanceId"] == tree["childActivityInstances"][0]["id"]
    assert task["executionId"] == tree["childActivityInstances"][0]["executionIds"][0]
    assert fetch(robot, topic, "w2") == []
    assert task["createTime"]
    listed = admin.ok("GET", f"/external-task?processInstanceId={case}&locked=true&workerId=w1")
    assert [it["id"] for it in listed] == [task["id"]]
    assert "createTime" not in listed[0]  # strict clients refuse a field that Camunda does not have there
    assert admin.ok("GET", f"/external-task/count?processInstanceId={case}&notLocked=true") == {"count": 0}
    assert topic in admin.ok("GET", "/external-task/topic-names")


def test_a_worker_may_be_a_number_as_those_of_the_python_client_are(robot: Client, admin: Client, key: str, topic: str):
    admin.start(key)
    (task,) = fetch(robot, topic, "0")
    assert robot.post(f"/external-task/{task['id']}/complete", {"workerId": True}).status == 400
    assert robot.ok("POST", f"/external-task/{task['id']}/complete", {"workerId": 0}) is None


def test_a_task_is_done_and_its_results_are_variables(robot: Client, admin: Client, key: str, topic: str):
    case = admin.start(key)
    (task,) = fetch(robot, topic)
    path = f"/external-task/{task['id']}"
    wrong = robot.post(f"{path}/complete", {"workerId": "other"})
    message = f"External Task {task['id']} cannot be completed by worker 'other'. It is locked by worker 'w1'."
    assert (wrong.status, wrong.value["type"], wrong.value["message"]) == (400, "RestException", message)
    assert robot.call("POST", f"{path}/unlock").status == 204  # without a body, as the JavaScript client sends it
    assert robot.ok("POST", f"{path}/lock", {"workerId": "w2", "lockDuration": 1000}) is None
    assert robot.ok("POST", f"{path}/extendLock", {"workerId": "w2", "newDuration": 90_000}) is None
    sent = {"workerId": "w2", "variables": {"pages": {"value": 4}}, "localVariables": None}
    assert robot.ok("POST", f"{path}/complete", sent) is None
    assert set(admin.tasks(case)) == {"task"}
    assert admin.ok("GET", f"/process-instance/{case}/variables/pages")["value"] == 4
    gone = robot.post(f"{path}/complete", sent)
    told = {"type": "RestException", "message": f"External task with id {task['id']} does not exist", "code": 0}
    assert (gone.status, gone.value) == (404, told)
    assert (admin.get(path).status, admin.get(path).value) == (404, {**told, "code": None})


def test_a_failure_is_retried_and_then_an_incident(robot: Client, admin: Client, key: str, topic: str):
    case = admin.start(key)
    (task,) = fetch(robot, topic)
    path = f"/external-task/{task['id']}"
    told = {"workerId": "w1", "errorMessage": "x" * 700, "errorDetails": "all of it", "retries": 1, "retryTimeout": 0}
    robot.ok("POST", f"{path}/failure", told)
    (again,) = fetch(robot, topic)
    assert (again["retries"], len(again["errorMessage"]), again["errorDetails"]) == (1, 666, "all of it")
    assert admin.get(f"{path}/errorDetails").body == b"all of it"
    robot.ok("POST", f"{path}/failure", {**told, "retries": 0, "retryTimeout": 10})
    (incident,) = admin.ok("GET", f"/incident?processInstanceId={case}")
    assert (incident["incidentType"], incident["configuration"], incident["activityId"]) == ("failedExternalTask", task["id"], "print")
    assert incident["failedActivityId"] is None
    assert fetch(robot, topic) == []
    assert robot.call("PUT", f"{path}/retries", {"retries": 1}).status == 403
    assert admin.call("PUT", f"{path}/retries", {"retries": -1}).status == 400
    admin.ok("PUT", f"{path}/retries", {"retries": 2})
    admin.ok("PUT", f"{path}/priority", {"priority": 50})
    assert admin.ok("GET", f"/incident?processInstanceId={case}") == []
    assert admin.ok("GET", path)["priority"] == 50
    assert robot.post(f"{path}/failure", {**told, "retries": -1}).status == 400


def test_an_error_of_a_worker_is_caught(robot: Client, admin: Client, key: str, topic: str):
    case = admin.start(key)
    (task,) = fetch(robot, topic)
    assert robot.post(f"/external-task/{task['id']}/bpmnError", {"workerId": "w1"}).status == 400
    robot.ok("POST", f"/external-task/{task['id']}/bpmnError", {"workerId": "w1", "errorCode": "jam", "errorMessage": "tray 2"})
    assert set(admin.tasks(case)) == {"repair"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"workerId": None},
        {"maxTasks": None},
        {"maxTasks": -1},
        {"topics": "t"},
        {"topics": [{"topicName": "t"}]},
        {"topics": [{"topicName": "t", "lockDuration": 0}]},
        {"topics": [{"topicName": "t", "lockDuration": 10**18}]},
        {"asyncResponseTimeout": 1_800_001},
        {"sorting": [{"sortBy": "id", "sortOrder": "asc"}]},
    ],
)
def test_what_no_worker_can_mean_is_refused(robot: Client, wrong: dict[str, object]):
    refused = robot.post("/external-task/fetchAndLock", {**asking("t"), **wrong})
    assert (refused.status, refused.value["type"]) == (400, "InvalidRequestException")


def test_people_are_no_workers(site: Site, admin: Client, key: str, topic: str):
    admin.start(key)
    (task,) = fetch(admin, topic)
    for person in ("sue", "ann", "axel"):
        client = site.client(person)
        assert client.post("/external-task/fetchAndLock", asking(topic)).status == 403
        assert client.post(f"/external-task/{task['id']}/complete", {"workerId": "w1"}).status == 403


@pytest.mark.slow
def test_a_worker_waits_for_work_without_holding_a_thread(site: Site, admin: Client, key: str, topic: str):
    """More workers wait than the server has threads for pages; what they wait for comes while they wait."""
    count = site.services.settings.page_threads + 4
    workers = [site.client("robot") for _ in range(count)]
    found: list[list[dict]] = []

    def wait(number: int) -> None:
        found.append(fetch(workers[number], topic, f"w{number}", asyncResponseTimeout=20_000))

    threads = [threading.Thread(target=wait, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    while len(site.services.polls) < count:
        time.sleep(0.02)
    assert admin.get("/task/count").status == 200
    for _ in range(count):  # each of them gets some, or others had them all and it waits on
        admin.start(key)
    deadline = time.monotonic() + 60
    while sum(map(len, found)) < count and time.monotonic() < deadline:
        time.sleep(0.02)
    ids = [task["id"] for tasks in found for task in tasks]
    assert (len(ids), len(set(ids))) == (count, count)
    for thread in threads:
        thread.join(30)
    assert all(not thread.is_alive() for thread in threads)


class Waiting:
    """Workers that wait for their answer, each in a thread; who came first has waited longest."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.found: dict[str, list[dict]] = {}
        self.threads: list[threading.Thread] = []

    def add(self, name: str, topic: str, **more: object) -> None:
        wanted = {**asking(topic, name, asyncResponseTimeout=20_000, **more), "maxTasks": 1}
        before = len(self.site.services.polls)

        def wait() -> None:
            self.found[name] = self.site.client("robot").ok("POST", "/external-task/fetchAndLock", wanted)

        self.threads.append(threading.Thread(target=wait))
        self.threads[-1].start()
        while len(self.site.services.polls) == before:
            time.sleep(0.01)

    def until(self, count: int) -> list[str]:
        """Who has got a task, once so many have."""
        end = time.monotonic() + 15
        while len(self.found) < count:
            assert time.monotonic() < end, self.found
            time.sleep(0.01)
        assert all(self.found.values())
        return list(self.found)


def test_one_task_wakes_one_of_those_who_wait(site: Site, admin: Client, key: str, topic: str):
    waiting = Waiting(site)
    for number in range(6):
        waiting.add(f"w{number}", topic)
    asked: list[float] = []
    look = site.services.engine.external_tasks.fetch
    site.services.engine.external_tasks.fetch = lambda *told: (asked.append(time.monotonic()), look(*told))[1]
    for number in range(6):
        admin.start(key)
        assert waiting.until(number + 1)[-1] == f"w{number}"  # who has waited longest
        left = 5 - number
        while len(asked) < 2 * number + 1 + (left > 0) or len(site.services.polls) != left:  # until the next one has looked, too
            time.sleep(0.01)
    for thread in waiting.threads:
        thread.join(30)
    assert len(asked) == 11  # for each task the one that got it, and the next, who found that nothing is left; not all who wait


def test_who_asks_for_a_part_passes_on_what_others_want(site: Site, admin: Client, key: str, topic: str):
    waiting = Waiting(site)
    waiting.add("picky", topic, businessKey="another")
    waiting.add("any", topic)
    admin.start(key, business_key="K1")
    assert waiting.until(1) == ["any"]
    admin.start(key, business_key="another")
    assert waiting.until(2) == ["any", "picky"]


def test_several_tasks_of_one_step_reach_as_many_workers(site: Site, admin: Client, key: str, topic: str):
    loop = "<bpmn:multiInstanceLoopCharacteristics><bpmn:loopCardinality>3</bpmn:loopCardinality></bpmn:multiInstanceLoopCharacteristics>"
    several = PRINTS.replace("KEY", f"{key}n").replace("</bpmn:serviceTask>", f"{loop}</bpmn:serviceTask>")
    assert admin.deploy(p=several).status == 200
    waiting = Waiting(site)
    for number in range(3):
        waiting.add(f"w{number}", f"print-{key}n")
    admin.start(f"{key}n")
    assert sorted(waiting.until(3)) == ["w0", "w1", "w2"]
    assert len({tasks[0]["id"] for tasks in waiting.found.values()}) == 3


def test_a_worker_whose_patience_ends_gets_nothing(robot: Client, topic: str):
    assert fetch(robot, topic, asyncResponseTimeout=200) == []


def test_a_worker_that_has_gone_away_gets_nothing_locked(site: Site, admin: Client, key: str, topic: str):
    gone = site.client("robot")
    gone.connection.request("POST", "/engine-rest/external-task/fetchAndLock", json.dumps(asking(topic, asyncResponseTimeout=60_000)), {
        **gone.headers, "Content-Type": "application/json",
    })  # fmt: skip
    while not len(site.services.polls):
        time.sleep(0.02)
    gone.connection.close()
    while len(site.services.polls):
        time.sleep(0.02)
    admin.start(key)
    assert len(fetch(admin, topic)) == 1


def test_a_lock_that_expires_wakes_who_waits(site: Site, robot: Client, admin: Client, key: str, topic: str):
    admin.start(key)
    fetch(robot, topic, lockDuration=300)
    (task,) = fetch(site.client("robot"), topic, "w2", asyncResponseTimeout=20_000)
    assert task["workerId"] == "w2"


def test_a_case_and_a_version_are_suspended_and_resumed(site: Site, admin: Client, robot: Client, key: str, topic: str):
    case = admin.start(key)
    (task,) = fetch(robot, topic)
    assert robot.call("PUT", f"/process-instance/{case}/suspended", {"suspended": True}).status == 403
    admin.ok("PUT", f"/process-instance/{case}/suspended", {"suspended": True})
    assert admin.ok("GET", f"/process-instance/{case}")["suspended"]
    assert admin.ok("GET", f"/history/process-instance/{case}")["state"] == "SUSPENDED"
    more: dict[str, object] = {"workerId": "w1", "newDuration": 60_000, "lockDuration": 60_000, "errorCode": "jam", "retries": 1}
    for verb in ("complete", "failure", "bpmnError", "extendLock"):
        refused = robot.post(f"/external-task/{task['id']}/{verb}", more)
        assert (refused.status, refused.value["type"], refused.value["code"]) == (400, "RestException", 0), verb
    for verb in ("unlock", "lock"):  # who has it is no step of the case
        assert robot.post(f"/external-task/{task['id']}/{verb}", more).status == 204, verb
    admin.ok("PUT", f"/process-instance/{case}/suspended", {"suspended": False})
    robot.ok("POST", f"/external-task/{task['id']}/complete", {"workerId": "w1"})
    version = admin.ok("GET", f"/process-definition/key/{key}")["id"]
    admin.ok("PUT", f"/process-definition/key/{key}/suspended", {"suspended": True, "includeProcessInstances": True})
    assert admin.ok("GET", f"/process-definition/{version}")["suspended"]
    assert admin.ok("GET", f"/task?processInstanceId={case}")[0]["suspended"]
    refused = admin.post(f"/process-definition/{version}/start", {})
    assert (refused.status, refused.value["type"], "suspended" in refused.value["message"]) == (500, "RestException", True)
    admin.ok("PUT", f"/process-definition/{version}/suspended", {"suspended": False, "executionDate": None})
    admin.start(key)
    assert admin.call("PUT", f"/process-definition/{version}/suspended", {"suspended": "often"}).status == 400


def test_a_case_and_a_version_are_suspended_at_a_moment(admin: Client, key: str, topic: str):
    case, version = admin.start(key), admin.ok("GET", f"/process-definition/key/{key}")["id"]
    at = {"suspended": True, "executionDate": "2099-01-01T00:00:00.000+0000"}
    for path in (f"/process-definition/{version}", f"/process-definition/key/{key}", f"/process-instance/{case}"):
        admin.ok("PUT", f"{path}/suspended", at)
        assert admin.call("PUT", f"{path}/suspended", {**at, "executionDate": "2099-01-01"}).status == 400
        assert not admin.ok("GET", path)["suspended"]
    found = [it for it in admin.ok("GET", f"/job?processDefinitionId={version}") if it["dueDate"] == at["executionDate"]]
    assert sorted((it["processInstanceId"] or "", it["failedActivityId"]) for it in found) == [("", None), ("", None), (case, None)]
    for it in found:
        admin.ok("POST", f"/job/{it['id']}/execute")
    assert admin.ok("GET", f"/process-definition/{version}")["suspended"]
    assert admin.ok("GET", f"/process-instance/{case}")["suspended"]


def test_a_case_is_set_straight_by_hand(site: Site, admin: Client, robot: Client, key: str, topic: str):
    case = admin.start(key)
    path = f"/process-instance/{case}/modification"
    (child,) = admin.ok("GET", f"/process-instance/{case}/activity-instances")["childActivityInstances"]
    variables = {"n": {"value": 3}, "own": {"value": "x", "local": True}}
    instructions = [
        {"type": "startBeforeActivity", "activityId": "repair", "variables": variables},
        {"type": "cancel", "activityInstanceId": child["id"]},
    ]
    assert robot.post(path, {"instructions": instructions}).status == 403
    admin.ok("POST", path, {"instructions": instructions, "annotation": "the printer is gone", "skipIoMappings": True})
    task = admin.tasks(case)["repair"]
    assert admin.ok("GET", f"/process-instance/{case}/variables/n")["value"] == 3
    assert set(admin.ok("GET", f"/task/{task}/localVariables")) == {"own"}
    assert fetch(robot, topic) == []
    for wrong in ({"type": "jump"}, {"type": "startBeforeActivity", "activityId": "x"}, {"type": "cancel", "transitionInstanceId": "t"}):
        refused = admin.post(path, {"instructions": [wrong]})
        assert (refused.status, refused.value["type"]) == (400, "InvalidRequestException")
    for nothing in ({}, {"instructions": None}, {"instructions": []}):  # no mistake
        assert admin.post(path, nothing).status == 204
        assert admin.post("/process-instance/unknown/modification", nothing).status == 404
    lost = {"type": "startBeforeActivity", "activityId": "repair", "ancestorActivityInstanceId": "repair:unknown"}
    assert admin.post(path, {"instructions": [lost]}).status == 400
    admin.ok("POST", path, {"instructions": [{"type": "cancel", "activityInstanceId": case}]})
    assert admin.ok("GET", f"/history/process-instance/{case}")["state"] == "EXTERNALLY_TERMINATED"


def test_a_task_is_delegated_and_comes_back(site: Site, admin: Client, purchase: str):
    case = admin.start(purchase)
    task = admin.tasks(case)["submit"]
    sue, sam = site.client("sue"), site.client("sam")
    sue.ok("POST", f"/task/{task}/claim", {"userId": "sue"})
    sue.ok("POST", f"/task/{task}/delegate", {"userId": "sam"})
    shown = sam.ok("GET", f"/task/{task}")
    assert (shown["owner"], shown["assignee"], shown["delegationState"]) == ("sue", "sam", "PENDING")
    assert [it["id"] for it in admin.ok("GET", f"/task?processInstanceId={case}&delegationState=PENDING")] == [task]
    assert sam.post(f"/task/{task}/complete", {}).status == 403
    sam.ok("POST", f"/task/{task}/resolve", {"variables": {"amount": {"value": 5}}})
    shown = sue.ok("GET", f"/task/{task}")
    assert (shown["owner"], shown["assignee"], shown["delegationState"]) == ("sue", "sue", "RESOLVED")
    sue.ok("POST", f"/task/{task}/complete", {})


@pytest.mark.parametrize("path", ["/external-task/none/retries", "/job/none/retries"])
def test_more_retries_than_any_database_holds_are_refused(admin: Client, path: str):
    for number in (2**31, 2**40, -(2**31)):
        answer = admin.call("PUT", path, {"retries": number})
        assert (answer.status, "'retries'" in answer.value["message"]) == (400, True), number
