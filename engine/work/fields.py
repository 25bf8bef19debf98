"""What a step may do with each field of its form: hidden, read, written, required.

A field is named by its key; a column of a list by `items.price`, whatever the row. What is hidden takes with it all that is inside.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from engine.bpmn.model import FieldAccess, FlowNode, UserTask
from engine.errors import FieldProblem, InvalidSubmission

_INDEX = re.compile(r"\[\d+\]")
_WRITABLE = frozenset({FieldAccess.WRITE, FieldAccess.REQUIRED})


class Fields(ABC):
    """Permissions by path. Call it to get the access: `fields("items[2].price")`."""

    @abstractmethod
    def __call__(self, path: str) -> FieldAccess:
        """The access to a field or column."""

    def may_see(self, path: str) -> bool:
        """Whether the value may leave the server."""
        return self(path) is not FieldAccess.HIDDEN

    def may_write(self, path: str) -> bool:
        """Whether the value may be changed."""
        return self(path) in _WRITABLE

    def visible(self, values: Mapping[str, object]) -> dict[str, object]:
        """The values without what is hidden, in lists and contexts too."""
        return {name: self._visible(value, name) for name, value in values.items() if self.may_see(name)}

    def _visible(self, value: object, path: str) -> object:
        if isinstance(value, Mapping):
            inner = {key: f"{path}.{key}" for key in value}
            return {key: self._visible(value[key], inner[key]) for key in value if self.may_see(inner[key])}
        if isinstance(value, list | tuple):
            return [self._visible(item, path) for item in value]
        return value

    def refuse_unwritable(self, names: Iterable[str]) -> None:
        """Raise `InvalidSubmission`, naming each field that was sent and may not be written."""
        problems = [FieldProblem(name, "not-writable", "may not be written at this step") for name in names if not self.may_write(name)]
        if problems:
            raise InvalidSubmission(problems)


@dataclass(frozen=True)
class StepFields(Fields):
    """The field permissions of one step."""

    declared: Mapping[str, FieldAccess] = field(default_factory=dict)
    default: FieldAccess = FieldAccess.READ

    def __call__(self, path: str) -> FieldAccess:
        """What is declared for the field, else for the list that it is a column of, else the default."""
        parts = _INDEX.sub("", path).split(".")
        prefixes = (".".join(parts[: end + 1]) for end in range(len(parts)))
        known = [self.declared[prefix] for prefix in prefixes if prefix in self.declared]
        if FieldAccess.HIDDEN in known:
            return FieldAccess.HIDDEN
        return known[-1] if known else self.default


@dataclass(frozen=True)
class CaseFields(Fields):
    """What somebody may read of a case outside of a step: on its page, in lists, prints and exports.

    A field that any of the process's `steps` hides is guarded: only who takes part in a step that shows it sees it, and who sees
    everything (the process owner, auditors, administrators).
    """

    steps: tuple[StepFields, ...]
    part: tuple[StepFields, ...] = ()  # those that this person works at or has worked at, the start form of the initiator included
    everything: bool = False

    def __call__(self, path: str) -> FieldAccess:
        """Read or hidden."""
        shown = self.everything or all(it.may_see(path) for it in self.steps) or any(it.may_see(path) for it in self.part)
        return FieldAccess.READ if shown else FieldAccess.HIDDEN


def task_fields(task: UserTask) -> StepFields:
    """The field permissions of a user task."""
    return StepFields(dict(task.fields), task.default_field_access)


def start_fields(node: FlowNode) -> StepFields:
    """The field permissions of a start form."""
    return StepFields(dict(node.fields), node.default_field_access)


def case_fields(steps: Iterable[StepFields], part: Iterable[StepFields], *, sees_everything: bool = False) -> CaseFields:
    """What somebody may read of a case: `steps` are all of its process, `part` those that this person takes part in."""
    return CaseFields(tuple(steps), tuple(part), everything=sees_everything)
