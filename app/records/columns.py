"""Column types of the records: exact decimals that both databases store, compare and check in the same way."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from sqlalchemy import BigInteger
from sqlalchemy.types import TypeDecorator

if TYPE_CHECKING:
    from sqlalchemy.engine.interfaces import Dialect


class Scaled(TypeDecorator[Decimal]):
    """A decimal with a fixed number of places, stored as a 64-bit integer: 12.50 with two places is 1250.

    SQLite has no decimals of its own; integers are exact, sort rightly and can stand in CHECK constraints.
    """

    impl = BigInteger
    cache_ok = True

    def __init__(self, places: int) -> None:
        super().__init__()
        self.places = places

    def process_bind_param(self, value: Decimal | int | None, dialect: Dialect) -> int | None:  # noqa: ARG002 - SQLAlchemy's signature
        """The stored integer; what has more places is rounded half up."""
        if value is None:
            return None
        return int(Decimal(value).scaleb(self.places).quantize(Decimal(1), ROUND_HALF_UP))

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:  # noqa: ARG002 - SQLAlchemy's signature
        """The decimal with its places."""
        return None if value is None else Decimal(value).scaleb(-self.places)


MONEY = Scaled(2)
QUANTITY = Scaled(3)
