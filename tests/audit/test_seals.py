"""What a chain cannot show about itself, the seals show: tails cut off, chains written anew, whole cases removed."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, insert, select, update

from engine import Engine, Sealing
from engine.audit import sealing
from engine.audit.findings import TEXTS, FindingKind
from engine.audit.sealed import SealedHistory
from engine.audit.seals import BadSeal, SealFile, SealKey, read_seal
from engine.audit.verify import check
from engine.events import VariableChanged
from engine.model import SYSTEM
from engine.store import history
from engine.store.database import Database
from engine.store.history import SEALS
from engine.store.tables import history_entry, history_head
from forms import FormValidation

CHAINS = {"case-a": 12, "case-b": 9, "case-c": 1, "case-d": 4}


class Book:
    """A database of four chains, sealed twice: once when half was written, once at the end."""

    def __init__(self, database, clock, folder: Path) -> None:
        self.database, self.clock = database, clock
        self.file = SealFile(folder / "seals")
        self.key = SealKey.kept_in(folder / "key")

    def write(self, chain: str, count: int) -> None:
        with self.database.begin() as conn:
            there = conn.execute(select(history_head.c.seq, history_head.c.hash).where(history_head.c.chain == chain)).one_or_none()
            head = history.Head(there.seq, bytes(there.hash)) if there else history.EMPTY
            for number in range(count):
                events = [VariableChanged(chain, f"v{number}", ["String", "值"])]
                head = history.append(conn, chain, SYSTEM, self.clock.move(seconds=1), events, head)

    def seal(self) -> sealing.Sealed | None:
        with self.database.begin() as conn:
            return sealing.seal(conn, self.clock.now(), self.file, self.key)

    def findings(self, change=None, chain: str | None = None):
        """What the verifier finds after a change, which is undone."""
        with self.database.begin() as conn:
            savepoint = conn.begin_nested()
            if change is not None:
                change(conn)
            found = check(conn, chain, SealedHistory.read(self.file, self.key.public)).findings
            savepoint.rollback()
        return found


@pytest.fixture
def book(database, clock, tmp_path) -> Book:
    made = Book(database, clock, tmp_path)
    for chain, count in CHAINS.items():
        made.write(chain, count // 2)
    made.seal()
    for chain, count in CHAINS.items():
        made.write(chain, count - count // 2)
    made.seal()
    return made


def cut(conn, chain: str, left: int) -> None:
    """Take away the tail of a chain, and set its head back so that nothing shows."""
    last = conn.execute(select(history_entry.c.hash).where(history_entry.c.chain == chain, history_entry.c.seq == left)).scalar_one()
    conn.execute(delete(history_entry).where(history_entry.c.chain == chain, history_entry.c.seq > left))
    conn.execute(update(history_head).where(history_head.c.chain == chain).values(seq=left, hash=last))


def write_anew(conn, chain: str, first: int) -> None:
    """Change an entry and write all behind it anew, with their hashes and the head."""
    rows = conn.execute(select(history_entry).where(history_entry.c.chain == chain).order_by(history_entry.c.seq)).mappings().all()
    head = history.Head(first - 1, bytes(rows[first - 2]["hash"])) if first > 1 else history.EMPTY
    conn.execute(delete(history_entry).where(history_entry.c.chain == chain, history_entry.c.seq >= first))
    conn.execute(delete(history_head).where(history_head.c.chain == chain))
    conn.execute(insert(history_head), {"chain": chain, "seq": head.seq, "hash": head.hash})
    known = history.Head(head.seq, head.hash)
    for row in rows[first - 1 :]:
        known = history.append(conn, chain, SYSTEM, row["at"], [VariableChanged(chain, "v", ["String", "forged"])], known)


def remove(conn, chain: str) -> None:
    for table in (history_entry, history_head):
        conn.execute(delete(table).where(table.c.chain == chain))


def kinds(found) -> set[tuple[str, str, int, int]]:
    return {(it.kind.value, it.chain, it.seq, it.last) for it in found}


def test_an_untouched_history_agrees_with_its_seals(book):
    assert book.findings() == []
    report = None
    with book.database.read() as conn:
        report = check(conn, None, SealedHistory.read(book.file, book.key.public))
    assert (report.sealed.seals, report.sealed.last.seal.number) == (2, 2)
    assert report.sealed.unsealed == 1  # the entry that says that the second seal was made


@pytest.mark.parametrize("chain", ["case-a", "case-b", "case-d"])
def test_a_tail_that_was_cut_off_with_its_head_is_named(book, chain):
    for left in range(1, CHAINS[chain]):
        found = book.findings(lambda conn, left=left: cut(conn, chain, left))
        assert kinds(found) == {("removed", chain, left + 1, CHAINS[chain])}


@pytest.mark.parametrize("chain", ["case-a", "case-b", "case-d"])
def test_a_chain_that_was_written_anew_is_named_from_the_last_seal_that_fits(book, chain):
    half = CHAINS[chain] // 2
    for first in range(1, CHAINS[chain] + 1):
        found = book.findings(lambda conn, first=first: write_anew(conn, chain, first))
        assert kinds(found) == {("rewritten", chain, 1 if first <= half else half + 1, CHAINS[chain])}


def test_a_case_that_was_removed_with_all_its_rows_is_named(book):
    for chain, count in CHAINS.items():
        assert kinds(book.findings(lambda conn, chain=chain: remove(conn, chain))) == {("removed", chain, 1, count)}


def test_a_tail_that_was_cut_off_and_sealed_again_is_still_named(book):
    with book.database.begin() as conn:
        cut(conn, "case-a", 7)
    book.clock.move(hours=1)
    assert book.seal() is not None
    assert kinds(book.findings()) == {("removed", "case-a", 8, 12)}
    book.write("case-a", 9)  # and has grown beyond the old end
    book.seal()
    assert kinds(book.findings()) == {("rewritten", "case-a", 8, 12)}


def test_what_was_not_sealed_yet_is_counted(book):
    book.write("case-c", 3)
    with book.database.read() as conn:
        assert check(conn, None, SealedHistory.read(book.file, book.key.public)).sealed.unsealed == 1 + 3


def test_one_chain_is_compared_alone(book):
    def both(conn):
        cut(conn, "case-a", 3)
        remove(conn, "case-b")

    assert kinds(book.findings(both, "case-a")) == {("removed", "case-a", 4, 12)}
    assert kinds(book.findings(both, "case-b")) == {("removed", "case-b", 1, 9)}
    assert book.findings(both, "case-c") == []


@pytest.mark.parametrize(
    "body", ["[", "7", '["HistorySealed"]', '[["HistorySealed",{}]]', '[["HistorySealed",{"number":"x","digest":""}]]']
)
def test_what_somebody_wrote_into_the_chain_of_seals_is_named_and_sealing_goes_on(book, body):
    last = (history_entry.c.chain == SEALS) & (history_entry.c.seq == 2)
    found = book.findings(lambda conn: conn.execute(update(history_entry).where(last).values(body=body)))
    assert kinds(found) == {("altered", SEALS, 2, 2)}
    with book.database.begin() as conn:
        conn.execute(update(history_entry).where(last).values(body=body))
    book.write("case-a", 1)
    assert book.seal().number == 3


def test_an_entry_that_was_moved_behind_the_chain_of_seals_is_named(book):
    place = (history_entry.c.chain == "case-a") & (history_entry.c.seq == 4)
    found = book.findings(lambda conn: conn.execute(update(history_entry).where(place).values(chain=SEALS, seq=3)))
    assert ("moved", "case-a", 4, 4) in kinds(found)


# ---- the file --------------------------------------------------------------------------------------------------------------


def lines(book) -> list[bytes]:
    return list(book.file.lines())


def put(book, new: list[bytes]) -> None:
    book.file.path.write_bytes(b"".join(line + b"\n" for line in new))


def test_a_seal_that_was_altered_is_named(book):
    first, second = lines(book)
    put(book, [first, second.replace(b"case-b", b"case-x")])
    assert ("broken-seal", "seals", 2, 2) in kinds(book.findings())
    put(book, [first.replace(b"case-b", b"case-x"), second])
    assert {"no-seal", "seal-gap"} <= {it.text for it in book.findings()}


def test_seals_that_were_removed_or_moved_are_named(book):
    first, second = lines(book)
    for left, text in (([first], "seals-missing"), ([], "seals-missing"), ([second], "seal-gap"), ([second, first], "seal-gap")):
        put(book, left)
        assert text in {it.text for it in book.findings()}, left


def test_a_seal_of_another_key_is_none(book, tmp_path):
    other = SealKey.kept_in(tmp_path / "other")
    seal = read_seal(lines(book)[1], book.key.public).seal
    put(book, [lines(book)[0], other.line_of(seal)])
    assert {it.text for it in book.findings()} == {"seals-missing"}
    with pytest.raises(BadSeal):
        read_seal(other.line_of(seal), book.key.public)


def test_half_a_line_that_a_crash_left_is_nothing_wrong(book):
    with book.file.path.open("ab") as file:
        file.write(lines(book)[1][:40])
    assert book.findings() == []
    book.write("case-c", 1)
    assert book.seal().number == 3
    assert book.findings() == []


def test_a_crash_between_the_file_and_the_database_is_made_good_by_the_next_seal(book):
    book.write("case-c", 2)
    with book.database.begin() as conn:
        savepoint = conn.begin_nested()
        assert sealing.seal(conn, book.clock.now(), book.file, book.key).number == 3
        savepoint.rollback()  # the line is written, the transaction is not
    assert book.findings() == []
    book.write("case-d", 1)
    assert book.seal().number == 4
    assert book.findings() == []
    assert [read_seal(line, book.key.public).seal.number for line in lines(book)] == [1, 2, 3, 4]


def test_an_older_database_that_was_put_back_is_noticed(book):
    with book.database.begin() as conn:  # as it was before the first seal
        remove(conn, history.SEALS)
        conn.execute(update(history_head).values(sealed=0))
    assert "seals-ahead" in {it.text for it in book.findings()}


def test_nothing_grown_is_not_sealed_again(book):
    assert book.seal() is None
    assert len(lines(book)) == 2


@pytest.mark.postgresql
def test_a_case_that_is_worked_on_is_left_to_the_next_seal(postgresql_url, clock, tmp_path):
    database, other = Database(postgresql_url), Database(postgresql_url)
    book = Book(database, clock, tmp_path)
    book.write("case-a", 1)
    book.write("case-b", 1)
    with other.begin() as conn:
        history.lock_head(conn, "case-a")
        assert book.seal() is not None
    assert [head.chain for head in read_seal(lines(book)[-1], book.key.public).seal.heads] == ["case-b"]
    assert book.seal() is not None
    assert [head.chain for head in read_seal(lines(book)[-1], book.key.public).seal.heads] == ["case-a", "seals"]
    for it in (database, other):
        it.dispose()


def test_many_chains_are_sealed_in_several_seals(book, monkeypatch):
    monkeypatch.setattr(sealing, "_GREW", sealing._GREW.limit(2))
    for chain in CHAINS:
        book.write(chain, 1)
    assert [book.seal() is not None for _ in range(3)] == [True, True, False]
    assert book.findings() == []


def test_the_key_is_readable_by_its_owner_alone_and_kept(tmp_path):
    made, again = SealKey.kept_in(tmp_path / "key"), SealKey.kept_in(tmp_path / "key")
    assert made.public == again.public == (tmp_path / "key.pub").read_text()
    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600


def test_every_finding_has_its_words(book):
    for it in book.findings(lambda conn: [cut(conn, "case-a", 3), remove(conn, "case-b"), write_anew(conn, "case-d", 2)]):
        assert it.message == TEXTS[it.text] % it.values
        assert it.kind in FindingKind


def test_seals_are_made_at_intervals_and_by_one_server_only(database, clock, new_id, tmp_path):
    keeping = Sealing(SealFile(tmp_path / "seals"), SealKey.kept_in(tmp_path / "key"), timedelta(minutes=15))
    servers = [Engine(database, clock, new_id, FormValidation(clock), sealing=keeping) for _ in range(2)]
    Book(database, clock, tmp_path).write("case-a", 3)
    assert [server.seals.run_due() for server in servers] == [1, 0]
    Book(database, clock, tmp_path).write("case-a", 1)
    assert [server.seals.run_due() for server in servers] == [0, 0]
    assert servers[0].seals.next_due() == servers[1].seals.next_due() == clock.now() - timedelta(seconds=1) + timedelta(minutes=15)
    clock.move(minutes=15)
    assert [server.seals.run_due() for server in reversed(servers)] == [1, 0]
