"""How a user task or start event names its form: a key, or a reference to the id that stands in the form itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from engine.bpmn.form_data import FORM_DATA

FORM_SUFFIX: Final = ".form"
PREFIXES: Final = ("camunda-forms:deployment:", "deployment:")
"""What may stand before the name of a file that was deployed."""
_DEPLOYMENT: Final = "deployment"


@dataclass(frozen=True, slots=True)
class FormRef:
    """`camunda:formRef` as clients of Camunda 7 read it. `binding`: deployment, latest or version."""

    key: str
    binding: str | None
    version: int | None


@dataclass(frozen=True, slots=True)
class FormLink:
    """What the model writes around the name of a form. `refers`: it is the id of a form, not a key, with its binding."""

    prefix: str = ""
    suffix: str = ""
    refers: bool = False
    binding: str | None = None
    version: str | None = None

    @property
    def reaches_out(self) -> bool:
        """Whether the form may have been deployed at another time than the model."""
        return self.refers and self.binding != _DEPLOYMENT

    @property
    def is_deployed(self) -> bool:
        """Whether it names a form that was deployed, not one that only the program of a client knows."""
        return self.refers or bool(self.prefix)

    def key(self, name: str | None) -> str | None:
        """The form key that clients know, by the name that a task or start event has of its form."""
        if name is None or self.refers or name.startswith(FORM_DATA):
            return None
        return f"{self.prefix}{name}{self.suffix}"

    def ref(self, name: str | None) -> FormRef | None:
        """The reference that clients know."""
        if name is None or not self.refers:
            return None
        version = int(self.version) if self.version is not None and self.version.isdecimal() else None
        return FormRef(name, self.binding, version)


PLAIN: Final = FormLink()
