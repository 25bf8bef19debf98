"""Experiment 15: somebody with access to the database alters, deletes or moves one row of a history that real cases have written.

The change is made on a connection of its own and committed; the auditor's check must name the row: its chain, its number, what was done.
What each kind of change leaves behind is tried out one by one in `tests/audit`.

A row that is altered together with its hash is told by the one behind it, which says that it or the one before it was altered.

The guards, and what this prints without them:

- The comparison of each entry with its hash (`is_link` returns True):
  `AssertionError: seed 558381: (<FindingKind.ALTERED: 'altered'>, '06eaoil8s00000000070', 7) was not named, but nothing`
- The hash before in the hash of an entry (left out of `link`), for rows altered together with theirs:
  `AssertionError: seed 964847: (<FindingKind.ALTERED: 'altered'>, '06eaojpso000000000ig', 5) was not named, but nothing`
- The head of each chain (`_check_head` returns at once):
  `AssertionError: seed 463749: (<FindingKind.REMOVED: 'removed'>, '06eaot66400000000250', 7) was not named, but nothing`
"""

from __future__ import annotations

import random
from types import SimpleNamespace

import pytest
from sqlalchemy import delete, select, update

from engine.audit.chain import START as START_HASH
from engine.audit.chain import link
from engine.audit.findings import FindingKind
from engine.store.database import Database
from engine.store.moments import to_milliseconds
from engine.store.tables import history_entry, history_head
from tests.engine.services.conftest import END, START, model, user_task
from tests.faults.conftest import Site
from tests.faults.hands import say, times

PURCHASE = model(START, user_task("a"), user_task("b"), user_task("c"), END, "s > a", "a > b", "b > c", "c > e")
CASES = 30
ACCUSED = {FindingKind.ALTERED, FindingKind.ADDED, FindingKind.MOVED}


def write_history(site: Site, rng: random.Random) -> None:
    """Cases that stand at different places, some ended."""
    site.deploy(p=PURCHASE)
    for number in range(CASES):
        case = site.start(variables={"amount": number, "supplier": "港口钢铁"})
        for _ in range(rng.randint(0, 3)):
            (task,) = site.tasks(case).values()
            site.clock.move(minutes=1)
            site.complete(rng.choice(["sam", "sue"]), task, {"note": "好"})


def altered(database: Database, row, rng: random.Random):
    """One value of a row becomes another one; then how to undo it, and what has to be found."""
    column = rng.choice(["body", "actor", "actor_kind", "at", "hash"])
    other = bytes([*row.hash[:-1], row.hash[-1] ^ 1])
    values = {
        "body": row.body.replace('"', "'", 1),
        "actor": "nobody",
        "actor_kind": "other",
        "at": row.at.replace(year=2001),
        "hash": other,
    }
    _set(database, row, {column: values[column]})
    return lambda: _set(database, row, row._asdict()), (FindingKind.ALTERED, row.chain, row.seq)


def forged(database: Database, row, rng: random.Random):
    """A row is altered, and given the hash that it would have then: the one behind it, or the head, does not fit any more."""
    del rng
    columns = history_entry.c
    with database.read() as connection:
        earlier = select(columns.hash).where(columns.chain == row.chain, columns.seq == row.seq - 1)
        before = connection.execute(earlier).scalar() or START_HASH
        last = connection.execute(select(history_head.c.seq).where(history_head.c.chain == row.chain)).scalar_one()
    digest = link(bytes(before), row.chain, row.seq, to_milliseconds(row.at), "nobody", row.actor_kind, row.body)
    _set(database, row, {"actor": "nobody", "hash": digest})
    found = (FindingKind.WRONG_HEAD, row.chain, row.seq) if row.seq == last else (FindingKind.ALTERED, row.chain, row.seq + 1)
    return lambda: _set(database, row, row._asdict()), found


def deleted(database: Database, row, _rng: random.Random):
    with database.begin() as connection:
        connection.execute(delete(history_entry).where(history_entry.c.chain == row.chain, history_entry.c.seq == row.seq))

    def undo() -> None:
        with database.begin() as connection:
            connection.execute(history_entry.insert(), row._asdict())

    return undo, (FindingKind.REMOVED, row.chain, row.seq)


def moved(database: Database, row, rng: random.Random):
    """It stands far away, or where the next entry of another chain will come."""
    target: dict[str, object] = {"chain": rng.choice([row.chain, "deployments", "organisation"]), "seq": 5000 + rng.randint(0, 9)}
    if rng.random() < 0.5:
        with database.read() as connection:
            heads = connection.execute(select(history_head.c.chain, history_head.c.seq).where(history_head.c.chain != row.chain)).all()
        chain, last = rng.choice(heads)
        target = {"chain": chain, "seq": last + 1}
    _set(database, row, target)
    return lambda: _set(database, SimpleNamespace(**target), row._asdict()), (FindingKind.MOVED, row.chain, row.seq)


def _set(database: Database, row, values: dict[str, object]) -> None:
    with database.begin() as connection:
        found = connection.execute(
            update(history_entry).where(history_entry.c.chain == row.chain, history_entry.c.seq == row.seq).values(**values)
        )
        assert found.rowcount == 1


@pytest.mark.slow
@pytest.mark.parametrize("change", [altered, forged, deleted, moved])
def test_the_verifier_names_a_row_that_was_changed_behind_its_back(site: Site, change) -> None:
    seed, trials = random.randrange(10**6), times(100, 1000)
    rng = random.Random(seed)
    write_history(site, rng)
    site.is_whole()
    outside = Database(site.url)
    with outside.read() as connection:
        rows = connection.execute(select(history_entry)).all()
    named = 0
    for _ in range(trials):
        undo, expected = change(outside, rng.choice(rows), rng)
        findings = site.engine.history.verify(site.actor("axel")).findings
        said = {(finding.kind, finding.chain, finding.seq) for finding in findings}
        assert expected in said, f"seed {seed}: {expected} was not named, but {said or 'nothing'}"
        # A row moved far behind the last one leaves a gap before it and a head behind it: no other row may be accused.
        accused = {it for it in said if it[0] in ACCUSED} - {expected}
        assert not accused, f"seed {seed}: {expected} was done, and {said} was said"
        named += 1
        undo()
    site.is_whole()
    outside.dispose()
    database = site.engine.database.dialect
    say("15 one row changed", database=database, how=change.__name__, entries=len(rows), named=named, of=trials, seed=seed)
