"""Files on cases: who may add, see and delete them, what is kept once, what goes with a case, and what the history proves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import delete, func, select, update

from engine import AttachmentLimits, ContentAltered, FindingKind, Forbidden, NewAttachment, NotFound, Suspended
from engine.audit.verify import verify
from engine.errors import Conflict, CrossdeskError, InvalidRequest
from engine.services.attachments import Attachments
from engine.store.database import Database
from engine.store.tables import attachment, attachment_content, history_entry
from engine.work.attachments import digest_of
from tests.engine.services.conftest import END, START, Desk, model, user_task
from tests.engine.services.test_two_at_once import at_once

TASKS = model(START, user_task("a"), user_task("b", 'camunda:candidateGroups="finance"'), END, "s > a", "a > b", "b > e")
OFFER = NewAttachment("offer.pdf", "the second offer", "application/pdf", b"%PDF-1.7 offer")
LIST = NewAttachment("list.txt", content=b"two pumps")


@pytest.fixture
def case(desk: Desk) -> str:
    """A case that Fred of Finance has started, and whose task asks Sales."""
    desk.deploy(p=TASKS)
    return desk.engine.instances.start(desk.actor("fred"), "p").id


def add(desk: Desk, person: str, case: str, *files: NewAttachment) -> list[str]:
    return [it.id for it in desk.engine.attachments.attach_to_case(desk.actor(person), case, files or (OFFER,))]


def contents(desk: Desk) -> int:
    with desk.engine.database.read() as connection:
        return int(connection.execute(select(func.count()).select_from(attachment_content)).scalar_one())


def told(desk: Desk, case: str) -> list[tuple[str, dict[str, object]]]:
    """What the history tells of files, oldest first."""
    entries = reversed(desk.engine.history.entries(desk.actor("axel"), case))
    return [(name, dict(fields)) for entry in entries for name, fields in entry.events if name.startswith("Attachment")]


# ---- added, read, deleted --------------------------------------------------------------------------------------------------


def test_files_are_added_listed_and_read_and_the_history_names_what_they_held(desk: Desk, case: str):
    engine, fred = desk.engine, desk.actor("fred")
    made = engine.attachments.attach_to_case(fred, case, [OFFER, LIST])
    assert engine.attachments.of_case(desk.actor("sue"), case) == made
    first = made[0]
    assert (first.name, first.description, first.type, first.url) == ("offer.pdf", "the second offer", "application/pdf", None)
    assert (first.size, first.digest) == (14, digest_of(b"%PDF-1.7 offer"))
    assert (first.added_by, first.added_at, first.task_id) == ("fred", desk.clock.now(), None)
    assert engine.attachments.get(fred, first.id) == first
    assert [engine.attachments.content(fred, it.id) for it in made] == [OFFER.content, LIST.content]
    [(name, fields), _] = told(desk, case)
    assert (name, fields) == ("AttachmentAdded", {
        "attachment": first.id, "instance": case, "name": "offer.pdf", "digest": first.digest, "size": 14,
    })  # fmt: skip


def test_several_files_are_one_entry_and_all_or_none(desk: Desk, case: str):
    before = desk.engine.history.entries(desk.actor("axel"), case)[0].seq
    add(desk, "fred", case, OFFER, LIST)
    assert desk.engine.history.entries(desk.actor("axel"), case)[0].seq == before + 1
    with pytest.raises(InvalidRequest, match="no slashes"):
        add(desk, "fred", case, LIST, replace(OFFER, name="../offer.pdf"))
    assert len(desk.engine.attachments.of_case(desk.actor("fred"), case)) == 2


def test_a_file_of_a_task_is_one_of_its_case_too_and_changes_nobody_s_page_of_the_task(desk: Desk, case: str):
    engine, sue = desk.engine, desk.actor("sue")
    task = desk.open_tasks(case)["a"]
    version = engine.tasks.claim(sue, task).version
    [made] = engine.attachments.attach_to_task(sue, task, [OFFER])
    assert (made.task_id, made.element_id, made.instance_id) == (task, "a", case)
    assert engine.attachments.of_task(sue, task) == engine.attachments.of_case(sue, case) == [made]
    assert told(desk, case)[0][1]["task"] == task
    engine.tasks.complete(sue, task, version=version)
    assert engine.attachments.of_task(desk.actor("fred"), task) == [made], "it stays when the task is done"


def test_an_address_is_kept_without_a_content(desk: Desk, case: str):
    [made] = desk.engine.attachments.attach_to_case(desk.actor("fred"), case, [NewAttachment("plan", url="https://docs.example/a?b=1#c")])
    assert (made.url, made.size, made.digest) == ("https://docs.example/a?b=1#c", None, None)
    assert desk.engine.attachments.content(desk.actor("fred"), made.id) is None
    assert told(desk, case)[0][1]["url"] == made.url


def test_a_deleted_file_is_gone_and_the_history_still_says_which_content_it_was(desk: Desk, case: str):
    (made,) = add(desk, "fred", case)
    desk.engine.attachments.detach(desk.actor("fred"), made)
    assert (desk.engine.attachments.of_case(desk.actor("fred"), case), contents(desk)) == ([], 0)
    _, (name, fields) = told(desk, case)
    assert (name, fields["attachment"], fields["digest"], fields["size"]) == ("AttachmentDeleted", made, OFFER.digest, 14)
    with pytest.raises(NotFound):
        desk.engine.attachments.detach(desk.actor("fred"), made)


def test_content_is_stored_once_and_goes_with_the_last_file_that_has_it(desk: Desk, case: str):
    other = desk.engine.instances.start(desk.actor("fred"), "p").id
    first, second = add(desk, "fred", case) + add(desk, "fred", other, replace(OFFER, name="copy.pdf"))
    assert contents(desk) == 1
    desk.engine.attachments.detach(desk.actor("fred"), first)
    assert desk.engine.attachments.content(desk.actor("fred"), second) == OFFER.content
    desk.engine.attachments.detach(desk.actor("fred"), second)
    assert contents(desk) == 0


def test_pages_hear_of_files(desk: Desk, case: str):
    desk.commits.clear()
    (made,) = add(desk, "fred", case)
    desk.engine.attachments.detach(desk.actor("fred"), made)
    assert [it.cases for it in desk.commits] == [{case}, {case}]


def test_a_called_case_has_files_of_its_own(desk: Desk):
    calls = model(START, '<callActivity id="c" calledElement="p"/>', END, "s > c", "c > e", key="caller")
    desk.deploy(p=TASKS, caller=calls)
    engine, ada = desk.engine, desk.actor("ada")
    root = engine.instances.start(ada, "caller").id
    inner = engine.tasks.get(ada, desk.open_tasks(root)["a"]).instance_id
    [made] = engine.attachments.attach_to_case(ada, inner, [OFFER])
    engine.attachments.attach_to_case(ada, root, [LIST])
    assert engine.attachments.of_case(ada, inner) == [made]
    assert [it.name for it in engine.attachments.of_case(ada, root)] == ["list.txt"]
    assert [fields["name"] for _, fields in told(desk, inner)] == ["offer.pdf"]


# ---- who may ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("person", "may"), [("fred", True), ("sue", True), ("sam", True), ("ada", True), ("axel", False)])
def test_who_started_a_case_whom_it_asks_and_administrators_add_to_it(desk: Desk, case: str, person: str, *, may: bool):
    """Fred has started it, Sue and Sam are asked, Axel audits: he sees everything and changes nothing."""
    assert desk.engine.attachments.may_attach(desk.actor(person), case) is may
    if may:
        assert add(desk, person, case)
    else:
        with pytest.raises(Forbidden):
            add(desk, person, case)


def test_who_worked_on_it_still_reads_and_adds_no_more(desk: Desk, case: str):
    desk.complete("sue", desk.open_tasks(case)["a"])
    (made,) = add(desk, "fred", case)
    sue = desk.actor("sue")
    assert desk.engine.attachments.content(sue, made) == OFFER.content
    assert desk.engine.attachments.may_attach(sue, case) is False
    with pytest.raises(Forbidden, match="files are added by who started the case"):
        add(desk, "sue", case)


def test_an_outsider_is_told_that_nothing_is_there(desk: Desk, case: str):
    (made,) = add(desk, "fred", case)
    task = desk.open_tasks(case)["a"]
    outsider, files = desk.actor("ann"), desk.engine.attachments
    for act in (
        lambda: files.of_case(outsider, case), lambda: files.of_task(outsider, task), lambda: files.get(outsider, made),
        lambda: files.content(outsider, made), lambda: files.detach(outsider, made), lambda: files.may_attach(outsider, case),
        lambda: files.attach_to_case(outsider, case, [OFFER]), lambda: files.attach_to_task(outsider, task, [OFFER]),
    ):  # fmt: skip
        with pytest.raises(NotFound) as refused:
            act()
        assert "offer" not in str(refused.value)


def test_an_outsider_cannot_tell_a_file_from_one_that_never_was(desk: Desk, case: str):
    (made,) = add(desk, "fred", case)
    said = []
    for name in (made, "never"):
        with pytest.raises(NotFound) as refused:
            desk.engine.attachments.get(desk.actor("ann"), name)
        said.append(str(refused.value).replace(name, "…"))
    assert said[0] == said[1]


@pytest.mark.parametrize(("person", "may"), [("fred", True), ("sue", False), ("axel", False), ("ada", True)])
def test_a_file_is_deleted_by_who_added_it_and_by_administrators(desk: Desk, case: str, person: str, *, may: bool):
    (made,) = add(desk, "fred", case)
    if not may:
        with pytest.raises(Forbidden):
            desk.engine.attachments.detach(desk.actor(person), made)
    else:
        desk.engine.attachments.detach(desk.actor(person), made)
    assert len(desk.engine.attachments.of_case(desk.actor("fred"), case)) == (not may)


def test_of_an_ended_case_files_are_read_and_only_administrators_delete_them(desk: Desk, case: str):
    (made,) = add(desk, "fred", case)
    desk.engine.instances.cancel(desk.actor("ada"), case, "ordered twice")
    fred, files = desk.actor("fred"), desk.engine.attachments
    assert files.content(fred, made) == OFFER.content
    assert files.may_attach(fred, case) is False
    with pytest.raises(Conflict):
        add(desk, "fred", case)
    with pytest.raises(Forbidden, match="while its case is open"):
        files.detach(fred, made)
    files.detach(desk.actor("ada"), made)
    assert (files.of_case(fred, case), told(desk, case)[-1][0]) == ([], "AttachmentDeleted")
    assert desk.engine.history.verify(desk.actor("axel")).findings == []


def test_nothing_is_added_to_a_suspended_case(desk: Desk, case: str):
    task = desk.open_tasks(case)["a"]
    desk.engine.suspension.suspend_instance(desk.actor("ada"), case, suspended=True)
    for act in (lambda: add(desk, "fred", case), lambda: desk.engine.attachments.attach_to_task(desk.actor("sue"), task, [OFFER])):
        with pytest.raises(Suspended):
            act()


def test_nothing_is_added_to_a_task_that_is_done(desk: Desk, case: str):
    task = desk.open_tasks(case)["a"]
    desk.complete("sue", task)
    with pytest.raises(Conflict):
        desk.engine.attachments.attach_to_task(desk.actor("sue"), task, [OFFER])
    with pytest.raises(NotFound):
        desk.engine.attachments.attach_to_task(desk.actor("sue"), "never", [OFFER])


# ---- limits and attacks ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "why"),
    [
        (NewAttachment("../../etc/passwd", content=b"x"), "no slashes"),
        (NewAttachment("C:\\boot.ini", content=b"x"), "no slashes"),
        (NewAttachment("..", content=b"x"), "no slashes"),
        (NewAttachment("a\r\nSet-Cookie: x=1", content=b"x"), "no slashes"),
        (NewAttachment("a\0b", content=b"x"), "no slashes"),
        (NewAttachment("invoice\u202egpj.exe", content=b"x"), "no slashes"),
        (NewAttachment("half \ud800", content=b"x"), "no slashes"),
        (NewAttachment(" ", content=b"x"), "is empty"),
        (NewAttachment("x" * 256, content=b"x"), "256 characters"),
        (NewAttachment("a", "x" * 4001, content=b"x"), "description"),
        (NewAttachment("a", type="x" * 256, content=b"x"), "type"),
        (NewAttachment("a"), "needs a content"),
        (NewAttachment("a", url="javascript:alert(1)"), "http"),
        (NewAttachment("a", url="file:///etc/passwd"), "http"),
        (NewAttachment("a", url="https://me:secret@docs.example/"), "http"),
        (NewAttachment("a", url="https://"), "http"),
        (NewAttachment("a", url="http://[::1"), "http"),
        (NewAttachment("a", url="https://docs.example/\r\nX: 1"), "http"),
        (NewAttachment("a", url="https://docs.example/" + "x" * 2000), "2021 characters"),
        (NewAttachment("big.bin", content=b"x" * 101), "big.bin has 0.1 MB"),
    ],
)
def test_what_cannot_be_kept_is_refused_and_nothing_is_stored(desk: Desk, case: str, file: NewAttachment, why: str):
    desk.engine.attachments.limits = AttachmentLimits(most_bytes=100)
    with pytest.raises(InvalidRequest, match=why):
        add(desk, "fred", case, file)
    assert (contents(desk), told(desk, case)) == (0, [])


def test_a_case_takes_so_many_files_and_no_more(desk: Desk, case: str):
    desk.engine.attachments.limits = AttachmentLimits(most_per_case=2)
    (first,) = add(desk, "fred", case)
    with pytest.raises(InvalidRequest, match="the case has 1 files; 2 is the most"):
        add(desk, "fred", case, OFFER, LIST)
    add(desk, "fred", case, LIST)
    with pytest.raises(InvalidRequest):
        add(desk, "fred", case)
    desk.engine.attachments.detach(desk.actor("fred"), first)
    assert add(desk, "fred", case)


def test_none_at_all_is_told(desk: Desk, case: str):
    with pytest.raises(InvalidRequest, match="there is no file"):
        desk.engine.attachments.attach_to_case(desk.actor("fred"), case, [])


# ---- two at once -----------------------------------------------------------------------------------------------------------


def test_of_two_who_add_the_last_file_at_once_one_is_told_that_there_is_no_room(desk: Desk, case: str):
    desk.engine.attachments.limits = AttachmentLimits(most_per_case=1)
    found = at_once(lambda: add(desk, "fred", case), lambda: add(desk, "sue", case, LIST))
    assert sorted(isinstance(it, InvalidRequest) for it in found) == [False, True], found


@pytest.mark.parametrize("others", [1, 2])
def test_of_two_who_delete_a_file_at_once_one_finds_it_gone(desk: Desk, case: str, others: int):
    (made,) = add(desk, "fred", case)
    people = ("fred", "ada", "ada")[: others + 1]
    found = at_once(*(lambda it=it: desk.engine.attachments.detach(desk.actor(it), made) for it in people))
    assert sorted(isinstance(it, NotFound) for it in found) == [False, *[True] * others], found
    assert [name for name, _ in told(desk, case)] == ["AttachmentAdded", "AttachmentDeleted"]


def test_content_that_one_case_gives_up_while_another_gets_it_is_there(desk: Desk, case: str):
    """The last file with a content is deleted while the same content is added to another case, in all orders."""
    other = desk.engine.instances.start(desk.actor("fred"), "p").id
    for _ in range(8):
        (made,) = add(desk, "fred", case)
        _, kept = at_once(lambda it=made: desk.engine.attachments.detach(desk.actor("fred"), it), lambda: add(desk, "fred", other))
        assert not isinstance(kept, CrossdeskError), kept
        assert desk.engine.attachments.content(desk.actor("fred"), kept[0]) == OFFER.content
        desk.engine.attachments.detach(desk.actor("fred"), kept[0])
        assert contents(desk) == 0


def test_a_file_and_a_completion_at_once_both_take_place(desk: Desk, case: str):
    task = desk.open_tasks(case)["a"]
    desk.engine.tasks.claim(desk.actor("sue"), task)
    found = at_once(lambda: add(desk, "fred", case), lambda: desk.engine.tasks.complete(desk.actor("sue"), task))
    assert not any(isinstance(it, CrossdeskError) for it in found), found
    assert verify_whole(desk)


def verify_whole(desk: Desk) -> bool:
    return desk.engine.history.verify(desk.actor("axel")).findings == []


# ---- what goes with a case -------------------------------------------------------------------------------------------------


def test_deleting_a_deployment_deletes_the_files_of_its_cases_and_leaves_what_others_have(desk: Desk, case: str):
    desk.deploy(q=TASKS.replace('process id="p"', 'process id="q"'))
    other = desk.engine.instances.start(desk.actor("fred"), "q").id
    add(desk, "fred", case, OFFER, LIST)
    (kept,) = add(desk, "fred", other)
    deployment = desk.engine.definitions.latest("p").row.deployment_id
    desk.engine.deployments.delete(desk.actor("ada"), deployment, cascade=True, reason="a trial")
    assert contents(desk) == 1
    assert desk.engine.attachments.content(desk.actor("fred"), kept) == OFFER.content
    with desk.engine.database.read() as connection:
        assert connection.execute(select(attachment.c.id)).scalars().all() == [kept]
    assert verify_whole(desk)


def test_a_case_moves_with_its_files(desk: Desk, case: str):
    add(desk, "fred", case, OFFER, LIST)
    whole = desk.engine.whole_cases.take(desk.actor("ada"), case)
    assert (len(whole.rows["attachment"]), len(whole.rows["attachment_content"])) == (2, 2)


# ---- what the history proves -----------------------------------------------------------------------------------------------


def swap(database: Database, made: str) -> None:
    """Other content under the same digest."""
    with database.begin() as connection:
        connection.execute(update(attachment_content).values(content=b"forged"))


def swap_with_digest(database: Database, made: str) -> None:
    """Other content, and its digest in the row."""
    with database.begin() as connection:
        connection.execute(attachment_content.insert(), {"digest": digest_of(b"forged"), "content": b"forged"})
        connection.execute(update(attachment).values(digest=digest_of(b"forged"), size=6))


def point_elsewhere(database: Database, made: str) -> None:
    """An address instead of the content."""
    with database.begin() as connection:
        connection.execute(update(attachment).values(digest=None, url="https://evil.example/"))


def forget_the_entry(database: Database, made: str) -> None:
    """The entry that told of it is no JSON any more."""
    with database.begin() as connection:
        connection.execute(update(history_entry).where(history_entry.c.body.contains(made)).values(body="{"))


@pytest.mark.parametrize("alter", [swap, swap_with_digest, point_elsewhere, forget_the_entry])
def test_content_that_was_altered_is_not_given_out_and_the_verifier_names_it(desk: Desk, case: str, alter: Callable[[Database, str], None]):
    (made,) = add(desk, "fred", case)
    alter(desk.engine.database, made)
    with pytest.raises(ContentAltered, match="not the one that was added"):
        desk.engine.attachments.content(desk.actor("fred"), made)
    findings = desk.engine.history.verify(desk.actor("axel"), case).findings
    entry = desk.engine.attachments.get(desk.actor("fred"), made).entry
    assert any(it.chain == case and it.seq == entry for it in findings), findings


def test_the_verifier_tells_altered_missing_renamed_and_untold_files_apart(desk: Desk, case: str):
    other = desk.engine.instances.start(desk.actor("fred"), "p").id
    altered, missing, renamed = add(desk, "fred", case, OFFER, LIST, NewAttachment("plan", url="https://docs.example/"))
    (untold,) = add(desk, "fred", other, NewAttachment("note.txt", content=b"as it was"))
    with desk.engine.database.begin() as connection:
        connection.execute(update(attachment_content).where(attachment_content.c.digest == OFFER.digest).values(content=b"forged"))
        connection.execute(delete(attachment).where(attachment.c.id == missing))
        connection.execute(update(attachment).where(attachment.c.id == renamed).values(name="plan of another"))
        connection.execute(update(attachment).where(attachment.c.id == untold).values(id="zzz"))
        found = {(it.kind, it.chain, it.text, it.values["name"]) for it in verify(connection)}
        one = {it.chain for it in verify(connection, other)}
    assert found == {
        (FindingKind.ALTERED, case, "file-altered", "offer.pdf"),
        (FindingKind.REMOVED, case, "file-missing", "list.txt"),
        (FindingKind.ALTERED, case, "file-renamed", "plan"),
        (FindingKind.REMOVED, other, "file-missing", "note.txt"),
        (FindingKind.ADDED, other, "file-untold", "note.txt"),
    }
    assert one == {other}
    assert altered


def test_the_same_content_added_once_more_is_right_again(desk: Desk, case: str):
    (made,) = add(desk, "fred", case)
    swap(desk.engine.database, made)
    (again,) = add(desk, "fred", case)
    assert desk.engine.attachments.content(desk.actor("fred"), again) == OFFER.content


def test_limits_are_those_that_the_engine_was_given(desk: Desk):
    assert isinstance(desk.engine.attachments, Attachments)
    assert desk.engine.attachments.limits == AttachmentLimits(10 * 1024 * 1024, 100)
