"""What is open in a running process, in a form in which two sides can be compared whatever ids they use.

A picture is a tree: scopes hold tokens, tokens hold scopes. Its text is canonical, since the order of equal things means nothing. What
can be done next is named by the path of texts down to it: two things with the same path are exchangeable, so each side may take any.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from tests.tokens.plain import Values

Path = tuple[str, ...]


@dataclass
class WaitPicture:
    """An open subscription. `handle` is how its own side calls it."""

    kind: str
    element: str
    handle: object

    @cached_property
    def text(self) -> str:
        """The canonical text."""
        return f"~{self.kind}:{self.element}"


@dataclass
class RecordPicture:
    """What can be undone: an activity with the variables that are kept for that, or a subprocess with what is inside it."""

    element: str
    values: Values | None
    inner: list[RecordPicture] = field(default_factory=list)

    @cached_property
    def text(self) -> str:
        """The canonical text; the order of records is the one in which they were made."""
        return f"^{self.element}{_brief(self.values)}" + (f"({' '.join(it.text for it in self.inner)})" if self.inner else "")


def _brief(values: Values | None) -> str:
    """The variables that a compensation sees."""
    return "" if values is None else f"<{' '.join(str(int(values[name])) for name in sorted(values))}>"


@dataclass
class TokenPicture:
    """A token at an element. `flow` is given for tokens that wait at a join, `index` for items of a multi-instance activity.

    `recalls`: the variables of then, where the token undoes something.
    """

    element: str
    handle: object
    joining: bool = False
    flow: str | None = None
    index: int | None = None
    scopes: list[ScopePicture] = field(default_factory=list)
    waits: list[WaitPicture] = field(default_factory=list)
    recalls: Values | None = None

    @cached_property
    def text(self) -> str:
        """The canonical text."""
        item = "" if self.index is None else f"[{self.index}]"
        joining = f"<{self.flow or '?'}" if self.joining else ""
        inside = [part.text for part in (*self.scopes, *self.waits)]
        return f"{self.element}{item}{joining}{_brief(self.recalls)}" + (f"({' '.join(sorted(inside))})" if inside else "")


@dataclass
class ScopePicture:
    """A scope with what is in it; `count` is the number of instances of a multi-instance body."""

    kind: str
    element: str | None
    count: int = 0
    tokens: list[TokenPicture] = field(default_factory=list)
    waits: list[WaitPicture] = field(default_factory=list)
    records: list[RecordPicture] = field(default_factory=list)
    recalls: Values | None = None

    @cached_property
    def text(self) -> str:
        """The canonical text."""
        inside = sorted(part.text for part in (*self.tokens, *self.waits)) + [record.text for record in self.records]
        count = f"*{self.count}" if self.count else ""
        return f"{self.kind}:{self.element or ''}{count}{_brief(self.recalls)}{{{' '.join(inside)}}}"


@dataclass(frozen=True)
class Thing:
    """Something that can be acted upon: a waiting token or an open subscription."""

    what: str  # token, message, timer, signal
    element: str
    path: Path
    handle: object = field(compare=False)


def things(scope: ScopePicture, path: Path = ()) -> Iterator[Thing]:
    """All waiting tokens and all open subscriptions of a picture, each with its path."""
    here = (*path, scope.text)
    for wait in scope.waits:
        yield Thing(wait.kind, wait.element, here, wait.handle)
    for token in scope.tokens:
        there = (*here, token.text)
        if not token.joining and not token.scopes:
            yield Thing("token", token.element, there, token.handle)
        for wait in token.waits:
            yield Thing(wait.kind, wait.element, there, wait.handle)
        for inner in token.scopes:
            yield from things(inner, there)


def open_elements(scope: ScopePicture) -> list[str]:
    """The ids of the elements at which tokens wait for something from outside, sorted; joins are not among them."""
    return sorted(thing.element for thing in things(scope) if thing.what == "token")


def open_waits(scope: ScopePicture) -> list[str]:
    """The elements of the open subscriptions, sorted."""
    return sorted(thing.element for thing in things(scope) if thing.what != "token")
