"""What people read instead of names and values of a model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Translations:
    """A name in other languages: `zh` to the text. The plain name is the fallback."""

    texts: tuple[tuple[str, str], ...] = ()

    def get(self, language: str, fallback: str) -> str:
        """The text in `language`, or `fallback`; `zh_CN` also finds `zh`."""
        wanted = dict(self.texts)
        return wanted.get(language) or wanted.get(language.replace("-", "_").partition("_")[0]) or fallback


NO_TRANSLATIONS: Final = Translations()


@dataclass(frozen=True, slots=True)
class NamedValue:
    """A value with what people read instead of it: `crossdesk:value`."""

    value: str
    name: str
    translations: Translations


@dataclass(frozen=True, slots=True)
class NamedVariable:
    """A variable that stands in no form: what people read of it in the history of a case."""

    name: str
    type: str  # text, money, number, date, person
    label: str
    translations: Translations = NO_TRANSLATIONS
    values: tuple[NamedValue, ...] = ()
