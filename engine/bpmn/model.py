"""A BPMN model as the engine reads it: plain frozen values, no XML and no behaviour.

The reader fills these in from a file, the checks look at them, `engine.tokens` compiles them. Names are those of the BPMN 2.0
standard; attributes of the `camunda:` and `crossdesk:` namespaces carry the name that they have there.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from engine.bpmn.called import NO_TRANSLATIONS, NamedVariable, Translations
from engine.bpmn.form_links import PLAIN, FormLink

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lxml import etree

    from engine.bpmn.form_data import FormField
    from engine.bpmn.loop_model import AdHoc, Loop
    from engine.bpmn.mapping_model import ExternalError, Listener, Parameter
    from engine.bpmn.retries import RetryCycle
    from engine.errors import ModelProblem


class EventKind(StrEnum):
    """What an event catches or throws (BPMN 2.0, 10.5.5). An event without a definition has none of these."""

    MESSAGE = "message"
    TIMER = "timer"
    ERROR = "error"
    TERMINATE = "terminate"
    SIGNAL = "signal"
    ESCALATION = "escalation"
    CONDITIONAL = "conditional"
    LINK = "link"
    COMPENSATION = "compensate"
    CANCEL = "cancel"


class TimerKind(StrEnum):
    """Which of the three timer elements was given (BPMN 2.0, 10.5.5, Timer)."""

    DATE = "timeDate"
    DURATION = "timeDuration"
    CYCLE = "timeCycle"


@dataclass(frozen=True, slots=True)
class Text:
    """A value as the model writes it, with its place: a literal, a FEEL expression (`=`) or a `${…}` template."""

    source: str
    line: int


@dataclass(frozen=True, slots=True)
class EventDefinition:
    """The event definition of an event, or the message of a receive or send task."""

    kind: EventKind
    name: Text | None = None  # message or signal name, link name
    code: str | None = None  # error or escalation code; None catches all
    message: Text | None = None  # thrown error: camunda:errorMessage of the error
    timer: TimerKind | None = None
    timer_text: Text | None = None
    condition: Text | None = None
    variable: str | None = None  # conditional: camunda:variableName, the only variable whose changes count
    variable_events: tuple[str, ...] = ()  # conditional: create, update, delete; none: all of them
    activity: str | None = None  # thrown compensation: activityRef, the only activity to compensate
    error_code_variable: str | None = None
    error_message_variable: str | None = None
    ins: tuple[Mapping, ...] = ()  # thrown signal: camunda:in, what goes to its receivers
    by_job: bool = False  # thrown signal: camunda:async, each receiver gets it in a transaction of its own
    role: str | None = None  # crossdesk:offer: the group that may give this message on the case page
    label: str | None = None
    label_translations: Translations = NO_TRANSLATIONS


@dataclass(frozen=True, slots=True)
class Mapping:
    """One `camunda:in` or `camunda:out`: a source variable or expression to a target, or all variables."""

    source: Text | None = None  # an expression (camunda:sourceExpression) or, with `variable`, None
    variable: str | None = None
    target: str | None = None
    all_variables: bool = False
    business_key: Text | None = None
    local: bool = False


@dataclass(frozen=True, slots=True)
class Call:
    """What a call activity calls (BPMN 2.0, 10.3.6)."""

    called_element: Text
    binding: str = "latest"  # latest, deployment, version, versionTag
    version: Text | None = None
    ins: tuple[Mapping, ...] = ()
    outs: tuple[Mapping, ...] = ()


class OutcomeKind(StrEnum):
    """How an outcome of a user task is meant; `approve` forbids the initiator, `return` and `reject` need a reason."""

    APPROVE = "approve"
    RETURN = "return"
    REJECT = "reject"
    DONE = "done"
    OWN = "own"


@dataclass(frozen=True, slots=True)
class Outcome:
    """One way to complete a user task: a button on the task's bar."""

    id: str
    kind: OutcomeKind
    name: str
    translations: Translations = NO_TRANSLATIONS


class FieldAccess(StrEnum):
    """What a step may do with a field of its form."""

    HIDDEN = "hidden"
    READ = "read"
    WRITE = "write"
    REQUIRED = "required"


@dataclass(frozen=True, slots=True)
class UserTask:
    """What a user task adds to a flow node."""

    assignee: Text | None = None
    candidate_users: Text | None = None
    candidate_groups: Text | None = None
    due_date: Text | None = None
    follow_up_date: Text | None = None
    priority: Text | None = None
    form_key: Text | None = None
    form_link: FormLink = PLAIN
    outcomes: tuple[Outcome, ...] = ()
    deadline: str | None = None  # "2 wd" or "6 wh"
    fields: tuple[tuple[str, FieldAccess], ...] = ()
    default_field_access: FieldAccess = FieldAccess.READ
    form_data: tuple[FormField, ...] = ()  # camunda:formData: the fields of a form inside the model, where there is no form key
    declares_fields: bool = False  # crossdesk:fields is there: what a step may write is said, by whomever it is completed


