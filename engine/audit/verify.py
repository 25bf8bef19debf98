"""Verification of the history: reads every entry once, in order, and names what was altered, removed, moved or added.

Each entry is checked against the stored hash of the one before, so that one altered entry does not hide or accuse those behind it. The
head of a chain tells how many entries there were. What a chain cannot show is that its tail was cut off or written anew with all hashes and
its head: that is told by the seals, up to the last one. The files of cases are compared with what the entries tell of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, ColumnElement, Select, exists, select, type_coerce

from engine.audit.chain import START, is_link
from engine.audit.deletions import DeletedChain, deleted_chains, risen_chains
from engine.audit.files import compare_files
from engine.audit.findings import Entry, Finding, FindingKind, Suspects
from engine.audit.sealed import SealedHistory, beside
from engine.audit.sealing import newest
from engine.store.exchange import stream
from engine.store.history import DEPLOYMENTS, SEALS
from engine.store.tables import case_instance, history_entry, history_head

if TYPE_CHECKING:
    from sqlalchemy import Connection

_BATCH = 2000
_CHAINS_AT_ONCE = 500
MOST_SUSPECTS = 1000
"""So many entries are kept to find out where they belong."""


@dataclass(slots=True)
class Report:
    """What was read, and what is wrong with it."""

    entries: int = 0
    chains: int = 0
    findings: list[Finding] = field(default_factory=list)
    deleted: list[DeletedChain] = field(default_factory=list)  # by somebody who may, who is named: nothing is wrong with that
    sealed: SealedHistory | None = None  # None: without seals it cannot be told whether tails or whole cases were removed


def verify(conn: Connection, chain: str | None = None) -> list[Finding]:
    """All that is wrong with the history, or with one chain of it; an empty list when it is whole."""
    return check(conn, chain).findings


def check(conn: Connection, chain: str | None = None, sealed: SealedHistory | None = None) -> Report:
    """Read the history, or one chain of it, and report. `conn` should be a reading connection: one moment for all chains.

    `sealed`: what was sealed, read before `conn` looked at anything.
    """
    verifier = _Verifier(conn, sealed)
    verifier.read(chain)
    verifier.look_for_lost_chains(chain)
    verifier.settle()
    verifier.list_deleted(chain)
    verifier.compare_with_seals(chain)
    verifier.report.findings += compare_files(conn, chain)
    verifier.report.findings.sort(key=lambda finding: (finding.chain, finding.seq))
    return verifier.report


@dataclass(slots=True)
class _End:
    """Where a chain ended."""

    seq: int
    hash: bytes


class _Verifier:
    def __init__(self, conn: Connection, sealed: SealedHistory | None) -> None:
        self._conn = conn
        self._sealed = sealed
        self.report = Report(sealed=sealed)
        self._suspects = Suspects()
        self._ends: dict[str, _End] = {}
        self._counts: dict[str, int] = {}  # what the head says, of chains with suspects
        self._doubtful_heads: dict[tuple[str, int], bytes] = {}  # of chains whose last entry is a suspect
        self._instead: tuple[tuple[str, int], bytes] | None = None  # a place, and the hash that should stand before it

    def read(self, chain: str | None) -> None:
        """Walk through the entries. This loop runs once for each entry ever written: what fits is dealt with in its first lines."""
        current: str | None = None
        previous, expected, count = START, 1, 0
        for rows in self._rows(chain):
            count += len(rows)
            for row in rows:
                if row[0] != current:
                    if current is not None:
                        self._end_chain(current, _End(expected - 1, previous))
                    current, previous, expected = row[0], START, 1
                if row[1] == expected and is_link(previous, *row):
                    previous = row[6]
                    expected += 1
                else:
                    previous, expected = self._does_not_fit(_entry(row), previous, expected)
        if current is not None:
            self._end_chain(current, _End(expected - 1, previous))
        self._check_heads()
        self.report.entries = count

    def look_for_lost_chains(self, chain: str | None) -> None:
        """Chains that have a head and no entries, and cases that have neither."""
        without_entries = select(history_head.c.chain, history_head.c.seq).where(
            history_head.c.seq > 0, ~exists().where(history_entry.c.chain == history_head.c.chain)
        )
        for lost, seq in self._conn.execute(_of(chain, without_entries, history_head.c.chain)):
            self._find(FindingKind.REMOVED, lost, (1, seq), "missing-all", count=seq)
            self._open_holes(lost, 1, seq, START)
        cases = select(case_instance.c.id).where(
            case_instance.c.parent_id.is_(None),
            ~exists().where(history_head.c.chain == case_instance.c.id),
            ~exists().where(history_entry.c.chain == case_instance.c.id),
        )
        for lost in self._conn.execute(_of(chain, cases, case_instance.c.id)).scalars():
            self._find(FindingKind.REMOVED, lost, 1, "missing-case")

    def settle(self) -> None:
        """Tell moved entries from altered and added ones."""
        unsettled = dict(self._suspects.entries)
        settled = self._suspects.settle()
        taken = set(settled.values())
        fitting = {place: unsettled[found_at].hash for found_at, place in settled.items()}
        for place, head in self._doubtful_heads.items():
            if head != (fitting.get(place) or self._suspects.expected_hash(place)):
                self._find(FindingKind.WRONG_HEAD, *place, "other-head", last=place[1])
        for found_at, place in settled.items():
            if found_at != place:
                values = {"seq": place[1], "chain": place[0], "at_seq": found_at[1], "at_chain": found_at[0]}
                self.report.findings.append(Finding(FindingKind.MOVED, *place, place[1], "moved", values, found_at))
        for entry in self._suspects.entries.values():
            self._accuse(entry, taken)
        # What was found elsewhere is not missing.
        self.report.findings = [
            finding
            for finding in self.report.findings
            if not (finding.kind is FindingKind.REMOVED and finding.seq == finding.last and (finding.chain, finding.seq) in taken)
        ]

    def list_deleted(self, chain: str | None) -> None:
        """Chains that somebody deleted who may, as far as the entries that say so can be trusted."""
        deleted = [it for it in deleted_chains(self._conn, self._doubtful(DEPLOYMENTS)) if chain in {None, it.chain}]
        self.report.deleted = deleted
        self.report.findings += risen_chains(self._conn, deleted)

    def compare_with_seals(self, chain: str | None) -> None:
        """What only the seals can tell."""
        if self._sealed is not None:
            self._sealed.look_for_removed(self.report.deleted, chain)
            if chain is None:
                self._sealed.compare_with_database(newest(self._conn, self._doubtful(SEALS)))
            self.report.findings += beside(self.report.findings, self._sealed.findings)

    def _doubtful(self, chain: str) -> list[range]:
        """Numbers of entries of a chain of which nothing is believed: those that findings speak of, and moved ones where they stand now."""
        places = [(it.chain, it.seq, it.last) for it in self.report.findings]
        places += [(*it.found_at, it.found_at[1]) for it in self.report.findings if it.found_at]
        return [range(first, last + 1) for of, first, last in places if of == chain]

    def _accuse(self, entry: Entry, taken: set[tuple[str, int]]) -> None:
        """Say what is wrong with an entry that fits nowhere."""
        chain, seq = entry.place
        if seq < 1 or seq > self._counts.get(chain, seq):
            self._find(FindingKind.ADDED, chain, seq, "not-counted")
        elif entry.place in taken:
            self._find(FindingKind.ADDED, chain, seq, "in-place-of-another")
        elif self._suspects.holes.get(entry.place) is None:
            self._find(FindingKind.UNCHECKED, chain, seq, "behind-a-gap")
        else:
            self._find(FindingKind.ALTERED, chain, seq, "altered" if seq == 1 else "altered-here-or-before", before=seq - 1)

    def _rows(self, chain: str | None) -> Iterator[list[Any]]:
        columns = history_entry.c
        moment = type_coerce(columns.at, BigInteger)  # as it is stored
        query = select(columns.chain, columns.seq, moment, columns.actor, columns.actor_kind, columns.body, columns.hash)
        return stream(self._conn, _of(chain, query, columns.chain).order_by(columns.chain, columns.seq), _BATCH)

    def _does_not_fit(self, entry: Entry, previous: bytes, expected: int) -> tuple[bytes, int]:
        """Note an entry that is not the next one of its chain. Returns the hash before, and the number of, the next one."""
        if entry.seq < expected:
            self._suspect(entry)
            return previous, expected
        if self._instead is not None and self._instead[0] == entry.place and entry.belongs_at(entry.place, self._instead[1]):
            return entry.hash, entry.seq + 1  # it is whole: only the hash of the entry before it was altered
        if entry.seq > expected:
            self._find_missing(entry.chain, expected, entry.seq - 1)
            self._open_holes(entry.chain, expected, entry.seq - 1, previous)
            self._open_holes(entry.chain, entry.seq, entry.seq, None)
        else:
            self._open_holes(entry.chain, entry.seq, entry.seq, previous)
            self._instead = (entry.chain, entry.seq + 1), entry.hash_behind(previous)
        self._suspect(entry)
        return entry.hash, entry.seq + 1

    def _suspect(self, entry: Entry) -> None:
        if len(self._suspects.entries) < MOST_SUSPECTS:
            self._suspects.entries[entry.place] = entry
        else:
            self._find(FindingKind.ALTERED, *entry.place, "altered")

    def _open_holes(self, chain: str, first: int, last: int, previous: bytes | None) -> None:
        for seq in range(first, min(last, first + MOST_SUSPECTS) + 1):
            self._suspects.holes[chain, seq] = previous if seq == first else None

    def _end_chain(self, chain: str, end: _End) -> None:
        self.report.chains += 1
        self._ends[chain] = end
        if len(self._ends) == _CHAINS_AT_ONCE:
            self._check_heads()

    def _check_heads(self) -> None:
        query = select(history_head.c.chain, history_head.c.seq, history_head.c.hash).where(history_head.c.chain.in_(self._ends))
        heads = {chain: _End(seq, bytes(digest)) for chain, seq, digest in self._conn.execute(query)}
        for chain, end in self._ends.items():
            self._check_head(chain, end, heads.get(chain))
            if self._sealed is not None:
                self._sealed.compare(chain, end.seq, end.hash, self._hash_at)
        self._ends.clear()

    def _check_head(self, chain: str, end: _End, head: _End | None) -> None:
        if head == end:
            return
        if head is not None:
            self._counts[chain] = head.seq
        if head is None:
            self._find(FindingKind.WRONG_HEAD, chain, 0, "no-head", count=end.seq)
        elif head.seq == end.seq and (chain, end.seq) in self._suspects.holes:
            self._doubtful_heads[chain, end.seq] = head.hash
        elif head.seq > end.seq and head.hash != end.hash:
            self._find_missing(chain, end.seq + 1, head.seq)
            self._open_holes(chain, end.seq + 1, head.seq, end.hash)
        elif head.seq < end.seq and head.hash == self._hash_at(chain, head.seq):
            for seq in range(head.seq + 1, min(end.seq, head.seq + MOST_SUSPECTS) + 1):
                if (chain, seq) not in self._suspects.holes:  # else it is a suspect, or missing
                    self._find(FindingKind.ADDED, chain, seq, "behind-the-last", last=head.seq)
        else:
            self._find(FindingKind.WRONG_HEAD, chain, head.seq, "other-head", last=end.seq)

    def _hash_at(self, chain: str, seq: int) -> bytes | None:
        query = select(history_entry.c.hash).where(history_entry.c.chain == chain, history_entry.c.seq == seq)
        return self._conn.execute(query).scalar()

    def _find_missing(self, chain: str, first: int, last: int) -> None:
        """One finding for each missing entry, or one for all where they are many."""
        if last - first < MOST_SUSPECTS:
            for seq in range(first, last + 1):
                self._find(FindingKind.REMOVED, chain, seq, "missing")
        else:
            self._find(FindingKind.REMOVED, chain, (first, last), "missing-many", first=first, last=last)

    def _find(self, kind: FindingKind, chain: str, seq: int | tuple[int, int], text: str, **values: object) -> None:
        """Note a finding at an entry, or at entries from first to last."""
        first, last = seq if isinstance(seq, tuple) else (seq, seq)
        self.report.findings.append(Finding(kind, chain, first, last, text, values))


def _entry(row: Any) -> Entry:  # noqa: ANN401 - SQLite stores whatever somebody writes into a column
    chain, seq, at, actor, kind, body, digest = row
    return Entry(chain, seq if isinstance(seq, int) else 0, at, actor, kind, body, digest if isinstance(digest, bytes) else b"")


def _of(chain: str | None, query: Select[Any], column: ColumnElement[str]) -> Select[Any]:
    return query if chain is None else query.where(column == chain)
