"""One root instance: what is saved is what is loaded, only differences are written, and two people at once are one after the other."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import event, func, insert, select

from engine.events import InstanceStarted, UserTaskClaimed, VariableChanged
from engine.model import SYSTEM, Actor
from engine.store import game, history, loading, tables
from engine.store.database import Database
from engine.store.rows import Instance, JobRow, Root, TaskRow
from engine.store.saving import LARGE, save_root
from engine.store.values import to_stored
from engine.tokens.state import Scope, ScopeKind, Subscription, Token, TokenState

RUNTIME = ("process_instance", "scope", "token", "subscription", "job", "variable", "variable_value", "user_task", "task_candidate")


def new_root(root_id: str, clock) -> Root:
    """A root with a called instance, a subprocess, a timer, a message, variables and two user tasks."""
    root, now = Root(), clock.now()
    root.state.scopes = {
        root_id: Scope(root_id, root_id, "order:1:x", None, ScopeKind.INSTANCE),
        f"{root_id}-s": Scope(f"{root_id}-s", root_id, "order:1:x", "sub", ScopeKind.SUBPROCESS, f"{root_id}-1"),
        f"{root_id}-b": Scope(f"{root_id}-b", root_id, "order:1:x", "each", ScopeKind.MULTI_INSTANCE, f"{root_id}-4", 3),
        f"{root_id}-c": Scope(f"{root_id}-c", f"{root_id}-c", "refill:2:y", None, ScopeKind.INSTANCE, f"{root_id}-2"),
    }
    root.state.tokens = {
        f"{root_id}-1": Token(f"{root_id}-1", root_id, "sub"),
        f"{root_id}-2": Token(f"{root_id}-2", f"{root_id}-s", "refill", TokenState.ACTIVE, "f1"),
        f"{root_id}-3": Token(f"{root_id}-3", f"{root_id}-s", "join", TokenState.JOINING, "f2"),
        f"{root_id}-4": Token(f"{root_id}-4", f"{root_id}-c", "ask", TokenState.ACTIVE, "f3", 0),
    }
    root.state.subscriptions = {
        f"{root_id}-m": Subscription(f"{root_id}-m", "message", "Cancelled", "start", root_id),
        f"{root_id}-t": Subscription(f"{root_id}-t", "timer", "R3/PT1H", "late", f"{root_id}-c", f"{root_id}-4"),
    }
    root.instances = {
        root_id: Instance(root_id, "order:1:x", None, "B-7", path='["a","f1"]'),
        f"{root_id}-c": Instance(f"{root_id}-c", "refill:2:y", f"{root_id}-2", suspended=True),
    }
    root.jobs = {
        f"{root_id}-r": JobRow(
            f"{root_id}-r", f"{root_id}-c", "reminder", "ask", now, now + timedelta(hours=4), 3, token_id=f"{root_id}-4"
        ),
        f"{root_id}-t": JobRow(
            f"{root_id}-t", f"{root_id}-c", "timer", "late", now, now + timedelta(days=1), 3, f"{root_id}-c", f"{root_id}-4", "R3/PT1H"
        ),
    }
    root.tasks = {
        f"{root_id}-4": TaskRow(
            f"{root_id}-4",
            f"{root_id}-c",
            "ask",
            "问一问",
            now,
            candidate_users=("chen", "li"),
            candidate_groups=("finance", "finance:head"),
            added_users=("chen", "zhao"),
            added_groups=("admin",),
            deadline="2 wd",
            deadline_at=now,
        ),
        f"{root_id}-5": TaskRow(f"{root_id}-5", root_id, "go", "Go", now, assignee="li", due_at=now, priority=80, excluded_person="wang"),
    }
    root.variables = {
        root_id: {"items": to_stored([{"price": 1}]), "nothing": to_stored(None), "text": to_stored("x" * (LARGE + 1))},
        f"{root_id}-4": {"item": to_stored("one of a multi-instance")},
    }
    return root


def open_root(database: Database, root: Root, root_id: str, clock) -> None:
    with database.begin() as conn:
        save_root(conn, root_id, Root(), root)
        history.append(conn, root_id, SYSTEM, clock.now(), [InstanceStarted(root_id, "order:1:x")], history.EMPTY)
        case = {"id": root_id, "root_id": root_id, "definition_id": "order:1:x", "definition_key": "order", "subject": ""}
        conn.execute(insert(tables.case_instance), {**case, "started_at": clock.now(), "started_by": "li", "state": "ACTIVE"})


def statements(database: Database) -> list[str]:
    """The statements that the database's writer runs from now on."""
    seen: list[str] = []
    event.listen(database._writer, "before_cursor_execute", lambda _c, _cursor, sql, *_: seen.append(sql.split("\n")[0]))
    return seen


