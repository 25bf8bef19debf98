"""Comparing the history with its seals: what was cut off, written anew or removed as a whole since it was sealed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import TYPE_CHECKING

from engine.audit.findings import Finding, FindingKind
from engine.audit.seals import BadSeal, ReadSeal, SealBook, read_seal
from engine.store.history import SEALS

if TYPE_CHECKING:
    from engine.audit.deletions import DeletedChain
    from engine.audit.sealing import Sealed

HashAt = Callable[[str, int], bytes | None]
"""The stored hash of an entry, by chain and number."""


@dataclass(frozen=True, slots=True)
class Mark:
    """What a seal says of a chain."""

    seq: int
    hash: bytes
    seal: int


@dataclass(slots=True)
class SealedHistory:
    """The seals of a book, read and checked one against the other; then the chains, one after the other, against them."""

    book: SealBook
    public: str  # the public half of the key
    marks: dict[str, list[Mark]] = field(default_factory=dict)  # in the order of the seals
    findings: list[Finding] = field(default_factory=list)
    seals: int = 0
    last: ReadSeal | None = None
    unsealed: int = 0  # entries that no seal covers yet

    @classmethod
    def read(cls, book: SealBook, public: str) -> SealedHistory:
        """Read a book whose seals were signed by the key with this public half."""
        sealed = cls(book, public)
        torn: list[int] = []
        for number, line in enumerate(book.lines(), start=1):
            try:
                read = read_seal(line, public)
            except BadSeal:
                torn.append(number)  # a crash may have left half a line: nothing is wrong if the next seal follows the one before it
                continue
            if not sealed._follows(read):
                sealed.findings += [sealed._broken(at, "no-seal", line=at) for at in torn]
                sealed.findings.append(sealed._broken(read.seal.number, "seal-gap", number=read.seal.number))
            torn.clear()
            sealed._add(read)
        return sealed

    @property
    def at(self) -> datetime | None:
        """When the newest seal was made."""
        return self.last.seal.at if self.last else None

    def compare_with_database(self, known: Sealed | None) -> None:
        """Whether the file ends where the database says that it ends. It may be one ahead: a crash between the two."""
        here, there = self.last.seal.number if self.last else 0, known.number if known else 0
        digest = self.last.digest if self.last else ""
        if there > max(here, self._newest_number()):
            self.findings.append(self._broken(here + 1, "seals-missing", number=there, last=here))
        elif here > there + 1:
            self.findings.append(self._broken(there + 1, "seals-ahead", number=there, last=here))
        elif known is not None and here == there and digest != known.digest:
            self.findings.append(self._broken(here, "seal-gap", number=here))

    def compare(self, chain: str, seq: int, end: bytes, hash_at: HashAt) -> None:
        """Compare a chain, whose last entry has the number `seq` and the hash `end`, with what was sealed of it."""
        marks = self.marks.pop(chain, [])
        top = max(marks, key=_seq, default=None)
        self.unsealed += max(0, seq - top.seq) if top else seq
        if top is not None and seq < top.seq:
            self._find(FindingKind.REMOVED, chain, (seq + 1, top.seq), "cut", top)
        wrong = [mark for mark in _telling(marks, seq) if mark.hash != (end if mark.seq == seq else hash_at(chain, mark.seq))]
        if wrong:
            first, last = min(wrong, key=_seq), max(wrong, key=_seq)
            fitting = [mark.seq for mark in marks if mark.seq < first.seq and hash_at(chain, mark.seq) == mark.hash]
            self._find(FindingKind.REWRITTEN, chain, (max(fitting, default=0) + 1, last.seq), "rewritten", last)

    def look_for_removed(self, deleted: Iterable[DeletedChain], chain: str | None) -> None:
        """Sealed chains that are not there. Call it after every chain that is there was compared."""
        by_chain = {it.chain: it for it in deleted}
        for name, marks in self.marks.items():
            if chain not in {None, name}:
                continue
            top = max(marks, key=lambda mark: mark.seq)
            gone = by_chain.get(name)
            if gone is None:
                self._find(FindingKind.REMOVED, name, (1, top.seq), "cut-whole", top)
            elif gone.entries < top.seq or (gone.entries == top.seq and gone.head != top.hash.hex()):
                self._find(FindingKind.REWRITTEN, name, (1, top.seq), "deleted-otherwise", top, by=gone.by)

    def _newest_number(self) -> int:
        """The number of the newest seal by now: one may have been made while the history was read."""
        line = self.book.last()
        try:
            return read_seal(line, self.public).seal.number if line else 0
        except BadSeal:
            return 0

    def _follows(self, read: ReadSeal) -> bool:
        number, digest = (self.last.seal.number, self.last.digest) if self.last else (0, "")
        return read.seal.number == number + 1 and read.seal.previous == digest

    def _add(self, read: ReadSeal) -> None:
        self.seals += 1
        self.last = read
        for head in read.seal.heads:
            self.marks.setdefault(head.chain, []).append(Mark(head.seq, head.hash, read.seal.number))

    def _find(self, kind: FindingKind, chain: str, places: tuple[int, int], text: str, mark: Mark, **values: object) -> None:
        first, last = places
        self.findings.append(Finding(kind, chain, first, last, text, {"first": first, "last": last, "seal": mark.seal, **values}))

    def _broken(self, seq: int, text: str, **values: object) -> Finding:
        return Finding(FindingKind.BROKEN_SEAL, SEALS, seq, seq, text, values)


def _seq(mark: Mark) -> int:
    return mark.seq


def _telling(marks: list[Mark], seq: int) -> list[Mark]:
    """The marks at or below `seq` that tell everything.

    The highest one, as a hash covers all before it; and each one behind which less was sealed, since the chain had been cut by then.
    """
    left = [mark for mark in marks if mark.seq <= seq]
    before_a_cut = [mark for mark, following in pairwise(left) if following.seq <= mark.seq]
    return [*before_a_cut, *([max(left, key=_seq)] if left else [])]


def beside(findings: Iterable[Finding], of_seals: Iterable[Finding]) -> list[Finding]:
    """What the seals add: an entry that its own chain shows as missing is not named twice."""
    removed = {(it.chain, it.last) for it in findings if it.kind is FindingKind.REMOVED}
    return [it for it in of_seals if it.kind is not FindingKind.REMOVED or (it.chain, it.last) not in removed]
