"""Executions, signals, conditions, jobs, decisions, errors of tasks: over HTTP."""

from __future__ import annotations

import pytest

from engine.services import queries
from tests.api.conftest import Client, Site
from tests.api.test_lists import counted

HEAD = """<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
 xmlns:camunda="http://camunda.org/schema/1.0/bpmn" id="d" targetNamespace="executions">
 <bpmn:message id="came" name="came-KEY"/><bpmn:signal id="told" name="told-KEY"/><bpmn:escalation id="late" escalationCode="late"/>
 <bpmn:process id="KEY" isExecutable="true" camunda:historyTimeToLive="30">"""
WAITS = (
    HEAD
    + """
  <bpmn:startEvent id="start"/><bpmn:sequenceFlow id="f1" sourceRef="start" targetRef="wait"/>
  <bpmn:receiveTask id="wait" messageRef="came"/><bpmn:sequenceFlow id="f2" sourceRef="wait" targetRef="task"/>
  <bpmn:userTask id="task"/>
  <bpmn:boundaryEvent id="tell" attachedToRef="task" cancelActivity="false">
   <bpmn:escalationEventDefinition id="e1" escalationRef="late"/></bpmn:boundaryEvent>
  <bpmn:boundaryEvent id="alarm" attachedToRef="task"><bpmn:signalEventDefinition id="s1" signalRef="told"/></bpmn:boundaryEvent>
  <bpmn:boundaryEvent id="timer" attachedToRef="task" cancelActivity="false"><bpmn:timerEventDefinition id="t1">
   <bpmn:timeCycle xsi:type="bpmn:tFormalExpression">R2/PT1H</bpmn:timeCycle></bpmn:timerEventDefinition></bpmn:boundaryEvent>
  <bpmn:userTask id="told_task"/><bpmn:userTask id="late_task"/><bpmn:userTask id="timer_task"/>
  <bpmn:sequenceFlow id="f3" sourceRef="alarm" targetRef="told_task"/><bpmn:sequenceFlow id="f4" sourceRef="tell" targetRef="late_task"/>
  <bpmn:sequenceFlow id="f5" sourceRef="timer" targetRef="timer_task"/>
 </bpmn:process></bpmn:definitions>"""
)
CONDITION = (
    HEAD
    + """
  <bpmn:startEvent id="start"><bpmn:conditionalEventDefinition id="c1">
   <bpmn:condition xsi:type="bpmn:tFormalExpression">${n == 7}</bpmn:condition></bpmn:conditionalEventDefinition></bpmn:startEvent>
  <bpmn:sequenceFlow id="f1" sourceRef="start" targetRef="task"/><bpmn:userTask id="task"/>
 </bpmn:process></bpmn:definitions>"""
)
DECISION = """<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="executions">
 <decision id="KEY" name="KEY"><decisionTable id="t" hitPolicy="FIRST"><input id="i">
 <inputExpression id="ie" typeRef="number"><text>n</text></inputExpression></input><output id="o" name="level" typeRef="string"/>
 <rule id="r1"><inputEntry id="e1"><text>&gt; 5</text></inputEntry><outputEntry id="e2"><text>"high"</text></outputEntry></rule>
 <rule id="r2"><inputEntry id="e3"><text>-</text></inputEntry><outputEntry id="e4"><text>"low"</text></outputEntry></rule>
 </decisionTable></decision></definitions>"""


@pytest.fixture
def case(admin: Client, key: str) -> str:
    assert admin.deploy(p=WAITS.replace("KEY", key)).status == 200
    return admin.start(key)