def test_what_is_saved_is_what_is_loaded(database, clock):
    root = new_root("r", clock)
    open_root(database, root, "r", clock)
    with database.read() as conn:
        assert loading.load_root(conn, "r") == root


def test_the_instances_of_other_roots_are_not_loaded(database, clock):
    roots = {name: new_root(name, clock) for name in ("a", "b")}
    for name, root in roots.items():
        open_root(database, root, name, clock)
    with database.read() as conn:
        assert loading.load_root(conn, "a") == roots["a"]
        assert loading.load_root(conn, "c") == Root()


def test_a_root_is_locked_and_loaded_in_two_statements(database, clock):
    root = new_root("r", clock)
    open_root(database, root, "r", clock)
    open_root(database, new_root("other", clock), "other", clock)
    seen = statements(database)
    with database.begin() as conn:
        lock = game.lock_root_of_task(conn, "r-4")
    assert (lock.root_id, lock.before) == ("r", root)
    assert len([sql for sql in seen if not sql.startswith("BEGIN")]) == 2


def test_nothing_is_written_where_nothing_changed(database, clock):
    root = new_root("r", clock)
    open_root(database, root, "r", clock)
    seen = statements(database)
    with database.begin() as conn:
        save_root(conn, "r", root, root.copy())
    assert [sql for sql in seen if not sql.startswith("BEGIN")] == []


def changed_at_random(root: Root, rng: random.Random, clock) -> Root:
    """A copy with rows taken away, changed and added in every table."""
    after = root.copy()
    for rows in (after.state.tokens, after.tasks, after.jobs, after.state.subscriptions):
        for key in [key for key in rows if rng.random() < 0.3]:
            del rows[key]
    after.jobs = {k: v for k, v in after.jobs.items() if v.kind != "timer" or k in after.state.subscriptions}
    after.state.subscriptions = {k: v for k, v in after.state.subscriptions.items() if v.kind != "timer" or k in after.jobs}
    for key, task in after.tasks.items():
        after.tasks[key] = replace(
            task,
            assignee=rng.choice([None, "li", "chen"]),
            version=task.version + rng.randint(0, 1),
            candidate_users=tuple(sorted(rng.sample(["a", "b", "c"], rng.randint(0, 3)))),
        )
    for key, token in after.state.tokens.items():
        after.state.tokens[key] = replace(token, state=rng.choice(list(TokenState)))
    for key, job in after.jobs.items():
        after.jobs[key] = replace(job, retries=rng.randint(0, 3), error=rng.choice([None, "无法连接"]), due_at=clock.now())
    after.instances["r"] = replace(after.instances["r"], path=f'["{rng.random()}"]', suspended=rng.random() < 0.5)
    for values in after.variables.values():
        for name in list(values):
            values[name] = to_stored(rng.choice([None, 1, "y", "large" * LARGE, [True]]))
            if rng.random() < 0.2:
                del values[name]
        values[f"v{rng.randint(0, 9)}"] = to_stored(rng.choice(["new", "n" * 2 * LARGE]))
    fresh = f"r-{rng.random()}"
    after.state.tokens[fresh] = Token(fresh, "r", "again")
    after.tasks[fresh] = TaskRow(fresh, "r", "again", "Again", clock.now(), candidate_groups=("warehouse",))
    after.state.subscriptions[fresh] = Subscription(fresh, "timer", "", "again", "r", fresh)
    after.jobs[fresh] = JobRow(fresh, "r", "timer", "again", clock.now(), clock.move(hours=1), 3, "r", fresh)
    return after


def in_order(root: Root) -> Root:
    """Scopes that hold no variable are not stored."""
    root.variables = {scope: values for scope, values in root.variables.items() if values}
    return root


def test_two_hundred_random_changes_are_each_saved_as_they_are(database, clock):
    rng = random.Random(20260302)
    before = new_root("r", clock)
    open_root(database, before, "r", clock)
    for _ in range(200):
        after = changed_at_random(before, rng, clock)
        with database.begin() as conn:
            save_root(conn, "r", before, after)
            before = loading.load_root(conn, "r")
        assert before == in_order(after)


def test_a_root_that_ended_leaves_no_row(database, clock):
    root = new_root("r", clock)
    open_root(database, root, "r", clock)
    with database.begin() as conn:
        save_root(conn, "r", root, Root())
        for name in RUNTIME:
            assert conn.execute(select(func.count()).select_from(getattr(tables, name))).scalar() == 0, name
        assert game.lock_root(conn, "r") is None
        assert game.lock_root_of_task(conn, "r-4") is None


def test_rows_are_loaded_in_the_order_in_which_they_were_made(database, clock, new_id):
    root = Root()
    root_id = new_id()
    root.state.scopes[root_id] = Scope(root_id, root_id, "d:1:x", None, ScopeKind.INSTANCE)
    tokens = [Token(new_id(), root_id, "a") for _ in range(50)]
    root.state.tokens = {token.id: token for token in random.Random(1).sample(tokens, 50)}
    open_root(database, root, root_id, clock)
    with database.read() as conn:
        assert list(loading.load_state(conn, root_id).state.tokens.values()) == tokens


