"""Decides past cases again with a draft: with the very values that they had, as the history tells them.

Whether these values are the right ones is proved for each decision: the version that decided then must come to the same inputs, rules and
result again. Where it does not, nobody can tell what the draft would have said, and that is what is answered.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from engine.access import reads_all_of, sight
from engine.bpmn.model import FieldAccess
from engine.dmn import DecisionModel, DecisionResult
from engine.errors import NotFound
from engine.feel import Environment, show
from engine.feel.compare import equal
from engine.feel.runtime import Evaluation
from engine.model import Case
from engine.services.decided import decided
from engine.services.decision_uses import asking_processes
from engine.services.expressions import Expressions
from engine.services.replaying import PastDecision, decisions_in
from engine.services.trying import Tried, tried
from engine.store import canonical
from engine.store.queries.pages import from_cursor, to_cursor
from engine.store.queries.past_decisions import PastCase, histories, past_cases
from engine.work.fields import task_fields

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from engine.model import Actor
    from engine.services.decision_files import DecisionFile
    from engine.services.runtime import Runtime

MOST_CASES = 50
"""That are looked at for one page."""
MOST_ENTRIES = 5_000
"""Of histories that are read for one page; a case whose history alone is longer is not decided again."""


class Untold(StrEnum):
    """Why it cannot be told how a case would have been decided."""

    OLDER = "older"  # an older version of the program wrote its history, and did not note what the decision saw
    GONE = "gone"  # the version that decided was deleted
    OTHERWISE = "otherwise"  # it depended on more than values: on the organisation or the calendar of that day
    HIDDEN = "hidden"  # the draft reads what the process hides from whoever asks
    TOO_LONG = "too-long"


@dataclass(frozen=True, slots=True)
class RedecidedCase:
    """A decision that the draft would have made differently. `then` are the rows that were decided, as the history keeps them."""

    case: Case
    at: datetime
    element: str
    key: str
    decision_id: str  # of the version that decided
    then: object
    then_rules: tuple[int, ...]
    now: DecisionResult | None
    fault: str = ""  # why the draft comes to no result


@dataclass(frozen=True, slots=True)
class UntoldCase:
    """A case of which it cannot be told."""

    case: Case
    reason: Untold


@dataclass(slots=True)
class Tally:
    """How many cases were looked at, and what came of it; the rest of them never asked for the decision."""

    cases: int = 0
    different: int = 0
    same: int = 0
    untold: int = 0


@dataclass(slots=True)
class Redecided:
    """A page of cases that were decided again, finished and open counted separately; `hidden` are not for the actor to see."""

    different: list[RedecidedCase] = field(default_factory=list)
    untold: list[UntoldCase] = field(default_factory=list)
    finished: Tally = field(default_factory=Tally)
    open: Tally = field(default_factory=Tally)
    hidden: int = 0
    after: str | None = None


class Redeciding:
    """One page of it, on one snapshot of the database."""

    def __init__(self, runtime: Runtime, connection: Connection, actor: Actor, draft: DecisionModel, file: DecisionFile) -> None:
        """`draft` is compiled, `file` is that with which it began."""
        self._runtime, self._connection, self._actor = runtime, connection, actor
        self._draft = draft
        self._keys = {row.key for row in file.decisions}
        self._directory, self._calendar = runtime.directory(connection), runtime.calendar(connection)
        self._versions: dict[str, tuple[DecisionModel, str] | None] = {}

    def page(self, after: str | None) -> Redecided:
        """The newest cases of the processes that ask for a decision of the file, or those behind a page."""
        processes = asking_processes(self._connection, self._runtime.catalogue, self._keys)
        before = None if after is None else from_cursor(after, str)[0]
        found = past_cases(self._connection, sight(self._actor, self._directory), processes, before, MOST_CASES + 1)
        taken = _affordable(found[:MOST_CASES])
        page = Redecided(after=to_cursor(taken[-1].case.id) if len(taken) < len(found) else None)
        readable = [it for it in taken if it.is_seen and it.entries <= MOST_ENTRIES]
        told = self._decide([it.case for it in readable])
        for past in taken:
            if not past.is_seen:
                page.hidden += 1
                continue
            outcome = told.get(past.case.id, []) if past.entries <= MOST_ENTRIES else [UntoldCase(past.case, Untold.TOO_LONG)]
            _count(page, past.case, outcome)
        return page

    def _decide(self, cases: Sequence[Case]) -> dict[str, list[Outcome]]:
        """What became of each decision, by the id of its case."""
        known = {case.id: case for case in cases}
        found: dict[str, list[Outcome]] = {}
        for _, entries in histories(self._connection, (case.root_id for case in cases)):
            for past in decisions_in(entries):
                case = known.get(past.instance)
                if case is not None and str(past.fields["decision"]).rsplit(":", 2)[0] in self._keys:
                    found.setdefault(case.id, []).append(self._again(case, past))
        return found

    def _again(self, case: Case, past: PastDecision) -> Outcome:
        """One decision, made again by the version that made it and by the draft."""
        version = self._version(str(past.fields["decision"]))
        if version is None:
            return UntoldCase(case, Untold.GONE)
        model, key = version
        expressions = Expressions(past.at, self._directory, self._calendar)
        then_saw, now_saw = past.values(), past.values()
        then = tried(model, key, then_saw, expressions).result
        is_older = past.fields.get("seen") is None
        if then is None or not _is_recorded(past, then):
            return UntoldCase(case, Untold.OLDER if is_older else Untold.OTHERWISE)
        now = tried(self._draft, key, now_saw, expressions)
        if self._is_guarded(case, now_saw.read):
            return UntoldCase(case, Untold.HIDDEN)
        if past.unsure & (now_saw.read - then_saw.read):
            return UntoldCase(case, Untold.OLDER)
        is_same = now.result is not None and _is_same(then, now.result)
        return None if is_same else _different(case, key, past, now)

    def _version(self, decision_id: str) -> tuple[DecisionModel, str] | None:
        """The version that decided, asked for once a page; None where it was deleted."""
        if decision_id not in self._versions:
            try:
                self._versions[decision_id] = self._runtime.catalogue.decision_file(self._connection, decision_id)
            except NotFound:
                self._versions[decision_id] = None
        return self._versions[decision_id]

    def _is_guarded(self, case: Case, names: Iterable[str]) -> bool:
        """Whether the process hides one of these variables from the actor: what a draft makes of it would tell it."""
        definition = self._runtime.catalogue.definition(self._connection, case.definition_id)
        if reads_all_of(self._actor, definition.process.owner):
            return False
        steps = [task_fields(node.user_task) for node in definition.process.nodes.values() if node.user_task is not None]
        hidden = {path for step in steps for path, access in step.declared.items() if access is FieldAccess.HIDDEN}
        inside = {path.partition(".")[0] for path in hidden}
        return any(name in inside or not all(step.may_see(name) for step in steps) for name in names)


Outcome = RedecidedCase | UntoldCase | None
"""What became of a decision; None: the draft would have decided the same."""


def _affordable(found: Sequence[PastCase]) -> list[PastCase]:
    """The first cases whose histories can be read for one page: one of them at least."""
    taken: list[PastCase] = []
    entries = 0
    for past in found:
        cost = past.entries if past.is_seen and past.entries <= MOST_ENTRIES else 0
        if taken and entries + cost > MOST_ENTRIES:
            break
        entries += cost
        taken.append(past)
    return taken


def _count(page: Redecided, case: Case, outcomes: Sequence[Outcome]) -> None:
    """Put what became of a case into its page: one decision that is different makes a different case."""
    tally = page.open if case.ended_at is None else page.finished
    tally.cases += 1
    different = [it for it in outcomes if isinstance(it, RedecidedCase)]
    untold = [it for it in outcomes if isinstance(it, UntoldCase)]
    page.different += different
    page.untold += [] if different else untold[:1]
    if different:
        tally.different += 1
    elif untold:
        tally.untold += 1
    elif outcomes:
        tally.same += 1


def _different(case: Case, key: str, past: PastDecision, now: Tried) -> RedecidedCase:
    fields = past.fields
    rules = tuple(fields["rules"])
    return RedecidedCase(case, past.at, fields["element"], key, fields["decision"], fields["result"], rules, now.result, now.fault)


def _is_recorded(past: PastDecision, result: DecisionResult) -> bool:
    """Whether a result is the one that the history keeps, with the same inputs and rules all the way."""
    made = decided(str(past.fields["element"]), str(past.fields["decision"]), result)
    kept = [past.fields.get(name) for name in ("rules", "result", "trace")]
    return canonical.dumps([made.rules, made.result, made.trace]) == canonical.dumps(kept)


def _is_same(one: DecisionResult, other: DecisionResult) -> bool:
    """Whether two results are the same rows."""
    rows = [[dict(row) for row in it.rows] for it in (one, other)]
    verdict = equal(rows[0], rows[1], Evaluation(Environment()).charge)
    return verdict is True or (verdict is None and show(rows[0]) == show(rows[1]))
