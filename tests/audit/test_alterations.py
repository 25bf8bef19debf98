"""A company has worked for six weeks; somebody alters its history by SQL, four hundred times in all ways. Each time it is named."""

from __future__ import annotations

import itertools
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import Connection, delete, insert, select

from app.records import edits
from app.records.changes import Change
from app.sample.past.play import PastClock, Play
from app.sample.past.stories import SPAN, stories
from engine import Database
from engine.audit import sealing
from engine.audit.sealed import SealedHistory
from engine.audit.seals import SealFile, SealKey
from engine.audit.verify import Report, check
from engine.store.history import SEALS
from engine.store.tables import history_entry, metadata
from tests.audit.tampering import ALTERATIONS, Hand
from tests.processes.company import ADMIN, Company

TIMES = 400
CASES = 8
TODAY = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)


@dataclass
class LivedIn:
    """The sample company with the history that some of its cases have written, sealed up to its end."""

    database: Database
    file: SealFile
    key: SealKey

    def play(self, new_id: Callable[[], str]) -> None:
        """Play half of the cases, seal, play the rest, seal."""
        clock = PastClock(TODAY - SPAN)
        company = Company.found(self.database, clock, new_id)
        with self.database.read() as conn:
            calendar = company.engine.runtime.calendar(conn)

        def unlist(item: str) -> None:
            with self.database.begin() as conn:
                edits.save(Change(conn, clock, new_id, company.person("zhang-min")), "items", item, {"stocked": ""})

        past = Play(company.engine, clock, calendar, "zh", ADMIN, unlist)
        told = stories(CASES, TODAY, calendar)
        for until, part in ((told[CASES // 2].at, told[: CASES // 2]), (TODAY, told[CASES // 2 :])):
            past.run(part, until)
            with self.database.begin() as conn:
                assert sealing.seal(conn, clock.now(), self.file, self.key)

    def check(self, conn: Connection) -> Report:
        """What `crossdesk verify-audit` does."""
        return check(conn, None, SealedHistory.read(self.file, self.key.public))


@pytest.fixture(scope="module")
def played(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LivedIn]:
    """Played once."""
    folder = tmp_path_factory.mktemp("lived-in")
    shutil.copyfile(sqlite_template, folder / "company.db")
    numbers = itertools.count(1)
    company = LivedIn(Database(f"sqlite:///{folder / 'company.db'}"), SealFile(folder / "seals"), SealKey.kept_in(folder / "key"))
    company.play(lambda: f"{next(numbers):020d}")
    yield company
    company.database.dispose()


@pytest.fixture
def lived_in(played: LivedIn, database: Database) -> LivedIn:
    """The same company in a database of each kind, row by row."""
    with played.database.read() as here, database.begin() as there:
        for table in metadata.sorted_tables:
            if rows := [dict(row) for row in here.execute(select(table)).mappings()]:
                there.execute(delete(table))
                there.execute(insert(table), rows)
    return LivedIn(database, played.file, played.key)


@pytest.mark.slow
def test_each_of_four_hundred_random_alterations_of_a_lived_in_history_is_named(lived_in) -> None:
    random, done = Random(400), Counter()
    with lived_in.database.begin() as conn:
        whole = lived_in.check(conn)
        assert (whole.findings, whole.entries > 8 * CASES) == ([], True)
        # The entry of the newest seal stands behind that seal: who cuts it off is as if a crash had come between the two.
        columns = history_entry.c
        rows = conn.execute(select(history_entry).where(columns.chain != SEALS).order_by(columns.chain, columns.seq)).all()
        last = Counter(row.chain for row in rows)
        for number in range(TIMES):
            row, alter = random.choice([row for row in rows if last[row.chain] > 1]), ALTERATIONS[number % len(ALTERATIONS)]
            savepoint = conn.begin_nested()
            named = alter(Hand(conn, random, row, last[row.chain]))
            findings = lived_in.check(conn).findings
            savepoint.rollback()
            assert named.is_in(findings), (alter.__name__, number, named, findings)
            done[alter.__name__] += 1
        assert lived_in.check(conn).findings == []
    assert (len(done), done.total()) == (len(ALTERATIONS), TIMES)