def test_a_timer_without_a_due_date_is_a_bug(database, clock):
    root = new_root("r", clock)
    del root.jobs["r-t"]
    with database.begin() as conn, pytest.raises(ValueError, match="r-t"):
        save_root(conn, "r", Root(), root)


def test_a_subscription_can_be_found_by_name_and_business_key(database, clock):
    open_root(database, new_root("r", clock), "r", clock)
    with database.read() as conn:
        row = conn.execute(select(tables.subscription)).one()
    assert (row.name, row.business_key, row.instance_id) == ("Cancelled", "B-7", "r")


def test_the_lock_returns_the_head_of_the_history(database, clock):
    open_root(database, new_root("r", clock), "r", clock)
    with database.begin() as conn:
        lock = game.lock_root(conn, "r")
        head = history.append(conn, "r", SYSTEM, clock.now(), [UserTaskClaimed("r-4", "li")], lock.head)
    with database.begin() as conn:
        assert lock.head.seq == 1
        assert game.lock_root(conn, "r").head == head


def claim(database: Database, task_id: str, person: str, clock) -> bool:
    def work(conn) -> bool:
        lock = game.lock_root_of_task(conn, task_id)
        before = lock.before
        if before.tasks[task_id].assignee is not None:
            return False
        after = before.copy()
        after.tasks[task_id] = replace(before.tasks[task_id], assignee=person, version=before.tasks[task_id].version + 1)
        save_root(conn, lock.root_id, before, after)
        history.append(conn, lock.root_id, Actor(person), clock.now(), [UserTaskClaimed(task_id, person)], lock.head)
        return True

    return database.write(work)


def test_of_two_claims_at_once_exactly_one_wins_two_hundred_times(database, clock):
    for number in range(200):
        open_root(database, new_root(f"r{number}", clock), f"r{number}", clock)
    with ThreadPoolExecutor(2) as pool:
        for number in range(200):
            people = ("li", "chen")
            won = list(pool.map(lambda person, n=number: claim(database, f"r{n}-4", person, clock), people))
            assert sorted(won) == [False, True]
            with database.read() as conn:
                assert game.load_tasks(conn, f"r{number}")[f"r{number}-4"].assignee == people[won.index(True)]
                claims = [entry for entry in history.entries(conn, f"r{number}") if entry.events[0][0] == "UserTaskClaimed"]
                assert [entry.actor for entry in claims] == [people[won.index(True)]]


@pytest.mark.postgresql
def test_whoever_waited_for_a_lock_sees_the_head_as_it_is_now(postgresql_url, clock):
    """A row that is only joined would be the one from before the wait: twenty writers would fork the chain."""
    database = Database(postgresql_url)
    open_root(database, new_root("r", clock), "r", clock)

    def append(number: int) -> None:
        with database.begin() as conn:
            lock = game.lock_root(conn, "r")
            history.append(conn, "r", SYSTEM, clock.now(), [UserTaskClaimed("r-4", str(number))], lock.head)

    with ThreadPoolExecutor(20) as pool:
        list(pool.map(append, range(100)))
    with database.read() as conn:
        assert [entry.seq for entry in history.entries(conn, "r", limit=200)] == list(range(101, 0, -1))
    database.dispose()


@pytest.mark.postgresql
def test_a_root_that_somebody_else_has_can_be_skipped(postgresql_url, clock):
    database = Database(postgresql_url)
    open_root(database, new_root("r", clock), "r", clock)

    def try_to_lock() -> object:
        with database.begin() as conn:
            return game.lock_root(conn, "r", skip_locked=True)

    with database.begin() as conn, ThreadPoolExecutor(1) as pool:
        game.lock_root(conn, "r")
        assert pool.submit(try_to_lock).result() is None
    assert try_to_lock() is not None
    database.dispose()


def test_the_history_leaves_out_what_its_chain_implies_and_gives_it_back(database, clock):
    written = [
        InstanceStarted("r", "order:1:x"),
        InstanceStarted("called", "order:1:x", "r-2"),
        VariableChanged("r", "note", ["String", "r"]),
        VariableChanged("r-3", "note", ["String", "r"]),
        UserTaskClaimed("r-4", "li"),
    ]
    with database.begin() as conn:
        history.append(conn, "r", SYSTEM, clock.now(), written, history.EMPTY)
        assert conn.execute(select(tables.history_entry.c.body)).scalar_one().count('"r"') == 2  # the values
        (entry,) = history.entries(conn, "r")
    assert list(entry.events) == [event.record() for event in written]
