"""Transactions as `benchmarks.kit.counted` notes them."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

WRITES = ("INSERT", "UPDATE", "DELETE")


@dataclass
class Statement:
    """What the driver got. `many`: with a list of parameters, in one execution."""

    text: str
    parameters: Any
    many: bool


@dataclass
class Transaction:
    """The statements of one transaction, and in which thread of the server it was."""

    thread: int
    statements: list[Statement] = field(default_factory=list)
    committed: bool = False

    def mentions(self, text: str) -> bool:
        """Whether one of its statements has this text."""
        return any(text in statement.text for statement in self.statements)

    def writes(self) -> bool:
        """Whether it committed a change."""
        return self.committed and any(statement.text.startswith(WRITES) for statement in self.statements)


def transactions(file: Path) -> Iterator[Transaction]:
    """What was noted, in the order in which the transactions ended."""
    with file.open("rb") as noted:
        while True:
            try:
                yield pickle.load(noted)  # noqa: S301 - our own server wrote it a moment ago
            except EOFError:
                return
