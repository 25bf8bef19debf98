"""The composition root: the one place that builds a server's parts and puts them together."""

from __future__ import annotations

import logging
import secrets
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from app.auth.doors import Doors
from app.auth.tokens import Tokens
from app.clock import MovableClock, SystemClock
from app.config import Settings
from app.connectors.running import Callers
from app.i18n import day_in
from app.polls import EVENT, Polls
from app.relay import PostgresRelay
from app.services import BusinessClock, Services
from app.streams import Hub
from engine import (
    AttachmentLimits,
    Changed,
    Clock,
    Database,
    DatabaseUnavailable,
    Engine,
    RisingIds,
    SealFile,
    Sealing,
    SealKey,
    WakeUp,
    WorkingCalendar,
    upgrade,
)
from forms import FormPresentation, FormValidation, no_options

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from contextlib import AbstractContextManager

    from sqlalchemy import Connection

    from engine import Connector, Handler
    from forms import OptionSource

    MakeOptions = Callable[[Callable[[], AbstractContextManager[Connection]]], OptionSource]

ROOT = Path(__file__).resolve().parent.parent
_BEFORE_YEARS = 10  # seconds after the start: the first pages go before
log = logging.getLogger(__name__)
_INSTALLED = Path(sys.prefix) / "share" / "crossdesk"


def build(
    settings: Settings,
    *,
    handlers: Mapping[str, Handler | Connector] | None = None,
    options: MakeOptions = lambda _read: no_options,
    clock: BusinessClock | None = None,
) -> Services:
    """Everything that pages need, on a migrated database. Nothing runs yet: `Services.start` does that.

    `options` makes the source of the choices in forms, from a function that opens a connection to read from. `clock` is given where the
    time is neither the real one nor that of the clock file.
    """
    _make_folder(settings)
    database = Database(settings.database_url)
    upgrade(database)
    clock = clock or business_clock(settings)
    choices = options(database.read)
    validation = FormValidation(clock, options=choices, zone=settings.zone)
    new_id = RisingIds(clock, secrets.token_bytes)
    calendar = WorkingCalendar(zone=settings.zone.key)
    limits = AttachmentLimits(settings.attachment_bytes, settings.attachments_per_case)
    engine = Engine(database, clock, new_id, validation, handlers, _sealing(settings), settings.dmn_schemas, calendar, attachments=limits)
    hub = Hub(most=settings.streams, most_per_person=settings.streams_per_person, ping_seconds=settings.ping_seconds, now=time.time)
    doors = Doors(
        database,
        engine.organisation,
        idle=settings.session_idle,
        lifetime=settings.session_lifetime,
        on_sign_out=hub.close_session,
    )
    services = Services(
        settings=settings,
        clock=clock,
        doors=doors,
        tokens=Tokens(database, engine.organisation),
        hub=hub,
        polls=Polls(),
        engine=engine,
        database=database,
        forms=FormPresentation(options=choices, zone=settings.zone, clock=clock, days=day_in),
        validation=validation,
        new_id=new_id,
    )
    engine.on_commit(lambda changed: announce(hub, changed))
    engine.on_commit(lambda changed: services.polls.announce(changed.topics) if changed.topics else None)
    _add_background(services)
    return services


def business_clock(settings: Settings) -> BusinessClock:
    """The clock of the business: the real one, or that of the clock file."""
    return MovableClock(settings.clock_file) if settings.clock_file else SystemClock()


def announce(hub: Hub, changed: Changed) -> None:
    """Wake the pages of everybody whose lists or cases a commit touched."""
    listeners = [*(f"person:{person}" for person in changed.people), *(f"group:{group}" for group in changed.groups)]
    if listeners:
        hub.announce("inbox", listeners)
        hub.announce("bell", listeners)
    if changed.cases:
        hub.announce("case", [f"case:{case}" for case in changed.cases])


def _heard(services: Services, event: str, names: list[str]) -> None:
    """An announcement of another server process: to those who wait for work, or to pages."""
    if event == EVENT:
        services.polls.receive(names)
    else:
        services.hub.receive(event, names)


def shipped_folders() -> list[Path]:
    """Where the shipped processes and forms lie: beside the sources, or where the wheel puts them."""
    return [folder for folder in (ROOT / "processes", _INSTALLED / "processes", ROOT / "forms") if folder.is_dir()]


def _add_background(services: Services) -> None:
    """Due work and deliveries, the relay between processes, the watch on a moved clock."""
    engine, clock = services.engine, services.clock

    def work() -> datetime | None:
        while engine.jobs.run_due():
            pass
        deliveries = engine.notices.deliver(services.send_notice)
        engine.seals.run_due()
        return min((moment for moment in (engine.jobs.next_due(), deliveries, engine.seals.next_due()) if moment is not None), default=None)

    wake_up = WakeUp(clock, work, lambda: datetime.now(UTC))
    engine.on_commit(lambda changed: wake_up.look() if changed.jobs or changed.notices else None)
    services.wake_up = wake_up
    services.background.append((wake_up.start, wake_up.stop))
    callers = Callers(engine, clock, services.settings.connector_threads)
    engine.on_commit(callers.heard)
    services.background.append((callers.start, callers.stop))
    if isinstance(clock, MovableClock):

        def look() -> None:
            wake_up.look()
            callers.wake_up.look()

        clock.on_move = look
        services.background.append((clock.watch, clock.stop))
    if services.settings.url.get_backend_name() == "postgresql":
        relay = PostgresRelay(services.settings.url, lambda event, names: _heard(services, event, names))
        services.hub.relay = services.polls.relay = relay
        services.background.append((relay.start, relay.stop))
    services.background.insert(0, (lambda: None, services.database.dispose))
    years = threading.Timer(_BEFORE_YEARS, count_out_years, (engine, clock))
    years.daemon = True
    services.background.append((years.start, years.cancel))


def count_out_years(engine: Engine, clock: Clock) -> None:
    """Count out this year and the next, and warn of those whose days off are estimated; nobody else waits for that."""
    try:
        calendar = engine.organisation.calendar()
    except DatabaseUnavailable:
        return  # whoever needs a year counts it out then
    this = calendar.local(clock.now()).year
    for warning in calendar.warnings([this, this + 1]):
        log.warning("calendar %s; `crossdesk calendar import` sets the days right", warning)
    calendar.prepare([this, this + 1])


def _sealing(settings: Settings) -> Sealing | None:
    if settings.seals_file is None or settings.seal_key_file is None:
        return None
    return Sealing(SealFile(settings.seals_file), SealKey.kept_in(settings.seal_key_file), timedelta(seconds=settings.seal_interval))


def _make_folder(settings: Settings) -> None:
    """SQLite makes its file, but not the folder."""
    if settings.url.get_backend_name() == "sqlite" and settings.url.database:
        Path(settings.url.database).parent.mkdir(parents=True, exist_ok=True)
