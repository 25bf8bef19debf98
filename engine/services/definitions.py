"""Deploying models and finding them: each deployment is one immutable version of its processes, forms and decisions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, func, select

from engine import access
from engine.bpmn.checks import check
from engine.bpmn.model import Process
from engine.dmn import Decision
from engine.errors import ModelProblem, NotFound
from engine.events import Deployed
from engine.model import Actor, ProcessDefinition
from engine.services import deployment_rows
from engine.services.catalogue import DEPLOYED, Definition, to_definition
from engine.services.checking import check_deployable, problems_of
from engine.services.deployable import Deployable, check_files
from engine.services.instances import can_start, starters
from engine.services.planned import suspend_until
from engine.services.runtime import Changed, Runtime
from engine.services.shipping import SHIPPED, HeldBack, companions, plan
from engine.store import history
from engine.store.queries.load import Load, load_of_versions
from engine.store.tables import deployment, process_definition


@dataclass(frozen=True, slots=True)
class Deployment:
    """What a deployment made. `definitions` is empty where nothing was new."""

    id: str
    name: str
    deployed_at: datetime
    definitions: tuple[ProcessDefinition, ...]
    warnings: tuple[ModelProblem, ...]
    repeated: bool = False  # it was there already, with these very files


@dataclass(frozen=True, slots=True)
class StartableProcess:
    """A process that a person may start."""

    definition: ProcessDefinition
    process: Process


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a deployment comes from, and why it is made."""

    name: str
    source: str
    reason: str = ""


def insert_checked(
    runtime: Runtime, connection: Connection, actor: Actor, origin: Origin, checked: Deployable, head: history.Head
) -> Deployment:
    """Write what was checked as a deployment, with its entry in the chain of deployments, whose head the caller holds."""
    made = deployment_rows.insert_deployment(runtime, connection, actor, origin.name, origin.source, checked, origin.reason or None)
    deployed = Deployed(made.id, origin.name, [row.id for row in made.definitions], origin.reason or None)
    history.append(connection, history.DEPLOYMENTS, actor, made.deployed_at, [deployed], head)
    return Deployment(made.id, origin.name, made.deployed_at, made.definitions, tuple(checked.warnings))


