"""The columns of lists of cases: those that every list may have, and the fields of the process where it is one process alone."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from app.cases.naming import MONEY
from app.services import services
from app.words import gettext

if TYPE_CHECKING:
    from app.cases.fields import ListFields, SearchField
    from engine import Definition

FIELD: Final = "field:"
_MOST_FIELDS: Final = 3  # key fields that are shown before anybody chooses


@dataclass(frozen=True, slots=True)
class Column:
    """A column besides number and subject, which every list has. `field`: what it shows, where that is a field of the process."""

    id: str  # `due`, `field:supplier`: in addresses
    name: str
    field: SearchField | None = None
    is_figure: bool = False  # shown on a phone as the figure of a row

    @property
    def is_right(self) -> bool:
        """Whether it holds figures."""
        return self.id in {"amount", "span", "due"} or (self.field is not None and self.field.kind == "number")


def definition_of(process: str | None, version: int | None = None) -> Definition | None:
    """The version of the process that a list is narrowed to; the latest where it is not narrowed to one."""
    definitions = services().engine.definitions
    if not process:
        return None
    if version is not None:
        return next((definitions.get(it.id) for it in definitions.versions(process) if it.version == version), None)
    return next((it for it in definitions.all_latest() if it.row.key == process), None)


def columns_of(known: ListFields) -> tuple[Column, ...]:
    """All columns that a list may have, in their order: key fields as the model orders them, then the other fields by their labels."""
    keys = known.definition.process.key_fields if known.definition else ()
    figure = next((it.name for it in keys if it.type == MONEY), None)
    fields = [field for it in keys if (field := known.field(it.name))] + [it for it in known.fields if not it.is_key]
    own = [Column(f"{FIELD}{it.name}", it.label, it, it.name == figure) for it in fields]
    if known.definition is None:
        own = [Column("partner", gettext("Customer or supplier")), Column("amount", gettext("Amount"), is_figure=True)]
    return (
        *own,
        Column("starter", gettext("Started by")),
        Column("step", gettext("Step")),
        Column("holder", gettext("With")),
        Column("span", gettext("Waiting")),
        Column("due", gettext("Due")),
    )


def shown(known: ListFields, wanted: Collection[str]) -> tuple[Column, ...]:
    """The columns that were chosen; where none was, those that most want: of a process its first key fields instead of the starter."""
    columns = columns_of(known)
    chosen = tuple(it for it in columns if it.id in wanted)
    if chosen or known.definition is None:
        return chosen or columns
    first = [it for it in columns if it.field and it.field.is_key][:_MOST_FIELDS]
    return (*first, *(it for it in columns if it.field is None and (it.id != "starter" or not first)))


def names_read(columns: Iterable[Column]) -> tuple[str, ...]:
    """The fields among columns that do not come with the case, as its key fields do: they are asked for."""
    return tuple(it.field.name for it in columns if it.field and not it.field.is_key)
