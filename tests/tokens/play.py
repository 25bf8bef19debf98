"""Plays random processes on the engine and on the reference, side by side, and shows the first difference.

Use: `python -m tests.tokens.play --count 2000 --first-seed 0`; `python -m tests.tokens.play --show 17` prints one model and its trail.
"""

from __future__ import annotations

import argparse
import copy
import random
import sys
import time
import traceback
from collections import Counter
from dataclasses import dataclass, field

from engine.errors import ModelFault
from tests.tokens.bpmn_xml import to_xml
from tests.tokens.engine_side import EngineSide
from tests.tokens.generator import make_model
from tests.tokens.host_side import Definitions
from tests.tokens.picture import Path, ScopePicture, Thing, things
from tests.tokens.plain import START_VALUES, Model, Values
from tests.tokens.reference import Game
from tests.tokens.reference_state import FaultError, Token, TooLongError, Wait

STEPS = 30
MOST_OPEN = 60


@dataclass(frozen=True)
class Action:
    """What is done: complete, throw, trigger or cancel; `path` names the token or subscription on either side."""

    what: str
    element: str = ""
    path: Path = ()
    code: str = ""

    def __str__(self) -> str:
        return " ".join(part for part in (self.what, self.element, self.code) if part)


@dataclass
class Outcome:
    """How a seed went: the difference, if there was one, and what was done."""

    seed: int
    difference: str | None = None
    trail: list[str] = field(default_factory=list)
    ended: bool = False
    faults: int = 0


class Difference(AssertionError):
    """The two sides are not the same."""


class Duel:
    """One model on both sides."""

    def __init__(self, model: Model, values: Values, seed: int = 0, *, too_long_is_a_fault: bool = False) -> None:
        self.model = model
        self.fault_kinds = (FaultError, TooLongError) if too_long_is_a_fault else (FaultError,)
        self.values = dict(values)
        self.kinds = {node.id: node for node in model.every_node()}
        self.game = Game(model, self.values)
        self.definitions = Definitions(model)
        self.prints = self.definitions.fingerprints()
        self.engine = EngineSide(self.definitions, dict(values), seed)
        self.faults = 0

    def set_values(self, values: Values) -> None:
        """What the next action writes into the variables, on both sides."""
        self.game.values.update(values)
        self.engine.host.values.update(values)

    def options(self) -> list[Action]:
        """What can be done now, by the picture of the reference."""
        if self.game.ended:
            return []
        found = []
        for thing in things(self.game.picture()):
            if thing.what != "token":
                found.append(Action("trigger", thing.element, thing.path))
            elif self._completable(thing):
                found.append(Action("complete", thing.element, thing.path))
        return sorted(found, key=lambda action: (action.what, action.element, action.path))

    def _completable(self, thing: Thing) -> bool:
        node = self.kinds[thing.element]
        return node.kind == "userTask" or (node.kind == "receiveTask" and node.event is None)

    def act(self, action: Action) -> None:
        """Do it on both sides and compare. A fault must be one on both, and leaves everything as it was."""
        before = copy.deepcopy(self.game)
        fault = engine_fault = None
        try:
            self._on_reference(action)
        except self.fault_kinds as error:
            fault = error
            before.values = self.game.values
            self.game = before
        try:
            self._on_engine(action)
        except ModelFault as error:
            engine_fault = error
        if (fault is None) != (engine_fault is None):
            raise Difference(f"fault of the reference: {fault!r}; of the engine: {engine_fault!r}")
        self.compare()
        if fault is None:
            self.compare_history()
        self.faults += fault is not None

    def _on_reference(self, action: Action) -> None:
        if action.what == "start":
            self.game.start(action.element or None)
            return
        if action.what == "cancel":
            self.game.cancel()
            return
        handle = _find(self.game.picture(), action)
        if isinstance(handle, Wait):
            self.game.trigger(handle)
        elif isinstance(handle, Token):
            if action.what == "complete":
                self.game.complete(handle)
            else:
                self.game.throw(handle, action.code)

    def _on_engine(self, action: Action) -> None:
        if action.what == "start":
            self.engine.start(action.element or None)
        elif action.what == "cancel":
            self.engine.cancel()
        elif action.what == "throw":
            self.engine.throw(_find(self.engine.picture(), action), action.code)
        else:
            getattr(self.engine, action.what)(_find(self.engine.picture(), action))

    def compare(self) -> None:
        """The same things are open on both sides, and the definition is what it was."""
        if self.definitions.fingerprints() != self.prints:
            raise Difference("the definition was changed")
        expected = "ended" if self.game.ended else self.game.picture().text
        seen = "ended" if self.engine.ended else self.engine.picture().text
        if expected != seen:
            raise Difference(f"\n  reference {expected}\n  engine    {seen}")

    def compare_history(self) -> None:
        """The history is told the same: what was entered, left, cancelled and passed, and by which flows."""
        for expected, seen in ((self.game.happened, self.engine.happened), (self.game.flows_taken, self.engine.flows_taken)):
            if expected != seen:
                raise Difference(f"\n  only the reference says {expected - seen}\n  only the engine says    {seen - expected}")


