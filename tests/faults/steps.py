"""The kinds of steps that crash: what is there before, the act, and what a client is told that does it once more."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from engine.services.external_values import Failure, Fetch
from engine.store.queries.external import Topic
from engine.work.attachments import NewAttachment
from tests.engine.services.conftest import END, START, model, user_task
from tests.engine.services.test_compensation import UNDO, undoable
from tests.engine.services.test_compensation import model as undoing
from tests.engine.services.test_escalations_and_conditions import ESCALATION, escalation
from tests.engine.services.test_events_and_jobs import MESSAGE, WAITS, timer
from tests.engine.services.test_signals import THROWS as SIGNAL_THROWS
from tests.engine.services.test_signals import WAITS as SIGNAL_WAITS
from tests.faults.conftest import Site

GATES = '<parallelGateway id="fork"/>', '<parallelGateway id="join"/>'
FLOWS = "s > fork", "fork > a", "fork > b", "a > join", "b > join", "join > after", "after > e"
JOIN = model(START, *GATES, user_task("a"), user_task("b"), user_task("after"), END, *FLOWS)
CALLED = model(START, user_task("inner"), END, "s > inner", "inner > e", key="called")
CALLS = model(START, user_task("a"), '<callActivity id="c" calledElement="called"/>', END, "s > a", "a > c", "c > e")
LATE = f'<boundaryEvent id="b" attachedToRef="a">{timer("PT1H")}</boundaryEvent>'
TIMED = model(START, user_task("a"), LATE, user_task("late"), END, "s > a", "b > late", "a > e", "late > e")
FAILING = model(
    START, f'<intermediateCatchEvent id="t">{timer("PT1H")}</intermediateCatchEvent>', '<exclusiveGateway id="g"/>',
    '<sequenceFlow id="g_e" sourceRef="g" targetRef="e"><conditionExpression xsi:type="tFormalExpression">${missing &gt; 1}'
    "</conditionExpression></sequenceFlow>", END, "s > t", "t > g",
)  # fmt: skip
NUMBERED = model('<extensionElements><crossdesk:case numberPrefix="PA"/></extensionElements>', START, user_task("a"), END, "s > a", "a > e")
TIMER_START = model(f'<startEvent id="s">{timer("PT1H")}</startEvent>', user_task("a"), END, "s > a", "a > e")
CYCLE = model(
    START, user_task("a"), user_task("late"), END,
    f'<boundaryEvent id="b" attachedToRef="a" cancelActivity="false">{timer("R3/PT1H", "timeCycle")}</boundaryEvent>',
     "s > a", "b > late", "a > e", "late > e",
)  # fmt: skip
CONDITION = '<conditionalEventDefinition><condition xsi:type="tFormalExpression">${n &gt; 3}</condition></conditionalEventDefinition>'
CONDITION_START = model(f'<startEvent id="s">{CONDITION}</startEvent>', user_task("a"), END, "s > a", "a > e")
UNDONE = undoing(
    START, GATES[0], undoable("b"), user_task("a"), UNDO, END, "s > fork", "fork > a", "fork > b", "a > undo", "undo > e", "b > e"
)
RECEIVES = model(
    START, '<receiveTask id="r"/>', '<receiveTask id="q" messageRef="m"/>', user_task("a"), END, "s > r", "r > q", "q > a", "a > e",
    before=MESSAGE,
)  # fmt: skip
ESCALATES = model(
    START, user_task("a"), f'<boundaryEvent id="b" attachedToRef="a" cancelActivity="false">{escalation()}</boundaryEvent>',
    user_task("asked"), END, "s > a", "a > e", "b > asked", before=ESCALATION,
)  # fmt: skip
LATER = model(START, user_task("a", 'camunda:candidateGroups="sales" camunda:asyncBefore="true"'), END, "s > a", "a > e")
CHOOSES = model(START, f'<adHocSubProcess id="c">{user_task("x")}</adHocSubProcess>', END, "s > c", "c > e")
SHIPS = model(
    START, '<serviceTask id="w" camunda:type="external" camunda:topic="ship"/>',
    '<boundaryEvent id="b" attachedToRef="w"><errorEventDefinition errorRef="boom"/></boundaryEvent>', user_task("a"), END,
    "s > w", "w > a", "b > e", "a > e", before='<error id="boom" errorCode="boom"/>',
)  # fmt: skip
SIMPLE = model(START, user_task("a"), user_task("b"), END, "s > a", "a > b", "b > e")

Prepare = Callable[[Site], dict[str, Any]]


@dataclass(frozen=True)
class Step:
    """One kind of step."""

    act: str
    prepare: Prepare
    again: object = None  # what is said to who does it once more after it was done; by default nothing, as the first time
    at: int = 0
    exact: bool = True  # not where a step takes several transactions of its own: numbers come from a block that is taken first
    counts_twice: bool = False  # doing it once more is another step, not the same one
    args: dict[str, Any] = field(default_factory=dict)


def _deployed(**models: str) -> Prepare:
    def prepare(site: Site) -> dict[str, Any]:
        site.deploy(**models)
        return {}

    return prepare


def _running(text: str, **options: str) -> Prepare:
    def prepare(site: Site) -> dict[str, Any]:
        site.deploy(p=text)
        site.start(**options)
        return {}

    return prepare


def _with_task(*, name: str = "task", claimed: bool = True, first: str = "", **models: str) -> Prepare:
    """A case whose task `a` is open, and Sue's; `first` was completed already. `name`: what the act calls the task."""

    def prepare(site: Site) -> dict[str, Any]:
        site.deploy(**models)
        tasks = site.tasks(site.start())
        if first:
            site.complete("sam", tasks[first])
        if claimed:
            site.claim("sue", tasks["a"])
        return {name: tasks["a"]}

    return prepare