class Definitions:
    """The deployed processes."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    def deploy(
        self,
        actor: Actor,
        name: str,
        resources: Mapping[str, bytes],
        *,
        source: str = "command",
        strict: bool = True,
        only_changed: bool = False,
        reason: str = "",
        active_at: datetime | None = None,
    ) -> Deployment:
        """Check and deploy files together: models, decision tables, forms.

        Raises `DeploymentRefused` with every problem found, `Forbidden` for who may not deploy. `only_changed`: the very files of the
        newest deployment of this name and source are that deployment, and no new one. `reason`: why, in the words of who publishes.
        `active_at`: its versions are suspended until then.
        """
        access.may_deploy(actor)
        check_files(name, resources)
        deployable: Deployable | None = None
        with self._runtime.database.read() as connection:  # reading large models takes seconds: nobody has to wait for it
            if not (only_changed and deployment_rows.same_as_newest(connection, name, source, resources)):
                deployable = check_deployable(self._runtime, connection, resources, strict=strict)

        def work(connection: Connection) -> tuple[Deployment, Changed]:
            head = history.lock_head(connection, history.DEPLOYMENTS)
            same = deployment_rows.same_as_newest(connection, name, source, resources) if only_changed else None
            if same is not None:
                return Deployment(same.id, name, same.deployed_at, (), (), repeated=True), Changed()
            checked = deployable or check_deployable(self._runtime, connection, resources, strict=strict)
            made = insert_checked(self._runtime, connection, actor, Origin(name, source, reason), checked, head)
            if active_at is not None and active_at > made.deployed_at:
                suspend_until(self._runtime, connection, actor, [it.id for it in made.definitions], active_at)
            return made, Changed(jobs=True)

        return self._runtime.commit(work)

    def ship(self, actor: Actor, name: str, resources: Mapping[str, bytes]) -> tuple[Deployment | None, tuple[HeldBack, ...]]:
        """Deploy those of the files that ship with the application that are new and over which nobody has published.

        The second part says which are new and held back. Raises `DeploymentRefused`, `Forbidden`.
        """
        access.may_deploy(actor)
        with self._runtime.database.read() as connection:
            shipment = plan(connection, name, Deployable.read(resources, self._runtime.forms, self._runtime.schemas))
        made = self.deploy(actor, name, shipment.files, source=SHIPPED, only_changed=True) if shipment.files else None
        return made, shipment.held

    def held_back(self, actor: Actor, name: str, resources: Mapping[str, bytes]) -> tuple[HeldBack, ...]:
        """Which files that ship with the application are new, while somebody has published over them."""
        access.may_see_models(actor)
        with self._runtime.database.read() as connection:
            return plan(connection, name, Deployable.read(resources, self._runtime.forms, self._runtime.schemas)).held

    def files(self, definition_id: str) -> Mapping[str, bytes]:
        """The files of a version: its model with the forms and tables that go with it, by name. Raises `NotFound`."""
        with self._runtime.database.read() as connection:
            definition = self._runtime.catalogue.definition(connection, definition_id)
            everything = {name: self._runtime.catalogue.by_digest(connection, digest) for name, digest in definition.resources.items()}
        read = Deployable.read(everything, self._runtime.forms, self._runtime.schemas)
        name = definition.row.resource_name
        return {file: everything[file] for file in sorted({name, *companions(read, definition.model)})}

    def check(self, actor: Actor, resources: Mapping[str, bytes], *, strict: bool = True) -> list[ModelProblem]:
        """What a deployment of these files would find, without deploying them."""
        access.may_deploy(actor)
        check_files("", resources)
        with self._runtime.database.read() as connection:
            return problems_of(self._runtime, connection, resources, strict=strict)

    def warnings(self, actor: Actor, definition_id: str) -> list[ModelProblem]:
        """What is to be known about a deployed process: names that nobody has, what is drawn without effect. As things stand now.

        Raises `NotFound`, `Forbidden` for who neither deploys nor audits.
        """
        access.may_see_models(actor)
        with self._runtime.database.read() as connection:
            catalogue = self._runtime.catalogue
            definition = catalogue.definition(connection, definition_id)
            files = {name: catalogue.by_digest(connection, digest) for name, digest in definition.resources.items()}
            known = Deployable.read(files, self._runtime.forms, self._runtime.schemas).known(self._runtime, connection, strict=False)
            return [problem for problem in check(definition.model, known) if problem.warning]

    def load(self, actor: Actor) -> Mapping[str, Load]:
        """What each version has to carry, by its id; one without open cases is left out. `Forbidden` for who neither deploys nor audits."""
        access.may_see_models(actor)
        with self._runtime.database.read() as connection:
            return load_of_versions(connection, self._runtime.clock.now())

    # ---- reading ---------------------------------------------------------------------------------------------------------

    def get(self, definition_id: str) -> Definition:
        """A definition by its id. Raises `NotFound`."""
        with self._runtime.database.read() as connection:
            return self._runtime.catalogue.definition(connection, definition_id)

    def latest(self, key: str) -> Definition:
        """The latest version of a process. Raises `NotFound`."""
        with self._runtime.database.read() as connection:
            return self._runtime.catalogue.definition(connection, self._runtime.catalogue.latest_id(connection, key))

    def versions(self, key: str) -> list[ProcessDefinition]:
        """All versions of a process, the newest first."""
        with self._runtime.database.read() as connection:
            return _rows(connection, process_definition.c.key == key)

    def all_latest(self) -> list[Definition]:
        """The latest version of every process, by key."""
        newest = select(process_definition.c.key, func.max(process_definition.c.version)).group_by(process_definition.c.key)
        with self._runtime.database.read() as connection:
            versions = dict(connection.execute(newest).all())
            rows = [row for row in _rows(connection, None) if versions[row.key] == row.version]
            known = self._runtime.catalogue.definition
            return [replace(known(connection, row.id), row=row) for row in sorted(rows, key=lambda row: row.key)]

    def startable(self, actor: Actor) -> list[StartableProcess]:
        """The processes that a person may start by hand."""
        offered = (item for item in self.all_latest() if item.process.startable_in_tasklist and not item.row.suspended)
        found = [item for item in offered if item.compiled.begins_by_hand]
        return [StartableProcess(item.row, item.process) for item in found if can_start(actor, item.process)]

    def starters(self, definition_id: str) -> tuple[str, ...]:
        """The people who may start a version by hand, by user name. Raises `NotFound`."""
        with self._runtime.database.read() as connection:
            directory = self._runtime.directory(connection)
            process = self._runtime.catalogue.definition(connection, definition_id).process
        if not process.startable_in_tasklist:
            return ()
        people = directory.people_of(*starters(process)) if any(starters(process)) else directory.people_of(directory.people, ())
        return tuple(it for it in people if can_start(directory.actor(it), process))

    def xml(self, definition_id: str) -> bytes:
        """The file of a definition, as it was deployed."""
        with self._runtime.database.read() as connection:
            definition = self._runtime.catalogue.definition(connection, definition_id)
            content = self._runtime.catalogue.content(connection, definition, definition.row.resource_name)
            if content is None:
                raise NotFound(f"the file of {definition_id!r} is gone", id=definition_id)
            return content

    def form(self, definition_id: str, form_key: str) -> str | None:
        """The form-js JSON of a form of a definition's version."""
        with self._runtime.database.read() as connection:
            return self._runtime.catalogue.form(connection, self._runtime.catalogue.definition(connection, definition_id), form_key)

    def decision(self, decision_id: str) -> Decision:
        """One version of a decision, as the history names it. Raises `NotFound`."""
        with self._runtime.database.read() as connection:
            return self._runtime.catalogue.decision_version(connection, decision_id)


def _rows(connection: Connection, condition: object) -> list[ProcessDefinition]:
    """Rows of definitions with their deployments, newest first."""
    query = select(*process_definition.c, *DEPLOYED).join(deployment, deployment.c.id == process_definition.c.deployment_id)
    if condition is not None:
        query = query.where(condition)  # type: ignore[arg-type]  # a column condition
    query = query.order_by(process_definition.c.version.desc())
    return [to_definition(row._asdict()) for row in connection.execute(query)]
