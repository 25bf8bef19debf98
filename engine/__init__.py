"""Crossdesk's engine: runs business processes drawn in BPMN, with people, deadlines and a history that can be verified.

This is the public face: import from nowhere below. Each method of an `Engine`'s services is one use case, and one transaction:

- `definitions`, `deployed`, `deployments`: models, forms and decisions are deployed, checked, listed, read and deleted.
- `drafts`, `decision_drafts`, `decisions`: what analysts draw, published with a reason; decisions made, tried, made again for past cases.
- `instances`, `ad_hoc`, `variables`, `form_data`: cases are started, looked at and ended; what people may begin in them; their data.
- `tasks`, `task_details`, `attachments`: the inbox; what tasks say, whom they ask, remarks on them; files on cases and tasks.
- `messages`, `signals`, `conditions`, `executions`: what open cases wait for comes from outside, or by hand.
- `jobs`, `incidents`, `external_tasks`, `connectors`: what runs by itself, what failed for good, what programs fetch, do and report.
- `suspension`, `modification`: cases and versions in which nothing moves for a while; cases set straight by hand.
- `history`, `logs`, `seals`: what happened, as Camunda 7's logs have it too, and the proof of it.
- `notices`, `organisation`: the bell and the delivery behind it; departments, roles, people, the calendar.
- `queries`, `statistics`: lists and counts by Camunda 7's filters; how much stands where in open cases.
- `retention`, `whole_cases`: how long past cases are kept; cases moved between databases, with all that belongs to them.

Make an `Engine` on a `Database`. Expressions and decisions can be tried without one: `compile_expression`, `compile_dmn`.
Every method that somebody calls takes the `Actor` first. What is refused raises a `Rejection`, and nothing has changed.
"""

