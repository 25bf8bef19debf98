"""What a run is asked for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, get_args

Kind = Literal["sqlite", "postgresql"]
KINDS: tuple[Kind, ...] = get_args(Kind)


@dataclass(frozen=True, slots=True)
class Wish:
    """`quick`: a small form, to see that all still runs. `only`: these parts and no others; each benchmark says which it has."""

    quick: bool = False
    databases: tuple[Kind, ...] = KINDS
    only: tuple[str, ...] = ()

    def parts(self, names: Iterable[str]) -> list[str]:
        """Those of a benchmark's parts that are wanted."""
        return [name for name in names if not self.only or name in self.only]

    def size(self, full: int, quick: int) -> int:
        """How many."""
        return quick if self.quick else full
