"""Drafts of processes: what analysts draw before it is published. One of each process; nobody overwrites another's unseen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from engine import access
from engine.bpmn.checks import MESSAGES
from engine.bpmn.reader import read_model
from engine.errors import DeploymentRefused, InvalidRequest, ModelProblem
from engine.phrases import Phrase
from engine.services.catalogue import Definition
from engine.services.checking import check_deployable, problems_of
from engine.services.companions import Companions, decision_names, form_keys
from engine.services.definitions import Deployment, Origin, insert_checked
from engine.services.draft_rows import fits, found, keep, overtaken, reason_of, still_latest, take
from engine.services.runtime import Changed
from engine.store import history
from engine.store.queries import model_drafts
from engine.store.queries.model_drafts import DraftKind, ModelDraft
from engine.store.queries.whole_cases import copy_ground

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from engine.model import Actor
    from engine.ports import ConnectorInput
    from engine.services.runtime import Runtime
    from engine.store.database import Database

STUDIO = "studio"
"""The source of what is published here."""
PROCESS: Final[DraftKind] = "process"


@dataclass(frozen=True, slots=True)
class Publication:
    """What is published: the draft as it was seen, why, and the version that was the latest when it was looked at."""

    key: str
    version: int
    reason: str
    instead_of: str


@dataclass(frozen=True, slots=True)
class ModelChoices:
    """What a model may name: forms by key, decisions as (key, name), handlers, connectors with what each is told."""

    forms: tuple[str, ...]
    decisions: tuple[tuple[str, str], ...]
    handlers: tuple[str, ...]
    connectors: Mapping[str, tuple[ConnectorInput, ...]]


class Drafts:
    """The drafts of all processes. Analysts and administrators have them in common."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    def all(self, actor: Actor) -> Mapping[str, ModelDraft]:
        """All drafts by the key of their process."""
        access.may_deploy(actor)
        with self._runtime.database.read() as connection:
            return {draft.key: draft for draft in model_drafts.every(connection, PROCESS)}

    def get(self, actor: Actor, key: str) -> ModelDraft:
        """The draft of a process. Raises `NotFound`."""
        access.may_deploy(actor)
        with self._runtime.database.read() as connection:
            return found(connection, PROCESS, key)

    def choices(self, actor: Actor) -> ModelChoices:
        """What a model that is published here may name."""
        access.may_deploy(actor)
        with self._runtime.database.read() as connection:
            ways_out = {name: it.inputs for name, it in self._runtime.connectors.items()}
            return ModelChoices(form_keys(connection), decision_names(connection), tuple(sorted(self._runtime.handlers)), ways_out)

    def save(self, actor: Actor, key: str, content: bytes, *, version: int, based_on: str) -> ModelDraft:
        """Keep a draft. `version`: of the draft that was opened, 0 where there was none; `based_on`: the definition that it began with.

        A draft may be unfinished, but is XML that can be read and holds the process `key`. Raises `Conflict` where somebody saved
        meanwhile, with who (`by`), when (`at`) and their `version`; `DeploymentRefused` for what cannot be read.
        """
        access.may_deploy(actor)
        self._readable(key, content)

        def work(connection: Connection) -> tuple[ModelDraft, Changed]:
            base = self._base(connection, key, based_on)
            at = self._runtime.clock.now()
            draft = ModelDraft(PROCESS, key, base.row.resource_name, content, version + 1, based_on, at, actor.id)
            return keep(connection, draft), Changed()

        return self._runtime.commit(work)

    def discard(self, actor: Actor, key: str, version: int) -> None:
        """Forget a draft. Raises `Conflict` where somebody has saved it since."""
        access.may_deploy(actor)

        def work(connection: Connection) -> tuple[None, Changed]:
            take(connection, PROCESS, key, version)
            return None, Changed()

        self._runtime.commit(work)

    def check(self, actor: Actor, key: str, content: bytes, based_on: str) -> list[ModelProblem]:
        """What the deployment checks find in a model, saved or not, with the forms and tables that it would be published with."""
        access.may_deploy(actor)
        with self._runtime.database.read() as connection:
            base = self._base(connection, key, based_on)
            try:
                self._readable(key, content)
                files = self._files(connection, base, content)
            except DeploymentRefused as refused:
                return list(refused.problems)
            found = problems_of(self._runtime, connection, files, strict=True)
            return [problem for problem in found if problem.resource == base.row.resource_name]

    def prepare_trial(self, actor: Actor, key: str, version: int, other: Database) -> Mapping[str, bytes]:
        """Make another, empty database one in which a draft can run: the same deployments, the same organisation.

        Returns the files that the draft would be published with, to be deployed there. Nothing is written here. Raises `NotFound`, and
        `Conflict` where somebody has saved the draft since.
        """
        access.may_deploy(actor)
        with self._runtime.database.read() as here, other.begin() as there:
            draft = found(here, PROCESS, key)
            if draft.version != version:
                raise overtaken(here, PROCESS, key)
            copy_ground(here, there)
            return self._files(here, self._base(here, key, draft.based_on), draft.content)

    def publish(self, actor: Actor, publication: Publication) -> Deployment:
        """Publish a draft as a new version, after the deployment checks; the draft is gone then. Running cases keep their version.

        Raises `DeploymentRefused` with every problem, `InvalidRequest` without a reason, `Conflict` where the draft was saved again or
        another version was published since both were looked at.
        """
        access.may_deploy(actor)
        reason, key = reason_of(publication.reason), publication.key

        def work(connection: Connection) -> tuple[Deployment, Changed]:
            head = history.lock_head(connection, history.DEPLOYMENTS)
            draft = found(connection, PROCESS, key)
            latest = self._runtime.catalogue.definition(connection, self._runtime.catalogue.latest_id(connection, key))
            still_latest(publication.instead_of, latest.row)
            take(connection, PROCESS, key, publication.version)
            base = self._base(connection, key, draft.based_on)
            checked = check_deployable(self._runtime, connection, self._files(connection, base, draft.content), strict=True)
            return insert_checked(self._runtime, connection, actor, Origin(key, STUDIO, reason), checked, head), Changed(jobs=True)

        return self._runtime.commit(work)

    def _files(self, connection: Connection, base: Definition, content: bytes) -> Mapping[str, bytes]:
        return Companions(self._runtime.catalogue, connection, base).of(base.row.resource_name, content)

    def _base(self, connection: Connection, key: str, based_on: str) -> Definition:
        base = self._runtime.catalogue.definition(connection, based_on)
        if base.row.key != key:
            raise InvalidRequest(Phrase("{based_on} is no version of {key}", based_on=repr(based_on), key=repr(key)))
        return base

    def _readable(self, key: str, content: bytes) -> None:
        fits(content)
        if key not in read_model(content, f"{key}.bpmn").processes:
            code = "no-executable-process"  # its id cannot be changed here: another id would be another process
            raise DeploymentRefused([ModelProblem(f"{key}.bpmn", 1, key, code, MESSAGES[code])])