from engine.audit.deletions import DeletedChain
from engine.audit.findings import TEXTS as FINDING_TEXTS
from engine.audit.findings import Finding, FindingKind
from engine.audit.sealed import SealedHistory
from engine.audit.sealing import Sealing
from engine.audit.seals import SealBook, SealFile, SealKey
from engine.audit.verify import Report
from engine.bpmn.called import NamedValue, Translations
from engine.bpmn.model import (
    EventDefinition,
    EventKind,
    FieldAccess,
    FlowNode,
    KeyField,
    Lane,
    Model,
    Outcome,
    OutcomeKind,
    Process,
    SequenceFlow,
)
from engine.bpmn.names import CONNECTORS
from engine.bpmn.reader import read_model
from engine.dmn import PLACES, ColumnWords, DecisionResult, DecisionTrace, DecisionWords, Schemas, compile_dmn
from engine.dmn.asked import AskedValue
from engine.dmn.differences import BothCells, BothColumns, BothDecisions, BothRules, BothTables, Change, compare_decisions
from engine.dmn.outline import ColumnText, DecisionText, RuleText, TableText, read_outline
from engine.engine import Engine
from engine.errors import (
    BpmnError,
    Conflict,
    ConnectorFailed,
    ContentAltered,
    CorrelationMismatch,
    CrossdeskError,
    DatabaseUnavailable,
    DeploymentRefused,
    FieldProblem,
    Forbidden,
    HasCases,
    InvalidRequest,
    InvalidSubmission,
    ModelFault,
    ModelProblem,
    NotFound,
    OutcomeUnknown,
    Rejection,
    Suspended,
)
from engine.feel import Environment, FeelError, FeelSyntaxError, compile_expression, show
from engine.jobs.wakeup import WakeUp
from engine.model import (
    SYSTEM,
    WORKER_ROLE,
    Actor,
    ActorKind,
    Case,
    CaseState,
    HistoryEntry,
    Incident,
    Job,
    JobKind,
    ProcessDefinition,
    UserTask,
)
from engine.organisation.directory import Directory
from engine.organisation.model import Department, Membership, Person, Role
from engine.phrases import Phrase, in_a_row, put_together
from engine.ports import (
    Clock,
    Connector,
    ConnectorCall,
    ConnectorInput,
    FormValidator,
    Handler,
    HandlerResult,
    NewId,
    Rehearsal,
    RehearsedHandler,
    StepContext,
)
from engine.services.activity_types import activity_type
from engine.services.ad_hoc import AdHocOffer
from engine.services.case_reading import CaseView
from engine.services.catalogue import Definition
from engine.services.connectors import LEASE
from engine.services.decision_drafts import DecisionPublication
from engine.services.decision_files import DecisionFile, DecisionVersion
from engine.services.decision_uses import DecisionUse
from engine.services.decisions import ListedDecision
from engine.services.definitions import Deployment, StartableProcess
from engine.services.deployments import KEPT_SOURCES, DeploymentRow
from engine.services.drafts import STUDIO, ModelChoices, Publication
from engine.services.executions import ActivityInstance, EventSubscription, Execution
from engine.services.external_values import ExternalTask, Failure, Fetch
from engine.services.finding_texts import MESSAGES
from engine.services.group_uses import GroupUse, UseKind
from engine.services.handling import Spot
from engine.services.incidents import IncidentView, TriedAgain
from engine.services.instructions import Instruction, InstructionKind
from engine.services.job_reading import WorkLoad
from engine.services.logs import ToldCase
from engine.services.messages import Correlated, Message, Offer
from engine.services.moments import Moment, Moments, Standpoint
from engine.services.preview import Expected, Preview
from engine.services.queries import HistoricInstance, HistoricTask, ListedActivity, ListedInstance, ListedTask, Queries
from engine.services.redeciding import Redecided, RedecidedCase, Tally, Untold, UntoldCase
from engine.services.runtime import Changed
from engine.services.shipping import HeldBack
from engine.services.task_details import TaskUpdate
from engine.services.task_reading import FormValues, HeldTask, HeldTasks
from engine.services.trying import Tried, TriedBoth
from engine.store.canonical import dumps as to_json
from engine.store.database import Database
from engine.store.ids import RisingIds
from engine.store.migrations import is_migrated, upgrade
from engine.store.queries.activities import ActivityFilter
from engine.store.queries.attachments import Attachment
from engine.store.queries.case_values import FieldOrder
from engine.store.queries.cases import CaseFilter, CaseRow
from engine.store.queries.comments import Comment
from engine.store.queries.external import Topic
from engine.store.queries.failures import Try
from engine.store.queries.field_filters import FIELD_OPERATORS, FieldFilter
from engine.store.queries.history_statistics import Passages, PastFilter
from engine.store.queries.holders import Holder
from engine.store.queries.inbox import Counts, Groups, InboxFilter, InboxRow, Section
from engine.store.queries.likes import is_like
from engine.store.queries.listings import FilterKind, Sort, VariableFilter, Wanted
from engine.store.queries.load import Load
from engine.store.queries.log_cases import CasesAsked
from engine.store.queries.logged import LoggedEvent
from engine.store.queries.model_drafts import ModelDraft
from engine.store.queries.notices import NoticeRow
from engine.store.queries.organisation_changes import ChangeFilter, NounChange, OrganisationEntry, OrganisationPast
from engine.store.queries.outbox import OutboxLoad
from engine.store.queries.pages import Page
from engine.store.queries.pending import PendingWork, WorkKind, WorkState
from engine.store.queries.statistics import Occupancy
from engine.store.queries.task_groups import GroupCount
from engine.store.queries.waits import Awaited, Standing, Wait
from engine.store.queries.whole_cases import WholeCase
from engine.store.values import StoredValue, ValueType, to_stored
from engine.work.assignment import Detour, read_reason
from engine.work.attachments import AttachmentLimits, NewAttachment
from engine.work.calendar import WorkingCalendar
from engine.work.fields import CaseFields, Fields, StepFields, start_fields, task_fields
from engine.work.hours import CalendarDay, WorkingHours, parse_hours
from engine.work.notices import Notice, NoticeKind

