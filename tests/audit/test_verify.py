"""Whatever is done to a history behind the application's back, the verifier names the rows."""

from __future__ import annotations

import random

import pytest
from sqlalchemy import delete, insert, select, update

from engine.audit.chain import START, link
from engine.audit.findings import FindingKind
from engine.audit.verify import check, verify
from engine.events import ElementEntered, SignedIn, VariableChanged
from engine.model import SYSTEM, Actor
from engine.store import history
from engine.store.moments import to_milliseconds
from engine.store.tables import history_entry, history_head

CHAINS = {"case-a": 12, "case-b": 9, "case-c": 1, "sign-in": 15}
TRIALS = 100


@pytest.fixture
def conn(database, clock):
    """A write transaction in a history of four chains."""
    rng = random.Random(4)
    with database.begin() as connection:
        for chain, count in CHAINS.items():
            head = history.EMPTY
            for number in range(count):
                events = [
                    VariableChanged(chain, f"v{number}", ["String", f"值 {rng.random()}"]),
                    ElementEntered(chain, "approve", f"t{number}"),
                ]
                head = history.append(connection, chain, rng.choice([SYSTEM, Actor("li.qiang")]), clock.move(seconds=1), events, head)
        yield connection


@pytest.fixture
def tamper(conn):
    """Run a change, verify, and undo the change: `tamper(change)` gives the findings."""

    def run(change):
        with conn.begin_nested() as savepoint:
            change()
            found = verify(conn)
            savepoint.rollback()
        return found

    return run


def entry(chain: str, seq: int):
    return (history_entry.c.chain == chain) & (history_entry.c.seq == seq)


def any_place(rng: random.Random) -> tuple[str, int]:
    chain = rng.choice(list(CHAINS))
    return chain, rng.randint(1, CHAINS[chain])


def two_places(rng: random.Random) -> tuple[tuple[str, int], tuple[str, int]]:
    first, second = any_place(rng), any_place(rng)
    return (first, second) if first != second else two_places(rng)


def read(conn, place: tuple[str, int]) -> dict[str, object]:
    return dict(conn.execute(select(history_entry).where(entry(*place))).mappings().one())


def named(findings, kind: FindingKind, *, found_at=None) -> list[tuple[str, int]]:
    return [(f.chain, f.seq) for f in findings if f.kind is kind and (found_at is None or f.found_at == found_at)]


def test_an_untouched_history_is_whole(conn):
    report = check(conn)
    assert (report.findings, report.entries, report.chains) == ([], 37, 4)


def test_one_chain_can_be_verified_alone(conn):
    conn.execute(update(history_entry).where(entry("case-b", 3)).values(actor="somebody"))
    assert verify(conn, "case-a") == []
    assert named(verify(conn, "case-b"), FindingKind.ALTERED) == [("case-b", 3)]


@pytest.mark.parametrize("column", ["body", "actor", "actor_kind", "at", "hash"])
def test_every_altered_row_is_named_and_no_other(conn, tamper, column):
    rng = random.Random(1)
    for _ in range(TRIALS):
        place = any_place(rng)
        value = read(conn, place)[column]
        changed = {"body": lambda v: v.replace("v", "w", 1), "hash": lambda v: v[:-1] + bytes([v[-1] ^ 1])}
        other = changed[column](value) if column in changed else clock_step(value) if column == "at" else f"{value}x"
        found = tamper(lambda place=place, other=other: conn.execute(update(history_entry).where(entry(*place)).values({column: other})))
        assert named(found, FindingKind.ALTERED) == [place], place
        assert {f.kind for f in found} == {FindingKind.ALTERED}


def clock_step(moment):
    return moment.replace(microsecond=(moment.microsecond + 1000) % 1_000_000)


def test_a_row_that_is_altered_together_with_its_hash_is_found_by_the_row_or_head_behind_it(conn, tamper):
    rng = random.Random(2)
    for _ in range(TRIALS):
        place = chain, seq = any_place(rng)
        row = read(conn, place)
        previous = read(conn, (chain, seq - 1))["hash"] if seq > 1 else START
        digest = link(previous, chain, seq, to_milliseconds(row["at"]), "somebody", row["actor_kind"], row["body"])
        found = tamper(
            lambda place=place, digest=digest: conn.execute(
                update(history_entry).where(entry(*place)).values(actor="somebody", hash=digest)
            )
        )
        assert len(found) == 1
        assert str(seq) in found[0].message
        assert found[0].seq == (seq + 1 if seq < CHAINS[chain] else seq)


def test_every_deleted_row_is_named_as_removed_and_the_one_behind_it_as_unchecked(conn, tamper):
    rng = random.Random(3)
    for _ in range(TRIALS):
        chain, seq = any_place(rng)
        found = tamper(lambda chain=chain, seq=seq: conn.execute(delete(history_entry).where(entry(chain, seq))))
        assert named(found, FindingKind.REMOVED) == [(chain, seq)]
        assert named(found, FindingKind.UNCHECKED) == ([(chain, seq + 1)] if seq < CHAINS[chain] else [])
        assert not named(found, FindingKind.ALTERED)


