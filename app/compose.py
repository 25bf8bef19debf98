"""The features that bring handlers, choices and sample data of their own, put into the composition root."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.bootstrap import build
from app.records.handlers import HANDLERS
from app.records.queries import RecordOptions
from app.sample.loader import load_records

if TYPE_CHECKING:
    from app.config import Settings
    from app.services import BusinessClock, Services


def compose(settings: Settings, clock: BusinessClock | None = None) -> Services:
    """A server's parts, with the handlers, choices and sample data of the records."""
    services = build(settings, handlers=HANDLERS, options=RecordOptions, clock=clock)

    def found_records() -> None:
        with services.database.begin() as connection:
            load_records(connection, services.clock)

    services.founders.append(found_records)
    return services