__all__ = [
    "CONNECTORS",
    "FIELD_OPERATORS",
    "FINDING_TEXTS",
    "KEPT_SOURCES",
    "LEASE",
    "MESSAGES",
    "PLACES",
    "STUDIO",
    "SYSTEM",
    "WORKER_ROLE",
    "ActivityFilter",
    "ActivityInstance",
    "Actor",
    "ActorKind",
    "AdHocOffer",
    "AskedValue",
    "Attachment",
    "AttachmentLimits",
    "Awaited",
    "BothCells",
    "BothColumns",
    "BothDecisions",
    "BothRules",
    "BothTables",
    "BpmnError",
    "CalendarDay",
    "Case",
    "CaseFields",
    "CaseFilter",
    "CaseRow",
    "CaseState",
    "CaseView",
    "CasesAsked",
    "Change",
    "ChangeFilter",
    "Changed",
    "Clock",
    "ColumnText",
    "ColumnWords",
    "Comment",
    "Conflict",
    "Connector",
    "ConnectorCall",
    "ConnectorFailed",
    "ConnectorInput",
    "ContentAltered",
    "Correlated",
    "CorrelationMismatch",
    "Counts",
    "CrossdeskError",
    "Database",
    "DatabaseUnavailable",
    "DecisionFile",
    "DecisionPublication",
    "DecisionResult",
    "DecisionText",
    "DecisionTrace",
    "DecisionUse",
    "DecisionVersion",
    "DecisionWords",
    "Definition",
    "DeletedChain",
    "Department",
    "Deployment",
    "DeploymentRefused",
    "DeploymentRow",
    "Detour",
    "Directory",
    "Engine",
    "Environment",
    "EventDefinition",
    "EventKind",
    "EventSubscription",
    "Execution",
    "Expected",
    "ExternalTask",
    "Failure",
    "FeelError",
    "FeelSyntaxError",
    "Fetch",
    "FieldAccess",
    "FieldFilter",
    "FieldOrder",
    "FieldProblem",
    "Fields",
    "FilterKind",
    "Finding",
    "FindingKind",
    "FlowNode",
    "Forbidden",
    "FormValidator",
    "FormValues",
    "GroupCount",
    "GroupUse",
    "Groups",
    "Handler",
    "HandlerResult",
    "HasCases",
    "HeldBack",
    "HeldTask",
    "HeldTasks",
    "HistoricInstance",
    "HistoricTask",
    "HistoryEntry",
    "Holder",
    "InboxFilter",
    "InboxRow",
    "Incident",
    "IncidentView",
    "Instruction",
    "InstructionKind",
    "InvalidRequest",
    "InvalidSubmission",
    "Job",
    "JobKind",
    "KeyField",
    "Lane",
    "ListedActivity",
    "ListedDecision",
    "ListedInstance",
    "ListedTask",
    "Load",
    "LoggedEvent",
    "Membership",
    "Message",
    "Model",
    "ModelChoices",
    "ModelDraft",
    "ModelFault",
    "ModelProblem",
    "Moment",
    "Moments",
    "NamedValue",
    "NewAttachment",
    "NewId",
    "NotFound",
    "Notice",
    "NoticeKind",
    "NoticeRow",
    "NounChange",
    "Occupancy",
    "Offer",
    "OrganisationEntry",
    "OrganisationPast",
    "OutboxLoad",
    "Outcome",
    "OutcomeKind",
    "OutcomeUnknown",
    "Page",
    "Passages",
    "PastFilter",
    "PendingWork",
    "Person",
    "Phrase",
    "Preview",
    "Process",
    "ProcessDefinition",
    "Publication",
    "Queries",
    "Redecided",
    "RedecidedCase",
    "Rehearsal",
    "RehearsedHandler",
    "Rejection",
    "Report",
    "RisingIds",
    "Role",
    "RuleText",
    "Schemas",
    "SealBook",
    "SealFile",
    "SealKey",
    "SealedHistory",
    "Sealing",
    "Section",
    "SequenceFlow",
    "Sort",
    "Spot",
    "Standing",
    "Standpoint",
    "StartableProcess",
    "StepContext",
    "StepFields",
    "StoredValue",
    "Suspended",
    "TableText",
    "Tally",
    "TaskUpdate",
    "ToldCase",
    "Topic",
    "Translations",
    "Tried",
    "TriedAgain",
    "TriedBoth",
    "Try",
    "Untold",
    "UntoldCase",
    "UseKind",
    "UserTask",
    "ValueType",
    "VariableFilter",
    "Wait",
    "WakeUp",
    "Wanted",
    "WholeCase",
    "WorkKind",
    "WorkLoad",
    "WorkState",
    "WorkingCalendar",
    "WorkingHours",
    "activity_type",
    "compare_decisions",
    "compile_dmn",
    "compile_expression",
    "in_a_row",
    "is_like",
    "is_migrated",
    "parse_hours",
    "put_together",
    "read_model",
    "read_outline",
    "read_reason",
    "show",
    "start_fields",
    "task_fields",
    "to_json",
    "to_stored",
    "upgrade",
]
