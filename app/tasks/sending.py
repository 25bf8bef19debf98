"""What a form of a page sends: the data of the form as JSON, the outcome, the version that was seen."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from decimal import Decimal
from typing import TYPE_CHECKING

from flask import request

import forms
from app.auth.views import actor
from app.cases.naming import item_name
from app.records import problems as records
from app.services import services
from app.tasks.model import Problem
from app.words import gettext
from engine import DatabaseUnavailable, InvalidRequest, ModelFault, Rejection

if TYPE_CHECKING:
    from engine import FieldProblem

_DEEPEST = 20
TEMPLATES = {**forms.TEMPLATES, **records.TEMPLATES}
"""What is said about a wrong field, by its code; each is in the catalogue of translations."""


def sent_data(text: str | None) -> Mapping[str, object]:
    """The data of a form-js form. Numbers are exact decimals."""
    if not text:
        return {}
    try:
        data = json.loads(text, parse_float=Decimal, parse_int=Decimal, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise InvalidRequest(gettext("The data of the form could not be read.")) from None
    if not isinstance(data, dict) or _depth(data) > _DEEPEST:
        raise InvalidRequest(gettext("The data of the form could not be read."))
    return data


def sent_version() -> int | None:
    """The version of the task that the page showed."""
    text = request.form.get("version", "")
    return int(text) if text.isdecimal() and len(text) < 10 else None  # noqa: PLR2004 - more digits than any version


@contextmanager
def input_kept(key: str, data: Mapping[str, object]) -> Iterator[None]:
    """What was typed stays as a draft when what is done here breaks; what is refused is for the caller to tell, and to keep."""
    try:
        yield
    except (Rejection, ModelFault):
        raise
    except Exception:
        with suppress(DatabaseUnavailable):
            services().engine.tasks.save_draft(actor(), key, data)
        raise


def problems_of(problems: Iterable[FieldProblem]) -> tuple[Problem, ...]:
    """Mistakes in a form, in the language of the page."""
    return tuple(Problem(it.path, it.label or it.path, translated(it)) for it in problems)


def translated(problem: FieldProblem) -> str:
    """What is wrong with a field. The message is the template of its code with its figures; unknown codes say what the engine says."""
    template = TEMPLATES.get(problem.code)
    if template is None:
        return problem.message
    figures = {name: item_name(str(it)) if name == "item" else it for name, it in problem.figures.items()}
    try:
        return gettext(template).format(**figures)
    except (KeyError, IndexError):
        return problem.message


def _no_constant(name: str) -> object:
    raise ValueError(name)


def _depth(value: object) -> int:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 1 + max((_depth(it) for it in inner), default=0)
