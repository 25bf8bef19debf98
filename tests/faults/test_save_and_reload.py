"""Experiment 14: random processes whose state is written to the database after every step, and read from there for the next.

Each process (the generator of `tests/tokens`) is played on the engine and on the reference until it ends. After every step the rows are
saved as a step saves them, loaded by another connection, and compared with what was saved; the next step goes on with what was loaded.
Processes whose joins wait for ever, as drawn, do so on both sides, and are cancelled then: in the end nothing is left in any table.

The guards, and what this prints without them:

- `save_root` writes what differs, and all of it. Where it forgets rows that changed (`changed` in `_write`):

    seed 34548: instances that were saved: {…: Instance(id=…, path='[]xx')}
      instances that were loaded: {…: Instance(id=…, path='[]x')}

- `load_root` reads every column. Where it leaves out the flow by which a token came:

    seed 102714: tokens that were saved: {…: Token(id=…, element_id='u2', …, flow_id='f6', loop_index=None)}
"""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from engine.store import tables
from engine.store.database import Database
from engine.store.loading import load_root
from engine.store.rows import TIMER, Instance, JobRow, Root, TaskRow
from engine.store.saving import save_root
from engine.store.values import to_stored
from engine.store.writes import Writes
from engine.tokens import ScopeKind, State, TokenGame, TokenState
from tests.faults.hands import say, times
from tests.tokens.engine_side import EngineSide, dump
from tests.tokens.generator import make_model
from tests.tokens.plain import START_VALUES
from tests.tokens.play import Action, Difference, Duel, choose, first_action, new_values
from tests.tokens.reference_state import TooLongError

RUNTIME = ("process_instance", "scope", "token", "subscription", "job", "variable", "variable_value", "user_task", "task_candidate")
NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
MOST_STEPS = 300
MOST_OPEN = 60


class StoredSide(EngineSide):
    """The engine's side of a duel, whose rows are in a database between two steps."""

    database: Database
    root_id = ""

    def _command(self, name: str, *arguments: object) -> None:
        if name == "start":
            self.root_id = str(arguments[1])
        kept = self.host.snapshot()
        with self.database.begin() as connection:
            before = load_root(connection, self.root_id)
            try:
                game = TokenGame(before.state.copy(), self.host, self.most_moves)
                getattr(game, name)(*arguments)
            except Exception:
                self.host.restore(kept)
                raise
            after = self._after(before, game.state())
            writes = Writes(connection)
            save_root(writes, self.root_id, before, after)
            writes.send()
        with self.database.read() as connection:
            loaded = load_root(connection, self.root_id)
        _is_the_same(after, loaded)
        self.rows = dump(loaded.state)
        self._read_events(game)
        self._look_inside(game)

    def _after(self, before: Root, state: State) -> Root:
        """The rows to save: a job for each timer, and variables that change with every step."""
        timers = [row for row in state.subscriptions.values() if row.kind == TIMER]
        jobs = {
            row.id: before.jobs.get(row.id)
            or JobRow(
                row.id, state.scopes[row.scope_id].instance_id, TIMER, row.element_id, NOON, NOON + timedelta(hours=1), 3, row.scope_id,
                row.token_id, row.name,
            )
            for row in timers
        }  # fmt: skip
        variables = {
            scope: {"n": to_stored(self.rng.randrange(10)), "text": to_stored("值" * self.rng.choice([1, 100, 5000]))}
            for scope in state.scopes
        }
        return Root(state, self._instances(before, state), jobs, self._tasks(before, state), variables)

    def _instances(self, before: Root, state: State) -> dict[str, Instance]:
        """The path of every instance grows with every step."""
        known = {row.id: Instance(row.id, row.definition_id, row.owner) for row in state.scopes.values() if row.kind is ScopeKind.INSTANCE}
        return {key: replace(row, path=before.instances.get(key, row).path + "x") for key, row in known.items()}

    def _tasks(self, before: Root, state: State) -> dict[str, TaskRow]:
        """A user task for each token at one: some change hands, and are offered to others."""
        found = {}
        for token in state.tokens.values():
            if self.host.nodes[token.element_id].kind != "userTask" or token.state is not TokenState.ACTIVE:
                continue
            row = before.tasks.get(token.id) or TaskRow(token.id, state.scopes[token.scope_id].instance_id, token.element_id, "问", NOON)
            if self.rng.random() < 0.5:
                groups = tuple(sorted(self.rng.sample(["finance", "head", "sales"], 2)))
                row = replace(row, version=row.version + 1, assignee=self.rng.choice(["li", None]), candidate_groups=groups)
            found[token.id] = row
        return found


def _is_the_same(saved: Root, loaded: Root) -> None:
    for part in ("scopes", "tokens", "subscriptions"):
        expected, seen = getattr(saved.state, part), getattr(loaded.state, part)
        if expected != seen:
            raise Difference(f"{part} that were saved: {expected}\n  {part} that were loaded: {seen}")
    for part in ("instances", "jobs", "tasks", "variables"):
        expected, seen = getattr(saved, part), getattr(loaded, part)
        if expected != seen:
            raise Difference(f"{part} that were saved: {expected}\n  {part} that were loaded: {seen}")


def play(seed: int, database: Database) -> str:
    """Play a seed to its end; how it ended."""
    model, rng = make_model(seed), random.Random(seed * 31 + 7)
    duel = Duel(model, START_VALUES, seed)
    side = StoredSide(duel.definitions, dict(START_VALUES), seed)
    side.database = database
    duel.engine = side
    action, steps = first_action(model, rng), 0
    while True:
        duel.set_values(new_values(rng, steps))
        try:
            duel.act(action)
        except TooLongError:
            if not side.ended:
                side.cancel()
            return "cancelled, for the reference gives up"
        steps += 1
        if duel.game.ended:
            return "ended"
        options = duel.options()
        if not options or len(options) > MOST_OPEN or steps >= MOST_STEPS:
            duel.act(Action("cancel"))
            return "cancelled, for a join waits for ever" if not options else "cancelled, for it goes on and on"
        action = choose(rng, options)


@pytest.mark.slow
def test_what_is_saved_after_each_step_is_what_the_next_one_loads(database: Database) -> None:
    first, count = random.randrange(10**6), times(60, 1000)
    ends: Counter[str] = Counter()
    for seed in range(first, first + count):
        try:
            ends[play(seed, database)] += 1
        except Exception as error:
            raise AssertionError(f"seed {seed}: {error}") from error
    say("14 save, reload, compare", database=database.dialect, first_seed=first, processes=count, **ends)
    with database.read() as connection:
        left = {name: connection.execute(select(func.count()).select_from(getattr(tables, name))).scalar_one() for name in RUNTIME}
    assert ends["cancelled, for the reference gives up"] <= count * 0.05
    assert left == dict.fromkeys(RUNTIME, 0)
    assert ends["ended"] > count * 0.6