@dataclass(frozen=True, slots=True)
class Service:
    """What a service, send, script or business rule task, or a thrown message does. At most one of the ways is given."""

    handler: str | None = None  # crossdesk:handler, registered by the application
    connector: str | None = None  # crossdesk:connector, registered by the application; called in the background
    parameters: tuple[tuple[str, Text], ...] = ()  # crossdesk:parameter of the handler or connector
    topic: Text | None = None  # camunda:type="external": what workers ask for
    priority: Text | None = None  # camunda:taskPriority of an external task
    errors: tuple[ExternalError, ...] = ()  # what a worker's report may mean, in order
    expression: Text | None = None
    script: Text | None = None  # of a script task: FEEL, or one `${…}`
    decision: Text | None = None  # camunda:decisionRef
    decision_binding: str = "latest"
    decision_version: Text | None = None  # the number or tag of bindings "version" and "versionTag"
    result_variable: str | None = None
    map_decision_result: str | None = None  # singleEntry, singleResult, collectEntries, resultList

    @property
    def waits(self) -> bool:
        """Whether its token waits for a worker, or for a connector."""
        return self.topic is not None or self.connector is not None


@dataclass(frozen=True, slots=True)
class FlowNode:
    """An activity, gateway or event. `type` is the element's name in BPMN: `userTask` or `boundaryEvent`."""

    id: str
    type: str
    name: str
    line: int
    scope: str | None = None  # the enclosing subprocess; None: the process itself
    incoming: tuple[str, ...] = ()  # ids of sequence flows, in document order
    outgoing: tuple[str, ...] = ()
    default: str | None = None
    event: EventDefinition | None = None
    further_events: tuple[EventDefinition, ...] = ()  # a multiple event: the first to happen catches; all of them are thrown
    attached_to: str | None = None  # boundary events: their host
    interrupting: bool = True  # cancelActivity of a boundary event, isInterrupting of a start event
    triggered_by_event: bool = False  # an event subprocess
    instantiates: bool = False  # a receive task or an event-based gateway by which a process begins
    waits_for_all: bool = False  # such a gateway: its first event begins the process, which waits for all of the others
    ad_hoc: AdHoc | None = None  # an ad-hoc subprocess
    for_compensation: bool = False  # an activity that only compensation starts
    compensated_by: str | None = None  # a compensation boundary event: the activity that its association leads to
    loop: Loop | None = None
    call: Call | None = None
    user_task: UserTask | None = None
    service: Service | None = None
    form_key: Text | None = None  # start events
    form_link: FormLink = PLAIN
    form_data: tuple[FormField, ...] = ()  # start events: camunda:formData
    initiator: str | None = None  # start events: camunda:initiator
    fields: tuple[tuple[str, FieldAccess], ...] = ()  # start events: field permissions of the start form
    default_field_access: FieldAccess = FieldAccess.WRITE  # start events: of the fields that are not named
    lane: str | None = None  # id of the innermost lane that names it
    inputs: tuple[Parameter, ...] = ()  # camunda:inputParameter: local variables, when the element begins
    outputs: tuple[Parameter, ...] = ()  # camunda:outputParameter: variables of the scope around it, when it completes
    listeners: tuple[Listener, ...] = ()
    async_before: bool = False  # the element begins in a transaction of its own
    async_after: bool = False  # … and is left in one
    job_priority: Text | None = None  # camunda:jobPriority: of the jobs here; what is due and higher comes first
    retries: RetryCycle | None = None  # camunda:failedJobRetryTimeCycle: how often what fails here is tried, and after which waits
    properties: tuple[tuple[str, str], ...] = ()  # camunda:property: told to the workers who ask for them
    translations: Translations = NO_TRANSLATIONS
    documentation: str = ""

    @property
    def events(self) -> tuple[EventDefinition, ...]:
        """All event definitions, in document order."""
        return () if self.event is None else (self.event, *self.further_events)

    @property
    def form_fields(self) -> tuple[FormField, ...]:
        """The fields of its `camunda:formData`."""
        return self.form_data if self.user_task is None else self.user_task.form_data

    @property
    def is_told(self) -> bool:
        """Whether mappings or listeners want to know when it begins and completes."""
        return bool(self.inputs or self.outputs or self.listeners)

    @property
    def is_scope(self) -> bool:
        """Whether variables of its own may belong to it."""
        return bool(self.inputs or self.outputs)

    def has_event(self, *kinds: EventKind) -> bool:
        """Whether one of the event definitions is of one of these kinds."""
        return any(event.kind in kinds for event in self.events)


@dataclass(frozen=True, slots=True)
class SequenceFlow:
    """A sequence flow. Every flow has an id here: the reader makes one where the file has none."""

    id: str
    source: str
    target: str
    line: int
    name: str = ""
    condition: Text | None = None
    listeners: tuple[Listener, ...] = ()
    translations: Translations = NO_TRANSLATIONS


