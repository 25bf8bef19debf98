"""Texts for people that still know how they were put together: the engine says them in English, whoever shows them may translate them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from string import Formatter
from typing import Self


class Phrase(str):
    """English for everybody who only reads it; `template` and `values` for whoever translates it, where a value may be a phrase again.

    The template is a literal wherever one is made, so that all templates can be found in the sources. A value that is no phrase is quoted
    from outside (a name, a figure, what a file says) and stays as it is in every language.
    """

    __slots__ = ("template", "values")
    template: str
    values: Mapping[str, object]

    def __new__(cls, template: str, /, **values: object) -> Self:
        """`values` are put in where `template` has their names in braces; without any, the template is the text."""
        phrase = super().__new__(cls, template.format(**values) if values else template)
        phrase.template = template
        phrase.values = values
        return phrase

    def __str__(self) -> str:
        """Itself: an exception that was given a phrase gives it back."""
        return self


def recognised(text: str, known: Iterable[Phrase], other: str) -> Phrase:
    """What a library says in English, as a phrase: the first of `known` whose template it fits, else `other`, which quotes it as `said`."""
    for phrase in known:
        parts = Formatter().parse(phrase.template)
        pattern = "".join(re.escape(before) + (f"(?P<{name}>.+?)" if name else "") for before, name, _, _ in parts)
        found = re.fullmatch(pattern, text, re.DOTALL)
        if found:
            return Phrase(phrase.template, **found.groupdict())
    return Phrase(other, said=text)


def in_a_row(texts: Sequence[str]) -> str:
    """Texts one after the other, with semicolons; empty for none."""
    said = texts[0] if texts else ""
    for text in texts[1:]:
        said = Phrase("{first}; {second}", first=said, second=text)
    return said


def parts_of(text: str) -> dict[str, object] | None:
    """What a phrase is made of, to be kept as JSON; none where a text is no phrase."""
    if not isinstance(text, Phrase):
        return None
    values = {name: parts_of(str(value)) or str(value) for name, value in text.values.items()}
    return {"template": text.template, "values": values}


def put_together(text: str, parts: object) -> str:
    """The phrase that was kept; `text` where nothing was, or where its parts no longer fit together."""
    if not isinstance(parts, Mapping) or not parts.get("template"):
        return text
    values = {name: put_together(str(it), it) for name, it in parts.get("values", {}).items()}
    try:
        return Phrase(str(parts.get("template", "")), **values)
    except (KeyError, IndexError, ValueError):
        return text
