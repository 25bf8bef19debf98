"""The columns of lists of cases: those that every list may have, and the key fields of the process where it is one process alone."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from app.cases.naming import MONEY, key_label
from app.services import services
from app.words import gettext

if TYPE_CHECKING:
    from engine import Definition, KeyField

FIELD: Final = "field:"
_MOST_FIELDS: Final = 3  # key fields that are shown before anybody chooses


@dataclass(frozen=True, slots=True)
class Column:
    """A column besides number and subject, which every list has. `field`: the key field that it shows."""

    id: str  # `due`, `field:supplier`: in addresses
    name: str
    field: KeyField | None = None
    is_figure: bool = False  # shown on a phone as the figure of a row

    @property
    def is_right(self) -> bool:
        """Whether it holds figures."""
        return self.id in {"amount", "span", "due"} or (self.field is not None and self.field.type in {MONEY, "number"})


def definition_of(process: str | None, version: int | None = None) -> Definition | None:
    """The version of the process that a list is narrowed to; the latest where it is not narrowed to one."""
    definitions = services().engine.definitions
    if not process:
        return None
    if version is not None:
        return next((definitions.get(it.id) for it in definitions.versions(process) if it.version == version), None)
    return next((it for it in definitions.all_latest() if it.row.key == process), None)


def columns_of(definition: Definition | None) -> tuple[Column, ...]:
    """All columns that a list may have, in their order."""
    fields = definition.process.key_fields if definition else ()
    figure = next((it.name for it in fields if it.type == MONEY), None)
    own = [Column(f"{FIELD}{it.name}", key_label(it), it, it.name == figure) for it in fields]
    if definition is None:
        own = [Column("partner", gettext("Customer or supplier")), Column("amount", gettext("Amount"), is_figure=True)]
    return (
        *own,
        Column("starter", gettext("Started by")),
        Column("step", gettext("Step")),
        Column("holder", gettext("With")),
        Column("span", gettext("Waiting")),
        Column("due", gettext("Due")),
    )


def shown(definition: Definition | None, wanted: Collection[str]) -> tuple[Column, ...]:
    """The columns that were chosen; where none was, those that most want: of a process its first key fields instead of the starter."""
    known = columns_of(definition)
    chosen = tuple(it for it in known if it.id in wanted)
    if chosen or definition is None:
        return chosen or known
    first = [it for it in known if it.field][:_MOST_FIELDS]
    return (*first, *(it for it in known if it.field is None and (it.id != "starter" or not first)))
