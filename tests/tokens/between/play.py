"""Plays random files of several processes on the whole engine and on the reference, and shows the first difference.

Use: `python -m tests.tokens.between.play --count 300 --first-seed 0`; `--show 17` prints one file and its trail.
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

from engine.errors import CorrelationMismatch
from tests.tokens.between.engine_side import EngineOfCases, engine_of_cases
from tests.tokens.between.models import make_models
from tests.tokens.between.reference import Case, Cases, MismatchError
from tests.tokens.bpmn_xml import to_xml
from tests.tokens.picture import Path, ScopePicture, Thing, things
from tests.tokens.plain import START_VALUES, Values
from tests.tokens.play import Difference, new_values
from tests.tokens.reference_picture import picture_of
from tests.tokens.reference_state import TooLongError

STEPS = 25
MOST_CASES = 6
MOST_OPEN = 60
KEYS = ("k1", "k2")


@dataclass(frozen=True)
class Action:
    """What is done: start, complete, throw, trigger, message, signal or cancel; to which case, at which element, with which name."""

    what: str
    name: str
    case: int = -1
    path: Path = ()
    key: str | None = None

    def __str__(self) -> str:
        where = f" in case {self.case}" if self.case >= 0 else ""
        return f"{self.what} {self.name}{where}" + (f" for {self.key}" if self.key else "")


@dataclass
class Outcome:
    """How a seed went."""

    seed: int
    difference: str | None = None
    trail: list[str] = field(default_factory=list)
    cases: int = 0
    refused: int = 0
    begun: int = 0  # by a signal or message


class Duel:
    """One file on both sides. `roots` are the engine's ids of the open cases, by their numbers on the reference's side."""

    def __init__(self, seed: int, engine: EngineOfCases) -> None:
        self.model = make_models(seed)
        self.kinds = {node.id: node.kind for node in self.model.every_node()}
        self.cases = Cases(self.model)
        self.engine = engine
        engine.deploy(self.model)
        self.roots: dict[int, str] = {}
        self.refused = 0

    # ---- what can be done ------------------------------------------------------------------------------------------------

    def options(self, rng: random.Random) -> list[Action]:
        """What can be done now."""
        found: list[Action] = []
        for number, case in self._open():
            for thing in things(self._picture(case)):
                if thing.what == "timer":
                    found.append(Action("trigger", thing.element, number, thing.path))
                elif thing.what == "token" and self.kinds[thing.element] == "userTask":
                    what = "throw" if rng.random() < 0.07 else "complete"
                    found += [Action(what, thing.element, number, thing.path)] * 2
        events = {(node.event.kind, node.event.name or "") for node in self.model.every_node() if node.event is not None}
        for kind, name in sorted(event for event in events if event[0] in {"message", "signal"}):
            found.append(Action(kind, name, key=rng.choice([*KEYS, None]) if kind == "message" else None))
        if len(self._open()) < MOST_CASES:
            found += [Action("start", process, key=rng.choice(KEYS)) for process in self.model.processes]
        if rng.random() < 0.1:
            found += [Action("cancel", "", number) for number, _ in self._open()]
        return found

    def _open(self) -> list[tuple[int, Case]]:
        return [(number, case) for number, case in enumerate(self.cases.cases) if not case.game.ended]

    def size(self) -> int:
        """How much is open."""
        return sum(1 for _, case in self._open() for _ in things(self._picture(case)))

    # ---- doing it --------------------------------------------------------------------------------------------------------

    def act(self, action: Action, values: Values) -> None:
        """Do it on both sides and compare. What one refuses the other has to refuse as well, and nothing has changed then."""
        before = copy.deepcopy(self.cases)
        refused = engine_refused = False
        thing = self._engines(action)
        try:
            self._on_reference(action, values)
        except MismatchError:
            refused, self.cases = True, before
        try:
            self._on_engine(action, thing, values)
        except CorrelationMismatch:
            engine_refused = True
        if refused != engine_refused:
            raise Difference(f"refused by the reference: {refused}; by the engine: {engine_refused}")
        self.refused += refused
        self.engine.settle()
        self.compare()

    def _on_reference(self, action: Action, values: Values) -> None:
        if action.what == "start":
            self.cases.start(action.name, action.key, values)
        elif action.what == "message":
            self.cases.message(action.name, action.key, values)
        elif action.what == "signal":
            self.cases.signal(action.name)
        else:
            case = self.cases.cases[action.case]
            case.game.values.update(values if action.what in {"complete", "throw"} else {})
            handle = [] if action.what == "cancel" else [_find(self._picture(case), action).handle]
            self.cases.act(case, action.what, *handle, *(["E1"] if action.what == "throw" else []))

    def _engines(self, action: Action) -> str:
        """The id of what is acted upon."""
        if action.path == ():
            return self.roots[action.case] if action.case >= 0 else ""
        return str(_find(self.engine.picture(self.roots[action.case]), action).handle)

    def _on_engine(self, action: Action, thing: str, values: Values) -> None:
        if action.what in {"start", "message"}:
            getattr(self.engine, action.what)(action.name, action.key, values)
        elif action.what == "signal":
            self.engine.signal(action.name)
        elif action.what == "complete":
            self.engine.complete(thing, values)
        elif action.what == "throw":
            self.engine.throw(thing, "E1", values)
        else:
            getattr(self.engine, action.what)(thing)

    # ---- comparing -------------------------------------------------------------------------------------------------------

    def compare(self) -> None:
        """The same cases are open on both sides, and stand alike."""
        opened = self.engine.roots()
        expected = [self._picture(case).text for _, case in self._open()]
        seen = [self.engine.picture(root).text for root in opened]
        if expected != seen:
            raise Difference("\n  reference " + "\n            ".join(expected) + "\n  engine    " + "\n            ".join(seen))
        self.roots = dict(zip((number for number, _ in self._open()), opened, strict=True))

    def _picture(self, case: Case) -> ScopePicture:
        return picture_of(case.game.root, with_values=False)


def _find(picture: ScopePicture, action: Action) -> Thing:
    wanted = "timer" if action.what == "trigger" else "token"
    for thing in things(picture):
        if thing.what == wanted and thing.element == action.name and thing.path == action.path:
            return thing
    raise Difference(f"{action} is not possible")


def play(seed: int, engine: EngineOfCases) -> Outcome:
    """Play one seed to its last step, or to the first difference."""
    outcome, rng = Outcome(seed), random.Random(seed * 31 + 7)
    try:
        duel = Duel(seed, engine)
        action, values = Action("start", next(iter(duel.model.processes)), key=KEYS[0]), START_VALUES
        for step in range(STEPS):
            outcome.trail.append(f"{action} with {values}")
            started = len(duel.cases.cases)
            duel.act(action, values)
            outcome.begun += len(duel.cases.cases) - started if action.what != "start" else 0
            outcome.cases, outcome.refused = len(duel.cases.cases), duel.refused
            if duel.size() > MOST_OPEN:
                break
            action, values = rng.choice(duel.options(rng)), new_values(rng, step)
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
    return f"seed {outcome.seed}\n  {trail}\n{outcome.difference}\n{to_xml(make_models(outcome.seed))}"


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--show", type=int, help="print the file of one seed and how it is played")
    parser.add_argument("--most", type=int, default=3, help="how many differences to print in full")
    asked = parser.parse_args()
    seeds = [asked.show] if asked.show is not None else range(asked.first_seed, asked.first_seed + asked.count)
    began, tally, wrong = time.perf_counter(), Counter[str](), 0
    with engine_of_cases() as engine:
        for seed in seeds:
            outcome = play(seed, engine)
            tally.update(actions=len(outcome.trail), cases=outcome.cases, refused=outcome.refused, begun=outcome.begun)
            wrong += outcome.difference is not None
            if asked.show is not None or (outcome.difference is not None and wrong <= asked.most):
                print(report(outcome), flush=True)
    print(f"the same in {len(seeds) - wrong} of {len(seeds)} files, {dict(tally)}, {time.perf_counter() - began:.0f} s")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
