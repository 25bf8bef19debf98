"""The blueprint of the administrator's pages, and the door before them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, request

from app.auth.views import only_administrators
from app.services import services

if TYPE_CHECKING:
    from engine import Person

blueprint = Blueprint("administration", __name__, url_prefix="/administration", template_folder="templates")


blueprint.before_request(only_administrators)


def typed(field: str, longest: int = 200) -> str:
    """What stands in a field of the form, cut to a length, without spaces around it and signs that nobody can see."""
    text = request.form.get(field, "")[: longest * 2]
    return "".join(it for it in text if it.isprintable()).strip()[:longest]


def typed_names(longest: int = 200) -> dict[str, str]:
    """The names in both languages. One is enough: it is then the name in the other language, too."""
    name, name_zh = typed("name", longest), typed("name_zh", longest)
    return {"name": name or name_zh, "name_zh": name_zh}


def seen() -> int | None:
    """The version of the organisation that the form showed; a form that says none changes nothing that it could have seen: 0."""
    text = request.form.get("seen", "")
    return int(text) if text.isdecimal() and len(text) < 12 else 0  # noqa: PLR2004 - more digits than any version


def version() -> int:
    """The version of the organisation that this page shows."""
    return services().directory().version


def by_name(people: list[Person]) -> list[Person]:
    """People in the order of their names, those who left last."""
    return sorted(people, key=lambda it: (not it.active, it.name.casefold(), it.id))