def test_where_a_case_stands_is_a_tree_and_a_list_of_executions(admin: Client, key: str, case: str):
    tree = admin.ok("GET", f"/process-instance/{case}/activity-instances")
    (child,) = tree["childActivityInstances"]
    assert (child["activityId"], child["activityType"], child["executionIds"]) == ("wait", "receiveTask", [case])
    assert child["id"] == admin.ok("GET", f"/history/activity-instance?processInstanceId={case}&activityId=wait")[0]["id"]
    waiting = admin.ok("GET", f"/execution?processInstanceId={case}&messageEventSubscriptionName=came-{key}")
    assert [it["id"] for it in waiting] == [case]
    (subscription,) = admin.ok("GET", f"/event-subscription?processInstanceId={case}")
    assert (subscription["eventType"], subscription["eventName"], subscription["activityId"]) == ("message", f"came-{key}", "wait")


def test_executions_and_what_they_wait_for_are_found_in_all_cases(admin: Client, key: str, case: str, monkeypatch: pytest.MonkeyPatch):
    other = admin.ok(
        "POST", f"/process-definition/key/{key}/start", {"businessKey": key, "variables": {"n": {"value": 7}, "t": {"value": "x"}}}
    )["id"]

    def found(query: str) -> set[str]:
        rows = admin.ok("GET", f"/execution?{query}")
        assert admin.ok("GET", f"/execution/count?{query}") == {"count": len(rows)}
        return {it["id"] for it in rows}

    awaited = f"messageEventSubscriptionName=came-{key}"
    assert found(awaited) == found(f"processDefinitionKey={key}") == {case, other}
    assert found(f"{awaited}&businessKey={key}") == found(f"{awaited}&processVariables=t_eq_x") == {other}
    assert found(f"processDefinitionKey={key}&activityId=wait") == {case, other}
    assert found(f"{awaited}&signalEventSubscriptionName=told-{key}") == found(f"processDefinitionKey={key}&activityId=task") == set()
    sent = {"messageEventSubscriptionName": f"came-{key}", "processVariables": [{"name": "n", "operator": "eq", "value": 7}]}
    assert [it["id"] for it in admin.ok("POST", "/execution", sent)] == [other]
    assert len(admin.ok("GET", f"/execution?{awaited}&firstResult=1&maxResults=5")) == 1
    waiting = admin.ok("GET", f"/event-subscription?eventType=message&eventName=came-{key}")
    assert {it["processInstanceId"] for it in waiting} == {case, other}
    assert admin.ok("GET", f"/event-subscription/count?eventName=came-{key}&executionId={case}") == {"count": 1}
    assert admin.get("/execution?unknown=1").status == 400
    monkeypatch.setattr(queries, "MOST_HOLDERS", 1)
    assert "processInstanceId" in admin.get(f"/execution?{awaited}").value["message"]


def test_nobody_finds_executions_of_cases_that_they_do_not_see(site: Site, key: str, case: str):
    sue = site.client("sue")
    assert sue.ok("GET", f"/execution?messageEventSubscriptionName=came-{key}") == []
    assert sue.ok("GET", f"/event-subscription?eventName=came-{key}") == []
    assert sue.get("/execution?processVariables=n_eq_7").status == 403


def test_an_execution_goes_on_by_its_message_or_without_it(admin: Client, key: str, case: str):
    other = admin.start(key)
    path = f"/execution/{case}/messageSubscriptions/came-{key}/trigger"
    assert admin.post(path, {"variables": {"n": {"value": 1}}}).status == 204
    assert admin.post(f"/execution/{other}/signal", {}).status == 204
    assert (list(admin.tasks(case)), list(admin.tasks(other))) == (["task"], ["task"])
    assert admin.post(path, {}).status == 400
    assert admin.post("/execution/nothing/signal", {}).status == 404
    assert admin.ok("GET", f"/history/variable-instance?processInstanceId={case}&variableName=n")[0]["value"] == 1


def test_jobs_are_listed_and_done(admin: Client, case: str):
    admin.post(f"/execution/{case}/signal", {})
    for left in (1, 0):
        (job,) = admin.ok("GET", f"/job?processInstanceId={case}")
        assert (job["processDefinitionId"].partition(":")[0], job["retries"]) == (job["processDefinitionKey"], 3)
        assert admin.post(f"/job/{job['id']}/execute").status == 204
        assert admin.ok("GET", f"/job/count?processInstanceId={case}")["count"] == left
    assert sorted(admin.tasks(case)) == ["task", "timer_task"]
    assert admin.ok("GET", f"/incident?processInstanceId={case}") == []


