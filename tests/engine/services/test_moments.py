"""A case moment by moment: what each entry changed, how it stood before a window, and that a long case costs no more than a short one."""

from __future__ import annotations

import pytest

from engine import Forbidden, Moments, NotFound
from engine.events import CaseRead, ElementEntered, ElementLeft, Event, UserTaskCompleted, UserTaskCreated
from engine.model import Actor
from engine.services.moments import SPAN
from engine.store import history
from tests.engine.services.conftest import END, START, Desk, model, user_task
from tests.engine.services.test_statements import LOOP
from tests.statements import statements as sent

PARALLEL = model(
    START,
    '<parallelGateway id="fork"/><parallelGateway id="join"/>',
    user_task("a"),
    user_task("b", 'camunda:candidateGroups="finance"'),
    END,
    "s > fork", "fork > a", "fork > b", "a > join", "b > join", "join > e",
)  # fmt: skip
CALLED = model(START, user_task("inner"), END, "s > inner", "inner > e", key="called")
CALLING = model(START, '<callActivity id="c" calledElement="called"/>', user_task("after"), END, "s > c", "c > after", "after > e")


def stood(found: Moments, upto: int | None = None) -> tuple[set[str], dict[str, int], list[str]]:
    """What was seen, how often, and where tokens waited after so many moments of a window."""
    seen, times, tokens = set(found.before.seen), dict(found.before.times), dict(found.before.tokens)
    for moment in found.moments[:upto]:
        seen.update(moment.seen)
        for name, number in moment.times.items():
            times[name] = times.get(name, 0) + number
        for token in moment.closed:
            del tokens[token]  # a token that closes was open
        tokens.update(moment.opened)
    return seen, times, sorted(tokens.values())


def start(desk: Desk, **variables: object) -> str:
    return desk.engine.instances.start(desk.actor("sue"), "p", variables).id


def test_each_entry_is_a_moment_that_says_what_it_changed(desk: Desk):
    desk.deploy(p=PARALLEL)
    case = start(desk)
    desk.complete("sam", desk.open_tasks(case)["a"])
    desk.complete("fay", desk.open_tasks(case)["b"])
    found = desk.engine.history.moments(desk.actor("axel"), case)
    assert (found.first, found.last, found.lowest, found.highest) == (1, 5, 1, 5)
    assert [it.entry.seq for it in found.moments] == [1, 2, 3, 4, 5]
    assert [stood(found, number)[2] for number in range(1, 6)] == [["a", "b"], ["a", "b"], ["b"], ["b"], []]
    seen = [stood(found, number)[0] for number in range(1, 6)]
    assert {"s", "fork", "a", "b", "fork_a"} == seen[0] & {"s", "fork", "a", "b", "fork_a", "join", "e"}
    assert "a_join" in seen[2]
    assert "e" not in seen[3]
    assert "e" in seen[4]
    assert stood(found)[1]["a"] == 1


def test_an_activity_that_was_done_several_times_is_counted_and_stands_where_it_stood(desk: Desk):
    desk.deploy(p=LOOP)
    case = start(desk, again=True)
    for turn in range(3):
        task = desk.open_tasks(case)["a"]
        desk.engine.tasks.claim(desk.actor("sam"), task)
        desk.engine.tasks.complete(desk.actor("sam"), task, {"again": turn < 2})
    found = desk.engine.history.moments(desk.actor("axel"), case)
    counts = [stood(found, number)[1].get("a", 0) for number in range(1, len(found.moments) + 1)]
    assert counts == [1, 1, 2, 2, 3, 3, 3]
    assert stood(found)[2] == []


def test_an_auditors_look_is_no_moment(desk: Desk):
    desk.deploy(p=PARALLEL)
    case = start(desk)
    for _ in range(3):
        desk.engine.history.record_look(desk.actor("axel"), case, "page")
    found = desk.engine.history.moments(desk.actor("axel"), case)
    assert (found.highest, [it.entry.seq for it in found.moments]) == (4, [1])


