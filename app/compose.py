"""The features that bring handlers, choices and sample data of their own, put into the composition root."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.bootstrap import build
from app.records.handlers import HANDLERS
from app.records.queries import RecordOptions

if TYPE_CHECKING:
    from app.config import Settings
    from app.services import Services


def compose(settings: Settings) -> Services:
    """A server's parts, with the handlers and choices of the records."""
    return build(settings, handlers=HANDLERS, options=RecordOptions)
