"""What the pages need, in one place: made by `app.bootstrap`, read by views as `services()`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol, cast

from flask import current_app

if TYPE_CHECKING:
    from app.auth.doors import Doors
    from app.config import Settings
    from app.streams import Hub
    from engine.model import Actor
    from engine.organisation.directory import Directory

KEY = "crossdesk"  # in the extensions of the Flask application


class BusinessClock(Protocol):
    """The clock of the business, which may be ahead of the real one in the sample company."""

    def now(self) -> datetime:
        """The current moment, aware, in UTC."""
        ...

    @property
    def offset(self) -> timedelta:
        """How far it is ahead of the real time."""
        ...


@dataclass(slots=True)
class Services:
    """The parts of a running server."""

    settings: Settings
    clock: BusinessClock
    doors: Doors
    hub: Hub
    directory: Callable[[], Directory]
    may_see_case: Callable[[Actor, str], bool]
    note_sign_in: Callable[[str, bool], None] = lambda _person, _success: None  # into the history
    background: list[tuple[Callable[[], None], Callable[[], None]]] = field(
        default_factory=list
    )  # (start, stop) of what runs beside the pages
    _ready: list[Callable[[], None]] = field(default_factory=list)

    def actor(self, person: str) -> Actor:
        """The person as somebody who acts."""
        return self.directory().actor(person)

    def on_started(self, call: Callable[[], None]) -> None:
        """Call this once everything runs."""
        self._ready.append(call)

    def start(self) -> None:
        """Start what runs beside the pages."""
        for begin, _ in self.background:
            begin()
        for call in self._ready:
            call()

    def stop(self) -> None:
        """Stop it again, in the opposite order."""
        for _, end in reversed(self.background):
            end()


def services() -> Services:
    """Those of the current request."""
    return cast("Services", current_app.extensions[KEY])
