"""Drives `engine.tokens` as the engine does, but keeps nothing between two commands except rows as JSON text."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict

from engine.bpmn.model import EventDefinition, FlowNode, SequenceFlow
from engine.bpmn.reader import read_model
from engine.errors import BpmnError
from engine.tokens import (
    Change,
    CompiledProcess,
    Scope,
    ScopeKind,
    State,
    Subscription,
    Token,
    TokenGame,
    TokenState,
    TokenTask,
    compile_process,
)
from engine.tokens.task import FlowScope
from tests.tokens.bpmn_xml import to_xml
from tests.tokens.picture import ScopePicture, TokenPicture, WaitPicture
from tests.tokens.plain import Model, Values, is_true

TOLD = {"ElementEntered": "entered", "ElementLeft": "left", "ElementCancelled": "cancelled", "ElementPassed": "passed"}


class Definitions:
    """The compiled processes of one file."""

    def __init__(self, model: Model) -> None:
        self.plain = model
        self.xml = to_xml(model)
        read = read_model(self.xml.encode(), "test.bpmn")
        self.compiled: dict[str, CompiledProcess] = {key: compile_process(read, key) for key in model.processes}

    def fingerprints(self) -> list[str]:
        """Digests of everything that running must not change."""
        return [compiled.fingerprint() for compiled in self.compiled.values()]


class TestHost:
    """What surrounds the game: ids, conditions and the work of service tasks. Ids come in no order, since nothing may depend on it."""

    __test__ = False

    def __init__(self, definitions: Definitions, values: Values, rng: random.Random) -> None:
        self.definitions = definitions
        self.values = values
        self.rng = rng
        self.nodes = {node.id: node for node in definitions.plain.every_node()}
        self.conditions = {flow.id: flow.condition for flow in definitions.plain.every_flow()}
        self.waiting: set[str] = set()
        self.caught: list[tuple[str, str]] = []

    def definition(self, definition_id: str) -> CompiledProcess:
        return self.definitions.compiled[definition_id]

    def new_id(self) -> str:
        return f"{self.rng.getrandbits(64):016x}"

    def condition(self, token: TokenTask, flow: SequenceFlow) -> bool:
        return is_true(self.conditions[flow.id] or "", self.values)

    def undecided(self, token: TokenTask) -> str:
        del token
        return ""

    def perform(self, token: TokenTask, node: FlowNode) -> bool:
        throws = self.nodes[node.id].throws
        if throws is not None and self.values[throws[0]] is True:
            raise BpmnError(throws[1])
        return True

    def entered(self, token: TokenTask, node: FlowNode) -> None:
        assert token.id not in self.waiting
        self.waiting.add(token.id)

    def left(self, token: TokenTask, node: FlowNode, *, cancelled: bool) -> None:
        self.waiting.remove(token.id)

    def call(self, token: TokenTask, node: FlowNode) -> str:
        return self.nodes[node.id].calls or ""

    def called(self, token: TokenTask, node: FlowNode, instance_id: str) -> None:
        pass

    def returned(self, token: TokenTask, node: FlowNode, instance_id: str) -> None:
        pass

    def loop_begins(self, token: TokenTask, node: FlowNode, body_id: str) -> int:
        loop = self.nodes[node.id].loop
        assert loop is not None
        return int(self.values[loop.variable]) if loop.variable else loop.count

    def iteration_begins(self, token: TokenTask, node: FlowNode, index: int) -> None:
        assert token.loop_index == index

    def iteration_ends(self, token: TokenTask, node: FlowNode, body_id: str, left: int) -> None:
        assert left >= 0

    def loop_is_done(self, token: TokenTask, node: FlowNode) -> bool:
        return False

    def repetitions(self, scopes: Sequence[str], node: FlowNode, event: EventDefinition) -> str:
        return ""

    def signal_thrown(self, token: TokenTask, event: EventDefinition, name: str) -> Mapping[str, object]:
        return {}

    def signal_comes(self, scopes: Sequence[str], variables: Mapping[str, object]) -> None:
        pass

    def changes(self) -> Sequence[Change]:
        return ()

    def holds(self, scopes: Sequence[str], node: FlowNode, event: EventDefinition) -> bool:
        return False

    def ad_hoc_is_done(self, scopes: Sequence[str], node: FlowNode) -> bool:
        return False

    def deferred(self, subscription: Subscription) -> None:
        pass

    def begins(self, token: TokenTask, node: FlowNode) -> None:
        pass

    def ends(self, token: TokenTask, node: FlowNode) -> None:
        pass

    def takes(self, token: TokenTask, flow: SequenceFlow) -> None:
        pass

    def interrupted(self, token: TokenTask, node: FlowNode) -> None:
        pass

    def instance_begins(self, scope: FlowScope) -> None:
        pass

    def instance_ends(self, scope: FlowScope) -> None:
        pass

    def remembered(self, record: str, scopes: Sequence[str]) -> None:
        pass

    def recalled(self, record: str, scope: str) -> None:
        pass

    def event_name(self, scopes: Sequence[str], node: FlowNode, event: EventDefinition) -> str:
        return node.event.name.source if node.event is not None and node.event.name is not None else ""

    def subscribed(self, subscription: Subscription, event: EventDefinition, scopes: Sequence[str]) -> None:
        pass

    def error_caught(self, scopes: Sequence[str], event: EventDefinition, code: str, message: str) -> None:
        self.caught.append((event.code or "", code))


def dump(state: State) -> str:
    """The rows of a state as JSON text."""
    tables = {"scopes": state.scopes, "tokens": state.tokens, "subscriptions": state.subscriptions}
    return json.dumps({table: [asdict(row) for row in rows.values()] for table, rows in tables.items()})


def load(text: str, rng: random.Random | None = None) -> State:
    """A state from rows. A database gives rows in any order: with `rng` they are shuffled."""
    tables = json.loads(text)
    if rng is not None:
        for rows in tables.values():
            rng.shuffle(rows)
    scopes = [Scope(**{**row, "kind": ScopeKind(row["kind"])}) for row in tables["scopes"]]
    tokens = [Token(**{**row, "state": TokenState(row["state"])}) for row in tables["tokens"]]
    subscriptions = [Subscription(**row) for row in tables["subscriptions"]]
    return State({row.id: row for row in scopes}, {row.id: row for row in tokens}, {row.id: row for row in subscriptions})


class EngineSide:
    """One process instance on the engine: rows between commands, a new game for each."""

    def __init__(self, definitions: Definitions, values: Values, seed: int = 0, most_moves: int = 5000) -> None:
        self.definitions = definitions
        self.rng = random.Random(seed)
        self.host = TestHost(definitions, values, self.rng)
        self.most_moves = most_moves
        self.rows = dump(State())
        self.written = {flow.id for flow in definitions.plain.every_flow() if flow.written}
        loops = {node.id for node in definitions.plain.every_node() if node.loop is not None}
        self.told = {flow.id for flow in definitions.plain.every_flow() if flow.written and flow.target not in loops}
        self.happened: Counter[tuple[str, str]] = Counter()
        self.flows_taken: set[str] = set()

    def start(self, start_event: str | None = None) -> None:
        """Start the main process, at its none start event or at the given start event."""
        self._command("start", self.definitions.plain.main, self.host.new_id(), start_event)

    def complete(self, token: object) -> None:
        """Complete a waiting task."""
        self._command("complete", token)

    def trigger(self, subscription: object) -> None:
        """Deliver a message or fire a timer."""
        self._command("trigger", subscription)

    def throw(self, token: object, code: str) -> None:
        """Fail a waiting task with an error."""
        self._command("throw_error", token, code)

    def cancel(self) -> None:
        """Cancel the root instance."""
        root = next(row for row in self.state().scopes.values() if row.owner is None)
        self._command("cancel_instance", root.id)

    def _command(self, name: str, *arguments: object) -> None:
        """Load the rows, do one thing, dump the rows. A failure leaves the rows as they were, as a rolled back transaction does."""
        waiting = set(self.host.waiting)
        try:
            game = TokenGame(load(self.rows, self.rng), self.host, self.most_moves)
            getattr(game, name)(*arguments)
        except Exception:
            self.host.waiting = waiting
            raise
        state = game.state()
        rows = dump(state)
        assert dump(load(rows)) == rows
        _no_row_hangs_loose(state)
        self.rows = rows
        self._read_events(game)
        self._look_inside(game)

    def _read_events(self, game: TokenGame) -> None:
        """What the history is told, element by element."""
        self.happened, self.flows_taken = Counter(), set()
        for event in game.events:
            name, fields = event.record()
            if name in TOLD:
                self.happened[TOLD[name], str(fields["element"])] += 1
            if fields.get("flow") in self.told:
                self.flows_taken.add(str(fields["flow"]))

    def _look_inside(self, game: TokenGame) -> None:
        """What must hold after each step."""
        tokens = [token for scope in game.scopes.values() for token in scope.tasks.values()]
        assert all(token.data == {} for token in tokens), "a token carries data"
        assert all(scope.data == {} for scope in game.scopes.values()), "a scope carries data"
        joining = {token.id for token in tokens if token.task_spec.joins}
        assert self.host.waiting == {token.id for token in tokens} - joining, "the host was not told of every token that waits"

    def state(self) -> State:
        """The state after the last command."""
        return load(self.rows)

    @property
    def ended(self) -> bool:
        """Whether nothing is left."""
        return not self.state().scopes

    def picture(self) -> ScopePicture:
        """What is open."""
        state = self.state()
        root = next(row for row in state.scopes.values() if row.owner is None)
        return self._scope(root, state)

    def _scope(self, row: Scope, state: State) -> ScopePicture:
        tokens = [self._token(token, state) for token in state.tokens.values() if token.scope_id == row.id]
        waits = [_wait(wait) for wait in state.subscriptions.values() if wait.scope_id == row.id and wait.token_id is None]
        return ScopePicture(row.kind.value, row.element_id, row.loop_count or 0, tokens, waits)

    def _token(self, row: Token, state: State) -> TokenPicture:
        joining = row.state is TokenState.JOINING
        return TokenPicture(
            row.element_id,
            row.id,
            joining=joining,
            flow=row.flow_id if joining and row.flow_id in self.written else None,
            index=row.loop_index,
            scopes=[self._scope(scope, state) for scope in state.scopes.values() if scope.owner == row.id],
            waits=[_wait(wait) for wait in state.subscriptions.values() if wait.token_id == row.id],
        )


def _no_row_hangs_loose(state: State) -> None:
    """Every row belongs to another one that is there, and nothing belongs to a scope that is empty."""
    for scope in state.scopes.values():
        assert scope.owner is None or scope.owner in state.tokens, f"the owner of {scope} is gone"
        assert any(token.scope_id == scope.id for token in state.tokens.values()), f"{scope} is empty"
    for token in state.tokens.values():
        assert token.scope_id in state.scopes, f"the scope of {token} is gone"
    for wait in state.subscriptions.values():
        assert wait.scope_id in state.scopes, f"the scope of {wait} is gone"
        assert wait.token_id is None or wait.token_id in state.tokens, f"the token of {wait} is gone"


def _wait(row: Subscription) -> WaitPicture:
    return WaitPicture(row.kind, row.element_id, row.id)
