"""The state of the token game as rows: scopes, tokens and subscriptions of one root instance, and nothing else.

A called process is a scope of kind `instance` that is owned by the calling token, so all instances of one root are one state. Rows are
frozen and compare by value: what a step changed is the difference between two states.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class ScopeKind(StrEnum):
    """What a scope is the inside of."""

    INSTANCE = "instance"
    SUBPROCESS = "subprocess"
    EVENT_SUBPROCESS = "event_subprocess"
    MULTI_INSTANCE = "multi_instance"
    COMPENSATION = "compensation"


BODY = "#multiInstanceBody"
"""Behind the id of a multi-instance activity: the activity as a whole, and not one instance of it. The name is Camunda's."""

BEFORE, AFTER = "async-before", "async-after"
"""What stands as the name of a timer that is due at once: an element begins, or is left, in a transaction of its own."""

ENDLESS = "*"
"""What stands as the name of a timer that fires again and again."""


STRANDED = "stranded"
"""What stands in its place where somebody deleted that timer: the token stays, and only a modification moves it."""


class TokenState(StrEnum):
    """`active`: an activity or event waits, or has a scope of its own. `joining`: the token waits at a join for others.

    `stranded`: it waited for a transaction of its own, and the job of that was deleted.
    """

    ACTIVE = "active"
    JOINING = "joining"
    STRANDED = STRANDED


@dataclass(frozen=True, slots=True)
class Scope:
    """A bag of tokens: a process instance, a subprocess, an event subprocess, the body of a multi-instance activity, a compensation.

    The id of a process instance is the id of its scope. `loop_count` is the number of instances of a multi-instance body.
    """

    id: str
    instance_id: str
    definition_id: str
    element_id: str | None
    kind: ScopeKind
    owner: str | None = None
    loop_count: int | None = None


@dataclass(frozen=True, slots=True)
class Token:
    """A token at a flow node. `flow_id`: the sequence flow by which it came; `loop_index`: which item of a multi-instance, from 0."""

    id: str
    scope_id: str
    element_id: str
    state: TokenState = TokenState.ACTIVE
    flow_id: str | None = None
    loop_index: int | None = None


@dataclass(frozen=True, slots=True)
class Subscription:
    """Something is awaited at `element_id`, or (`compensate`) has completed there and can be undone.

    `name`: of a message or signal; of a timer how often it fires after this time; of a condition the place of its definition; of what can
    be undone the token that completed, or the multi-instance body of an instance. The due date of a timer is kept with its job.
    `token_id`: the waiting token, the host of a boundary event, or the event-based gateway; None for the start event of an event
    subprocess of the scope. What can be undone names the row of the subprocess it was part of.
    """

    id: str
    kind: str
    name: str
    element_id: str
    scope_id: str
    token_id: str | None = None


@dataclass(slots=True)
class State:
    """All rows of one root instance, by id, in the order in which they were made."""

    scopes: dict[str, Scope] = field(default_factory=dict)
    tokens: dict[str, Token] = field(default_factory=dict)
    subscriptions: dict[str, Subscription] = field(default_factory=dict)

    def copy(self) -> State:
        """A state of its own with the same rows."""
        return State(dict(self.scopes), dict(self.tokens), dict(self.subscriptions))


def variable_scopes(state: State, token_id: str) -> list[str]:
    """The ids of the scopes whose variables are visible at a token, innermost first, up to its process instance."""
    ids: list[str] = []
    token: Token | None = state.tokens.get(token_id)
    while token is not None:
        scope = state.scopes[token.scope_id]
        ids += (token.id, scope.id)
        token = state.tokens.get(scope.owner) if scope.owner and scope.kind is not ScopeKind.INSTANCE else None
    return ids


def one_less(times: str) -> str:
    """How often a timer cycle fires after its next time: the text that stands as the name of its subscription."""
    return times if times in {"", ENDLESS} else str(int(times) - 1 or "")
