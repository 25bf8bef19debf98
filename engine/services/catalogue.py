"""Deployed models in memory: read and compiled once per version, and never changed by an instance.

A deployment is immutable, so what is here never grows stale; only which version is the latest has to be asked.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import Connection, Select, bindparam, select

from engine.bpmn.checks import ENGINE_FUNCTIONS, known_names
from engine.bpmn.form_data import FORM_DATA, form_of
from engine.bpmn.model import Model, Process
from engine.bpmn.reader import read_model
from engine.dmn import Decision, DecisionModel, compile_dmn
from engine.errors import NotFound, Suspended
from engine.model import ProcessDefinition
from engine.services.form_files import form_file, form_from_elsewhere
from engine.store.exchange import fetch
from engine.store.history import ORGANISATION
from engine.store.tables import decision_definition, deployment, deployment_resource, history_head, process_definition, resource
from engine.tokens import CompiledProcess, compile_process

if TYPE_CHECKING:
    from engine.store.libpq import Row

MOST_DEFINITIONS = 500
DECISIONS = (".dmn", ".dmn11.xml")
"""How the names of files with decisions end."""
DEPLOYED = (deployment.c.deployed_at, deployment.c.deployed_by, deployment.c.source, deployment.c.reason)
"""What a definition takes from its deployment."""
LATEST = (
    select(process_definition.c.id)
    .where(process_definition.c.key == bindparam("key"))
    .order_by(process_definition.c.version.desc())
    .limit(1)
)
"""The id of the latest version of a process, by its `key`."""
_organisation = history_head.alias("organisation_head")
_HOLD = (
    select(process_definition.c.suspended, _organisation.c.hash)
    .outerjoin(_organisation, _organisation.c.chain == ORGANISATION)
    .where(process_definition.c.id == bindparam("id"))
    .with_for_update(read=True, key_share=True, of=process_definition)
)
Key = TypeVar("Key")
Kept = TypeVar("Kept")


@dataclass(frozen=True, slots=True)
class DecisionBinding:
    """Which version of a decision is meant: the latest, that of the same deployment, or one by its number or tag."""

    kind: str  # latest, deployment, version or versionTag
    version: object = None

    def narrow(self, query: Select[Any], deployment_id: str) -> Select[Any]:
        """Only the versions that are meant. Raises `ValueError` for a version that is no number."""
        columns = decision_definition.c
        if self.kind == "deployment":
            return query.where(columns.deployment_id == deployment_id)
        if self.kind == "version":
            return query.where(columns.version == int(str(self.version)))
        if self.kind == "versionTag":
            return query.where(columns.version_tag == str(self.version))
        return query

    def wanted(self) -> str:
        """What a message says about it."""
        return {"deployment": "in this deployment ", "version": f"in version {self.version} "}.get(
            self.kind, f"with the tag {self.version!r} " if self.kind == "versionTag" else ""
        )


@dataclass(frozen=True, slots=True)
class Definition:
    """One version of a process, ready to run, with the names of the files that were deployed with it."""

    row: ProcessDefinition
    model: Model
    compiled: CompiledProcess
    resources: Mapping[str, str]  # file name to digest
    names: tuple[str, ...] = ()  # variables that the model itself names

    @property
    def process(self) -> Process:
        """The process as the model says it."""
        return self.compiled.process

    @property
    def category(self) -> str:
        """What kind of process it is: what the model says of it, else its target namespace, as in Camunda 7."""
        return self.row.category or self.model.target_namespace or ""


class Catalogue:
    """Loads definitions, forms and decisions, and keeps them. Safe to use from many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._definitions: OrderedDict[str, Definition] = OrderedDict()
        self._contents: OrderedDict[str, bytes] = OrderedDict()
        self._decisions: OrderedDict[tuple[str, str], DecisionModel] = OrderedDict()

    def definition(self, connection: Connection, definition_id: str) -> Definition:
        """A definition by its id. Raises `NotFound`."""
        with self._lock:
            known = self._definitions.get(definition_id)
            if known is not None:
                self._definitions.move_to_end(definition_id)
                return known
        loaded = self._load(connection, definition_id)
        with self._lock:
            return _keep(self._definitions, definition_id, loaded)

    def known(self, definition_id: str) -> Definition | None:
        """A definition that is in memory; it may have been deleted since."""
        with self._lock:
            return self._definitions.get(definition_id)

    def hold(self, connection: Connection, definition_id: str) -> tuple[Definition, bytes | None]:
        """A definition of which a case may begin, and that cannot be deleted before this transaction ends: what is in memory may be gone.

        Gives the version of the organisation with it, which every beginning needs. Raises `NotFound`, and `Suspended` where no cases may
        be started.
        """
        (found,) = fetch(connection, (_HOLD, {"id": definition_id}))
        if not found:
            raise NotFound(f"no process definition with the id {definition_id!r} is deployed", id=definition_id)
        ((suspended, organisation),) = found
        if suspended:
            raise Suspended(f"the process definition {definition_id} is suspended: no cases can be started", definition=definition_id)
        return self.definition(connection, definition_id), organisation

    def forget(self, definition_ids: Iterable[str]) -> None:
        """Forget definitions that were deleted."""
        with self._lock:
            for definition_id in definition_ids:
                self._definitions.pop(definition_id, None)

    def latest_id(self, connection: Connection, key: str) -> str:
        """The id of the latest version of a process. Raises `NotFound`."""
        return only_latest(fetch(connection, (LATEST, {"key": key}))[0], key)

    def versioned_id(self, connection: Connection, key: str, *, version: int | None = None, tag: str | None = None) -> str:
        """The id of one version of a process, by its number or its version tag. Raises `NotFound`."""
        query = select(process_definition.c.id).where(process_definition.c.key == key)
        query = query.where(process_definition.c.version == version) if version is not None else query
        query = query.where(process_definition.c.version_tag == tag) if tag is not None else query
        found: str | None = connection.execute(query.order_by(process_definition.c.version.desc()).limit(1)).scalar_one_or_none()
        if found is None:
            raise NotFound(f"no version {version or tag!r} of {key!r} is deployed", key=key)
        return found

    def in_deployment(self, connection: Connection, key: str, deployment_id: str) -> str:
        """The id of the version of a process that came with a deployment. Raises `NotFound`."""
        query = select(process_definition.c.id).where(process_definition.c.key == key, process_definition.c.deployment_id == deployment_id)
        found: str | None = connection.execute(query).scalar_one_or_none()
        if found is None:
            raise NotFound(f"{key!r} is not part of the deployment {deployment_id}", key=key)
        return found

    def content(self, connection: Connection, definition: Definition, name: str) -> bytes | None:
        """A file that was deployed with a definition."""
        digest = definition.resources.get(name)
        return None if digest is None else self.by_digest(connection, digest)

    def form(self, connection: Connection, definition: Definition, form_key: str) -> str | None:
        """The form-js JSON of a form key: a file of the same deployment, failing that the form that the model refers to by its id.

        Or it stands in the model itself.
        """
        if form_key.startswith(FORM_DATA):
            node = definition.process.nodes.get(form_key.removeprefix(FORM_DATA))
            return form_of(form_key, node.form_fields) if node is not None and node.form_fields else None
        name = form_file(self, connection, definition, form_key)
        found = form_from_elsewhere(self, connection, definition, form_key) if name is None else self.content(connection, definition, name)
        return None if found is None else found.decode()

    def decision(
        self, connection: Connection, definition: Definition | None, key: str, binding: DecisionBinding
    ) -> tuple[DecisionModel, str]:
        """The compiled file and the id of a decision, as it is bound; `definition`: of which process. Raises `NotFound`."""
        columns = decision_definition.c
        query = select(columns.id, columns.deployment_id, columns.resource_name).where(columns.key == key)
        query = binding.narrow(query, definition.row.deployment_id if definition is not None else "")
        found = connection.execute(query.order_by(columns.version.desc()).limit(1)).one_or_none()
        if found is None:
            raise NotFound(f"no decision with the key {key!r} {binding.wanted()}is deployed", key=key)
        return self._decisions_of(connection, found.deployment_id, found.resource_name), found.id

    def decision_version(self, connection: Connection, decision_id: str) -> Decision:
        """One version of a decision. Raises `NotFound`."""
        model, key = self.decision_file(connection, decision_id)
        return model.decisions[key]

    def decision_file(self, connection: Connection, decision_id: str) -> tuple[DecisionModel, str]:
        """The compiled file of one version of a decision, and its key in there. Raises `NotFound`."""
        columns = decision_definition.c
        query = select(columns.key, columns.deployment_id, columns.resource_name).where(columns.id == decision_id)
        found = connection.execute(query).one_or_none()
        if found is None:
            raise NotFound(f"no decision with the id {decision_id!r} is deployed", id=decision_id)
        return self._decisions_of(connection, found.deployment_id, found.resource_name), found.key

    def _decisions_of(self, connection: Connection, deployment_id: str, name: str) -> DecisionModel:
        """A file of decisions, compiled once."""
        file = (deployment_id, name)
        with self._lock:
            known = self._decisions.get(file)
        model = known or self._compile_decisions(connection, *file)
        with self._lock:
            return _keep(self._decisions, file, model)

    def _compile_decisions(self, connection: Connection, deployment_id: str, name: str) -> DecisionModel:
        """A file of decisions, with those of its deployment that it may import."""
        columns = deployment_resource.c
        files = dict(connection.execute(select(columns.name, columns.digest).where(columns.deployment_id == deployment_id)).all())
        others = {
            other: self.by_digest(connection, digest) for other, digest in files.items() if other != name and other.endswith(DECISIONS)
        }
        return compile_dmn(self.by_digest(connection, files[name]), name, functions=ENGINE_FUNCTIONS, others=others)

    def by_digest(self, connection: Connection, digest: str) -> bytes:
        """The content of a file."""
        with self._lock:
            known = self._contents.get(digest)
        if known is None:
            known = connection.execute(select(resource.c.content).where(resource.c.digest == digest)).scalar_one()
        with self._lock:
            return _keep(self._contents, digest, known)

    def _load(self, connection: Connection, definition_id: str) -> Definition:
        columns = (*process_definition.c, *DEPLOYED)
        join = deployment.c.id == process_definition.c.deployment_id
        found = connection.execute(select(*columns).join(deployment, join).where(process_definition.c.id == definition_id)).one_or_none()
        if found is None:
            raise NotFound(f"no process definition with the id {definition_id!r} is deployed", id=definition_id)
        row = to_definition(found._asdict())
        files = connection.execute(
            select(deployment_resource.c.name, deployment_resource.c.digest).where(deployment_resource.c.deployment_id == row.deployment_id)
        )
        resources = dict(files.all())
        model = read_model(self.by_digest(connection, resources[row.resource_name]), row.resource_name)
        compiled = compile_process(model, row.key)
        return Definition(row, model, compiled, resources, tuple(known_names(compiled.process)))


def to_definition(values: Mapping[str, object]) -> ProcessDefinition:
    """The public value of a row of `process_definition` joined with its deployment."""
    names = (
        "id",
        "key",
        "version",
        "name",
        "deployment_id",
        "resource_name",
        "version_tag",
        "category",
        "suspended",
        "deployed_at",
        "deployed_by",
        "source",
        "reason",
        "history_time_to_live",
    )
    return ProcessDefinition(**{name: values[name] for name in names})  # type: ignore[arg-type]  # the columns have these types


def _keep(store: OrderedDict[Key, Kept], key: Key, value: Kept) -> Kept:
    """Keep a value, or take the one that another thread has kept meanwhile; the oldest are forgotten."""
    kept = store.setdefault(key, value)
    store.move_to_end(key)
    while len(store) > MOST_DEFINITIONS:
        store.popitem(last=False)
    return kept


def only_latest(found: list[Row], key: str) -> str:
    """What `LATEST` found. Raises `NotFound`."""
    if not found:
        raise NotFound(f"no process with the key {key!r} is deployed", key=key)
    latest: str = found[0][0]
    return latest