def test_a_called_case_has_its_own_moments_and_its_caller_shows_the_call(desk: Desk):
    desk.deploy(p=CALLING, called=CALLED)
    case = start(desk)
    [inner] = desk.engine.instances.get(desk.actor("axel"), case).called
    desk.complete("sam", desk.open_tasks(case)["inner"])
    own, outer = (desk.engine.history.moments(desk.actor("axel"), it) for it in (inner.id, case))
    assert stood(own)[0] >= {"s", "inner", "e"}
    assert stood(own)[2] == []
    assert all("after" not in moment.seen for moment in own.moments)
    assert [stood(outer, number)[2] for number in (1, 2, 3)] == [["c"], ["c"], ["after"]]
    assert "inner" not in stood(outer)[0]


def test_who_may_not_see_a_case_is_told_nothing_and_all_windows_are_for_who_sees_everything(desk: Desk):
    desk.deploy(p=PARALLEL)
    case = start(desk)
    with pytest.raises(NotFound):
        desk.engine.history.moments(desk.actor("ann"), case)
    assert desk.engine.history.moments(desk.actor("sue"), case).moments
    with pytest.raises(Forbidden):
        next(desk.engine.history.each_window(desk.actor("sue"), case))
    assert len(list(desk.engine.history.each_window(desk.actor("axel"), case))) == 1


# ---- a case of ten thousand loops ----------------------------------------------------------------------------------------

LOOPS = 10_000


def turns(number: int) -> list[Event]:
    """What one turn of a loop writes: the task is done and comes again."""
    old, new = f"t{number - 1:08d}", f"t{number:08d}"
    return [
        UserTaskCompleted(old, "a"),
        ElementLeft("", "a", old),
        ElementEntered("", "a", new, "g_a"),
        UserTaskCreated(new, "a", groups=["sales"]),
    ]


@pytest.fixture
def long_case(desk: Desk) -> str:
    """A case whose task was done ten thousand times, as its history tells it."""
    desk.deploy(p=LOOP)
    case = start(desk, again=True)
    first = desk.open_tasks(case)["a"]
    with desk.engine.database.begin() as connection:
        head = history.lock_head(connection, case)
        for number in range(1, LOOPS + 1):
            events = [_of(case, it, first) for it in turns(number)]
            head = history.append_after(connection, head, case, Actor("sam"), desk.clock.now(), events)
        history.append_after(connection, head, case, desk.actor("axel"), desk.clock.now(), [CaseRead("page")])
    return case


def _of(case: str, it: Event, first: str) -> Event:
    changed = {name: case for name in ("instance",) if hasattr(it, name)}
    for name in ("task", "token"):
        if getattr(it, name, None) == "t00000000":
            changed[name] = first
    values = {name: getattr(it, name) for name in it.__slots__}
    return type(it)(**{**values, **changed})


@pytest.mark.slow
def test_ten_thousand_loops_are_read_by_windows_with_a_fixed_number_of_statements_and_little_memory(desk: Desk, long_case: str):
    auditor = desk.actor("axel")
    desk.engine.history.moments(auditor, long_case)  # what is read once is read
    sizes: list[int] = []
    statements: list[int] = []
    for at in (None, 5_000, LOOPS // 3):
        with sent() as asked:
            found = desk.engine.history.moments(auditor, long_case, at)
        statements.append(len(asked))
        sizes.append(len(repr(found.moments)) + len(repr(found.before)))
        assert found.last - found.first < SPAN
        assert stood(found)[2] == ["a"]
        assert stood(found)[1]["a"] == found.moments[-1].entry.seq
    assert max(sizes) < SPAN * 1_500, sizes  # characters: of a chain of more than four million
    assert max(statements) < 14, statements
    assert len(set(statements[1:])) == 1
    middle = desk.engine.history.moments(auditor, long_case, 5_000)
    assert middle.before.values["again"].text == "true"
    [told] = middle.before.tasks
    assert told.events[0][0] == "UserTaskCreated"
    assert len(desk.engine.instances.get(auditor, long_case).path) < 10