def _case(name: str) -> Prepare:
    def prepare(site: Site) -> dict[str, Any]:
        site.deploy(p=JOIN)
        return {name: site.start()}

    return prepare


def _offered(site: Site) -> dict[str, Any]:
    """A case that waits for a message which people give by hand."""
    site.deploy(p=WAITS)
    case = site.start()
    (offer,) = site.engine.messages.offers(site.actor("sue"), case)
    return {"case": case, "subscription": offer.subscription_id}


def _signalled(site: Site) -> dict[str, Any]:
    """Two cases that wait for a signal, and what throws it."""
    site.deploy(w=SIGNAL_WAITS, t=SIGNAL_THROWS)
    for _ in range(2):
        site.start(key="waits")
    return {}


def _waits_in(element: str) -> Prepare:
    """A case that stands in one of two receive tasks."""

    def prepare(site: Site) -> dict[str, Any]:
        site.deploy(p=RECEIVES)
        case = site.start()
        if element == "q":
            site.engine.executions.signal(site.actor("ada"), case)
        return {"execution_id": case}

    return prepare


def _with_job(site: Site) -> dict[str, Any]:
    _running(TIMED)(site)
    (job,) = site.engine.jobs.all(site.actor("ada"))
    return {"job_id": job.id}


def _with_incident(site: Site) -> dict[str, Any]:
    """A job that has no retries left."""
    _running(FAILING)(site)
    while (due := site.engine.jobs.next_due()) is not None:
        site.clock.moment = due
        site.engine.jobs.run_due()
    (incident,) = site.engine.jobs.incidents(site.actor("ada"))
    return {"job_id": incident.job_id}


def _incident(site: Site) -> dict[str, Any]:
    _with_incident(site)
    (incident,) = site.engine.jobs.incidents(site.actor("ada"))
    return {"incident_id": incident.id, "root_id": incident.root_id}


def _deployment_with_cases(site: Site) -> dict[str, Any]:
    _running(JOIN)(site)
    site.complete("sue", site.tasks(site.start())["a"])
    return {"deployment_id": site.engine.definitions.latest("p").row.deployment_id, "cascade": True, "reason": "a trial"}


