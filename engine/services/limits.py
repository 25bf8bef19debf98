"""How long names may be: ids, keys and names come from outside, and stand in indexes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from engine.errors import InvalidRequest
from engine.store.canonical import check_text

LONGEST_NAME: Final = 255
"""Characters; Camunda's columns have as many."""


def check_name(what: str, name: object) -> None:
    """Refuse a name that is no text, is empty or too long, or holds a character that no database stores: `InvalidRequest`."""
    if not isinstance(name, str):
        raise InvalidRequest(f"{what} is a text, not {type(name).__name__}")
    if not name:
        raise InvalidRequest(f"{what} is empty")
    if len(name) > LONGEST_NAME:
        raise InvalidRequest(f"{what} has {len(name)} characters; at most {LONGEST_NAME} are kept: {name[:40]}…")
    try:
        check_text(name)
    except InvalidRequest as error:
        raise InvalidRequest(f"{what}: {error}") from error


def check_names(what: str, names: Iterable[object]) -> None:
    """Each of them."""
    for name in names:
        check_name(what, name)


def check_optional(what: str, name: object) -> None:
    """A name that may be missing, and may be empty."""
    if name is not None and name != "":
        check_name(what, name)
