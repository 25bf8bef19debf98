"""Our own words in the language of the page, with types."""

from __future__ import annotations

import flask_babel


def gettext(message: str, **values: object) -> str:
    """The translation of a message, with its values put in."""
    return str(flask_babel.gettext(message, **values))


def ngettext(one: str, many: str, num: int, **values: object) -> str:
    """The translation for a number of things."""
    return str(flask_babel.ngettext(one, many, num, **values))
