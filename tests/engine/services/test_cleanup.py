"""Past cases are removed when an administrator asks for it, and only those that were kept long enough; the history names each of them."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import delete, func, select, update

from engine.audit.deletions import DeletedChain
from engine.audit.sealing import Sealing
from engine.audit.seals import SealFile, SealKey
from engine.errors import Forbidden, NotFound
from engine.model import SYSTEM, JobKind
from engine.services import retention
from engine.store import history
from engine.store.queries import removal
from engine.store.queries.pending import WorkKind, WorkState
from engine.store.queries.whole_cases import _BY_ROOT
from engine.store.tables import case_field, case_instance, case_participant, history_entry, history_head, job, notice, once_key
from tests.engine.services.conftest import END, START, Desk, model, user_task
from tests.engine.services.test_retention import CALLS, TASK, end
from tests.engine.services.test_two_at_once import at_once

DAY = timedelta(days=1)


def ask(desk: Desk, person: str = "ada") -> str:
    return desk.engine.retention.clean_up(desk.actor(person)).id


def there(desk: Desk) -> set[str]:
    with desk.engine.database.read() as connection:
        return set(connection.execute(select(case_instance.c.id).where(case_instance.c.parent_id.is_(None))).scalars())


def told(desk: Desk, *names: str) -> list[tuple[str, str, dict[str, object]]]:
    """The events of these names in the chain of deployments, oldest first, each with who acted."""
    with desk.engine.database.read() as connection:
        entries = history.entries(connection, history.DEPLOYMENTS)
    return [(it.actor, name, dict(fields)) for it in reversed(entries) for name, fields in it.events if name in names]


def deleted(desk: Desk) -> dict[str, DeletedChain]:
    report = desk.engine.history.verify(desk.actor("axel"))
    assert report.findings == []
    return {it.chain: it for it in report.deleted}


def test_what_was_kept_long_enough_goes_with_what_it_called_and_nothing_else(desk: Desk) -> None:
    desk.deploy(p=TASK, c=CALLS, k=TASK.replace('<process id="p"', '<process id="k"').replace('camunda:historyTimeToLive="P1D"', ""))
    old, calling, kept = end(desk), end(desk, "calls"), end(desk, "k")
    still_open = desk.engine.instances.start(desk.actor("sue"), "p").id
    desk.clock.moment += DAY - timedelta(milliseconds=1)
    young = end(desk)
    ask(desk)
    assert (desk.run_due(), desk.engine.retention.cleanup_job(SYSTEM)) == (1, None)
    assert (there(desk), told(desk, "HistoryCleaned"), deleted(desk)) == ({old, calling, kept, still_open, young}, [], {})
    desk.clock.moment += timedelta(milliseconds=1)
    assert (desk.run_due(), len(there(desk))) == (0, 5)  # nothing goes unless somebody asks
    with desk.engine.database.read() as connection:
        heads = {row.chain: (row.seq, bytes(row.hash).hex()) for row in connection.execute(select(history_head))}
    ask(desk)
    assert (desk.run_due(), desk.run_due()) == (1, 0)
    assert there(desk) == {kept, still_open, young}
    found = deleted(desk)
    assert {it: (found[it].entries, found[it].head) for it in found} == {it: heads[it] for it in (old, calling)}
    assert {(it.by, it.of, it.reason) for it in found.values()} == {("ada", "", retention.TIME_OVER)}
    ((actor, _, fields),) = told(desk, "HistoryCleaned")
    assert (actor, fields["by"]) == (SYSTEM.id, "ada")
    with desk.engine.database.read() as connection:
        roots = [table.c.root_id for table in (*_BY_ROOT, case_instance, case_participant)]
        columns = [*roots, case_field.c.case_id, once_key.c.case_id, notice.c.case_id, history_entry.c.chain, history_head.c.chain]
        for column in columns:
            assert not {old, calling} & set(connection.execute(select(column)).scalars()), column
    with pytest.raises(NotFound):
        desk.engine.instances.get(SYSTEM, old)


def test_a_changed_time_counts_and_one_taken_away_keeps(desk: Desk) -> None:
    (version,) = desk.deploy(p=TASK)
    case, ada = end(desk), desk.actor("ada")
    desk.clock.moment += 5 * DAY
    for days in (None, 6, 2**31 - 1):
        desk.engine.retention.set_time_to_live(ada, version, days)
        ask(desk)
        desk.run_due()
        assert there(desk) == {case}, days
    desk.engine.retention.set_time_to_live(ada, version, 5)
    ask(desk)
    desk.run_due()
    assert (there(desk), set(deleted(desk))) == (set(), {case})
    assert desk.engine.definitions.get(version).row.id == version


def test_each_transaction_removes_a_few_and_says_so(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "MOST_ROOTS", 3)
    desk.deploy(p=TASK)
    cases = {end(desk) for _ in range(7)}
    desk.clock.moment += DAY
    asked = ask(desk)
    counts = []
    for left in (4, 1, 0):
        assert desk.run_due() == 1
        counts.append(len(told(desk, "HistoryCleaned")[-1][2]["chains"]))  # type: ignore[arg-type]
        assert len(there(desk)) == left
        found = desk.engine.retention.cleanup_job(SYSTEM)
        assert (found.id if found else None) == (asked if left else None)
    assert (counts, desk.run_due()) == ([3, 3, 1], 0)
    assert set(deleted(desk)) == cases


def test_a_case_that_somebody_removed_besides_accuses_still_and_so_does_one_that_rises(desk: Desk) -> None:
    desk.deploy(p=TASK)
    cleaned, removed, bare = end(desk), end(desk), end(desk)
    with desk.engine.database.begin() as connection:
        connection.execute(delete(history_entry).where(history_entry.c.chain.in_((removed, bare))))
        connection.execute(delete(history_head).where(history_head.c.chain == bare))
    desk.clock.moment += DAY
    with desk.engine.database.begin() as connection:  # a case whose time is not over yet
        connection.execute(update(case_instance).where(case_instance.c.id == removed).values(ended_at=desk.clock.now()))
    ask(desk)
    desk.run_due()
    assert there(desk) == {removed, bare}
    assert {it.chain for it in desk.engine.history.verify(desk.actor("axel")).findings} == {removed, bare}
    with desk.engine.database.begin() as connection:
        connection.execute(history_head.insert().values(chain=cleaned, seq=1, hash=b"x"))
    found = {(it.chain, it.text) for it in desk.engine.history.verify(desk.actor("axel")).findings}
    assert (cleaned, "risen") in found


def test_who_forges_the_entry_that_names_removed_cases_is_found(desk: Desk) -> None:
    desk.deploy(p=TASK)
    case = end(desk)
    desk.clock.moment += DAY
    ask(desk)
    desk.run_due()
    with desk.engine.database.begin() as connection:
        named = history_entry.c.body.contains("HistoryCleaned")
        body = connection.execute(select(history_entry.c.body).where(named)).scalar_one()
        connection.execute(update(history_entry).where(named).values(body=body.replace(case, "another")))
    report = desk.engine.history.verify(desk.actor("axel"))
    assert [it.chain for it in report.findings] == ["deployments"]
    assert report.deleted == []  # nothing of it is believed


def test_only_administrators_ask_and_there_is_one_job(desk: Desk) -> None:
    desk.deploy(p=TASK)
    end(desk)
    desk.clock.moment += DAY
    for person in ("sue", "sam", "ann", "axel"):
        with pytest.raises(Forbidden):
            ask(desk, person)
    for person in ("sue", "sam", "ann"):
        with pytest.raises(Forbidden):
            desk.engine.retention.cleanup_job(desk.actor(person))
    assert desk.engine.retention.cleanup_job(desk.actor("axel")) is None
    first = ask(desk)
    assert [ask(desk), ask(desk)] == [first, first]
    assert [(name, fields) for _, name, fields in told(desk, "HistoryCleanupAsked")] == [("HistoryCleanupAsked", {"job": first})] * 3
    ((found, of),) = desk.engine.jobs.with_definitions(desk.actor("ada"))
    assert (found.id, found.kind, of) == (first, JobKind.CLEANUP, None)
    ((pending,), total) = desk.engine.jobs.pending(desk.actor("ada"))
    assert (pending.kind, pending.state, total) == (WorkKind.CLEANUP, WorkState.DUE, 1)
    desk.engine.jobs.execute(desk.actor("ada"), first)
    assert (there(desk), desk.engine.jobs.all(desk.actor("ada"))) == (set(), [])


def test_a_failure_is_tried_again_and_shown_and_nothing_is_half_removed(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.deploy(p=TASK)
    case, ada = end(desk), desk.actor("ada")
    desk.clock.moment += DAY
    asked = ask(desk)
    real = removal.delete_cases

    def fails(*given: object) -> None:
        real(*given)  # type: ignore[arg-type]
        raise NotFound("the disk is full")

    monkeypatch.setattr(removal, "delete_cases", fails)
    for left in (2, 1, 0):
        assert desk.run_due() == 1
        (found,) = desk.engine.jobs.all(ada)
        assert (found.retries, found.error, there(desk)) == (left, "the disk is full", {case})
        desk.clock.moment += timedelta(hours=1)
    assert (desk.run_due(), desk.engine.jobs.incidents(ada)) == (0, [])
    assert [it.left for it in desk.engine.jobs.tries(ada, asked)] == [0, 1, 2]
    ((pending,), _) = desk.engine.jobs.pending(ada)
    assert (pending.state, pending.error) == (WorkState.FAILED, "the disk is full")
    for person in ("sam", "axel"):
        with pytest.raises(Forbidden):
            desk.engine.jobs.retry(desk.actor(person), asked)
    desk.engine.jobs.retry(ada, asked)
    assert desk.run_due() == 1
    monkeypatch.undo()
    assert ask(desk) == asked  # whoever asks again has it tried again
    assert (desk.run_due(), there(desk)) == (1, set())
    assert set(deleted(desk)) == {case}


def test_two_who_ask_at_once_and_two_workers_remove_each_case_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "MOST_ROOTS", 2)
    desk.deploy(p=TASK)
    for _ in range(4):
        cases = {end(desk) for _ in range(5)}
        before = set(deleted(desk))
        desk.clock.moment += DAY
        first, second = at_once(partial(ask, desk), partial(ask, desk))
        assert first == second
        at_once(*[lambda: [desk.run_due() for _ in range(3)]] * 3)
        while desk.run_due():
            pass
        assert there(desk) == set()
        assert set(deleted(desk)) == before | cases
        assert sum(len(fields["chains"]) for _, _, fields in told(desk, "HistoryCleaned")) == len(before | cases)  # type: ignore[arg-type, misc]


def test_an_auditor_looks_or_finds_nothing_and_no_chain_rises(desk: Desk) -> None:
    desk.deploy(p=TASK)
    for _ in range(6):
        case = end(desk)
        desk.clock.moment += DAY
        ask(desk)
        _, looked = at_once(desk.run_due, partial(desk.engine.history.record_look, desk.actor("axel"), case, "page"))
        assert looked is None or isinstance(looked, NotFound)
        desk.run_due()
        assert case in deleted(desk)
    with desk.engine.database.read() as connection:
        assert connection.execute(select(func.count()).select_from(job)).scalar_one() == 0


def test_a_case_that_ends_meanwhile_and_its_version_that_is_deleted_do_no_harm(desk: Desk) -> None:
    (version,) = desk.deploy(p=model(START, user_task("a"), END, "s > a", "a > e"))
    ada = desk.actor("ada")
    desk.engine.retention.set_time_to_live(ada, version, 0)
    for _ in range(4):
        end(desk)
        case = desk.engine.instances.start(desk.actor("sue"), "p").id
        desk.engine.tasks.claim(desk.actor("sue"), desk.open_tasks(case)["a"])
        ask(desk)
        results = at_once(desk.run_due, partial(desk.engine.tasks.complete, desk.actor("sue"), desk.open_tasks(case)["a"]))
        assert not any(isinstance(it, Exception) for it in results), results
    ask(desk)
    at_once(desk.run_due, partial(desk.engine.deployments.delete_version, ada, version, cascade=True, reason=""))
    desk.run_due()
    assert there(desk) == set()
    assert len(deleted(desk)) == 8


def test_seals_accuse_who_removes_a_case_and_not_what_was_removed_as_asked(desk: Desk, tmp_path: Path) -> None:
    key = SealKey.kept_in(tmp_path / "key")
    desk.engine.runtime.sealing = Sealing(SealFile(tmp_path / "seals"), key, timedelta(minutes=15))
    desk.deploy(p=TASK)
    cleaned, removed, _ = (end(desk) for _ in range(3))
    desk.engine.seals.seal()
    with desk.engine.database.begin() as connection:
        removal.delete_cases(connection, [removed])
    desk.clock.moment += DAY
    ask(desk)
    desk.run_due()
    for _ in range(2):
        report = desk.engine.history.verify(desk.actor("axel"))
        assert [(it.chain, it.text) for it in report.findings] == [(removed, "cut-whole")]
        assert cleaned in {it.chain for it in report.deleted}
        desk.engine.seals.seal()
