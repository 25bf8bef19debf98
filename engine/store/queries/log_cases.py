"""Of which process instances a log is told: few enough for their chains to be read."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, and_, select, true, union_all

from engine.errors import InvalidRequest
from engine.model import Case, CaseState
from engine.store.tables import case_instance, external_task, finished_task, user_task

if TYPE_CHECKING:
    from sqlalchemy import Connection

MOST_CASES = 1_000
"""Of so many process instances a log is told at once."""


@dataclass(frozen=True, slots=True)
class CasesAsked:
    """Which process instances are asked for: those that fit everything that is given. Something must be."""

    instances: Collection[str] | None = None
    definitions: Collection[str] | None = None
    keys: Collection[str] | None = None  # of process definitions

    def condition(self) -> ColumnElement[bool]:
        """The condition on `case_instance`."""
        columns = case_instance.c
        given = ((columns.id, self.instances), (columns.definition_id, self.definitions), (columns.definition_key, self.keys))
        return and_(true(), *(column.in_(sorted(names)) for column, names in given if names is not None))


def cases_asked(conn: Connection, asked: CasesAsked, seen: ColumnElement[bool], most: int) -> list[Case]:
    """Those of them that are `seen`, in the order of their ids. Raises `InvalidRequest` where there are more than `most`."""
    query = select(case_instance).where(asked.condition(), seen).order_by(case_instance.c.id).limit(most + 1)
    found = [Case(**{**row, "state": CaseState(row["state"])}) for row in conn.execute(query).mappings()]
    if len(found) > most:
        raise InvalidRequest(f"the histories of more than {most} cases would have to be read: ask for fewer, by processInstanceIdIn")
    return found


def instances_of(conn: Connection, ids: Collection[str]) -> dict[str, str]:
    """The process instance of each of these ids that is one of a process instance, of a user task, or of an open external task."""
    names, case = sorted(ids), case_instance.c
    of_tasks = (select(it.c.id, it.c.instance_id).where(it.c.id.in_(names)) for it in (user_task, finished_task, external_task))
    return dict(conn.execute(union_all(select(case.id, case.id.label("instance_id")).where(case.id.in_(names)), *of_tasks)).all())


def instances_of_roots(conn: Connection, roots: Collection[str]) -> dict[str, set[str]]:
    """Of each root the process instances below it, and itself."""
    case = case_instance.c
    calls = select(case.id, case.root_id).where(case.id.in_(sorted(roots))).cte("of_roots", recursive=True)
    calls = calls.union_all(select(case.id, case.root_id).join(calls, case.parent_id == calls.c.id))
    found: dict[str, set[str]] = {}
    for instance, root in conn.execute(select(calls.c.id, calls.c.root_id)):
        found.setdefault(root, set()).add(instance)
    return found
