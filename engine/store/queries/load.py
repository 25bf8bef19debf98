"""What every version of every process has to carry just now: open cases, tasks past their time, incidents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from engine.store.tables import case_instance, incident, process_instance, user_task

if TYPE_CHECKING:
    from sqlalchemy import Connection


@dataclass(frozen=True, slots=True)
class Load:
    """What a version of a process has to carry: cases that are open, tasks of theirs that are late, incidents."""

    open: int = 0
    overdue: int = 0
    incidents: int = 0

    def __add__(self, other: Load) -> Load:
        """What two versions carry together."""
        return Load(self.open + other.open, self.overdue + other.overdue, self.incidents + other.incidents)


def load_of_versions(conn: Connection, now: datetime) -> Mapping[str, Load]:
    """The load by the id of the process definition; versions without open cases are left out. Called cases count with their own process."""
    definition = process_instance.c.definition_id
    running = select(case_instance.c.definition_id, func.count()).where(case_instance.c.ended_at.is_(None))
    tasks = select(definition, func.count()).join(user_task, user_task.c.instance_id == process_instance.c.id)
    broken = select(definition, func.count()).join(incident, incident.c.instance_id == process_instance.c.id)
    found = {key: Load(open=count) for key, count in conn.execute(running.group_by(case_instance.c.definition_id))}
    for key, count in conn.execute(tasks.where(user_task.c.due_at < now).group_by(definition)):
        found[key] = replace(found.get(key, Load()), overdue=count)
    for key, count in conn.execute(broken.group_by(definition)):
        found[key] = replace(found.get(key, Load()), incidents=count)
    return found