def test_a_job_is_tried_as_often_as_is_said(admin: Client, site: Site, case: str):
    admin.post(f"/execution/{case}/signal", {})
    (job,) = admin.ok("GET", f"/job?processInstanceId={case}")
    path = f"/job/{job['id']}"
    assert admin.ok("PUT", f"{path}/retries", {"retries": 0}) is None
    (incident,) = admin.ok("GET", f"/incident?processInstanceId={case}")
    told = (incident["incidentType"], incident["configuration"], incident["processDefinitionId"], incident["activityId"])
    assert told == ("failedJob", job["id"], job["processDefinitionId"], "timer")
    assert admin.ok("GET", f"/incident/{incident['id']}") == incident
    assert admin.ok("GET", f"/incident/count?configuration={job['id']}")["count"] == 1
    assert [it["id"] for it in admin.ok("GET", f"/job?processInstanceId={case}&noRetriesLeft=true")] == [job["id"]]
    later = "2031-01-31T09:15:00.000+0000"
    assert admin.ok("PUT", f"{path}/retries", {"retries": 5, "dueDate": later}) is None
    assert admin.ok("GET", f"/incident?processInstanceId={case}") == []
    assert (admin.ok("GET", path)["retries"], admin.ok("GET", path)["dueDate"]) == (5, later)
    for sent in ({"retries": -1}, {"retries": "two"}, {"retries": True}, {}, {"retries": 1, "dueDate": "soon"}):
        assert admin.call("PUT", f"{path}/retries", sent).status == 400, sent
    assert site.client("sue").call("PUT", f"{path}/retries", {"retries": 1}).status == 403
    assert admin.call("PUT", "/job/nothing/retries", {"retries": 1}).status == 404
    assert [admin.get(f"/{it}").status for it in ("job/nothing", "job/nothing/stacktrace", "incident/nothing")] == [404] * 3
    assert site.client("sue").ok("GET", "/incident") == []


