"""Our own words in the language of the page, with types."""

from __future__ import annotations

from typing import TYPE_CHECKING

import flask_babel

if TYPE_CHECKING:
    from collections.abc import Mapping

from engine import Phrase


def gettext(message: str, **values: object) -> str:
    """The translation of a message, with its values put in."""
    return str(flask_babel.gettext(message, **values))


def phrase(said: object) -> str:
    """What the engine says, with whatever of it is a phrase again; what was quoted from outside stays as it is."""
    text = said if isinstance(said, str) else str(said)
    if not isinstance(text, Phrase):
        return text
    return filled(text.template, text.values)


def filled(template: str, values: Mapping[str, object]) -> str:
    """The translation of a template of the engine, with its values put in. Raises `KeyError` where one is missing."""
    translated = gettext(template)
    return translated.format(**{name: phrase(value) for name, value in values.items()}) if values else translated


def ngettext(one: str, many: str, num: int, **values: object) -> str:
    """The translation for a number of things."""
    return str(flask_babel.ngettext(one, many, num, **values))