def _with_file(site: Site) -> dict[str, Any]:
    """A case with a file, whose content nobody else has."""
    case = _case("case")(site)["case"]
    [made] = site.engine.attachments.attach_to_case(site.actor("sue"), case, [NewAttachment("offer.txt", content=b"an offer")])
    return {"attachment_id": made.id}


def _external(*, fetched: bool = True, retries: int | None = None) -> Prepare:
    """A case that waits for a worker, who has it, and has failed where it has `retries`."""

    def prepare(site: Site) -> dict[str, Any]:
        site.deploy(p=SHIPS)
        site.start()
        if not fetched:
            return {}
        ada, tasks = site.actor("ada"), site.engine.external_tasks
        (task,) = tasks.fetch(ada, Fetch("w1", [Topic("ship", timedelta(hours=2))], 1))
        if retries is not None:
            tasks.report_failure(ada, task.id, "w1", Failure("no paper", None, retries, timedelta()))
        return {"task_id": task.id}

    return prepare


def _delegated(site: Site) -> dict[str, Any]:
    task = _with_task(p=SIMPLE)(site)["task"]
    site.engine.tasks.delegate(site.actor("sue"), task, "sam")
    return {"task": task}


def _version(site: Site) -> dict[str, Any]:
    _running(JOIN)(site)
    return {"definition_id": site.engine.definitions.latest("p").row.id}


def _planned(site: Site) -> dict[str, Any]:
    """A version that is to be suspended with its cases in an hour."""
    at = site.clock.now() + timedelta(hours=1)
    site.engine.suspension.suspend_definition(site.actor("ada"), **_version(site), suspended=True, with_instances=True, at=at)
    return {}


def _over(site: Site) -> dict[str, Any]:
    """A case that has ended and need not be kept."""
    _running(SIMPLE)(site)
    case = site.start()
    for element in ("a", "b"):
        site.complete("sue", site.tasks(case)[element])
    site.engine.retention.set_time_to_live(site.actor("ada"), site.engine.definitions.latest("p").row.id, 0)
    return {}


def _to_be_cleaned(site: Site) -> dict[str, Any]:
    _over(site)
    site.engine.retention.clean_up(site.actor("ada"))
    return {}


def _ad_hoc(site: Site) -> dict[str, Any]:
    site.deploy(p=CHOOSES)
    (offer,) = site.engine.ad_hoc.offers(site.actor("sue"), site.start())
    return {"case": offer.instance_id, "token": offer.token_id}


def _drafted(site: Site) -> dict[str, Any]:
    """A process with a draft of its next version."""
    site.deploy(p=SIMPLE)
    latest = site.engine.definitions.latest("p").row.id
    draft = site.engine.drafts.save(site.actor("ann"), "p", JOIN.encode(), version=0, based_on=latest)
    return {"key": "p", "version": draft.version, "instead_of": latest}


