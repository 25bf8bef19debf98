"""What administrators ask of the engine beside the organisation itself: what hangs on somebody, on a department, on a day."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from engine.errors import Forbidden, InvalidSubmission, NotFound
from engine.model import SYSTEM, Actor
from engine.organisation.model import Department, Membership, Role
from engine.services.group_uses import UseKind
from engine.work.notices import NoticeKind
from tests.engine.services.conftest import END, START, Desk, model, user_task

FLOWS = "s > a", "a > e"
LITERAL = model(START, user_task("a", 'camunda:candidateGroups="legal:lawyer"'), END, *FLOWS)
COMPUTED = model(START, user_task("a", """camunda:candidateGroups="${amount &gt; 5 ? 'legal' : 'sales'}" """), END, *FLOWS)
OTHER = model(START, user_task("a", 'camunda:candidateGroups="legal-affairs,sales"'), END, *FLOWS)
OF_SALES = model(START, user_task("a"), END, *FLOWS)
LANE = model(
    '<laneSet id="set"><lane id="lane"><extensionElements>'
    '<crossdesk:performer group="legal"/></extensionElements><flowNodeRef>a</flowNodeRef></lane></laneSet>',
    START, user_task("a", ""), END, *FLOWS,
)  # fmt: skip
TABLE = """<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="test">
  <decision id="who" name="who"><decisionTable id="t" hitPolicy="FIRST"><output id="o" name="who" typeRef="string"/>
    <rule id="legal"><outputEntry id="out"><text>"%s"</text></outputEntry></rule></decisionTable></decision></definitions>"""


@pytest.fixture
def legal(desk: Desk) -> Desk:
    """A department and a role that nobody has."""
    ada = desk.actor("ada")
    desk.engine.organisation.add(ada, Department("legal", "Legal", position=9))
    desk.engine.organisation.add(ada, Role("lawyer", "Lawyer"))
    return desk


def kinds(desk: Desk, kind: str, id_: str) -> list[str]:
    return [it.kind.value for it in desk.engine.organisation.uses(desk.actor("ada"), kind, id_)]


# ---- what refers to a department or role ---------------------------------------------------------------------------------


def test_what_nothing_refers_to_is_removed(legal: Desk):
    ada = legal.actor("ada")
    legal.deploy(p=OTHER)  # a name that only begins like it
    assert kinds(legal, "department", "legal") == kinds(legal, "role", "lawyer") == []
    legal.engine.organisation.remove(ada, "department", "legal")
    legal.engine.organisation.remove(ada, "role", "lawyer")
    assert not {"legal", "lawyer"} & {*legal.engine.organisation.directory().departments, *legal.engine.organisation.directory().roles}


@pytest.mark.parametrize("text", [LITERAL, COMPUTED, LANE])
def test_what_a_deployed_process_names_is_not_removed(legal: Desk, text: str):
    legal.deploy(p=text)
    assert kinds(legal, "department", "legal") == ["process"]
    with pytest.raises(InvalidSubmission) as raised:
        legal.engine.organisation.remove(legal.actor("ada"), "department", "legal")
    assert [it.code for it in raised.value.problems] == ["in-use"]
    assert "legal" in legal.engine.organisation.directory().departments


def test_a_role_is_named_as_a_part_of_a_group_too(legal: Desk):
    legal.deploy(p=LITERAL)
    [use] = legal.engine.organisation.uses(legal.actor("ada"), "role", "lawyer")
    assert (use.kind, use.elements) == (UseKind.PROCESS, ("a",))


@pytest.mark.parametrize(("said", "named"), [("legal", True), ("legal:lawyer", True), ("illegal", False), ("legal-affairs", False)])
def test_what_a_decision_table_answers_counts_too(legal: Desk, said: str, named: bool):
    files = {"p.bpmn": OF_SALES.encode(), "who.dmn": (TABLE % said).encode()}
    legal.engine.definitions.deploy(legal.actor("ann"), "test", files, strict=False)
    assert kinds(legal, "department", "legal") == (["process"] if named else [])


def test_an_older_version_counts_while_cases_run_on_it(legal: Desk):
    legal.deploy(p=model(START, user_task("a", 'camunda:candidateGroups="legal,sales"'), END, *FLOWS))
    case = legal.engine.instances.start(legal.actor("sue"), "p", {})
    legal.deploy(p=OF_SALES)
    assert kinds(legal, "department", "legal") == ["process", "tasks"]
    legal.engine.instances.cancel(legal.actor("ada"), case.id, "no lawyers")
    assert kinds(legal, "department", "legal") == []


def test_people_departments_below_and_cases_that_began_there_count(desk: Desk):
    assert kinds(desk, "department", "management") == ["person", "department", "department"]
    desk.deploy(p=model(START, END, "s > e"))
    desk.engine.instances.start(desk.actor("sue"), "p", {})
    assert kinds(desk, "department", "sales") == ["person", "person", "cases"]
    desk.engine.organisation.set_active(desk.actor("ada"), "sue", active=False)
    assert kinds(desk, "department", "sales") == ["person", "person", "cases"]  # who left is put there by name, too


@pytest.mark.parametrize("role", ["head", "admin", "auditor", "analyst"])
def test_the_roles_that_the_system_knows_stay(desk: Desk, role: str):
    assert kinds(desk, "role", role)[0] == "system"
    with pytest.raises(InvalidSubmission):
        desk.engine.organisation.remove(desk.actor("ada"), "role", role)


# ---- what somebody has ---------------------------------------------------------------------------------------------------


def test_what_somebody_has_is_listed_with_where_it_would_go_back_to(desk: Desk):
    desk.deploy(p=OF_SALES)
    case = desk.engine.instances.start(desk.actor("sue"), "p", {})
    task = desk.open_tasks(case.id)["a"]
    desk.engine.tasks.claim(desk.actor("sue"), task)
    for who in ("ada", "axel", "sue"):
        held = desk.engine.tasks.held_by(desk.actor(who), "sue")
        assert (held.total, [(it.row.task_id, it.candidates) for it in held.tasks]) == (1, [(task, ("sales",))])
    for who in ("sam", "fred", "ann"):
        with pytest.raises(Forbidden):
            desk.engine.tasks.held_by(desk.actor(who), "sue")


def test_the_head_gives_away_what_somebody_had_who_was_deactivated(desk: Desk):
    desk.deploy(p=model(START, user_task("a", 'camunda:assignee="sue"'), END, *FLOWS))
    case = desk.engine.instances.start(desk.actor("sue"), "p", {})
    task = desk.open_tasks(case.id)["a"]
    desk.engine.organisation.set_active(desk.actor("ada"), "sue", active=False)
    with pytest.raises(NotFound):  # for the head of another department
        desk.engine.tasks.reassign(desk.actor("fay"), task, "fred", "she has left")
    assert desk.engine.tasks.reassign(desk.actor("sam"), task, "sam", "she has left").assignee == "sam"


def test_tasks_are_counted_by_when_they_are_due(desk: Desk):
    desk.deploy(p=model(START, user_task("a", 'camunda:candidateGroups="sales" camunda:dueDate="P1D"'), END, *FLOWS))
    desk.engine.instances.start(desk.actor("sue"), "p", {})
    now, day = desk.clock.now(), timedelta(days=1)
    ada = desk.actor("ada")
    assert [desk.engine.tasks.due_between(ada, now + n * day, now + (n + 1) * day) for n in (0, 1, 2)] == [0, 1, 0]
    with pytest.raises(Forbidden):
        desk.engine.tasks.due_between(desk.actor("sam"), now, now + day)


# ---- passwords, changes --------------------------------------------------------------------------------------------------


def test_new_credentials_and_their_entry_in_the_history_are_one_transaction(desk: Desk):
    ada, written = desk.actor("ada"), []
    desk.engine.organisation.renew_credentials(ada, "sue", written.append)
    assert len(written) == 1
    [entry] = desk.engine.organisation.past(ada, limit=1).entries
    assert [(it.kind, it.id, dict(it.change)) for it in entry.changes] == [("person", "sue", {"password": True})]

    def fail(_connection: object) -> None:
        raise ConnectionAbortedError

    with pytest.raises(ConnectionAbortedError):
        desk.engine.organisation.renew_credentials(ada, "sam", fail)
    assert desk.engine.organisation.past(ada, limit=1).entries == (entry,)
    with pytest.raises(Forbidden):
        desk.engine.organisation.renew_credentials(desk.actor("sam"), "sue", written.append)
    assert len(written) == 1


@pytest.mark.parametrize("person", ["sue", "ada", "axel"])
def test_everybody_renews_their_own_credentials_auditors_too_and_is_told(desk: Desk, person: str):
    written: list[object] = []
    desk.engine.organisation.renew_own_credentials(desk.actor(person), written.append)
    assert len(written) == 1
    [entry] = desk.engine.organisation.past(desk.actor("ada"), limit=1).entries
    assert (entry.actor, [(it.id, dict(it.change)) for it in entry.changes]) == (person, [(person, {"password": True})])
    desk.engine.notices.deliver()
    [told] = desk.engine.notices.newest(desk.actor(person))
    assert (told.kind, told.case_id, told.args) == (NoticeKind.CREDENTIALS_RENEWED, None, {})


def test_the_system_has_no_password_and_nobody_unknown_has_one(desk: Desk):
    for who, error in ((SYSTEM, Forbidden), (Actor("nobody"), NotFound)):
        with pytest.raises(error):
            desk.engine.organisation.renew_own_credentials(who, lambda _connection: None)


def test_who_is_given_credentials_is_told_by_whom(desk: Desk):
    desk.engine.organisation.renew_credentials(desk.actor("ada"), "sue", lambda _connection: None)
    desk.engine.notices.deliver()
    assert [(it.kind, it.args) for it in desk.engine.notices.newest(desk.actor("sue"))] == [(NoticeKind.CREDENTIALS_RENEWED, {"by": "ada"})]
    assert list(desk.engine.notices.newest(desk.actor("ada"))) == []


def test_everybody_makes_and_revokes_their_own_tokens_and_administrators_revoke_those_of_others(desk: Desk):
    organisation, written = desk.engine.organisation, list[object]()
    for person in ("sue", "axel"):
        organisation.make_token(desk.actor(person), "import", "read", written.append)
        organisation.revoke_token(desk.actor(person), person, "import", written.append)
    organisation.revoke_token(desk.actor("ada"), "sue", "import", written.append)
    assert len(written) == 5
    desk.engine.notices.deliver()
    assert [(it.kind, it.args) for it in desk.engine.notices.newest(desk.actor("sue"))] == [
        (NoticeKind.TOKEN_REVOKED, {"by": "ada", "name": "import"}),
        (NoticeKind.TOKEN_MADE, {"name": "import"}),
    ]
    for who in (desk.actor("sue"), desk.actor("axel")):
        with pytest.raises(Forbidden):
            organisation.revoke_token(who, "ada", "import", written.append)
    with pytest.raises(Forbidden):
        organisation.make_token(SYSTEM, "import", "read", written.append)
    assert len(written) == 5


def test_what_fails_to_be_stored_stands_in_no_history(desk: Desk):
    before = desk.engine.organisation.past(desk.actor("ada"), limit=1)

    def fail(_connection: object) -> None:
        raise NotFound("gone already")

    with pytest.raises(NotFound):
        desk.engine.organisation.revoke_token(desk.actor("sue"), "sue", "import", fail)
    assert desk.engine.organisation.past(desk.actor("ada"), limit=1) == before


def test_administrators_and_auditors_read_the_changes_and_nobody_else(desk: Desk):
    sue = desk.engine.organisation.directory().people["sue"]
    desk.engine.organisation.put_person(desk.actor("ada"), replace(sue, memberships=(Membership("finance"),)))
    for who in ("ada", "axel"):
        assert desk.engine.organisation.past(desk.actor(who), limit=1).entries[0].actor == "ada"
    for who in ("sam", "ann"):
        with pytest.raises(Forbidden):
            desk.engine.organisation.past(desk.actor(who))
        with pytest.raises(Forbidden):
            desk.engine.organisation.uses(desk.actor(who), "department", "sales")
