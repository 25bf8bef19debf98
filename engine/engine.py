"""The engine: all services on one database, with time, ids, forms and handlers given from outside."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from engine.audit.sealing import Sealing
from engine.dmn import Schemas
from engine.organisation.service import OrganisationCache
from engine.ports import Clock, Connector, FormValidator, Handler, NewId
from engine.services.ad_hoc import AdHoc
from engine.services.attachments import Attachments
from engine.services.case_variables import CaseVariables
from engine.services.conditions import Conditions
from engine.services.connectors import Connectors
from engine.services.decision_drafts import DecisionDrafts
from engine.services.decisions import Decisions
from engine.services.definitions import Definitions
from engine.services.deployed import Deployed
from engine.services.deployments import Deployments
from engine.services.drafts import Drafts
from engine.services.executions import Executions
from engine.services.external_tasks import ExternalTasks
from engine.services.form_reading import FormReading
from engine.services.history import History
from engine.services.incidents import Incidents
from engine.services.instances import Instances
from engine.services.jobs import Jobs
from engine.services.logs import Logs
from engine.services.messages import Messages
from engine.services.modification import Modification
from engine.services.notices import Notices
from engine.services.organisation import Organisation
from engine.services.queries import Queries
from engine.services.retention import Retention
from engine.services.runtime import Changed, Runtime
from engine.services.seals import Seals
from engine.services.signals import Signals
from engine.services.statistics import Statistics
from engine.services.suspension import Suspension
from engine.services.task_details import TaskDetails
from engine.services.tasks import Tasks
from engine.services.whole_cases import WholeCases
from engine.store.database import Database
from engine.store.queries.numbers import NumberBlocks
from engine.work.attachments import AttachmentLimits
from engine.work.calendar import WorkingCalendar


class Engine:
    """Runs processes. Every method of a service is one use case: one transaction, one commit.

    `handlers` are the functions that service tasks may name; they run in the transaction of the step; those that are a
    `Connector` are called in the background. `sealing` says where the history is
    sealed; without it nobody can tell whether whole cases were removed. `dmn_schemas` is the folder with the XML schemas of DMN 1.2 to 1.5;
    without it only files of DMN 1.1 are validated against theirs. `calendar` gives the company's time zone, and the working hours where
    none are stored. `attachments`: how large and how many the files on a case may be.
    """

    def __init__(  # noqa: PLR0913 - all that an engine may be given
        self,
        database: Database,
        clock: Clock,
        new_id: NewId,
        forms: FormValidator,
        handlers: Mapping[str, Handler | Connector] | None = None,
        sealing: Sealing | None = None,
        dmn_schemas: Path | None = None,
        calendar: WorkingCalendar | None = None,
        *,
        attachments: AttachmentLimits | None = None,
    ) -> None:
        named = {} if handlers is None else handlers
        connectors = {name: it for name, it in named.items() if isinstance(it, Connector)}
        known = {name: it for name, it in named.items() if not isinstance(it, Connector)}
        self.runtime = Runtime(
            database, clock, new_id, forms, known, connectors, OrganisationCache(calendar), NumberBlocks(database), sealing,
            Schemas(dmn_schemas),
        )  # fmt: skip
        self.database = database
        self.clock = clock
        self.definitions = Definitions(self.runtime)
        self.instances = Instances(self.runtime)
        self.tasks = Tasks(self.runtime)
        self.form_data = FormReading(self.runtime)
        self.task_details = TaskDetails(self.runtime, self.tasks)
        self.attachments = Attachments(self.runtime, self.instances, self.tasks, attachments or AttachmentLimits())
        self.variables = CaseVariables(self.runtime, self.instances, self.tasks)
        self.messages = Messages(self.runtime, self.instances)
        self.signals = Signals(self.runtime, self.instances)
        self.conditions = Conditions(self.runtime, self.instances)
        self.suspension = Suspension(self.runtime, self.instances)
        self.ad_hoc = AdHoc(self.runtime, self.instances)
        self.modification = Modification(self.runtime, self.instances)
        self.decisions = Decisions(self.runtime)
        self.executions = Executions(self.runtime, self.instances)
        self.external_tasks = ExternalTasks(self.runtime)
        self.connectors = Connectors(self.runtime)
        self.retention = Retention(self.runtime)
        self.jobs = Jobs(self.runtime, self.instances, self.suspension, self.retention)
        self.incidents = Incidents(self.runtime, self.instances)
        self.history = History(self.runtime, self.instances)
        self.logs = Logs(self.runtime, self.instances)
        self.seals = Seals(self.runtime)
        self.notices = Notices(self.runtime)
        self.organisation = Organisation(self.runtime)
        self.deployments = Deployments(self.runtime)
        self.drafts = Drafts(self.runtime)
        self.decision_drafts = DecisionDrafts(self.runtime)
        self.queries = Queries(self.runtime)
        self.statistics = Statistics(self.runtime)
        self.deployed = Deployed(self.runtime)
        self.whole_cases = WholeCases(self.runtime)

    def on_commit(self, listener: Callable[[Changed], None]) -> None:
        """Call `listener` after each commit, in the thread that committed. It must be quick and must not raise."""
        self.runtime.listeners.append(listener)
