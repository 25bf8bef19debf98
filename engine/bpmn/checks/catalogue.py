"""What a model may name and the file does not hold: forms, decisions, processes, handlers, connectors, groups and people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from engine.ports import ConnectorInput


class Catalogue(Protocol):
    """What is there at the moment of a deployment, the deployment's own resources included."""

    @property
    def strict(self) -> bool:
        """Whether an unknown form, decision, process, group or person is refused; else it is a warning."""
        ...

    def form_fields(self, form_key: str) -> frozenset[str] | None:
        """The keys of the fields of a form of this deployment; None where there is no such form."""
        ...

    def has_decision(self, decision_id: str) -> bool:
        """Whether there is a decision with this id."""
        ...

    def has_process(self, key: str) -> bool:
        """Whether there is an executable process with this key."""
        ...

    def has_handler(self, name: str) -> bool:
        """Whether the application has registered a handler of this name."""
        ...

    def connector_inputs(self, name: str) -> Sequence[ConnectorInput] | None:
        """What the connector of this name is told; None where the application has registered none."""
        ...

    def has_group(self, group: str) -> bool:
        """Whether there is a department, a role or a `department:role` of this name."""
        ...

    def has_person(self, person: str) -> bool:
        """Whether there is a person with this user name."""
        ...


@dataclass(frozen=True, slots=True)
class Known:
    """A catalogue of plain sets. `forms` gives the field keys of each form."""

    forms: Mapping[str, frozenset[str]] = field(default_factory=dict)
    decisions: frozenset[str] = frozenset()
    processes: frozenset[str] = frozenset()
    handlers: frozenset[str] = frozenset()
    connectors: Mapping[str, Sequence[ConnectorInput]] = field(default_factory=dict)
    groups: frozenset[str] = frozenset()
    people: frozenset[str] = frozenset()
    strict: bool = True

    def form_fields(self, form_key: str) -> frozenset[str] | None:
        """The keys of the fields of a form."""
        return self.forms.get(form_key)

    def has_decision(self, decision_id: str) -> bool:
        """Whether it is one of `decisions`."""
        return decision_id in self.decisions

    def has_process(self, key: str) -> bool:
        """Whether it is one of `processes`."""
        return key in self.processes

    def has_handler(self, name: str) -> bool:
        """Whether it is one of `handlers`."""
        return name in self.handlers

    def connector_inputs(self, name: str) -> Sequence[ConnectorInput] | None:
        """What one of `connectors` is told."""
        return self.connectors.get(name)

    def has_group(self, group: str) -> bool:
        """Whether it is one of `groups`."""
        return group in self.groups

    def has_person(self, person: str) -> bool:
        """Whether it is one of `people`."""
        return person in self.people
