"""The connector `record`: a process adds a record of the company, or changes one, as somebody would who may edit its list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from app.records.changes import Change
from app.records.edits import EDITORS, add, save
from app.records.queries import KINDS
from engine import Connector, ConnectorInput, HandlerResult, InvalidRequest, Phrase, StepContext


def keep_record(context: StepContext) -> HandlerResult:
    """`record`: what `values` says of the record `id` of the list `list`; a new one where there is none of this id.

    All that the page of the record refuses is refused here too, also what Finance has confirmed: then nothing is written, and the step is
    tried again. The past of the record names the case. Gives `record`, its id.
    """
    kind, record_id, values = (context.parameters.get(name) for name in ("list", "id", "values"))
    if not isinstance(values, Mapping) or not isinstance(record_id, str):
        raise InvalidRequest(Phrase("the record needs an id that is a text, and values by their names"))
    editor = replace(context.actor, groups=EDITORS[str(kind)])  # who published the process has said that it may
    change = Change(context.connection, context.clock, context.new_id, editor, context.case.id)
    table, given = KINDS[str(kind)], {str(name): value for name, value in values.items()}
    is_new = not change.lock({table: [record_id]})[table]
    if is_new:
        add(change, str(kind), record_id, given)
    else:
        save(change, str(kind), record_id, given)
    return HandlerResult(history=(("record-added" if is_new else "record-changed", {"list": str(kind), "id": record_id}),))


RECORD: Final = Connector(
    (
        ConnectorInput("list", required=True, choices=tuple(EDITORS), fixed=True),
        ConnectorInput("id", required=True),
        ConnectorInput("values", required=True),
    ),
    within=keep_record,
)