def test_several_deleted_rows_in_a_row_are_each_named(conn, tamper):
    found = tamper(lambda: conn.execute(delete(history_entry).where(history_entry.c.chain == "case-a", history_entry.c.seq.in_([4, 5, 6]))))
    assert named(found, FindingKind.REMOVED) == [("case-a", 4), ("case-a", 5), ("case-a", 6)]


def test_every_moved_row_is_named_with_where_it_stands_now(conn, tamper):
    rng = random.Random(5)
    for _ in range(TRIALS):
        place = any_place(rng)
        other = rng.choice(list(CHAINS))
        target = other, rng.choice([0, -7, CHAINS[other] + 1, CHAINS[other] + 40])
        found = tamper(
            lambda place=place, target=target: conn.execute(
                update(history_entry).where(entry(*place)).values(chain=target[0], seq=target[1])
            )
        )
        assert named(found, FindingKind.MOVED, found_at=target) == [place], (place, target)
        assert not named(found, FindingKind.ALTERED)


def test_two_swapped_rows_are_both_named_as_moved_and_no_other_is_accused(conn, tamper):
    rng = random.Random(6)
    for _ in range(TRIALS):
        first, second = two_places(rng)

        def swap(first=first, second=second):
            for origin, target in ((first, ("limbo", 1)), (second, first), (("limbo", 1), second)):
                conn.execute(update(history_entry).where(entry(*origin)).values(chain=target[0], seq=target[1]))

        found = tamper(swap)
        assert named(found, FindingKind.MOVED, found_at=second) == [first]
        assert named(found, FindingKind.MOVED, found_at=first) == [second]
        assert {f.kind for f in found} == {FindingKind.MOVED}, found


def test_every_duplicated_row_is_named_as_added(conn, tamper):
    rng = random.Random(7)
    for _ in range(TRIALS):
        place = any_place(rng)
        other = rng.choice(list(CHAINS))
        copy = {**read(conn, place), "chain": other, "seq": CHAINS[other] + 1}
        found = tamper(lambda copy=copy: conn.execute(insert(history_entry), copy))
        assert named(found, FindingKind.ADDED) == [(other, CHAINS[other] + 1)]
        assert {f.kind for f in found} == {FindingKind.ADDED}


def test_every_row_appended_with_a_fitting_hash_but_without_the_head_is_named_as_added(conn, tamper, clock):
    for chain, count in CHAINS.items():
        head = conn.execute(select(history_head).where(history_head.c.chain == chain)).one()

        def append(chain=chain, head=head):
            history.append(conn, chain, SYSTEM, clock.now(), [SignedIn("x", success=True)], history.Head(head.seq, bytes(head.hash)))
            conn.execute(update(history_head).where(history_head.c.chain == chain).values(seq=head.seq, hash=head.hash))

        found = tamper(append)
        assert [(f.kind, f.chain, f.seq) for f in found] == [(FindingKind.ADDED, chain, count + 1)]


def test_every_row_inserted_in_the_middle_is_named_as_added_and_those_behind_as_moved(conn, tamper):
    rng = random.Random(8)
    for _ in range(TRIALS):
        chain, seq = any_place(rng)
        forged = {**read(conn, (chain, seq)), "actor": "somebody"}

        def insert_before(chain=chain, seq=seq, forged=forged):
            for behind in range(CHAINS[chain], seq - 1, -1):
                conn.execute(update(history_entry).where(entry(chain, behind)).values(seq=behind + 1))
            conn.execute(insert(history_entry), forged)

        found = tamper(insert_before)
        assert named(found, FindingKind.ADDED) == [(chain, seq)]
        assert sorted(named(found, FindingKind.MOVED)) == [(chain, n) for n in range(seq, CHAINS[chain] + 1)]


@pytest.mark.parametrize("change", [{"seq": 2}, {"seq": 400}, {"hash": b"\x01" * 33}, None])
def test_every_wrong_head_is_named(conn, tamper, change):
    for chain in CHAINS:
        where = history_head.c.chain == chain
        statement = delete(history_head).where(where) if change is None else update(history_head).where(where).values(change)
        found = tamper(lambda statement=statement: conn.execute(statement))
        assert [(f.kind, f.chain) for f in found] == [(FindingKind.WRONG_HEAD, chain)]


def test_a_whole_chain_that_was_deleted_is_named(conn, tamper):
    found = tamper(lambda: conn.execute(delete(history_entry).where(history_entry.c.chain == "case-b")))
    assert [(f.kind, f.chain, f.seq, f.last) for f in found] == [(FindingKind.REMOVED, "case-b", 1, 9)]
