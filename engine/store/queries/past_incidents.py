"""Which incidents cases had: the open ones stand in their table, those that are gone in the chains of the cases."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import ColumnElement, and_, exists, false, or_, select, true

from engine.errors import InvalidRequest
from engine.phrases import put_together
from engine.store import canonical
from engine.store.queries.among import among
from engine.store.queries.event_rows import event_rows
from engine.store.queries.likes import is_like
from engine.store.queries.listings import Asked, FilterKind
from engine.store.queries.told import ByChain, Question, Row, by_chain, roots_of
from engine.store.tables import incident

if TYPE_CHECKING:
    from sqlalchemy import Connection

_JOB, _TASK = "JobFailed", "ExternalTaskFailed"
_KINDS: Final = {_JOB: "failedJob", _TASK: "failedExternalTask"}
_AGAIN: Final = ("JobRetried", "ExternalTaskChanged")
_OPEN, _RESOLVED = "open", "resolved"


@dataclass(slots=True)
class GoneIncident:
    """What failed until nobody tried it any more, and is open no more. `id`: of the incident, or the place in the chain where it began."""

    id: str
    instance_id: str
    kind: str
    message: str


_Gone = Callable[[GoneIncident, Any], bool]
_Open = Callable[[Any, Asked], ColumnElement[bool]]
_CONDITIONS: Final[Mapping[str, tuple[FilterKind, _Open, _Gone]]] = {
    "withIncidents": (FilterKind.FLAG, lambda _value, _asked: true(), lambda _it, _value: True),
    "withRootIncidents": (FilterKind.FLAG, lambda _value, _asked: true(), lambda _it, _value: True),
    "incidentStatus": (FilterKind.TEXT, lambda value, _asked: true() if value == _OPEN else false(), lambda _it, value: value == _RESOLVED),
    "incidentType": (FilterKind.TEXT, lambda value, _asked: incident.c.kind == value, lambda it, value: it.kind == value),
    "incidentMessage": (FilterKind.TEXT, lambda value, _asked: incident.c.message == value, lambda it, value: it.message == value),
    "incidentMessageLike": (
        FilterKind.TEXT, lambda value, asked: asked.like(incident.c.message, value), lambda it, value: is_like(it.message, value),
    ),
    "incidentIdIn": (FilterKind.TEXTS, lambda ids, _asked: incident.c.id.in_(list(ids)), lambda it, ids: it.id in ids),
}  # fmt: skip


def incident_filters(root_id: ColumnElement[str], key: ColumnElement[str]) -> dict[str, ByChain]:
    """The filters by incidents of a list of process instances with this key. Together they speak of one and the same incident."""

    def known(question: Question) -> ColumnElement[bool]:
        asked = _asked(question)
        conditions = (_CONDITIONS[name][1](value, question.asked) for name, value in asked.items())
        return exists().where(incident.c.root_id == root_id, incident.c.instance_id == key, and_(true(), *conditions))

    def untold(question: Question) -> ColumnElement[bool]:
        return false() if _asked(question).get("incidentStatus") == _OPEN else true()

    return {name: by_chain(kind, key, _find, known, untold) for name, (kind, _, _) in _CONDITIONS.items()}


def _asked(question: Question) -> dict[str, Any]:
    """The filters by incidents that must hold for one incident. Raises `InvalidRequest` for a status that there is not."""
    wanted = question.asked.wanted if question.together else {question.name: question.value}
    found = {name: value for name, value in wanted.items() if name in _CONDITIONS and value is not None and value is not False}
    if found.get("incidentStatus", _OPEN) not in {_OPEN, _RESOLVED}:
        raise InvalidRequest(f"'incidentStatus' is '{_OPEN}' or '{_RESOLVED}'")
    return found


def _find(conn: Connection, rows: Sequence[Row], question: Question) -> set[str]:
    asked = [(_CONDITIONS[name][2], value) for name, value in _asked(question).items()]
    return {it.instance_id for it in _gone(conn, roots_of(rows)) if all(fits(it, value) for fits, value in asked)}


def _gone(conn: Connection, roots: Collection[str]) -> Iterable[GoneIncident]:
    """One for each failure that left no retries; the next retries of the same job or task say which incident is gone by them."""
    still = set(conn.execute(select(incident.c.job_id).where(among(incident.c.root_id, roots, conn.dialect.name))).scalars())
    found: list[GoneIncident] = []
    waiting: dict[str, GoneIncident] = {}
    for chain, seq, position, name, text in _failures(conn, roots):
        fields = canonical.loads(text, integer=int)[1]
        of = str(fields.get("job") or fields.get("task"))
        before = waiting.get(of)
        if name in _AGAIN and before is not None and fields.get("retries"):
            before.id = fields.get("incident") or before.id
            del waiting[of]
        elif name in _KINDS and before is None and fields["retries"] == 0:
            message = put_together(str(fields["message"]), fields.get("parts"))
            waiting[of] = GoneIncident(f"{chain}-{seq}-{position}", fields.get("instance", chain), _KINDS[name], str(message))
            found.append(waiting[of])
    open_now = {id(it) for of, it in waiting.items() if of in still}
    return [it for it in found if id(it) not in open_now]


def _failures(conn: Connection, roots: Collection[str]) -> Iterable[Any]:
    events = event_rows(conn.dialect.name)
    entry, names = events.entry.c, (*_KINDS, *_AGAIN)
    first = 1 if conn.dialect.name == "sqlite" else 0  # SQLite counts the events of an entry from 0
    place = (events.position + first).label("place")
    query = select(entry.chain, entry.seq, place, events.name, events.text).select_from(events.rows)
    query = query.where(
        among(entry.chain, roots, conn.dialect.name), or_(*(entry.body.contains(f'"{it}"', autoescape=True) for it in names))
    )
    return conn.execute(query.where(events.name.in_(names)).order_by(entry.chain, entry.seq, events.position))
