"""The features that bring handlers, choices and sample data of their own, put into the composition root."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.bootstrap import build, business_clock
from app.connectors.registry import connectors, rehearsed
from app.records.handlers import HANDLERS
from app.records.queries import RecordOptions
from app.sample.loader import load_records

if TYPE_CHECKING:
    from app.config import Settings
    from app.services import BusinessClock, Services
    from engine import Connector, Handler


def compose(settings: Settings, clock: BusinessClock | None = None, *, is_trial: bool = False) -> Services:
    """A server's parts, with the handlers, choices and sample data of the records, and the connectors; in a trial nothing leaves it."""
    own = clock or business_clock(settings)
    known = connectors(settings, own)
    named: dict[str, Handler | Connector] = {**HANDLERS, **(rehearsed(known) if is_trial else known)}
    services = build(settings, handlers=named, options=RecordOptions, clock=own)

    def found_records() -> None:
        with services.database.begin() as connection:
            load_records(connection, services.clock)

    services.founders.append(found_records)
    return services
