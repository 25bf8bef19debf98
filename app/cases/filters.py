"""The filters above a list of cases: each keeps the others, and all of them stand in the address."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from flask import url_for

from app import i18n
from app.cases.fields import ListFields, SearchField, operator_name, show_condition
from app.cases.model import Asked, Head, Involved, Ordering, Period
from app.cases.naming import person_name, process_name
from app.cases.wanted import ACTIVE, DESCENDING, ENDED, ORDER, STARTED, Wanted
from app.inbox.model import Choice, Filter
from app.services import services
from app.words import gettext
from engine import FIELD_OPERATORS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from app.cases.columns import Column

_ONE_VERSION = 2  # choices: all, and that one


def period_of(wanted: Wanted) -> Period:
    """When the cases were started, ended or open, and who started them."""
    first, last = (day.isoformat() if day else "" for day in (wanted.first, wanted.last))
    when = gettext("%(first)s to %(last)s", first=_shown(wanted.first), last=_shown(wanted.last)) if first or last else gettext("Any time")
    said = {
        STARTED: gettext("Started: %(when)s", when=when),
        ENDED: gettext("Ended: %(when)s", when=when),
        ACTIVE: gettext("Open: %(when)s", when=when),
    }
    names = {STARTED: gettext("Started"), ENDED: gettext("Ended"), ACTIVE: gettext("Open at any time")}
    kinds = tuple(Choice(name, kind, kind == wanted.period) for kind, name in names.items())
    return Period(first, last, said[wanted.period], kinds, pairs(wanted.as_query(), "when", "from", "to", "by"))


def starters(wanted: Wanted) -> tuple[Choice, ...]:
    """Everybody who may have started cases, by name."""
    return _people(wanted.by)


def involved(wanted: Wanted) -> Involved:
    """Who took part, and whose department did."""
    directory = services().directory()
    departments = sorted(directory.departments.values(), key=lambda it: it.position)
    named = [person_name(wanted.who)] if wanted.who else []
    known = directory.departments.get(wanted.department or "")
    named += [i18n.show_name(known)] if known else []
    return Involved(
        shown=gettext("Took part: %(who)s", who=gettext(", ").join(named) or gettext("anybody")),
        people=_people(wanted.who),
        departments=tuple(Choice(i18n.show_name(it), it.id, it.id == wanted.department) for it in departments),
        kept=pairs(wanted.as_query(), "who", "dept"),
    )


def fields_asked(wanted: Wanted, known: ListFields, endpoint: str) -> Asked:
    """The conditions on fields of the process, each with the address without it, and what another one may be of."""
    query = wanted.as_query()
    conditions = []
    for it in wanted.conditions:
        rest = replace(wanted, conditions=tuple(other for other in wanted.conditions if other != it), after=None)
        conditions.append(Choice(show_condition(known, it), url_for(endpoint, **rest.as_query()), is_current=True))
    fields = [it for it in known.fields if it.compares]
    keys = {it.label for it in fields if it.is_key}
    return Asked(
        shown=gettext("Fields: %(what)s", what=gettext("; ").join(it.name for it in conditions) or gettext("any")),
        conditions=tuple(conditions),
        at_once=tuple(_field(it) for it in fields if it.is_key),
        slowly=tuple(_field(it) for it in fields if it.label not in keys),
        operators=tuple((it, operator_name("number", it)) for it in FIELD_OPERATORS),
        kept=pairs(query),
    )


def ordering(wanted: Wanted, known: ListFields) -> Ordering:
    """The fields that may put the list into an order, and by which it is."""
    field = known.field(wanted.order or "")
    fields = [it for it in known.fields if it.compares]
    is_partly = field is not None and not field.is_key and wanted.open is not True
    return Ordering(
        shown=gettext("Order: %(what)s", what=field.label) if field else gettext("Order"),
        at_once=tuple(_field(it) for it in fields if it.is_key),
        others=tuple(_field(it) for it in fields if not it.is_key),
        current=field.name if field else "",
        descending=wanted.descending and field is not None,
        kept=pairs(wanted.as_query(), ORDER, DESCENDING),
        note=gettext("Ended cases come last: only key fields put them into an order.") if is_partly else "",
    )


def head_of(wanted: Wanted, column: Column, endpoint: str) -> Head:
    """The head of a column. A press orders the list by it, another one turns the order round."""
    if column.field is None or not column.field.compares:
        return Head(column)
    is_current = column.field.name == wanted.order
    turned = replace(wanted, order=column.field.name, descending=is_current and not wanted.descending, after=None)
    way = ("descending" if wanted.descending else "ascending") if is_current else ""
    return Head(column, url_for(endpoint, **turned.as_query()), way)


def _field(field: SearchField) -> tuple[str, str]:
    return field.name, field.label


def _people(chosen: str | None) -> tuple[Choice, ...]:
    people = sorted(services().directory().people.values(), key=i18n.show_name)
    return tuple(Choice(i18n.show_name(it), it.id, it.id == chosen) for it in people)


def pairs(query: Mapping[str, Any], *without: str) -> tuple[tuple[str, str], ...]:
    """What the hidden fields of a form hold so that it keeps the rest of an address."""
    left = [(name, value if isinstance(value, list) else [value]) for name, value in query.items() if name not in without]
    return tuple((name, each) for name, values in left for each in values)


def _shown(day: date | None) -> str:
    return i18n.show_short_day(day) if day else "…"


def _of(wanted: Wanted, process: str | None) -> Wanted:
    """The same of another process, which has other columns, versions and fields."""
    return wanted if process == wanted.process else replace(wanted, process=process, columns=(), version=None, conditions=(), order=None)


def filters_of(wanted: Wanted, endpoint: str) -> tuple[Filter, ...]:
    """The filters that are chosen with one click: process, version, state."""
    plain = replace(wanted, after=None)

    def choice(name: str, changed: Wanted) -> Choice:
        return Choice(name, url_for(endpoint, **changed.as_query()), changed == plain)

    processes = [choice(gettext("All processes"), _of(plain, None))]
    processes += [choice(process_name(it), _of(plain, it.row.key)) for it in services().engine.definitions.all_latest()]
    states = [
        choice(gettext("Running and ended"), replace(plain, open=None)),
        choice(gettext("Running"), replace(plain, open=True)),
        choice(gettext("Ended"), replace(plain, open=False)),
    ]
    versions = [choice(gettext("All versions"), replace(plain, version=None))]
    known = services().engine.definitions.versions(wanted.process) if wanted.process else []
    versions += [choice(gettext("Version %(number)s", number=row.version), replace(plain, version=row.version)) for row in known]
    named = ((gettext("Process"), processes), (gettext("Version"), versions), (gettext("State"), states))
    return tuple(Filter(name, _current(it), tuple(it)) for name, it in named if it is not versions or len(it) > _ONE_VERSION)


def _current(choices: list[Choice]) -> str:
    return next((it.name for it in choices if it.is_current), choices[0].name)
