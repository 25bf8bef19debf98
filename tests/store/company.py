"""Rows of a small company for tests of lists: definitions, cases, tasks, written straight into the tables."""

from __future__ import annotations

import itertools
from datetime import datetime, timedelta

from sqlalchemy import Connection, insert

from engine.model import Actor
from engine.store import tables
from engine.store.rows import Root, TaskRow
from engine.store.saving import save_tasks


def person(name: str, *groups: str) -> Actor:
    """Somebody in groups; a group with a colon also puts into its department."""
    every = {part for group in groups for part in (group, *group.split(":"))}
    return Actor(name, groups=frozenset(every), departments=frozenset(g for g in every if g in DEPARTMENTS))


DEPARTMENTS = ("sales", "purchasing", "finance", "warehouse")


class Company:
    """Writes rows. Ids count, so what is written later is newer."""

    def __init__(self, conn: Connection, now: datetime) -> None:
        self.conn, self.now = conn, now
        self._numbers = itertools.count(1)
        conn.execute(
            insert(tables.deployment), {"id": "d", "name": "d", "source": "processes", "deployed_at": now, "deployed_by": "analyst"}
        )

    def new_id(self, kind: str) -> str:
        return f"{kind}{next(self._numbers):06d}"

    def definition(self, key: str, *, owner=None, department=False, everyone=False, lanes=()) -> str:
        definition_id = f"{key}:1:x"
        self.conn.execute(
            insert(tables.process_definition),
            {
                "id": definition_id,
                "key": key,
                "version": 1,
                "name": key,
                "deployment_id": "d",
                "resource_name": "x.bpmn",
                "suspended": False,
                "owner": owner,
                "seen_by_department": department,
                "seen_by_everyone": everyone,
            },
        )
        for lane in lanes:
            self.conn.execute(insert(tables.definition_viewer), {"definition_id": definition_id, "group_id": lane})
        return definition_id

    def case(self, key: str, by: str, *, department=None, subject="", parent=None, ended=False, fields=(), participants=(), number=None):
        case_id = self.new_id("c")
        root = parent["root_id"] if parent else case_id
        row = {
            "id": case_id,
            "root_id": root,
            "parent_id": parent["id"] if parent else None,
            "definition_id": f"{key}:1:x",
            "definition_key": key,
            "number": None if parent else number or f"{key.upper()}-2026-{case_id[1:]}",
            "subject": subject,
            "started_at": self.now,
            "started_by": by,
            "start_department": department,
            "ended_at": self.now if ended else None,
            "state": "COMPLETED" if ended else "ACTIVE",
        }
        self.conn.execute(insert(tables.case_instance), row)
        if not ended:
            instance = {"id": case_id, "root_id": root, "definition_id": row["definition_id"], "suspended": False, "path": "[]"}
            self.conn.execute(insert(tables.process_instance), instance)
        for position, (name, kind, text, number_value) in enumerate(fields):
            field = {"case_id": case_id, "name": name, "position": position, "type": kind, "text": text, "number": number_value}
            self.conn.execute(insert(tables.case_field), field)
        for participant in participants:
            self.conn.execute(insert(tables.case_participant), {"person": participant, "root_id": root})
        return row

    def task(self, case, due_in=None, **values) -> TaskRow:
        """An open task of a case; `due_in` hours."""
        due = None if due_in is None else self.now + timedelta(hours=due_in)
        row = TaskRow(self.new_id("t"), case["id"], "approve", "Approve", self.now, due_at=due, **values)
        save_tasks(self.conn, case["root_id"], Root().tasks, {row.id: row})
        return row

    def done(self, case, by: str, *, ended_in=0, delete_reason=None) -> str:
        """A finished task of a case."""
        task_id = self.new_id("t")
        self.conn.execute(
            insert(tables.finished_task),
            {
                "id": task_id,
                "root_id": case["root_id"],
                "instance_id": case["id"],
                "element_id": "approve",
                "name": "Approve",
                "person": by,
                "created_at": self.now,
                "ended_at": self.now + timedelta(hours=ended_in),
                "outcome": "approve",
                "delete_reason": delete_reason,
            },
        )
        return task_id
