"""Several cases by the operational semantics of BPMN 2.0: who gets a signal or a message, and who begins by one (10.5.2, 10.5.5).

Each case is a `Game`. A step that throws signals gives them to the others when it has come to rest, in the order in which they were thrown;
who gets one and throws others gives these away first. Receivers are those who waited at that moment: the oldest case first.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.tokens.plain import Model, Node, Values
from tests.tokens.reference import Game
from tests.tokens.reference_state import TooLongError, Wait

DEEPEST = 10


class MismatchError(Exception):
    """A message to one receiver found none, or more than one."""


@dataclass(eq=False)
class Case:
    """One case: its process, its business key and how it stands."""

    process: str
    key: str | None
    game: Game


@dataclass
class Cases:
    """All cases of one file, in the order in which they began."""

    model: Model
    cases: list[Case] = field(default_factory=list)

    # ---- what comes from outside -----------------------------------------------------------------------------------------

    def start(self, process: str, key: str | None, values: Values) -> None:
        """Somebody starts a process."""
        self._begin(process, None, key, values, 0)

    def act(self, case: Case, what: str, *arguments: object) -> None:
        """Something is done in one case: a method of its game."""
        getattr(case.game, what)(*arguments)
        self._give_away(case, 0)

    def message(self, name: str, key: str | None, values: Values) -> None:
        """A message for the one case with this business key that waits for it, else for the process that begins by it."""
        waiting = [(case, wait) for case, wait in self._waiting("message", name) if key in {None, case.key}]
        begun = self._begun_by("message", name) if not waiting else []
        if len(waiting) + len(begun) != 1:
            raise MismatchError
        for case, wait in waiting:
            case.game.values.update(values)
            self.act(case, "trigger", wait)
        for process, start in begun:
            self._begin(process, start, key, values, 0)

    def signal(self, name: str) -> None:
        """A signal from outside: to all who wait for it, then to the processes that begin by it."""
        self._deliver(name, None, 0)

    # ---- signals ---------------------------------------------------------------------------------------------------------

    def _give_away(self, thrower: Case, depth: int) -> None:
        """What a step has thrown goes to the other cases."""
        thrown, thrower.game.thrown = thrower.game.thrown, []
        for name in thrown:
            self._deliver(name, thrower, depth + 1)

    def _deliver(self, name: str, thrower: Case | None, depth: int) -> None:
        if depth > DEEPEST:
            raise TooLongError
        waiting = [(case, wait) for case, wait in self._waiting("signal", name) if case is not thrower]
        for case in self.cases:
            own = [wait for it, wait in waiting if it is case]
            thrown: list[str] = []
            for wait in own:
                if not wait.gone:
                    case.game.trigger(wait)
                    thrown += case.game.thrown
            case.game.thrown = thrown
            if own:
                self._give_away(case, depth)
        for process, start in self._begun_by("signal", name):
            self._begin(process, start, None, {}, depth)

    # ---- finding -----------------------------------------------------------------------------------------------------------

    def _begin(self, process: str, start: Node | None, key: str | None, values: Values, depth: int) -> None:
        case = Case(process, key, Game(self.model, dict(values), process))
        self.cases.append(case)
        case.game.start(start.id if start is not None else None)
        self._give_away(case, depth)

    def _waiting(self, kind: str, name: str) -> list[tuple[Case, Wait]]:
        return [(case, wait) for case in self.cases if not case.game.ended for wait in case.game.waiting_for(kind, name)]

    def _begun_by(self, kind: str, name: str) -> list[tuple[str, Node]]:
        """The start events of this signal or message, by process and id."""
        starts = [(process, node) for process, graph in self.model.processes.items() for node in graph.starts()]
        fitting = [(process, it) for process, it in starts if it.event is not None and (it.event.kind, it.event.name) == (kind, name)]
        order = list(self.model.processes)
        return sorted(fitting, key=lambda found: (order.index(found[0]), found[1].id))
