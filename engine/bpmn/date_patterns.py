"""How dates are written in a form inside of a model: `camunda:datePattern`, a pattern of Java such as `dd/MM/yyyy HH:mm`.

Years, months (also by their English names), days, hours, minutes, seconds and their fractions, AM and PM, and text. What is read must be
a date that exists: Java would read 31/02 as a day of March.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Final

DEFAULT: Final = "dd/MM/yyyy"

_TOKEN: Final = re.compile(r"'(?P<quoted>(?:[^']|'')*)'|(?P<letters>(?P<letter>[A-Za-z])(?P=letter)*)|(?P<plain>[^A-Za-z']+)")
_MONTHS: Final = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December")
_DIGITS: Final = {"y": 4, "M": 2, "d": 2, "H": 2, "h": 2, "m": 2, "s": 2, "S": 3}
_OF_TIME: Final = frozenset("HhmsSa")
_BY_NAME: Final = 3  # letters of a month from which on it is written with its name
_THIS_CENTURY: Final = 70  # years of two digits below it


@dataclass(frozen=True, slots=True)
class _Part:
    """Text that stands as it is, or a letter of the pattern and how often it stands there."""

    text: str = ""
    letter: str = ""
    count: int = 0

    @property
    def is_number(self) -> bool:
        return self.letter in _DIGITS and not self.is_name

    @property
    def is_name(self) -> bool:
        return self.letter == "M" and self.count >= _BY_NAME


@lru_cache(maxsize=500)
def date_pattern(pattern: str) -> DatePattern:
    """The pattern of a text. Raises `ValueError` where it has letters that are not understood here, or quotes that are not closed."""
    parts, at = [], 0
    for token in _TOKEN.finditer(pattern):
        if token.start() != at:
            break
        at = token.end()
        letters = token["letters"]
        if letters is None:
            parts.append(_Part("'" if token[0] == "''" else (token["plain"] or token["quoted"].replace("''", "'"))))
        elif letters[0] in _DIGITS or letters == "a":
            parts.append(_Part(letter=letters[0], count=len(letters)))
        else:
            raise ValueError(f"{letters} is not understood")
    if at < len(pattern):
        raise ValueError("a quote is not closed")
    return DatePattern(tuple(parts))


@dataclass(frozen=True, slots=True)
class DatePattern:
    """Reads and writes dates in one way."""

    parts: tuple[_Part, ...]

    @property
    def has_time(self) -> bool:
        """Whether it says more than a day."""
        return any(it.letter in _OF_TIME for it in self.parts if it.letter)

    def read(self, text: str) -> date | datetime:
        """The day, or the moment on the company's clock, that a text says. Raises `ValueError`."""
        found = re.fullmatch("".join(self._regex()), text, re.IGNORECASE | re.ASCII)
        if found is None:
            raise ValueError("it is not written so")
        told = {it.letter: (it, said) for it, said in zip((it for it in self.parts if it.letter), found.groups(), strict=True)}
        year, month, day, hour, minute, second, part = (_number(told, letter) for letter in "yMdHmsS")
        if "h" in told:
            hour = _number(told, "h") % 12 + (12 if told.get("a", (None, ""))[1].upper() == "PM" else 0)
        if not self.has_time:
            return date(year, month, day)
        return datetime(year, month, day, hour, minute, second, part * 1000)  # noqa: DTZ001  on the company's clock, as the caller knows

    def write(self, moment: datetime) -> str:
        """How a moment is written."""
        return "".join(it.text or _written(it, moment) for it in self.parts)

    def _regex(self) -> list[str]:
        parts = [re.escape(it.text) for it in self.parts]
        for at, part in enumerate(self.parts):
            if part.is_name:
                parts[at] = "(" + "|".join(it if part.count > _BY_NAME else it[:3] for it in _MONTHS) + ")"
            elif part.letter == "a":
                parts[at] = "(AM|PM)"
            elif part.letter:
                goes_on = at + 1 < len(self.parts) and self.parts[at + 1].is_number
                parts[at] = rf"(\d{{{part.count}}})" if goes_on else rf"(\d{{1,{_DIGITS[part.letter]}}})"
        return parts


def _number(told: dict[str, tuple[_Part, str]], letter: str) -> int:
    """What was said for a letter; what the pattern leaves out begins in 1970."""
    if letter not in told:
        return {"y": 1970, "M": 1, "d": 1}.get(letter, 0)
    part, said = told[letter]
    if part.is_name:
        return next(number for number, name in enumerate(_MONTHS, 1) if name.lower().startswith(said.lower()))
    short = letter == "y" and part.count <= 2 == len(said)  # noqa: PLR2004  two letters, two digits
    return int(said) + ((2000 if int(said) < _THIS_CENTURY else 1900) if short else 0)


def _written(part: _Part, moment: datetime) -> str:
    if part.letter == "a":
        return "PM" if moment.hour >= 12 else "AM"  # noqa: PLR2004  noon
    if part.is_name:
        name = _MONTHS[moment.month - 1]
        return name if part.count > _BY_NAME else name[:3]
    year = moment.year % 100 if part.count == 2 else moment.year  # noqa: PLR2004  two letters, two digits
    value = {
        "y": year, "M": moment.month, "d": moment.day, "H": moment.hour, "h": moment.hour % 12 or 12, "m": moment.minute,
        "s": moment.second, "S": moment.microsecond // 1000,
    }[part.letter]  # fmt: skip
    return str(value).zfill(part.count)