def _find(picture: ScopePicture, action: Action) -> object:
    wanted = {"trigger": {"message", "timer", "signal"}}.get(action.what, {"token"})
    for thing in things(picture):
        if thing.what in wanted and thing.element == action.element and thing.path == action.path:
            return thing.handle
    raise Difference(f"{action} is not possible")


def first_action(model: Model, rng: random.Random) -> Action:
    """Start at the none start event, or at one of the others where there are some."""
    others = [node.id for node in model.processes[model.main].starts() if node.event is not None]
    return Action("start", rng.choice(others)) if others and rng.random() < 0.5 else Action("start")


def choose(rng: random.Random, options: list[Action]) -> Action:
    """The next action: mostly to complete something, now and then to let it fail; rarely the end of everything."""
    if rng.random() < 0.004:
        return Action("cancel")
    weights = [3 if action.what == "complete" else 2 for action in options]
    action = rng.choices(options, weights)[0]
    if action.what == "complete" and rng.random() < 0.1:
        return Action("throw", action.element, action.path, rng.choice(["E1", "E2", "E3"]))
    return action


def new_values(rng: random.Random, step: int) -> Values:
    """What a completion writes; loops are left in the last third."""
    flags: Values = {name: rng.random() < 0.5 for name in ("b0", "b1", "b2")}
    return {**flags, "pick": rng.randint(0, 2), "again": rng.random() < 0.6 and step < STEPS * 2 // 3}


def play(seed: int) -> Outcome:
    """Play one seed to its end, to its last step, or to the first difference."""
    model, rng = make_model(seed), random.Random(seed * 31 + 7)
    outcome = Outcome(seed)
    action = first_action(model, rng)
    try:
        duel = Duel(model, START_VALUES, seed)
        for step in range(STEPS):
            values = new_values(rng, step)
            duel.set_values(values)
            outcome.trail.append(f"{action} with {values}")
            duel.act(action)
            outcome.faults = duel.faults
            options = duel.options()
            if not options or len(options) > MOST_OPEN:
                break
            action = choose(rng, options)
        outcome.ended = duel.game.ended
    except TooLongError:
        outcome.trail.append("too long to compare")
    except Difference as difference:
        outcome.difference = str(difference)
    except Exception:  # noqa: BLE001  # whatever the engine raises is a difference, shown with its seed
        outcome.difference = traceback.format_exc()
    return outcome


def report(outcome: Outcome) -> str:
    """A difference with everything needed to see it again."""
    trail = "\n  ".join(outcome.trail)
    return f"seed {outcome.seed}\n  {trail}\n{outcome.difference}\n{to_xml(make_model(outcome.seed))}"


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--show", type=int, help="print the model of one seed and how it is played")
    parser.add_argument("--most", type=int, default=3, help="how many differences to print in full")
    arguments = parser.parse_args()
    if arguments.show is not None:
        print(report(play(arguments.show)))
        return 0
    began, tally, wrong = time.perf_counter(), Counter[str](), 0
    for seed in range(arguments.first_seed, arguments.first_seed + arguments.count):
        outcome = play(seed)
        tally.update(actions=len(outcome.trail), ended=outcome.ended, faults=outcome.faults)
        if outcome.difference is not None:
            wrong += 1
            print(report(outcome) if wrong <= arguments.most else f"seed {seed}: {outcome.difference[-200:]}", flush=True)
    seconds = time.perf_counter() - began
    print(f"the same in {arguments.count - wrong} of {arguments.count} random processes, {dict(tally)}, {seconds:.0f} s")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
