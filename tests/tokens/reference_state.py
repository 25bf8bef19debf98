"""The state of the reference game: scopes hold tokens, tokens may own a scope and subscriptions."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count

from tests.tokens.plain import Flow, Graph, Node, Values

MOST_MOVES = 600  # of one action; the generator's processes that need more are left out of the comparison
DEEPEST_CALL = 8


class FaultError(Exception):
    """The model cannot go on: no flow is true and there is no default, or a call is nested too deeply."""


class TooLongError(Exception):
    """The action moved more tokens than a comparison is worth."""


@dataclass(eq=False)
class Token:
    """A token at a node. `inner` are the scopes that it owns, `waits` its subscriptions (its own and those of its boundary events)."""

    scope: Scope
    node: Node
    flow: Flow | None = None
    index: int | None = None
    joining: bool = False
    entered: bool = False  # it began to wait here
    gone: bool = False
    inner: Scope | None = None
    waits: list[Wait] = field(default_factory=list)
    recalls: Values | None = None  # what undoes an activity sees the variables as they were when that completed


_numbers = count()


@dataclass(eq=False)
class Wait:
    """An open subscription at `node`: of a token, or of a scope for one of its event subprocesses (`handler`).

    `number`: the one that was opened first has the least.
    """

    node: Node
    token: Token | None
    scope: Scope
    handler: Node | None = None
    gone: bool = False
    number: int = field(default_factory=_numbers.__next__)


@dataclass(eq=False)
class Record:
    """Something that has completed and can be undone: an activity with a handler, or (`inner`) a subprocess by what is inside it.

    `run` is the multi-instance body in which it was an instance.
    """

    node: Node
    graph: Graph
    values: Values
    inner: list[Record] | None = None
    run: Scope | None = None
    number: int = field(default_factory=_numbers.__next__)


@dataclass(eq=False)
class Scope:
    """A bag of tokens with the subscriptions of its event subprocesses."""

    kind: str
    graph: Graph
    element: str | None = None
    owner: Token | None = None
    tokens: list[Token] = field(default_factory=list)
    waits: list[Wait] = field(default_factory=list)
    count: int = 0
    completed: int = 0  # instances of a multi-instance body
    gone: bool = False
    records: list[Record] = field(default_factory=list)  # what can be undone here, or (in a compensation) is still to be undone
    recalls: Values | None = None

    @property
    def depth(self) -> int:
        """How many calls lead here."""
        above = self.owner.scope.depth if self.owner is not None else 0
        return above + (self.kind == "instance")