def test_incidents_are_counted_however_many_one_answer_has(admin: Client, site: Site, case: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("app.api.incidents.MOST_INCIDENTS", 1)
    admin.post(f"/execution/{case}/signal", {})
    (job,) = admin.ok("GET", f"/job?processInstanceId={case}")
    admin.ok("PUT", f"/job/{job['id']}/retries", {"retries": 0})
    (first,) = admin.ok("GET", "/incident?maxResults=5")
    total = admin.ok("GET", "/incident/count")["count"]
    again = admin.start(job["processDefinitionKey"])
    admin.post(f"/execution/{again}/signal", {})
    (job,) = admin.ok("GET", f"/job?processInstanceId={again}")
    admin.ok("PUT", f"/job/{job['id']}/retries", {"retries": 0})
    assert admin.ok("GET", "/incident/count")["count"] == total + 1
    assert [it["id"] for it in admin.ok("GET", "/incident?firstResult=1")] == [first["id"]]
    assert admin.ok("GET", "/incident?maxResults=0") == []
    assert admin.get("/incident?maxResults=-1").status == 400
    assert [admin.ok("GET", f"/incident/count?processInstanceId={it}")["count"] for it in (case, again)] == [1, 1]
    assert site.client("sue").ok("GET", "/incident/count") == {"count": 0}
    assert admin.ok("GET", "/incident/count?activityId=timer&failedActivityId=other") == {"count": 0}


def test_a_job_says_whether_its_case_is_suspended(admin: Client, case: str):
    admin.post(f"/execution/{case}/signal", {})
    for suspended in (True, False):
        admin.ok("PUT", f"/process-instance/{case}/suspended", {"suspended": suspended})
        (job,) = admin.ok("GET", f"/job?processInstanceId={case}")
        assert job["suspended"] is suspended
        found = {name: admin.ok("GET", f"/job?processInstanceId={case}&{name}=true") for name in ("suspended", "active")}
        assert [len(found["suspended"]), len(found["active"])] == [int(suspended), int(not suspended)]


def test_jobs_are_sorted_and_cut_as_a_client_asks(admin: Client, key: str, case: str):
    others = [case, admin.start(key), admin.start(key)]
    for it in others:
        admin.post(f"/execution/{it}/signal", {})
    path = f"/job?processDefinitionKey={key}&sortBy=jobDueDate&sortOrder="
    down = [it["id"] for it in admin.ok("GET", f"{path}desc")]
    assert len(down) == len(others)
    assert [it["dueDate"] for it in admin.ok("GET", f"{path}asc")] == sorted(it["dueDate"] for it in admin.ok("GET", f"{path}desc"))
    assert [it["id"] for it in admin.ok("GET", f"{path}desc&firstResult=1&maxResults=1")] == down[1:2]
    assert admin.get("/job?sortBy=jobDueDate").status == 400
    assert admin.get("/job?sortBy=colour&sortOrder=asc").status == 400


def test_a_signal_a_task_that_escalates_and_one_that_fails(admin: Client, key: str, case: str):
    admin.post(f"/execution/{case}/signal", {})
    task = admin.tasks(case)["task"]
    assert admin.post(f"/task/{task}/bpmnEscalation", {"escalationCode": "late"}).status == 204
    assert sorted(admin.tasks(case)) == ["late_task", "task"]
    assert admin.post(f"/task/{task}/bpmnEscalation", {"escalationCode": "unheard"}).status == 400
    assert admin.post("/signal", {"name": f"told-{key}", "variables": {"n": {"value": 2}}}).status == 204
    assert sorted(admin.tasks(case)) == ["late_task", "told_task"]
    assert admin.post("/signal", {}).status == 400
    told = admin.tasks(case)["told_task"]
    assert admin.post(f"/task/{told}/bpmnError", {"errorCode": "uncaught"}).status == 204
    assert list(admin.tasks(case)) == ["late_task"]
    gone = admin.post(f"/task/{told}/bpmnError", {"errorCode": "uncaught"})
    assert (gone.status, gone.value["type"]) == (404, "RestException")


def test_a_condition_starts_cases(admin: Client, key: str):
    assert admin.deploy(p=CONDITION.replace("KEY", key)).status == 200
    started = []
    for number in (6, 7):
        found = admin.ok("POST", "/condition", {"variables": {"n": {"value": number, "type": "Integer"}}})
        started.append([list(admin.tasks(it["id"])) for it in found if it["definitionKey"] == key])
    assert started == [[], [["task"]]]


def test_a_decision_is_made_for_a_program(admin: Client, key: str):
    assert admin.post("/decision-definition/key/nothing/evaluate", {"variables": {}}).status == 404
    assert admin.deploy(**{"d.dmn": DECISION.replace("KEY", key)}).status == 200
    for number, level in ((7, "high"), (3, "low")):
        rows = admin.ok("POST", f"/decision-definition/key/{key}/evaluate", {"variables": {"n": {"value": number, "type": "Integer"}}})
        assert [row["level"]["value"] for row in rows] == [level]


def test_completing_tells_the_variables_that_the_task_saw(admin: Client, key: str):
    assert admin.deploy(p=WAITS.replace("KEY", key)).status == 200
    case = admin.start(key, {"n": {"value": 1}})
    admin.post(f"/execution/{case}/signal", {})
    sent = {"variables": {"m": {"value": 2, "type": "Integer"}}, "withVariablesInReturn": True}
    told = admin.ok("POST", f"/task/{admin.tasks(case)['task']}/complete", sent)
    assert {name: it["value"] for name, it in told.items() if name in {"n", "m"}} == {"n": 1, "m": 2}


def test_jobs_are_found_by_when_they_are_due_and_what_they_are(site: Site, admin: Client, key: str):
    assert admin.deploy(p=WAITS.replace("KEY", key)).status == 200
    case = admin.start(key)
    admin.post(f"/execution/{case}/signal", {})
    (job,) = admin.ok("GET", f"/job?processInstanceId={case}")
    due, made = (job[name].replace("+", "%2B") for name in ("dueDate", "createTime"))
    expected = {
        f"dueDates=lt_{due}": 0, f"dueDates=gt_{made}": 1, f"dueDates=gt_{made},lt_{due}": 0, f"createTimes=gt_{made}": 0, "timers=true": 1,
        "messages=true": 0, "executable=true": 0, "withRetriesLeft=true": 1, "priorityHigherThanOrEquals=1": 0,
        "priorityLowerThanOrEquals=1": 1, f"jobIds=x,{job['id']}": 1, "exceptionMessage=x": 0, f"executionId={case}": 1, "tenantIdIn=t": 0,
        "activityId=timer": 1, "failedActivityId=timer": 0,
    }  # fmt: skip
    assert {query: admin.ok("GET", f"/job/count?processDefinitionKey={key}&{query}")["count"] for query in expected} == expected
    bounds = [{"operator": "gt", "value": job["createTime"]}]
    assert [it["id"] for it in admin.ok("POST", "/job", {"processInstanceIds": [case], "dueDates": bounds})] == [job["id"]]
    assert admin.ok("POST", "/job/count", {"processInstanceIds": [case], "createTimes": bounds}) == {"count": 0}
    for query in (
        "timers=true&messages=true",
        "dueDates=eq_x",
        "dueDates=gt_now",
        "jobDefinitionId=x",
        "sortBy=jobPriority",
        "priorityHigherThanOrEquals=x",
    ):
        assert admin.get(f"/job?{query}").status == 400, query
    assert admin.post("/job", {"dueDates": "gt_now"}).status == 400
    assert admin.post("/job/retries", {"retries": 1}).status == 400
    assert {site.client(who).get("/job").status for who in ("sue", "robot")} == {403}


def test_jobs_have_priorities(site: Site, admin: Client, key: str):
    assert admin.deploy(p=WAITS.replace("KEY", key)).status == 200
    cases = [admin.start(key) for _ in range(3)]
    jobs = []
    for case, priority in zip(cases, (5, -1, None), strict=True):
        admin.post(f"/execution/{case}/signal", {})
        (job,) = admin.ok("GET", f"/job?processInstanceId={case}")
        assert job["priority"] == 0
        if priority is not None:
            assert admin.call("PUT", f"/job/{job['id']}/priority", {"priority": priority}).status == 204
        jobs.append(job["id"])
    path = f"/job?processDefinitionKey={key}&sortBy=jobPriority&sortOrder="
    assert [it["priority"] for it in admin.ok("GET", f"{path}desc")] == [5, 0, -1]
    assert [it["priority"] for it in admin.ok("GET", f"{path}asc&priorityHigherThanOrEquals=0")] == [0, 5]
    assert [it["priority"] for it in admin.ok("GET", f"{path}asc&priorityLowerThanOrEquals=0")] == [-1, 0]
    told = admin.ok("GET", f"/history/user-operation?processInstanceId={cases[0]}&jobId={jobs[0]}")
    assert [(it["operationType"], it["property"], it["newValue"]) for it in told] == [("SetPriority", "priority", "5")]
    assert admin.call("PUT", f"/job/{jobs[0]}/priority", {"priority": None}).status == 400
    assert admin.call("PUT", f"/job/{jobs[0]}/priority", {"priority": 2**63}).status == 400
    assert admin.call("PUT", "/job/nothing/priority", {"priority": 1}).status == 404
    assert site.client("robot").call("PUT", f"/job/{jobs[0]}/priority", {"priority": 1}).status == 403


def test_a_job_is_put_off_told_anew_and_deleted(site: Site, admin: Client, key: str, case: str):
    admin.post(f"/execution/{case}/signal", {})
    (job,) = admin.ok("GET", f"/job?processInstanceId={case}")
    path, later = f"/job/{job['id']}", "2031-01-31T09:15:00.000+0000"
    assert admin.call("PUT", f"{path}/duedate", {"duedate": later, "cascade": False}).status == 204
    assert admin.ok("GET", path)["dueDate"] == later
    assert admin.post(f"{path}/duedate/recalculate", None).status == 204
    assert admin.ok("GET", path)["dueDate"] == job["dueDate"]
    assert admin.post(f"{path}/duedate/recalculate?creationDateBased=false", None).status == 204
    assert admin.call("PUT", f"{path}/duedate", {"duedate": None}).status == 204
    for sent in ({"duedate": "soon"}, {"duedate": later, "cascade": True}, {"duedate": 5}, {"duedate": later, "cascade": "yes"}):
        assert admin.call("PUT", f"{path}/duedate", sent).status == 400, sent
    for query in ("creationDateBased=perhaps", "creationDate=true"):
        assert admin.post(f"{path}/duedate/recalculate?{query}", None).status == 400, query
    assert [site.client(who).call("DELETE", path).status for who in ("sue", "robot")] == [403, 403]
    assert admin.call("DELETE", path).status == 204
    assert [admin.call("DELETE", path).status, admin.get(path).status] == [404, 404]
    assert admin.call("PUT", "/job/nothing/duedate", {"duedate": later}).status == 404
    assert admin.post("/job/nothing/duedate/recalculate", None).status == 404
    told = admin.ok("GET", f"/history/user-operation?processInstanceId={case}&jobId={job['id']}&sortBy=timestamp&sortOrder=asc")
    assert [it["operationType"] for it in told] == ["SetDueDate", "RecalculateDueDate", "RecalculateDueDate", "SetDueDate", "Delete"]


def test_one_job_is_suspended(site: Site, admin: Client, key: str, case: str):
    admin.post(f"/execution/{case}/signal", {})
    (job,) = admin.ok("GET", f"/job?processInstanceId={case}")
    for suspended in (True, False):
        assert admin.call("PUT", f"/job/{job['id']}/suspended", {"suspended": suspended}).status == 204
        assert admin.ok("GET", f"/job/{job['id']}")["suspended"] is suspended
        assert admin.ok("GET", f"/job/count?processInstanceId={case}&suspended=true") == {"count": int(suspended)}
        assert admin.ok("GET", f"/process-instance/{case}")["suspended"] is False
    assert admin.call("PUT", f"/job/{job['id']}/suspended", {"suspended": "yes"}).status == 400
    assert admin.call("PUT", "/job/nothing/suspended", {"suspended": True}).status == 404
    assert site.client("robot").call("PUT", f"/job/{job['id']}/suspended", {"suspended": True}).status == 403
    told = admin.ok("GET", f"/history/user-operation?processInstanceId={case}&jobId={job['id']}&sortBy=timestamp&sortOrder=asc")
    assert [(it["operationType"], it["newValue"]) for it in told] == [("SuspendJob", "suspended"), ("ActivateJob", "active")]


def test_there_is_no_end_to_the_jobs_that_are_counted(site: Site, admin: Client, key: str):
    assert admin.deploy(p=WAITS.replace("KEY", key)).status == 200
    for _ in range(3):
        admin.post(f"/execution/{admin.start(key)}/signal", {})
    path = f"/job?processDefinitionKey={key}&sortBy=jobId&sortOrder=asc"
    ids = [it["id"] for it in admin.ok("GET", path)]
    assert [it["id"] for it in admin.ok("GET", f"{path}&firstResult=1&maxResults=1")] == ids[1:2]
    with counted(site) as said:
        assert admin.ok("GET", f"/job/count?processDefinitionKey={key}") == {"count": 3}
    assert not [sql for sql in said if "LIMIT" in sql.upper() and "job" in sql]
