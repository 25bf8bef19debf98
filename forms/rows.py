"""The values of a submission while they are checked: the form itself is the outermost row, each entry of a list is a row in it.

A row holds its values twice: typed, to be written, and as the viewer holds them, to be read by expressions.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass

from forms.schema import COMPUTED, GROUP, LIST, Component
from forms.values import Invalid


@dataclass(slots=True)
class Taken:
    """One field of a row: what it holds now, and what is wrong with it."""

    field: Component
    conditions: tuple[str, ...]  # its own hide condition and those of the groups around it
    writable: bool
    value: object = None
    changed: bool = False  # it was submitted, emptied or computed
    fault: Invalid | None = None
    rows: list[Row] = dataclasses.field(default_factory=list)
    reads: frozenset[str] = frozenset()  # computed fields: the names in their expression

    def hide(self) -> None:
        """Empty a field that a condition hides."""
        self.changed = self.changed or self.value is not None or bool(self.rows)
        self.value, self.fault, self.rows = None, None, []

    def typed(self) -> object:
        """The value to write."""
        if self.field.type == LIST:
            return [row.typed() for row in self.rows]
        if self.field.type == GROUP:
            return self.rows[0].typed() if self.rows else {}
        return self.value


@dataclass(slots=True)
class Row:
    """A set of fields that stand together: the form, an entry of a list, or a group that has a path."""

    components: tuple[Component, ...]
    viewer: dict[str, object]  # what expressions see; at the top also what else is known
    prefix: str = ""
    parent: Row | None = None
    index: int = 0  # from 1 in a list
    writable: bool = True
    fields: list[Taken] = dataclasses.field(default_factory=list)
    computed: dict[str, object] = dataclasses.field(default_factory=dict)

    @property
    def is_root(self) -> bool:
        """Whether this is the form itself."""
        return self.parent is None

    def path(self, name: str) -> str:
        """The path of a field in problems: `items[2].price`, with indexes from 0 as in the data."""
        return f"{self.prefix}{name}"

    def context(self) -> dict[str, object]:
        """The variables of an expression in this row, as form-js gives them."""
        root = self
        while root.parent is not None:
            root = root.parent
        special: dict[str, object] = {"this": self.viewer, "parent": None if self.parent is None else self.parent.viewer, "i": self.index}
        return {**special, **root.viewer}

    def typed(self) -> dict[str, object]:
        """The row's values to write."""
        values = {item.field.name: item.typed() for item in self.fields if item.field.type != COMPUTED}
        return {**values, **self.computed}

    def typed_computed(self, name: str) -> object:
        """The value of a computed field."""
        return self.computed.get(name)


def root_row(components: tuple[Component, ...], context: dict[str, object]) -> Row:
    """The form as a row, with what is known."""
    return Row(components=components, viewer=context)


def fields_with_conditions(components: tuple[Component, ...], around: tuple[str, ...] = ()) -> Iterator[tuple[Component, tuple[str, ...]]]:
    """The fields among these components, each with the conditions that hide it."""
    for component in components:
        conditions = (*around, component.hide) if component.hide else around
        if component.type == GROUP and not component.name:
            yield from fields_with_conditions(component.components, conditions)
        elif component.name:
            yield component, conditions
