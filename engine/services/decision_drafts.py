"""Drafts of decisions: what analysts change of a file of decision tables before it is published. One of each file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from engine import access
from engine.dmn.outline import decision_ids
from engine.errors import DeploymentRefused, ModelProblem
from engine.services.bound_files import with_processes
from engine.services.checking import check_deployable, problems_of
from engine.services.decision_files import DecisionFile, base_of, latest_of
from engine.services.definitions import Deployment, Origin, insert_checked
from engine.services.deployable import FILE_MESSAGES
from engine.services.draft_rows import fits, keep, overtaken, reason_of, still_latest, take
from engine.services.drafts import STUDIO
from engine.services.runtime import Changed
from engine.store import history
from engine.store.queries import model_drafts
from engine.store.queries.model_drafts import DraftKind, ModelDraft

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from engine.model import Actor
    from engine.services.runtime import Runtime

DECISION: Final[DraftKind] = "decision"


@dataclass(frozen=True, slots=True)
class DecisionPublication:
    """What is published: the draft of a decision's file as it was seen, why, and the version that was the latest when it was looked at.

    `processes`: ids of the latest versions of processes that are bound to a table of their own deployment, and of which a new version is
    to be published along, so that their new cases take the new table.
    """

    key: str
    version: int
    reason: str
    instead_of: str
    processes: tuple[str, ...] = ()


class DecisionDrafts:
    """The drafts of all decisions. Analysts and administrators have them in common."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    def all(self, actor: Actor) -> Mapping[str, ModelDraft]:
        """All drafts by the keys of the decisions that stand in them."""
        access.may_deploy(actor)
        with self._runtime.database.read() as connection:
            return model_drafts.of_decisions(connection)

    def find(self, actor: Actor, key: str) -> ModelDraft | None:
        """The draft of the file in which a decision stands, where there is one."""
        access.may_deploy(actor)
        with self._runtime.database.read() as connection:
            return model_drafts.of_decision(connection, key)

    def save(self, actor: Actor, key: str, content: bytes, *, version: int, based_on: str) -> ModelDraft:
        """Keep a draft. `version`: of the draft that was opened, 0 where there was none; `based_on`: the version that it began with.

        A draft may be unfinished, but is XML that can be read and holds the decisions that it began with. Raises `Conflict` where
        somebody saved meanwhile, with who (`by`), when (`at`) and their `version`; `DeploymentRefused` for what cannot be read.
        """
        access.may_deploy(actor)

        def work(connection: Connection) -> tuple[ModelDraft, Changed]:
            base = self._base(connection, key, based_on)
            readable(base, content)
            at, kept_by = self._runtime.clock.now(), base.first
            draft = ModelDraft(DECISION, kept_by.key, base.name, content, version + 1, kept_by.id, at, actor.id)
            return keep(connection, draft), Changed()

        return self._runtime.commit(work)

    def discard(self, actor: Actor, key: str, version: int) -> None:
        """Forget the draft of the file in which a decision stands. Raises `Conflict` where somebody has saved it since."""
        access.may_deploy(actor)

        def work(connection: Connection) -> tuple[None, Changed]:
            draft = model_drafts.of_decision(connection, key)
            if draft is None:
                raise overtaken(connection, DECISION, key)
            take(connection, DECISION, draft.key, version)
            return None, Changed()

        self._runtime.commit(work)

    def check(self, actor: Actor, key: str, content: bytes, based_on: str) -> list[ModelProblem]:
        """What the deployment checks find in a file of decisions, saved or not, with the files that it would be published with."""
        access.may_deploy(actor)
        with self._runtime.database.read() as connection:
            base = self._base(connection, key, based_on)
            try:
                readable(base, content)
            except DeploymentRefused as refused:
                return list(refused.problems)
            problems = problems_of(self._runtime, connection, {**base.others, base.name: content}, strict=True)
            return [problem for problem in problems if problem.resource == base.name]

    def publish(self, actor: Actor, publication: DecisionPublication) -> Deployment:
        """Publish the draft of a decision's file as a new version, after the deployment checks; the draft is gone then.

        Steps that ask for the latest version take it from now on, in open cases too; those that are bound to their own deployment take
        it where their process is published along. Raises `DeploymentRefused` with every problem, `InvalidRequest` without a reason,
        `Conflict` where the draft was saved again or another version was published since both were looked at.
        """
        access.may_deploy(actor)
        reason, key = reason_of(publication.reason), publication.key

        def work(connection: Connection) -> tuple[Deployment, Changed]:
            head = history.lock_head(connection, history.DEPLOYMENTS)
            draft = model_drafts.of_decision(connection, key)
            if draft is None:
                raise overtaken(connection, DECISION, key)
            still_latest(publication.instead_of, latest_of(connection, key))
            take(connection, DECISION, draft.key, publication.version)
            base = self._base(connection, draft.key, draft.based_on)
            files = with_processes(self._runtime, connection, base, draft.content, publication.processes)
            checked = check_deployable(self._runtime, connection, files, strict=True)
            return insert_checked(self._runtime, connection, actor, Origin(key, STUDIO, reason), checked, head), Changed(jobs=True)

        return self._runtime.commit(work)

    def _base(self, connection: Connection, key: str, based_on: str) -> DecisionFile:
        return base_of(connection, self._runtime.catalogue, key, based_on)


def readable(base: DecisionFile, content: bytes) -> None:
    """Refuse what is no DMN, or has lost a decision of the file that it began with: whoever asks for that would ask in vain."""
    fits(content)
    there = decision_ids(content, base.name)
    lost = [row.key for row in base.decisions if row.key not in there]
    if lost:
        text, said = "decision-gone", {"key": lost[0]}
        message = FILE_MESSAGES[text].format(**said)
        raise DeploymentRefused([ModelProblem(base.name, 1, lost[0], text, message, details=tuple(said.items()), text=text)])
