"""What the pages need, in one place: made by `app.bootstrap`, read by views as `services()`."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol, cast

from flask import current_app, g, has_app_context

from engine import NotFound

if TYPE_CHECKING:
    from app.auth.doors import Doors
    from app.auth.tokens import Tokens
    from app.config import Settings
    from app.polls import Polls
    from app.streams import Hub
    from engine import Actor, Database, Directory, Engine, NewId, Notice, WakeUp
    from forms import FormPresentation, FormValidation

log = logging.getLogger("crossdesk.security")

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
    tokens: Tokens
    hub: Hub
    polls: Polls
    engine: Engine
    database: Database
    forms: FormPresentation
    validation: FormValidation
    new_id: NewId
    wake_up: WakeUp | None = None  # of this process: it does what is due
    send_notice: Callable[[Notice], None] | None = None  # by e-mail, where it is set up
    founders: list[Callable[[], None]] = field(default_factory=list)  # what features put into the sample company
    background: list[tuple[Callable[[], None], Callable[[], None]]] = field(default_factory=list)  # (start, stop) of what runs beside
    _ready: list[Callable[[], None]] = field(default_factory=list)

    def directory(self) -> Directory:
        """The organisation: within a request of somebody known as it stood when that began, else as it stands."""
        known: Directory | None = g.get("directory") if has_app_context() else None
        return known or self.engine.organisation.directory()

    def actor(self, person: str) -> Actor:
        """The person as somebody who acts."""
        return self.directory().actor(person)

    def may_see_case(self, actor: Actor, case_id: str) -> bool:
        """Whether somebody may listen to what happens to a case."""
        try:
            self.engine.instances.get(actor, case_id)
        except NotFound:
            return False
        return True

    def note_sign_in(self, person: str, success: bool) -> None:  # noqa: FBT001 - two facts of one event
        """Note that somebody signed in, or failed to. %r: a name that was typed must not be able to forge a second line."""
        log.info("%r signed in" if success else "%r could not sign in", person)

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
