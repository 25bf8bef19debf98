"""The past of the sample company: played beside the server, carried over as a whole, and nothing of it seen before."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from app.compose import compose
from app.config import Settings
from app.records.changes import Change
from app.records.edits import save
from app.records.tables import item, record_change
from app.sample.found import FOUNDER
from app.sample.past import scratch
from app.sample.past.arriving import Arrival, found_with_past, progress
from app.sample.past.play import PastClock
from app.sample.past.stories import ORDER, SPAN, UNLISTED, fields_of, number_of_incident, stories
from app.sample.tables import sample_case
from app.services import Services
from engine import CaseState, Conflict, Forbidden, InvalidRequest, WorkingCalendar
from engine.store.tables import case_instance, deployment, history_entry, job, notice, outbox, user_task, variable
from tests.processes.company import SHIPPED, request

CASES = 10
NOW = datetime(2026, 3, 18, 6, 30, tzinfo=UTC)  # a Wednesday, 14:30 in Shanghai
CALENDAR = WorkingCalendar()


def company(url: str, cases: int = CASES) -> Services:
    """A company that was founded six weeks ago, at `NOW`."""
    services = compose(Settings(secret_key="a key", database_url=url, sample_cases=cases), PastClock(NOW))
    found_with_past(services, sorted({path.parent for path in SHIPPED}))
    return services


@pytest.fixture
def services(database_url: str) -> Iterator[Services]:
    made = company(database_url)
    yield made
    made.database.dispose()


class PlayedHere(Arrival):
    """An arrival that plays in this process, at the moment of the test; `between` happens before the third case arrives."""

    def __init__(self, services: Services, between=lambda: None) -> None:
        super().__init__(services)
        self.between = between
        self.put = 0
        self.left_out: set[int] = set()

    def _play(self, folder: Path, until: str, there: set[int]) -> None:
        settings = self._services.settings
        scratch.play(settings, folder, datetime.fromisoformat(until), there | self.left_out, lambda percent: self._note(played=percent))

    def _put(self, past, story, whole) -> None:
        self.put += 1
        if self.put == 3:
            self.between()
        super()._put(past, story, whole)


def count(services: Services, table, *conditions) -> int:
    with services.database.read() as connection:
        return connection.execute(select(func.count()).select_from(table).where(*conditions)).scalar_one()


def test_stories_begin_in_working_time_within_six_weeks_and_are_the_same_again():
    told = stories(150, NOW, CALENDAR)
    assert told == stories(150, NOW, CALENDAR)
    assert [story.number for story in told] == list(range(1, 151))
    assert all(NOW - SPAN <= story.at <= NOW for story in told)
    assert all(CALENDAR.working_minutes(story.at, story.at + timedelta(minutes=1)) for story in told)
    kinds = Counter(story.key for story in told)
    assert 30 < kinds[ORDER] < 80
    traits = [story.traits for story in told]
    for name in ("returned_at", "rejected_at", "slow_at", "withdrawn", "late", "short", "cancelled"):
        assert any(getattr(it, name) for it in traits), name


def test_people_write_in_the_language_of_the_company():
    story = stories(1, NOW, CALENDAR)[0]
    assert fields_of(story, "en")["title"].isascii()
    assert not fields_of(story, "zh")["title"].isascii()
    assert fields_of(story, "en")["items"] == fields_of(story, "zh")["items"]


@pytest.mark.slow
def test_the_past_arrives_whole(services: Services):
    PlayedHere(services).run()
    assert progress(services).over
    assert progress(services).arrived == CASES
    assert count(services, case_instance, case_instance.c.parent_id.is_(None)) == CASES
    assert count(services, outbox) == 0
    assert count(services, notice) > CASES
    with services.database.read() as connection:
        assert connection.execute(select(func.max(deployment.c.deployed_at))).scalar_one() < NOW - SPAN
    assert services.engine.history.verify(FOUNDER).findings == []
    with services.database.read() as connection:
        ended = connection.execute(select(case_instance.c.ended_at).where(case_instance.c.parent_id.is_(None))).scalars().all()
        assert 0 < sum(at is None for at in ended) < CASES
        moments = connection.execute(select(history_entry.c.at).where(history_entry.c.chain.in_(select(case_instance.c.id)))).scalars()
        assert max(moments) <= NOW
    due = services.engine.jobs.next_due()
    assert due is None or due > NOW  # what fell due was done at its time
    assert services.engine.jobs.run_due() == 0


@pytest.mark.slow
def test_the_log_of_a_record_leads_from_its_first_figure_to_the_one_that_is_there(services: Services):
    with services.database.read() as connection:
        before = dict(connection.execute(select(item.c.id, item.c.stock)).all())
    PlayedHere(services).run()
    with services.database.read() as connection:
        rows = connection.execute(select(record_change).where(record_change.c.kind == "item").order_by(record_change.c.id)).all()
        after = dict(connection.execute(select(item.c.id, item.c.stock)).all())
    assert rows
    for row in rows:
        for first, last in [pair for name, pair in json.loads(row.changes).items() if name == "stock"]:
            assert float(first) == float(before[row.record_id])
            before[row.record_id] = type(before[row.record_id])(last)
    assert before == after


@pytest.mark.slow
def test_while_it_is_played_nothing_of_it_is_there(services: Services, tmp_path: Path):
    scratch.prepare(services, tmp_path, NOW)
    scratch.play(services.settings, tmp_path, NOW, set(), lambda _: None)
    assert len(scratch.played(tmp_path)) == CASES
    for table in (case_instance, user_task, notice, outbox, sample_case, variable):
        assert count(services, table) == 0, table.name
    assert count(services, job, job.c.root_id.not_like("%:%")) == 0
    assert services.engine.jobs.next_due() is None


@pytest.mark.slow
def test_a_case_that_is_begun_by_hand_meanwhile_is_what_it_is_without_a_past(services: Services, tmp_path: Path):
    def begin(where: Services):
        return where.engine.instances.start(where.actor("zhou-ting"), "purchase-approval", request())

    begun = []
    PlayedHere(services, lambda: begun.append(begin(services))).run()
    other = company(f"sqlite:///{tmp_path}/other.db", cases=0)
    alone = begin(other)
    for table in ("user_task", "task_candidate", "variable", "job", "token", "case_field", "notice"):
        assert shape(services, begun[0].id, table) == shape(other, alone.id, table), table
    assert begun[0].number == f"PA-2026-{CASES + 1:04d}"
    assert alone.number == "PA-2026-0001"
    other.database.dispose()


def shape(services: Services, root: str, table: str) -> list[str]:
    """The rows of a case, without what is its own."""
    whole = services.engine.whole_cases.take(FOUNDER, root)
    own = {"id", "root_id", "instance_id", "scope_id", "token_id", "task_id", "case_id", "event_id", "args"}
    return sorted(str({name: value for name, value in row.items() if name not in own}) for row in whole.rows[table])


@pytest.mark.slow
def test_a_server_that_is_stopped_in_the_middle_goes_on_at_the_next_start(services: Services):
    first = PlayedHere(services)
    first.between = first.stop
    first.run()
    there = progress(services).arrived
    assert 0 < there < CASES
    assert not progress(services).over
    PlayedHere(services).run()
    assert progress(services).arrived == CASES
    with services.database.read() as connection:
        told = connection.execute(select(sample_case.c.story).order_by(sample_case.c.story)).scalars().all()
    assert told == list(range(1, CASES + 1))
    assert services.engine.history.verify(FOUNDER).findings == []


@pytest.mark.slow
def test_it_is_played_by_a_process_of_its_own(services: Services, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("CROSSDESK_SAMPLE_CASES", str(2))
    monkeypatch.setenv("CROSSDESK_SECRET_KEY", "a key")
    scratch.prepare(services, tmp_path, NOW)
    command = [sys.executable, "-m", "app.cli", "past", str(tmp_path), "--until", NOW.isoformat()]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    assert set(scratch.played(tmp_path)) == {1, 2}
    assert all(line.isdigit() for line in done.stdout.split())


@pytest.mark.slow
def test_a_case_moves_once_into_a_database_that_knows_its_process(services: Services, tmp_path: Path):
    case = services.engine.instances.start(services.actor("zhou-ting"), "purchase-approval", request())
    moves = services.engine.whole_cases
    whole = moves.take(FOUNDER, case.id)
    with pytest.raises(Conflict):
        moves.put(FOUNDER, whole)
    with pytest.raises(Forbidden):
        moves.take(services.actor("zhou-ting"), case.id)
    with pytest.raises(Forbidden):
        moves.put(services.actor("auditor"), whole)
    stranger = company(f"sqlite:///{tmp_path}/stranger.db", cases=0)
    with pytest.raises(InvalidRequest, match="not deployed"):
        stranger.engine.whole_cases.put(FOUNDER, whole)
    assert count(stranger, case_instance) == 0
    stranger.database.dispose()


@pytest.mark.slow
def test_one_case_waits_for_somebody_who_corrects_a_record_and_has_it_tried_again(database_url: str, tmp_path: Path):
    services = company(database_url, cases=150)
    mine = number_of_incident(150)
    only = PlayedHere(services)
    only.left_out = set(range(1, 151)) - {mine}
    only.run()
    engine, admin = services.engine, services.actor("admin")
    [found] = engine.incidents.all(admin)
    assert (found.root.state, found.incident.element_id, len(found.tries)) == (CaseState.ACTIVE, "book_stock", 3)
    assert found.reason == "Line 1: Chain hoist 2 t is not kept in stock, so it cannot be booked in. Correct its record."
    assert NOW - timedelta(days=14) < found.incident.created_at < NOW - timedelta(days=1)
    assert engine.history.verify(FOUNDER).findings == []
    assert count(services, record_change, record_change.c.record_id == UNLISTED, record_change.c.case_id.is_(None)) == 1
    assert engine.jobs.run_due() == 0  # nobody tries it any more
    correct(services)
    engine.incidents.try_again(admin, found.incident.id, found.root.id)
    assert engine.jobs.run_due() == 1
    assert engine.incidents.all(admin) == []
    assert "pick_rest" in [holder.element_id for holder in engine.tasks.of_case(FOUNDER, found.root.id)]
    with services.database.read() as connection:
        assert connection.execute(select(item.c.stock, item.c.reserved).where(item.c.id == UNLISTED)).one() == (2, 2)
    assert engine.history.verify(FOUNDER).findings == []
    services.database.dispose()


def correct(services: Services) -> None:
    """Somebody of the Warehouse sets the record right, as the page does it."""
    runtime, chen = services.engine.runtime, services.actor("chen-jie")
    services.database.write(
        lambda connection: save(Change(connection, runtime.clock, runtime.new_id, chen), "items", UNLISTED, {"stocked": "1"})
    )
