"""Drives `engine.tokens` as the engine does, but keeps nothing between two commands except rows as JSON text."""

from __future__ import annotations

import json
import random
from collections import Counter
from dataclasses import asdict

from engine.bpmn.model import EventKind
from engine.tokens import Scope, ScopeKind, State, Subscription, Token, TokenGame, TokenState
from tests.tokens.engine_picture import EnginePicture
from tests.tokens.host_side import Definitions, TestHost
from tests.tokens.picture import ScopePicture
from tests.tokens.plain import Values

TOLD = {"ElementEntered": "entered", "ElementLeft": "left", "ElementCancelled": "cancelled", "ElementPassed": "passed"}


def dump(state: State) -> str:
    """The rows of a state as JSON text."""
    tables = {"scopes": state.scopes, "tokens": state.tokens, "subscriptions": state.subscriptions}
    return json.dumps({table: [asdict(row) for row in rows.values()] for table, rows in tables.items()})


def load(text: str, rng: random.Random | None = None) -> State:
    """A state from rows. A database gives rows in any order: with `rng` they are shuffled.

    What is awaited, and what can be undone, is put back into the order in which it was made, as the store does.
    """
    tables = json.loads(text)
    if rng is not None:
        for rows in tables.values():
            rng.shuffle(rows)
    scopes = [Scope(**{**row, "kind": ScopeKind(row["kind"])}) for row in tables["scopes"]]
    tokens = [Token(**{**row, "state": TokenState(row["state"])}) for row in tables["tokens"]]
    subscriptions = [Subscription(**row) for row in tables["subscriptions"]]
    subscriptions.sort(key=lambda row: row.id)
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
        before = self.host.snapshot()
        try:
            game = TokenGame(load(self.rows, self.rng), self.host, self.most_moves)
            getattr(game, name)(*arguments)
        except Exception:
            self.host.restore(before)
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
        records = {row.id for row in game.subscriptions.values() if row.kind == EventKind.COMPENSATION}
        assert records <= self.host.kept.keys(), "something can be undone of which nothing is kept"

    def state(self) -> State:
        """The state after the last command."""
        return load(self.rows)

    @property
    def ended(self) -> bool:
        """Whether nothing is left."""
        return not self.state().scopes

    def picture(self) -> ScopePicture:
        """What is open."""
        return EnginePicture(self.state(), self.written, self.host.kept, self.host.recalls).whole()


def _no_row_hangs_loose(state: State) -> None:
    """Every row belongs to another one that is there, and nothing belongs to a scope that is empty."""
    for scope in state.scopes.values():
        assert scope.owner is None or scope.owner in state.tokens, f"the owner of {scope} is gone"
        assert any(token.scope_id == scope.id for token in state.tokens.values()), f"{scope} is empty"
    for token in state.tokens.values():
        assert token.scope_id in state.scopes, f"the scope of {token} is gone"
    for wait in state.subscriptions.values():
        assert wait.scope_id in state.scopes, f"the scope of {wait} is gone"
        known = state.subscriptions if wait.kind == EventKind.COMPENSATION else state.tokens
        assert wait.token_id is None or wait.token_id in known, f"the token of {wait} is gone"
