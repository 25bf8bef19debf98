"""Which root cases somebody, or a department, has had to do with: gathered by indexes, not looked up for each case."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Select, literal, or_, select, union_all

from engine.model import ActorKind
from engine.store.queries.visible import GROUP_KINDS
from engine.store.tables import case_instance, case_participant, history_entry, membership, task_candidate, user_task

if TYPE_CHECKING:
    from collections.abc import Iterable

_A_PERSON = literal(ActorKind.PERSON.value, literal_execute=True)  # the index is of these alone: the database must read it in the question


def took_part(person: str) -> ColumnElement[bool]:
    """Started it, had a task of it or has one, or did anything else that is in its history: an auditor's look too."""
    acted = select(history_entry.c.chain).where(history_entry.c.actor_kind == _A_PERSON, history_entry.c.actor == person)
    return or_(case_instance.c.started_by == person, case_instance.c.id.in_(union_all(*_worked_on_by([person]), acted)))


def concerns(departments: Iterable[str]) -> ColumnElement[bool]:
    """Started in one of these departments; or somebody worked on it who belongs to one of them now; or an open task asks one of them."""
    names = sorted(departments)
    people = select(membership.c.person_id).where(membership.c.department_id.in_(names))
    value = task_candidate.c.value
    of_group = or_(value.in_(names), *(value.startswith(f"{name}:", autoescape=True) for name in names))
    asked = select(task_candidate.c.root_id).where(task_candidate.c.kind.in_(GROUP_KINDS), of_group)
    return or_(
        case_instance.c.start_department.in_(names),
        case_instance.c.started_by.in_(people),
        case_instance.c.id.in_(union_all(*_worked_on_by(people), asked)),
    )


def _worked_on_by(people: Any) -> tuple[Select[Any], Select[Any]]:  # noqa: ANN401 - names, or a query of names
    return (
        select(case_participant.c.root_id).where(case_participant.c.person.in_(people)),
        select(user_task.c.root_id).where(user_task.c.assignee.in_(people)),
    )
