"""Decisions: made for clients of the API outside of any case; and for analysts listed, looked at, tried, and made again for past cases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine import access
from engine.dmn.asked import AskedValue, asked_values
from engine.dmn.outline import read_outline
from engine.errors import NotFound
from engine.services.catalogue import DecisionBinding
from engine.services.decided import stored_rows
from engine.services.decision_drafts import readable
from engine.services.decision_files import DecisionFile, DecisionVersion, base_of, file_of, latest_of, latest_versions, versions_of
from engine.services.decision_uses import DecisionUse, all_uses, uses_of
from engine.services.expressions import Expressions
from engine.services.redeciding import Redecided, Redeciding
from engine.services.trying import TriedBoth, compiled, read_values, tried, tried_drawn
from engine.store.queries import model_drafts
from engine.store.values import plain

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from engine.dmn import DecisionResult
    from engine.model import Actor
    from engine.services.runtime import Runtime
    from engine.store.values import StoredValue


@dataclass(frozen=True, slots=True)
class ListedDecision:
    """The latest version of a decision, and the steps that ask for it by its name."""

    row: DecisionVersion
    uses: tuple[DecisionUse, ...]


class Decisions:
    """Deployed decisions."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    def evaluate(self, actor: Actor, key: str, variables: Mapping[str, object], *, version: int | None = None) -> DecisionResult:
        """Make a decision with these variables, by its latest version or the one given. Nothing is written. Raises `NotFound`."""
        access.may_correlate(actor)
        runtime = self._runtime
        binding = DecisionBinding("latest") if version is None else DecisionBinding("version", version)
        with runtime.database.read() as connection:
            model, _ = runtime.catalogue.decision(connection, None, key, binding)
            return model.decide(key, plain(variables), self._expressions(connection).environment())

    def rows(self, actor: Actor, key: str, variables: Mapping[str, object], *, version: int | None = None) -> list[dict[str, StoredValue]]:
        """What `evaluate` finds, as variables. Raises `InvalidRequest` for what no variable can hold."""
        return stored_rows(self.evaluate(actor, key, variables, version=version))

    def all(self, actor: Actor) -> list[ListedDecision]:
        """The latest version of every decision with who asks for it, by key."""
        access.may_see_models(actor)
        with self._runtime.database.read() as connection:
            uses = all_uses(connection, self._runtime.catalogue)
            rows = latest_versions(connection)
        return [ListedDecision(row, tuple(use for use in uses if not use.is_computed and use.key == row.key)) for row in rows]

    def versions(self, actor: Actor, key: str) -> list[DecisionVersion]:
        """All versions of a decision, the newest first. Raises `NotFound`."""
        access.may_see_models(actor)
        with self._runtime.database.read() as connection:
            found = versions_of(connection, key)
        if not found:
            raise NotFound(f"no decision with the key {key!r} is deployed", key=key)
        return found

    def file(self, actor: Actor, decision_id: str) -> DecisionFile:
        """The file in which a version of a decision stands. Raises `NotFound`."""
        access.may_see_models(actor)
        with self._runtime.database.read() as connection:
            return file_of(connection, self._runtime.catalogue, decision_id)

    def uses(self, actor: Actor, keys: Sequence[str]) -> list[DecisionUse]:
        """The steps of the latest versions of processes that ask for one of these decisions, or for one whose name is computed."""
        access.may_see_models(actor)
        with self._runtime.database.read() as connection:
            return uses_of(connection, self._runtime.catalogue, keys)

    def asks(self, actor: Actor, key: str, content: bytes, based_on: str) -> tuple[AskedValue, ...]:
        """The variables that a decision reads, in what is drawn of the file of the version `based_on`. Raises `DeploymentRefused`."""
        access.may_deploy(actor)
        with self._runtime.database.read() as connection:
            file = base_of(connection, self._runtime.catalogue, key, based_on)
        readable(file, content)
        return asked_values(compiled(file, content), read_outline(content, file.name), key)

    def try_out(self, actor: Actor, key: str, content: bytes, based_on: str, given: Mapping[str, str]) -> TriedBoth:
        """Decide with values, given as FEEL by name: by what is drawn of the file of `based_on`, and by the latest version.

        Nothing is written. Raises `InvalidSubmission`, which names the values that are no FEEL, and `DeploymentRefused` for what is no DMN.
        """
        access.may_deploy(actor)
        with self._runtime.database.read() as connection:
            expressions = self._expressions(connection)
            file = base_of(connection, self._runtime.catalogue, key, based_on)
            readable(file, content)
            latest = latest_of(connection, key)
            published = file_of(connection, self._runtime.catalogue, latest.id)
            model, _ = self._runtime.catalogue.decision_file(connection, latest.id)
        values = read_values(expressions, given)
        drawn = tried_drawn(file, content, key, values, expressions)
        is_same = (content, file.others) == (published.content, published.others)
        return TriedBoth(drawn, None if is_same else tried(model, key, values, expressions))

    def decided_differently(self, actor: Actor, key: str, after: str | None = None) -> Redecided:
        """Past cases that the draft of a decision's file would decide differently, the newest first; `after` continues where a page ended.

        Only cases that the actor may see are decided again; the others are counted. Raises `NotFound` where there is no draft.
        """
        access.may_deploy(actor)
        with self._runtime.database.read() as connection:
            draft = model_drafts.of_decision(connection, key)
            if draft is None:
                raise NotFound(f"there is no draft of {key!r}", key=key)
            file = file_of(connection, self._runtime.catalogue, draft.based_on)
            return Redeciding(self._runtime, connection, actor, compiled(file, draft.content), file).page(after)

    def _expressions(self, connection: Connection) -> Expressions:
        runtime = self._runtime
        return Expressions(runtime.clock.now(), runtime.directory(connection), runtime.calendar(connection))
