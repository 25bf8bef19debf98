"""The rows of cases as a step writes them: cases that begin and end, subject and key fields, who took part."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from engine.bpmn.checks import known_names
from engine.bpmn.model import KeyField, Process
from engine.errors import ModelFault, NotFound
from engine.model import Case, CaseState
from engine.services.expressions import Expressions, Place
from engine.store import canonical
from engine.store.moments import Moment
from engine.store.queries import outbox
from engine.store.queries.upsert import insert_or_leave, insert_or_update
from engine.store.tables import case_field, case_instance, case_participant
from engine.store.writes import Writer
from engine.work.notices import Notice

_COLUMNS = (
    "id", "root_id", "parent_id", "definition_id", "definition_key", "number", "subject", "business_key",
    "started_at", "started_by", "start_department", "ended_at", "state", "end_element",
)  # fmt: skip
_INSERT = insert(case_instance)
_SUBJECT = update(case_instance).where(case_instance.c.id == bindparam("key")).values(subject=bindparam("subject"))
_STATE = update(case_instance).where(case_instance.c.id == bindparam("key")).values(state=bindparam("new_state"))
_END = (
    update(case_instance)
    .where(case_instance.c.id == bindparam("key"))
    .values(ended_at=bindparam("at", type_=Moment), state=bindparam("new_state"), end_element=bindparam("reached"))
)


def load(connection: Connection, case_id: str) -> Case:
    """A case by its id. Raises `NotFound`."""
    row = connection.execute(select(case_instance).where(case_instance.c.id == case_id)).one_or_none()
    if row is None:
        raise NotFound(f"there is no case {case_id!r}", id=case_id)
    return to_case(row._asdict())


def to_case(values: Mapping[Any, Any]) -> Case:
    """A row of `case_instance` as a case, without key fields."""
    named = {name: values[name] for name in _COLUMNS}
    return Case(**{**named, "state": CaseState(named["state"])})


def insert_cases(writer: Writer, cases: list[Case]) -> None:
    """Cases that begin."""
    if cases:
        writer.execute(_INSERT, [{name: getattr(case, name) for name in _COLUMNS} for case in cases])


def end_cases(writer: Writer, ended: Mapping[str, tuple[CaseState, str | None]], at: datetime) -> None:
    """Cases that ended, with their state and the end event that they reached."""
    if ended:
        rows = [{"key": it, "at": at, "new_state": state.value, "reached": element} for it, (state, element) in ended.items()]
        writer.execute(_END, rows)


def write_states(writer: Writer, states: Mapping[str, CaseState]) -> None:
    """Cases that were suspended or resumed."""
    if states:
        writer.execute(_STATE, [{"key": case_id, "new_state": state.value} for case_id, state in states.items()])


def subject_of(process: Process, variables: Mapping[str, object], expressions: Expressions) -> str:
    """The subject of a case as its process says it, empty where it says none."""
    if process.subject is None:
        return ""
    try:
        value = expressions.feel(process.subject, Place(process.id, variables, tuple(known_names(process))))
    except ModelFault:
        value = None  # a case without a subject is better than a person who cannot go on
    return str(value) if value is not None else ""


def field_rows(case_id: str, process: Process, variables: Mapping[str, object], changed: Collection[str]) -> list[dict[str, object]]:
    """The key fields of a case whose variables have changed, as rows."""
    return [
        _field_row(case_id, position, field, variables[field.name])
        for position, field in enumerate(process.key_fields)
        if field.name in changed and field.name in variables
    ]


def write_summaries(writer: Writer, subjects: Mapping[str, str], fields: list[dict[str, object]]) -> None:
    """Subjects that changed, by case, and key fields: one statement each, of however many cases."""
    if subjects:
        writer.execute(_SUBJECT, [{"key": case_id, "subject": subject} for case_id, subject in subjects.items()])
    if fields:
        writer.execute(insert_or_update(case_field, writer.dialect.name), fields)


def _field_row(case_id: str, position: int, field: KeyField, value: object) -> dict[str, object]:
    """A key field as it is stored: the exact text, and for ranges a number."""
    number = float(value) if isinstance(value, Decimal | int) and not isinstance(value, bool) else None
    if value is None:
        text = None
    elif isinstance(value, date | datetime):
        text = value.isoformat()
    else:
        text = value if isinstance(value, str) else canonical.dumps(value)
    return {"case_id": case_id, "name": field.name, "position": position, "type": field.type, "text": text, "number": number}


def add_participants(writer: Writer, root_id: str, people: Iterable[str]) -> None:
    """People who have had to do with a case; who is known already stays."""
    rows = [{"person": person, "root_id": root_id} for person in sorted(people)]
    if rows:
        writer.execute(insert_or_leave(case_participant, writer.dialect.name), rows)


def put_notices(writer: Writer, at: datetime, entry: str, notices: list[Notice], ended: Iterable[str] = ()) -> None:
    """Write into the outbox what people are to be told, and which offered tasks ended: one row for the history entry `chain:seq`."""
    gone = sorted(ended)
    if notices or gone:
        outbox.put(writer, f"{entry}:0", "notices", {"told": [notice.record() for notice in notices], "ended": gone}, at)