@dataclass(frozen=True, slots=True)
class Lane:
    """A lane: who works in it. `group` is a department or role (`purchasing`, `finance:head`)."""

    id: str
    name: str
    line: int
    group: str | None = None
    translations: Translations = NO_TRANSLATIONS


@dataclass(frozen=True, slots=True)
class KeyField:
    """A variable that is stored on the case and shown in every list."""

    name: str
    type: str  # text, money, number, date
    label: str
    translations: Translations = NO_TRANSLATIONS


@dataclass(frozen=True, slots=True)
class Process:
    """One executable process of a file."""

    id: str
    name: str
    line: int
    nodes: dict[str, FlowNode]
    flows: dict[str, SequenceFlow]
    lanes: dict[str, Lane] = field(default_factory=dict)
    version_tag: str | None = None
    task_priority: Text | None = None  # camunda:taskPriority: of external tasks that say none themselves
    job_priority: Text | None = None  # camunda:jobPriority: of jobs of elements that say none themselves
    history_time_to_live: str | None = None
    candidate_starter_users: Text | None = None
    candidate_starter_groups: Text | None = None
    startable_in_tasklist: bool = True
    listeners: tuple[Listener, ...] = ()  # called when an instance begins and ends
    translations: Translations = NO_TRANSLATIONS
    documentation: str = ""
    number_prefix: str | None = None
    subject: Text | None = None
    key_fields: tuple[KeyField, ...] = ()
    variables: tuple[NamedVariable, ...] = ()
    category: str | None = None
    category_translations: Translations = NO_TRANSLATIONS
    about: Translations = NO_TRANSLATIONS  # what somebody who starts it should know, by language
    owner: str | None = None  # a person or a group: the process owner
    visibility: tuple[str, ...] = ("participants",)  # participants, lanes, department, everyone
    _inside: dict[str | None, tuple[FlowNode, ...]] = field(init=False, repr=False, compare=False)
    _attached: dict[str | None, tuple[FlowNode, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Look up once what stands where: a large model is asked for it at each of its nodes."""
        object.__setattr__(self, "_inside", _grouped((node.scope, node) for node in self.nodes.values()))
        object.__setattr__(self, "_attached", _grouped((node.attached_to, node) for node in self.nodes.values()))

    def children(self, scope: str | None) -> tuple[FlowNode, ...]:
        """The flow nodes directly inside a subprocess, or of the process itself, in document order."""
        return self._inside.get(scope, ())

    def beginnings(self) -> Iterator[FlowNode]:
        """Where a case may begin (BPMN 2.0, 13.2), in document order.

        Start events, also without a trigger; receive tasks that instantiate; what stands behind event-based gateways that do.
        """
        for node in self.children(None):
            if node.type == "startEvent" or (node.instantiates and node.type == "receiveTask"):
                yield node
            elif node.instantiates:
                targets = (self.flows[name].target for name in node.outgoing)
                yield from (self.nodes[target] for target in targets if target in self.nodes)

    def boundary_events(self, host: str) -> tuple[FlowNode, ...]:
        """The boundary events attached to an activity, in document order."""
        return self._attached.get(host, ())


def _grouped(pairs: Iterable[tuple[str | None, FlowNode]]) -> dict[str | None, tuple[FlowNode, ...]]:
    found: dict[str | None, list[FlowNode]] = {}
    for key, node in pairs:
        found.setdefault(key, []).append(node)
    return {key: tuple(nodes) for key, nodes in found.items()}


@dataclass(frozen=True, slots=True)
class Participant:
    """A pool of the collaboration; `process` is the id of the process in it, None for a partner shown as a closed box."""

    id: str
    name: str
    line: int
    process: str | None = None
    translations: Translations = NO_TRANSLATIONS


@dataclass(frozen=True, slots=True)
class Model:
    """One BPMN file: its executable processes, and the tree that they were read from.

    The tree is the file's own, with two things added: every sequence flow and every lane has an id there. Elements whose ids are `Start`
    or `End` stay as they are; whoever compiles the tree with a library that uses these names itself must rename them on the way. The
    tree is shared and must not be changed: copy it first.
    """

    resource: str
    tree: etree._Element = field(repr=False, compare=False)
    processes: dict[str, Process]
    warnings: tuple[ModelProblem, ...] = ()
    collaboration: str | None = None
    participants: tuple[Participant, ...] = ()

    @property
    def nodes(self) -> list[FlowNode]:
        """The flow nodes of all its processes."""
        return [node for process in self.processes.values() for node in process.nodes.values()]

    @property
    def form_keys(self) -> list[Text]:
        """The forms that start events and user tasks show, and that stand in files."""
        files = [node for node in self.nodes if not node.form_fields]
        keys = [key for node in files for key in (node.form_key, node.user_task.form_key if node.user_task else None)]
        return [key for key in keys if key is not None]

    @property
    def target_namespace(self) -> str | None:
        """The namespace that the file gives its definitions."""
        return self.tree.get("targetNamespace")
