"""The state of the reference game: scopes hold tokens, tokens may own a scope and subscriptions."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.tokens.plain import Flow, Graph, Node

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


@dataclass(eq=False)
class Wait:
    """An open subscription at `node`: of a token, or of a scope for one of its event subprocesses (`handler`)."""

    node: Node
    token: Token | None
    scope: Scope
    handler: Node | None = None
    gone: bool = False


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
    gone: bool = False

    @property
    def depth(self) -> int:
        """How many calls lead here."""
        above = self.owner.scope.depth if self.owner is not None else 0
        return above + (self.kind == "instance")
