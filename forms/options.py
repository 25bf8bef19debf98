"""Where the choices of a field come from: written in the form, given with the data, or filled by the server from its records.

A field whose `properties` say `{"options": "suppliers"}` is filled by the server: the viewer finds the list under that name in its
data (`valuesKey: "suppliers"`, or a FEEL expression on it in `valuesExpression`), and the validation asks for the same list.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from forms.schema import Component, FormSchema, walk

Option: TypeAlias = Mapping[str, object]
"""One choice: `value`, `label`, perhaps `label:zh`, and whatever expressions of the form may want to know."""

OptionSource: TypeAlias = Callable[[str], Sequence[Option]]
"""Gives the choices of a source by its name; an empty list where there is no such source."""


def no_options(source: str) -> Sequence[Option]:
    """The option source of an application without records."""
    del source
    return []


def sources_of(schema: FormSchema) -> list[str]:
    """The names of the option sources that a form needs, each once, in order."""
    found = (component.option_source for component in walk(schema.components))
    return list(dict.fromkeys(source for source in found if source))


def static_options(component: Component) -> list[Option]:
    """The choices written in the form itself."""
    return normalised(component.setting("values"))


def normalised(options: object) -> list[Option]:
    """Choices as mappings with a value and a label: form-js also takes bare texts and numbers."""
    if not isinstance(options, list | tuple):
        return []
    found: list[Option] = []
    for option in options:
        if isinstance(option, Mapping):
            value = option.get("value", option.get("label"))
            found.append({**option, "value": value, "label": option.get("label", value)})
        elif option is not None:
            found.append({"value": option, "label": str(option)})
    return found
