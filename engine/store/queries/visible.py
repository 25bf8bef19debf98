"""Who sees a case, as one condition of the database: it guards every list, every page and every number.

It says the same as `Sight.sees` for a single case. A called case is seen by whoever sees its root, and by those whom its own process lets
see its cases; seeing a called case shows nothing of the case that called it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, FromClause, Select, and_, exists, or_, select, true

from engine.store.tables import case_instance, case_participant, definition_viewer, process_definition, task_candidate, user_task

if TYPE_CHECKING:
    from engine.access import Sight

USER_KINDS = ("user", "added-user")
GROUP_KINDS = ("group", "added-group")


def visible_cases(sight: Sight, case: FromClause = case_instance) -> ColumnElement[bool]:
    """The condition that a row of `case_instance`, or of an alias of it, is seen."""
    if sight.everything:
        return true()
    root = case_instance.alias("root_case")
    of_root = exists().where(
        root.c.id == case.c.root_id,
        or_(
            root.c.started_by == sight.person,
            root.c.definition_id.in_(_open_definitions(sight)),
            and_(root.c.start_department.in_(sight.departments), root.c.definition_id.in_(_department_definitions())),
        ),
    )
    took_part = exists().where(case_participant.c.person == sight.person, case_participant.c.root_id == case.c.root_id)
    has_task = exists().where(user_task.c.root_id == case.c.root_id, user_task.c.assignee == sight.person)
    is_asked = exists().where(
        user_task.c.root_id == case.c.root_id,
        task_candidate.c.task_id == user_task.c.id,
        asks(sight.person, sight.groups),
    )
    return or_(case.c.definition_id.in_(_open_definitions(sight)), of_root, took_part, has_task, is_asked)


def asks(person: str, groups: frozenset[str]) -> ColumnElement[bool]:
    """The condition that a row of `task_candidate` names a person, or a group of that person."""
    return or_(
        and_(task_candidate.c.kind.in_(USER_KINDS), task_candidate.c.value == person),
        and_(task_candidate.c.kind.in_(GROUP_KINDS), task_candidate.c.value.in_(sorted(groups))),
    )


def _open_definitions(sight: Sight) -> Select[tuple[str]]:
    """The definitions of which this person sees every case: as the owner, by a lane, or like everyone."""
    # `finance:head` on a lane lets the department see: the part before the colon counts.
    departments = sorted(lane for lane in sight.lanes if ":" not in lane)
    lanes = [(definition_viewer.c.group_id + ":").startswith(f"{lane}:", autoescape=True) for lane in departments]
    by_lane = select(definition_viewer.c.definition_id).where(or_(*lanes)) if lanes else None
    return select(process_definition.c.id).where(
        or_(
            process_definition.c.seen_by_everyone,
            process_definition.c.owner == sight.person,
            process_definition.c.owner.in_(sorted(sight.groups)),
            *([process_definition.c.id.in_(by_lane)] if by_lane is not None else []),
        )
    )


def _department_definitions() -> Select[tuple[str]]:
    """The definitions whose cases are seen by the department in which they were started, and by those above it."""
    return select(process_definition.c.id).where(process_definition.c.seen_by_department)
