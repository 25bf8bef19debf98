"""The texts of a form in another language: form-js has one text per place, so the others stand in `properties`.

`label` is in English, `properties: {"label:zh": "金额"}` in Chinese; the same for `description`, `text` and the other names in `TEXTS`.
Choices written in the form: `"option.<value>:zh"`; columns of a table: `"column.<key>:zh"`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

TEXTS: Final = ("label", "description", "text", "dateLabel", "timeLabel", "title", "alt")
"""Attributes of a component that people read."""

NESTED_TEXTS: Final = (("appearance", "prefixAdorner"), ("appearance", "suffixAdorner"), ("validate", "patternErrorMessage"))
"""Texts one level deeper."""


def short(language: str) -> str:
    """`zh` of `zh_CN`."""
    return language.replace("-", "_").split("_")[0]


def translate(component: dict[str, object], language: str) -> None:
    """Put the texts of a language into a component, in place; what has no translation stays."""
    code, properties = short(language), component.get("properties")
    words: Mapping[str, object] = properties if isinstance(properties, dict) else {}
    for holder, name, key in _texts(component):
        wanted = words.get(f"{key}:{code}")
        if isinstance(wanted, str) and wanted:
            holder[name] = wanted


def untranslated(component: dict[str, object], language: str) -> list[str]:
    """The keys of the texts in a component that have no translation, such as `label:zh`. Texts without a letter need none."""
    code, properties = short(language), component.get("properties")
    words: Mapping[str, object] = properties if isinstance(properties, dict) else {}
    return [
        f"{key}:{code}"
        for holder, name, key in _texts(component)
        if any(character.isalpha() for character in str(holder[name])) and not words.get(f"{key}:{code}")
    ]


def _texts(component: dict[str, object]) -> Iterator[tuple[dict[str, object], str, str]]:
    """Each text: the mapping that holds it, its name there, and its key in the properties."""
    yield from ((component, name, name) for name in TEXTS if isinstance(component.get(name), str) and component[name])
    for outer, name in NESTED_TEXTS:
        holder = component.get(outer)
        if isinstance(holder, dict) and isinstance(holder.get(name), str) and holder[name]:
            yield holder, name, name
    for outer, identity, key in (("values", "value", "option"), ("columns", "key", "column")):
        entries = component.get(outer)
        for entry in entries if isinstance(entries, list) else []:
            if isinstance(entry, dict) and entry.get("label"):
                yield entry, "label", f"{key}.{entry.get(identity)}"