VALUES = {"amount": 12, "lines": [{"sku": "s1", "quantity": 2}], "text": "x" * 5000}
HOUR = 3600
BY_SUE = {"person": "sue", "key": "p"}
CONFIRMED = {"name": "confirmed", "business_key": "K1"}
BY_ADA = {"by": "ada"}
STEPS = {
    "start": Step("start", _deployed(p=JOIN), "the same", args={**BY_SUE, "variables": VALUES, "once_key": "form-1"}),
    "start of a numbered case": Step("start", _deployed(p=NUMBERED), "the same", exact=False, args={**BY_SUE, "once_key": "f"}),
    "completion that joins": Step("complete", _with_task(first="b", p=JOIN), "Conflict", args={"person": "sue", "variables": VALUES}),
    "completion that calls": Step("complete", _with_task(called=CALLED, p=CALLS), "Conflict", args={"person": "sue"}),
    "timer": Step("run_due", _running(TIMED), 0, at=HOUR),
    "timer that starts a case": Step("run_due", _deployed(p=TIMER_START), 0, at=HOUR),
    "job that fails": Step("run_due", _running(FAILING), 0, at=HOUR),
    "message": Step("correlate", _running(WAITS, business_key="K1"), "CorrelationMismatch", args=CONFIRMED),
    "signal": Step("send", _signalled, args={**BY_ADA, "name": "alert", "variables": VALUES}),
    "signal that is thrown": Step("start", _signalled, "the same", args={"person": "sue", "key": "throws", "once_key": "f"}),
    "condition that starts": Step(
        "evaluate", _deployed(p=CONDITION_START), counts_twice=True, args={**BY_ADA, "variables": {"n": 4}}
    ),
    "cycle": Step("run_due", _running(CYCLE), 0, at=HOUR),
    "compensation": Step("complete", _with_task(first="b", p=UNDONE), "Conflict", args={"person": "sue"}),
    "task that fails": Step("fail", _with_task(name="task_id", p=ESCALATES), "Conflict", args={**BY_ADA, "code": "boom"}),
    "task that escalates": Step(
        "escalate", _with_task(name="task_id", p=ESCALATES), counts_twice=True, args={**BY_ADA, "code": "late", "variables": VALUES}
    ),
    "receive task left": Step("signal", _waits_in("r"), counts_twice=True, args={**BY_ADA, "variables": VALUES}),
    "message to an execution": Step("trigger", _waits_in("q"), "InvalidRequest", args={**BY_ADA, "message": "confirmed"}),
    "asynchronous step": Step("run_due", _running(LATER), 0),
    "fetch": Step("fetch", _external(fetched=False), [], args={**BY_ADA, "worker": "w1"}),
    "external task that is done": Step(
        "report_completion", _external(), "NotFound", args={**BY_ADA, "worker": "w1", "variables": VALUES}
    ),
    "external task that fails": Step("report_failure", _external(), counts_twice=True, args={**BY_ADA, "retries": 0}),
    "external task that is tried again": Step("set_retries", _external(retries=0), counts_twice=True, args={**BY_ADA, "retries": 2}),
    "external tasks that are tried again": Step(
        "set_retries_of_all", _external(retries=0), counts_twice=True, args={**BY_ADA, "retries": 2}
    ),
    "external task that throws": Step("report_error", _external(), "NotFound", args={**BY_ADA, "worker": "w1", "code": "boom"}),
    "external task kept": Step("extend", _external(), args=BY_ADA),
    "external task taken": Step("lock", _external(), args=BY_ADA),
    "external task given up": Step("unlock", _external(), args=BY_ADA),
    "external task before others": Step("set_priority", _external(), counts_twice=True, args={**BY_ADA, "priority": 7}),
    "suspended case": Step("suspend_instance", _case("instance_id"), args={**BY_ADA, "suspended": True}),
    "activity that somebody begins": Step("begin_activity", _ad_hoc, counts_twice=True, args={"by": "sue", "element": "x"}),
    "case set straight": Step(
        "modify", _case("instance_id"), counts_twice=True, args={**BY_ADA, "start": "after", "stop": "a"}
    ),
    "suspended version": Step("suspend_definition", _version, args={**BY_ADA, "suspended": True, "with_instances": True}),
    "version whose past is kept for so long": Step("set_time_to_live", _version, args={**BY_ADA, "days": 7}),
    "version suspended at a moment": Step("run_due", _planned, 0, at=HOUR),
    "delegation": Step("delegate", _with_task(name="task_id", p=SIMPLE), "Forbidden", args={"by": "sue", "person": "sam"}),
    "delegated task given back": Step("resolve", _delegated, "Forbidden", args={"person": "sam"}),
    "claim": Step("claim", _with_task(claimed=False, p=SIMPLE), "Conflict", args={"person": "sue"}),
    "release": Step("release", _with_task(p=SIMPLE), "Forbidden", args={"person": "sue"}),
    "reassignment": Step("reassign", _with_task(p=SIMPLE), "Conflict", args={"person": "sam", "to": "sam", "version": 2}),
    "cancellation": Step("cancel", _case("case"), "Conflict", args={"person": "ada"}),
    "deployment": Step("deploy", lambda _site: {}, "the same", args={"person": "ann", "models": {"p": JOIN, "called": CALLED}}),
    "publication of a draft": Step("publish", _drafted, "NotFound", args={"person": "ann"}),
    "message given by hand": Step("give", _offered, "Conflict", args={"person": "sue", "at": "2026-03-01"}),
    "claim for somebody": Step(
        "claim_for", _with_task(name="task_id", claimed=False, p=SIMPLE), args={**BY_ADA, "person": "sam"}
    ),
    "assignment": Step("assign", _with_task(name="task_id", p=SIMPLE), args={**BY_ADA, "person": "sam"}),
    "task that says something else": Step("update", _with_task(name="task_id", p=SIMPLE), "the same", args={**BY_ADA, "name": "other"}),
    "task with an owner": Step("set_owner", _with_task(name="task_id", p=SIMPLE), args={**BY_ADA, "person": "sam"}),
    "task that is offered": Step("add_candidate", _with_task(name="task_id", p=SIMPLE), args={**BY_ADA, "user": "sam"}),
    "task that is offered no more": Step("remove_candidate", _with_task(name="task_id", p=SIMPLE), args={**BY_ADA, "group": "sales"}),
    "remark": Step("comment", _with_task(name="task_id", p=SIMPLE), counts_twice=True, args={**BY_ADA, "message": "which one?"}),
    "files for a case": Step("attach_to_case", _case("case"), counts_twice=True, args={"person": "sue"}),
    "file for a task": Step("attach_to_task", _with_task(p=SIMPLE), counts_twice=True, args={"person": "sue"}),
    "file deleted": Step("detach", _with_file, "NotFound", args={"by": "sue"}),
    "draft": Step("save_draft", _with_task(name="task_id", p=SIMPLE), args={"by": "sue", "data": VALUES}),
    "variables of a case": Step("change", _case("instance_id"), args={**BY_ADA, "values": VALUES}),
    "variables at a task": Step(
        "change_at_task", _with_task(name="task_id", p=SIMPLE), args={**BY_ADA, "values": VALUES, "local": True}
    ),
    "job done by hand": Step("execute", _with_job, "NotFound", args=BY_ADA),
    "job deleted": Step("drop", _with_job, "NotFound", args=BY_ADA),
    "job put off": Step("set_due", _with_job, counts_twice=True, args={**BY_ADA, "due_at": None}),
    "job that is to wait": Step("suspend", _with_job, counts_twice=True, args={**BY_ADA, "suspended": True}),
    "timer told anew": Step("recalculate", _with_job, counts_twice=True, args=BY_ADA),
    "incident repaired": Step("retry", _with_incident, counts_twice=True, at=HOUR * 24, args=BY_ADA),
    "incident tried again": Step("try_again", _incident, "Conflict", at=HOUR * 24, args=BY_ADA),
    "deletion of a deployment": Step("delete", _deployment_with_cases, "NotFound", args=BY_ADA),
    "deletion of a version": Step("delete_version", _version, "NotFound", args={**BY_ADA, "cascade": True, "reason": "a trial"}),
    "past cases to be removed": Step("clean_up", _over, counts_twice=True, args=BY_ADA),
    "past cases removed": Step("run_due", _to_be_cleaned, 0, at=HOUR),
    "person disabled": Step("set_active", lambda _site: {}, args={**BY_ADA, "person": "fred", "active": False}),
}  # fmt: skip
LEFT_OUT = {
    "load", "put_department", "put_role", "put_person", "set_superior", "set_memberships", "import_calendar",  # as `set_active`
    "add", "remove", "set_head", "renew_credentials", "renew_own_credentials", "make_token", "revoke_token",  # so are these
    "set_week", "set_day", "clear_day",
    "record_look", "note_verification", "mark_read", "save", "discard",  # one row of its own: no half of it
    "put",  # a whole case, in the one transaction of any use case: stopped and begun again in tests/app/sample/test_past.py
    "deliver",  # at least once, under a lease: tests/store/test_delivery.py
    "run_next",  # a claim and a completion, which are steps above; a death between them: tests/engine/services/test_connectors.py
    "seal",  # it writes a file outside of the database: tests/audit/test_seals.py
}  # fmt: skip
"""Methods of the engine that write, and whose crash points are not tried here."""
