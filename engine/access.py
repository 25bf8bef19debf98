"""Who may do what: pure functions that return nothing, or raise `Forbidden` with a message and a stable code.

A person acts as the assignee of a task, as a candidate who claims it, as somebody an escalation has added who takes it over, as the
head of a department concerned who gives it to somebody else, as the owner of the process, or as an administrator. A task without an
assignee is never anybody's. The system may do everything; auditors see everything and change nothing.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from engine.errors import FieldProblem, InvalidSubmission, refused
from engine.model import Actor, ActorKind
from engine.organisation.directory import Directory
from engine.organisation.model import HEAD
from engine.work.asked import AskedTask

# ---- cases ---------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CaseAccess:
    """What the rules need to know of a case: people, and what its process states about who sees its cases."""

    initiator: str | None = None
    start_department: str | None = None
    owner: str | None = None  # of the process: a person or a group
    visibility: Collection[str] = ("participants",)  # participants, lanes, department, everyone
    lanes: Collection[str] = ()  # the groups of the lanes
    participants: Collection[str] = ()  # people who have had to do with it
    asked_users: Collection[str] = ()  # whom its open tasks ask
    asked_groups: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class Sight:
    """Which cases somebody sees: the one rule, for a single case here and for lists as a condition of the database.

    Whoever has `everything` sees all. Others see a case that they started or took part in, or whose open tasks ask them (`person`,
    `groups`); one whose process `groups` or `person` own; and, where the process says so, one with a lane of theirs (`lanes`), one
    that was started in `departments`, or any.
    """

    person: str
    everything: bool
    groups: frozenset[str]
    lanes: frozenset[str]  # departments and groups, as `lane_viewers` names them
    departments: frozenset[str]  # those of the person and all that are above them

    def sees(self, case: CaseAccess) -> bool:
        """Whether this case is seen."""
        return (
            self.everything
            or self.person in (case.initiator, case.owner, *case.participants, *case.asked_users)
            or case.owner in self.groups
            or not self.groups.isdisjoint(case.asked_groups)
            or "everyone" in case.visibility
            or ("lanes" in case.visibility and not self.lanes.isdisjoint(lane_viewers(case.lanes)))
            or ("department" in case.visibility and case.start_department in self.departments)
        )


def sight(actor: Actor, directory: Directory) -> Sight:
    """Which cases somebody sees. "Department and below": people of the starting department and of those under it."""
    everything = actor.kind is ActorKind.SYSTEM or actor.may_act_for_others or actor.may_audit
    above = frozenset(upper for department in actor.departments for upper in directory.above(department))
    return Sight(actor.id, everything, actor.groups, actor.groups, above)


def lane_viewers(lanes: Collection[str]) -> frozenset[str]:
    """The groups whose members see cases of a process with these lanes: of `finance:head` the department, of a role the role."""
    return frozenset(lane.partition(":")[0] for lane in lanes)


def may_see_case(actor: Actor, case: CaseAccess, directory: Directory) -> None:
    """Whether somebody may see a case, its data, its files and its numbers."""
    if not sight(actor, directory).sees(case):
        raise refused("case-hidden", "this case is not for you")


def may_search_by_content(who: Sight) -> None:
    """Whether somebody may look for cases by their data, or by what others did in them: who sees every case with all of its data."""
    if not who.everything:
        raise refused("may-not-search", "only workers, administrators and auditors look for cases by data and by people")


def may_start(actor: Actor, users: Collection[str] = (), groups: Collection[str] = ()) -> None:
    """Whether somebody may start a process. `users` and `groups` are its candidate starters; where it names none, everybody may."""
    may_change(actor)
    if not (users or groups) or _is_any(actor, users, groups) or runs(actor):
        return
    raise refused("may-not-start", "you may not start this process")


def may_begin(actor: Actor, lane: str | None, users: Collection[str], groups: Collection[str], *, owner: str | None) -> None:
    """Whether somebody may begin an activity of an ad-hoc subprocess.

    The group of its `lane`; without one, those who may start the process (`users`, `groups`); its owner, and who acts for others.
    """
    may_change(actor)
    if runs(actor) or actor.may_act_for_others or actor.owns(owner) or (lane is not None and lane in actor.groups):
        return
    if lane is not None:
        raise refused("may-not-begin", f"this is begun by {lane}", group=lane)
    may_start(actor, users, groups)


def may_give_message(actor: Actor, group: str | None) -> None:
    """Whether somebody may give a message by hand on the case page: the group that the model names, or an administrator."""
    may_change(actor)
    if runs(actor) or (group is not None and group in actor.groups):
        return
    raise refused("may-not-give-message", f"this message is given by {group or 'an administrator'}", group=group)


def may_correlate(actor: Actor) -> None:
    """Whether somebody may send messages to any case: workers and administrators."""
    may_change(actor)
    if not (runs(actor) or actor.kind is ActorKind.WORKER):
        raise refused("may-not-correlate", "messages are sent by workers and administrators")


def may_work(actor: Actor, *, calls: bool = False) -> None:
    """Whether somebody may fetch external tasks and report on them: workers, administrators; on `calls` of connectors these alone."""
    may_change(actor)
    if not (runs(actor) or (actor.kind is ActorKind.WORKER and not calls)):
        raise refused("may-not-work", "external tasks are for workers and administrators, calls of connectors for administrators alone")


def may_repair(actor: Actor, owner: str | None) -> None:
    """Whether somebody may cancel a case or retry a failed job: the owner of the process, or an administrator."""
    may_change(actor)
    if not (runs(actor) or actor.owns(owner)):
        raise refused("may-not-repair", "only the process owner and administrators may do this")


def may_set_variables(actor: Actor, owner: str | None) -> None:
    """Whether somebody may set the variables of a case outside of its steps: who acts for others, and the process owner."""
    may_change(actor)
    if not (runs(actor) or actor.may_act_for_others or actor.owns(owner)):
        raise refused("may-not-set-variables", "only workers, administrators and the process owner set variables outside of a step")


# ---- tasks ---------------------------------------------------------------------------------------------------------------


def may_claim(actor: Actor, task: AskedTask) -> None:
    """Whether somebody may take a task that nobody has. That somebody has it is for the caller to see: a conflict, or a taking over."""
    may_change(actor)
    _not_own_request(actor, task)
    if not (may_claim_by_name(actor, task) or runs(actor)):
        raise refused("not-a-candidate", "this task is offered to others")


def may_claim_by_name(actor: Actor, task: AskedTask) -> bool:
    """Whether the task asks this person: as a candidate, or added by an escalation."""
    users, groups = (*task.candidate_users, *task.added_users), (*task.candidate_groups, *task.added_groups)
    return actor.id != task.excluded_person and _is_any(actor, users, groups)


def may_take_over(actor: Actor, task: AskedTask) -> None:
    """Whether somebody may take a task from its assignee: only who was added to it, by an escalation."""
    may_change(actor)
    _not_own_request(actor, task)
    if not _is_any(actor, task.added_users, task.added_groups):
        raise refused("may-not-take-over", f"{task.assignee} has this task", assignee=task.assignee)


def may_claim_for(actor: Actor, task: AskedTask, person: str) -> None:
    """Whether somebody may give a task that nobody has to `person`, any name: who acts for others, and never to the excluded person."""
    may_change(actor)
    if not (runs(actor) or actor.may_act_for_others):
        raise refused("may-not-claim-for-others", "only workers and administrators claim tasks for others")
    if person == task.excluded_person:
        raise refused("own-request", f"{person} made this request and cannot approve it", person=person)


def may_complete(actor: Actor, task: AskedTask) -> None:
    """Whether somebody may complete a task: its assignee, an administrator, or a worker who acts for others."""
    _has_it(actor, task)
    if task.delegation == "PENDING":
        raise refused("delegated", "a delegated task is not completed: it goes back to its owner first", owner=task.owner)


def may_resolve(actor: Actor, task: AskedTask) -> None:
    """Whether somebody may give a delegated task back to its owner: its assignee, an administrator, or a worker who acts for others."""
    _has_it(actor, task)


def may_delegate(actor: Actor, task: AskedTask, person: str) -> None:
    """Whether somebody may let `person` work on a task: who may complete it, or has it to work on; never to the excluded person."""
    may_change(actor)
    if not (task.assignee == actor.id or runs(actor) or actor.may_act_for_others):
        raise refused("may-not-delegate", "only who has a task delegates it", assignee=task.assignee)
    if person == task.excluded_person:
        raise refused("own-request", f"{person} made this request and cannot approve it", person=person)


def may_edit_task(actor: Actor) -> None:
    """Whether somebody may change what an open task says and whom it is offered to: who acts for others."""
    may_change(actor)
    if not (runs(actor) or actor.may_act_for_others):
        raise refused("may-not-edit-task", "only workers and administrators change what a task says and whom it asks")


def may_comment(actor: Actor, task: AskedTask) -> None:
    """Whether somebody may remark on a task: who has it, whose it is, whom it asks, and who acts for others."""
    may_change(actor)
    if not (actor.id in {task.assignee, task.owner} or may_claim_by_name(actor, task) or runs(actor) or actor.may_act_for_others):
        raise refused("may-not-comment", "only those whom a task asks remark on it")


def _has_it(actor: Actor, task: AskedTask) -> None:
    may_change(actor)
    _not_own_request(actor, task)
    if not (task.assignee == actor.id or runs(actor) or actor.may_act_for_others):
        message = f"{task.assignee} has this task" if task.assignee else "claim this task first"
        raise refused("not-the-assignee", message, assignee=task.assignee)


def may_release(actor: Actor, task: AskedTask) -> None:
    """Whether somebody may give a task back to its candidates: its assignee or an administrator, if there are candidates."""
    may_change(actor)
    if task.assignee is None or not (task.assignee == actor.id or runs(actor)):
        raise refused("not-the-assignee", "this task is not yours to release", assignee=task.assignee)
    if not (task.candidate_users or task.candidate_groups or task.added_users or task.added_groups):
        raise refused("nobody-else", "nobody else could take this task: have it reassigned instead")


def may_take_away(actor: Actor, task: AskedTask) -> None:
    """Whether somebody may take a task from whoever has it, so that nobody has it: who may release it, and who acts for others."""
    may_change(actor)
    if not actor.may_act_for_others:
        may_release(actor, task)


def may_reassign(actor: Actor, task: AskedTask, directory: Directory, owner: str | None) -> None:
    """Whether somebody may give a task to another person: a head of a department concerned, the process owner, an administrator.

    Concerned are the departments of the assignee and of the candidates; their heads, and the heads above.
    """
    may_change(actor)
    if runs(actor) or actor.owns(owner):
        return
    heads = {f"{upper}:{HEAD}" for department in departments_of(task, directory) for upper in directory.above(department)}
    if actor.groups.isdisjoint(heads):
        raise refused("may-not-reassign", "only heads of the department, the process owner and administrators may reassign a task")


def check_reassignment(task: AskedTask, to: str, reason: str, directory: Directory) -> None:
    """Whether a task may go to a person: active, no auditor, not the one who has it, not the excluded one; with a reason.

    Raises `InvalidSubmission`, or `Forbidden` where it would be that person's own request.
    """
    problems = []
    if not reason.strip():
        problems.append(FieldProblem("reason", "required", "a reason is needed"))
    if not directory.is_active(to):
        problems.append(FieldProblem("to", "unknown", f"there is no active person {to!r}"))
    elif directory.actor(to).may_audit:
        problems.append(FieldProblem("to", "read-only", f"{to} is an auditor, who works on nothing"))
    if to == task.assignee:
        problems.append(FieldProblem("to", "same", f"{to} has this task already"))
    if problems:
        raise InvalidSubmission(problems)
    if to == task.excluded_person:
        raise refused("own-request", f"{to} made this request and cannot approve it", person=to)


def departments_of(task: AskedTask, directory: Directory) -> frozenset[str]:
    """The departments that a task concerns: those of its assignee and of its candidates.

    Of an assignee who was disabled too: the task still has to go to somebody, and the head is who gives it.
    """
    named = frozenset(name for name in (group.partition(":")[0] for group in task.candidate_groups) if name in directory.departments)
    assignee = directory.people.get(task.assignee or "")
    homes = frozenset(it.department for it in assignee.memberships) if assignee else frozenset()
    return named.union(homes, *(directory.departments_of(person) for person in task.candidate_users))


def _not_own_request(actor: Actor, task: AskedTask) -> None:
    if actor.id == task.excluded_person:
        raise refused("own-request", "nobody approves their own request")


def may_keep_draft(actor: Actor) -> None:
    """Whether what somebody has typed is kept for later: of whoever may send anything."""
    may_change(actor)


# ---- models, organisation, history ---------------------------------------------------------------------------------------


def may_deploy(actor: Actor) -> None:
    """Whether somebody may deploy models: analysts and administrators."""
    may_change(actor)
    if not (actor.may_model or runs(actor)):
        raise refused("may-not-deploy", "only analysts and administrators may deploy models")


def may_see_models(actor: Actor) -> None:
    """Whether somebody may see how processes stand: who deploys, and auditors."""
    if not actor.may_audit:
        may_deploy(actor)


def may_read_files(actor: Actor) -> None:
    """Whether somebody may read the files that were deployed, tables and forms too: who reads models, and who acts for others."""
    if not actor.may_act_for_others:
        may_see_models(actor)


def may_delete(actor: Actor) -> None:
    """Whether somebody may delete what is deployed, and cases with their history: administrators."""
    may_change(actor)
    if not runs(actor):
        raise refused("may-not-delete", "only administrators may delete what is deployed, and past cases")


def may_move_cases(actor: Actor) -> None:
    """Whether somebody may take cases as a whole out of a database, or into it: administrators."""
    may_change(actor)
    if not runs(actor):
        raise refused("may-not-move", "only administrators may move cases between databases")


def may_change_organisation(actor: Actor) -> None:
    """Whether somebody may change people, departments, roles and the calendar: administrators."""
    may_change(actor)
    if not runs(actor):
        raise refused("may-not-administer", "only administrators may change the organisation")


def may_renew_own_credentials(actor: Actor) -> None:
    """Whether somebody may give themselves a password or a token: every person, auditors too: it touches nothing but their own door."""
    if actor.kind is ActorKind.SYSTEM:
        raise refused("no-person", "only people have passwords and tokens")


def may_revoke_token(actor: Actor, person: str) -> None:
    """Whether somebody may revoke a token of a `person`: that person and administrators."""
    if actor.id != person:
        may_change_organisation(actor)


def may_oversee(actor: Actor) -> None:
    """Whether somebody may read what concerns all: what was changed of the organisation, what hangs on a department or on a day."""
    if not (runs(actor) or actor.may_audit):
        raise refused("may-not-administer", "only administrators and auditors see what concerns the whole organisation")


def may_see_work_of(actor: Actor, person: str) -> None:
    """Whether somebody may list the open tasks that a person has: that person, administrators and auditors."""
    if not (actor.id == person or runs(actor) or actor.may_audit):
        raise refused("may-not-administer", "only administrators and auditors see what others have to do")


def may_see_jobs(actor: Actor) -> None:
    """Whether somebody may list jobs and incidents of all cases: administrators and auditors."""
    if not (runs(actor) or actor.may_audit):
        raise refused("may-not-administer", "only administrators and auditors see the jobs of all cases")


def sees_incidents(actor: Actor, owner: str | None) -> bool:
    """Whether somebody is shown what failed in the cases of a process: administrators, auditors, and who owns the process."""
    return runs(actor) or actor.may_audit or actor.owns(owner)


def reads_all_of(actor: Actor, owner: str | None) -> bool:
    """Whether nothing in the data of a process's cases is hidden from somebody: its owner, auditors, and who acts for others."""
    return actor.owns(owner) or actor.may_act_for_others or actor.may_audit


def may_verify(actor: Actor) -> None:
    """Whether somebody may verify the history: auditors and administrators."""
    if not (runs(actor) or actor.may_audit):
        raise refused("may-not-verify", "only auditors and administrators may verify the history")


def may_change(actor: Actor) -> None:
    """Auditors change nothing, whatever else they are."""
    if actor.may_audit:
        raise refused("read-only", "auditors see everything and change nothing")


def runs(actor: Actor) -> bool:
    """Whether this is the system or an administrator."""
    return actor.kind is ActorKind.SYSTEM or actor.may_administer


def _is_any(actor: Actor, users: Collection[str], groups: Collection[str]) -> bool:
    return actor.id in users or not actor.groups.isdisjoint(groups)
