"""Who sees a case, as one condition of the database: it guards every list, every page and every number.

It says the same as `Sight.sees` for a single case. A called case is seen by whoever sees its root, and by those whom its own process lets
see its cases; seeing a called case shows nothing of the case that called it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, FromClause, Select, and_, exists, or_, select, true, union_all

from engine.store.tables import case_instance, case_participant, definition_viewer, process_definition, task_candidate, user_task

if TYPE_CHECKING:
    from engine.access import Sight

USER_KINDS = ("user", "added-user")
GROUP_KINDS = ("group", "added-group")


def visible_cases(sight: Sight, case: FromClause = case_instance) -> ColumnElement[bool]:
    """The condition that a row of `case_instance`, or of an alias of it, is seen: for one case, root or called, looked up by its key."""
    if sight.everything:
        return true()
    root = case_instance.alias("root_case")
    root_id = case.c.root_id
    return or_(
        case.c.definition_id.in_(_open_definitions(sight)),
        exists().where(root.c.id == root_id, or_(root.c.started_by == sight.person, _by_process(sight, root))),
        exists().where(case_participant.c.person == sight.person, case_participant.c.root_id == root_id),
        exists().where(user_task.c.root_id == root_id, user_task.c.assignee == sight.person),
        exists().where(user_task.c.root_id == root_id, task_candidate.c.task_id == user_task.c.id, asks(sight.person, sight.groups)),
    )


def visible_roots(sight: Sight, case: FromClause = case_instance) -> ColumnElement[bool]:
    """The same for lists of roots: what a person has to do with is gathered once, not looked up for each case."""
    if sight.everything:
        return true()
    concerned = union_all(
        select(case_participant.c.root_id).where(case_participant.c.person == sight.person),
        select(user_task.c.root_id).where(user_task.c.assignee == sight.person),
        tasks_asking(sight.person, sight.groups).with_only_columns(task_candidate.c.root_id),
    )
    return or_(case.c.started_by == sight.person, _by_process(sight, case), case.c.id.in_(concerned))


def asks(person: str, groups: frozenset[str]) -> ColumnElement[bool]:
    """The condition that a row of `task_candidate` names a person, or a group of that person."""
    return or_(
        and_(task_candidate.c.kind.in_(USER_KINDS), task_candidate.c.value == person),
        and_(task_candidate.c.kind.in_(GROUP_KINDS), task_candidate.c.value.in_(sorted(groups))),
    )


def tasks_asking(person: str, groups: frozenset[str]) -> Select[tuple[str]]:
    """The ids of the open user tasks that name a person or a group of that person, found by the index of names."""
    by_name = task_candidate.c.value.in_([person, *sorted(groups)])  # says nothing new, but is one range of the index
    return select(task_candidate.c.task_id).where(by_name, asks(person, groups))


def _by_process(sight: Sight, case: FromClause) -> ColumnElement[bool]:
    """What the process of a case states about who sees its cases."""
    return or_(
        case.c.definition_id.in_(_open_definitions(sight)),
        and_(case.c.start_department.in_(sorted(sight.departments)), case.c.definition_id.in_(_department_definitions())),
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
