"""What the address of a list of cases asks for, and what the engine is asked then."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Final

from app.cases.fields import Condition, to_filter, to_order
from app.cases.naming import partners_called
from app.services import services
from engine import CaseFilter

if TYPE_CHECKING:
    from werkzeug.datastructures import MultiDict

    from app.cases.fields import ListFields

COLUMN: Final = "col"  # in addresses
FIELD: Final = "f"
ORDER, DESCENDING = "sort", "desc"
STARTED, ENDED, ACTIVE = "started", "ended", "active"  # what a period is of
_MOST_COLUMNS = 40
_MOST_CONDITIONS = 5
_LONGEST_NAME = 200
_YEARS = (1900, 2200)
_NO_VERSION = "-"  # the id of none


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the address of a list asks for. `who` and `department` are for those who see everything."""

    process: str | None = None
    text: str = ""
    open: bool | None = None
    by: str | None = None  # who started them
    first: date | None = None  # days of the company's zone on which they were started, both included; or ended, or open
    last: date | None = None
    columns: tuple[str, ...] = ()  # by their ids; none: those that most want
    after: str | None = None
    period: str = STARTED
    version: int | None = None  # of the process
    who: str | None = None  # took part
    department: str | None = None  # with those below it
    conditions: tuple[Condition, ...] = ()  # on fields of the process
    order: str | None = None  # the field that puts them into an order; none: the newest first
    descending: bool = False

    def as_query(self) -> dict[str, Any]:
        """For addresses."""
        state = "" if self.open is None else "open" if self.open else "ended"
        days = {"from": self.first and self.first.isoformat(), "to": self.last and self.last.isoformat()}
        period = self.period if self.period != STARTED and any(days.values()) else ""
        found: dict[str, Any] = {
            "process": self.process,
            "version": self.version,
            "q": self.text,
            "state": state,
            "by": self.by,
            "when": period,
            **days,
        }
        found |= {"who": self.who, "dept": self.department, FIELD: [str(it) for it in self.conditions], COLUMN: list(self.columns)}
        found |= {ORDER: self.order, DESCENDING: "1" if self.order and self.descending else ""}
        return {name: value for name, value in found.items() if value}


def wanted_of(arguments: MultiDict[str, str]) -> Wanted:
    """What an address asks for."""
    state = {"open": True, "ended": False}.get(arguments.get("state", ""))
    process = arguments.get("process") or None
    version = arguments.get("version", "")
    period = arguments.get("when", "")
    return Wanted(
        process=process,
        text=arguments.get("q", "").strip()[:100],
        open=state,
        by=arguments.get("by") or None,
        first=_day(arguments.get("from", "")),
        last=_day(arguments.get("to", "")),
        columns=tuple(arguments.getlist(COLUMN)[:_MOST_COLUMNS]),
        after=arguments.get("after") or None,
        period=period if period in {ENDED, ACTIVE} else STARTED,
        version=int(version) if process and version.isdecimal() and len(version) < len("1000000") else None,
        who=arguments.get("who") or None,
        department=arguments.get("dept") or None,
        conditions=_conditions(arguments) if process else (),
        order=(arguments.get(ORDER, "")[:_LONGEST_NAME] or None) if process else None,
        descending=bool(arguments.get(DESCENDING)),
    )


def _conditions(arguments: MultiDict[str, str]) -> tuple[Condition, ...]:
    """Those that the address has, and the one that was typed into the form."""
    found = [Condition.read(text) for text in arguments.getlist(FIELD)]
    typed = arguments.get("value", "").strip()
    if typed and arguments.get("field"):
        found.append(Condition(arguments["field"], arguments.get("operator", "eq"), typed))
    return tuple(dict.fromkeys(it for it in found if it is not None))[:_MOST_CONDITIONS]


def _day(text: str) -> date | None:
    """A day of an address; none where it is no day."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if _YEARS[0] <= found.year <= _YEARS[1] else None


def filter_of(wanted: Wanted, known: ListFields) -> CaseFilter:
    """What the engine is asked for. Raises `InvalidRequest` where a condition on a field cannot be read."""
    zone = services().settings.zone
    first = datetime.combine(wanted.first, time(), zone) if wanted.first else None
    before = datetime.combine(wanted.last, time(), zone) + timedelta(days=1) if wanted.last else None
    period: dict[str, Any] = {f"{wanted.period}_from": first, f"{wanted.period}_before": before}
    definition = known.definition
    return CaseFilter(
        process=wanted.process,
        definition_id=None if wanted.version is None else definition.row.id if definition else _NO_VERSION,
        text=wanted.text or None,
        named=partners_called(wanted.text),
        open=wanted.open,
        started_by=wanted.by,
        person=wanted.who,
        departments=services().directory().below(wanted.department) if wanted.department else frozenset(),
        fields=tuple(to_filter(known, it) for it in wanted.conditions) if definition else (),
        order=to_order(known, wanted.order, descending=wanted.descending),
        **period,
    )
