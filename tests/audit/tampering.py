"""What somebody with access to the database can do to a history by SQL, and how the verifier has to name it.

Each alteration is one that leaves as little trace as its kind can: heads are set back, hashes are computed anew.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, delete, insert, select, update

from engine.audit.chain import link
from engine.audit.findings import Finding, FindingKind
from engine.store.moments import to_milliseconds
from engine.store.tables import history_entry, history_head, metadata


@dataclass(frozen=True)
class Named:
    """How an alteration has to be named: one of these kinds, of entries that overlap `first` to `last` of a chain."""

    kinds: frozenset[FindingKind]
    chain: str
    first: int
    last: int

    def is_in(self, findings: list[Finding]) -> bool:
        """Whether one of the findings names it."""
        return any(it.kind in self.kinds and it.chain == self.chain and it.seq <= self.last and it.last >= self.first for it in findings)


@dataclass
class Hand:
    """Somebody with a connection, who alters the entry `row` of a chain of `last` entries."""

    conn: Connection
    random: Random
    row: Row[Any]
    last: int

    def change(self) -> Named:
        """One value of an entry, body and hash included."""
        column = self.random.choice(["body", "actor", "actor_kind", "at", "hash"])
        values = {
            "body": self.row.body.replace('"', "'", 1),
            "actor": "nobody",
            "actor_kind": "other",
            "at": self.row.at.replace(year=2001),
            "hash": bytes([*self.row.hash[:-1], self.row.hash[-1] ^ 1]),
        }
        self._set(self.row.seq, **{column: values[column]})
        return self._named(FindingKind.ALTERED)

    def forge(self) -> Named:
        """One value together with the hash that the entry would have then: the one behind it, or the head, does not fit any more."""
        self._set(self.row.seq, actor="nobody", hash=self._hash(self.row.seq, "nobody"))
        if self.row.seq == self.last:
            return self._named(FindingKind.WRONG_HEAD, FindingKind.REWRITTEN)
        return self._named(FindingKind.ALTERED, first=self.row.seq + 1)

    def delete(self) -> Named:
        """One entry. That of the end is missed by the head."""
        self.conn.execute(delete(history_entry).where(self._at(self.row.seq)))
        return self._named(FindingKind.REMOVED)

    def insert(self) -> Named:
        """An entry before this one, where those behind it move up and the head counts them, or one behind the last that no head counts.

        One behind the last with its hash and its head could have been written since the newest seal: nothing can tell.
        """
        seq = self.random.choice([self.row.seq, self.last + 1])
        for behind in range(self.last, seq - 1, -1):
            self._set(behind, seq=behind + 1)
        digest = self._hash(seq, "nobody")
        self.conn.execute(insert(history_entry), {**self.row._asdict(), "seq": seq, "actor": "nobody", "hash": digest})
        if seq <= self.last:
            self._set_head(self.last + 1)
        kinds = FindingKind.ADDED, FindingKind.ALTERED
        return self._named(*kinds, first=seq, last=self.last + 1)

    def move(self) -> Named:
        """One entry: far behind the end, or to another chain."""
        other = (
            select(history_head.c.chain, history_head.c.seq).where(history_head.c.chain != self.row.chain).order_by(history_head.c.chain)
        )
        chain, last = self.random.choice(self.conn.execute(other).all())
        target = self.random.choice([(self.row.chain, self.last + 5), (chain, last + 1)])
        self._set(self.row.seq, chain=target[0], seq=target[1])
        return self._named(FindingKind.MOVED)

    def swap(self) -> Named:
        """Two neighbours change places."""
        one, other = (self.row.seq, self.row.seq + 1) if self.row.seq < self.last else (self.row.seq - 1, self.row.seq)
        self._set(one, seq=-1)
        self._set(other, seq=one)
        self._set(-1, seq=other)
        return self._named(FindingKind.MOVED, first=one, last=other)

    def cut(self) -> Named:
        """The tail from this entry on, and the head is set back."""
        self.conn.execute(delete(history_entry).where(history_entry.c.chain == self.row.chain, history_entry.c.seq >= self.row.seq))
        self._set_head(self.row.seq - 1)
        return self._named(FindingKind.REMOVED, last=self.last)

    def write_anew(self) -> Named:
        """This entry, and all behind it with their hashes and the head: the chain is whole in itself."""
        self._set(self.row.seq, actor="nobody", hash=self._hash(self.row.seq, "nobody"))
        for seq in range(self.row.seq + 1, self.last + 1):
            self._set(seq, hash=self._hash(seq))
        self._set_head(self.last)
        return self._named(FindingKind.REWRITTEN)

    def remove(self) -> Named:
        """The whole chain; of a case, all its rows in every table."""
        for table in reversed(metadata.sorted_tables):
            for column in table.c:
                if column.name in {"chain", "root_id"}:
                    self.conn.execute(delete(table).where(column == self.row.chain))
        return self._named(FindingKind.REMOVED, first=1, last=self.last)

    def _named(self, *kinds: FindingKind, first: int | None = None, last: int | None = None) -> Named:
        begin = self.row.seq if first is None else first
        return Named(frozenset(kinds), self.row.chain, begin, begin if last is None else last)

    def _at(self, seq: int) -> ColumnElement[bool]:
        return and_(history_entry.c.chain == self.row.chain, history_entry.c.seq == seq)

    def _set(self, at_seq: int, **values: object) -> None:
        assert self.conn.execute(update(history_entry).where(self._at(at_seq)).values(**values)).rowcount == 1

    def _set_head(self, seq: int) -> None:
        values = {"seq": seq, "hash": self._stored_hash(seq)}
        assert self.conn.execute(update(history_head).where(history_head.c.chain == self.row.chain).values(**values)).rowcount == 1

    def _stored_hash(self, seq: int) -> bytes:
        return bytes(self.conn.execute(select(history_entry.c.hash).where(self._at(seq))).scalar() or b"")

    def _hash(self, seq: int, actor: str | None = None) -> bytes:
        """The hash that the entry at `seq` should have; for one that is to be inserted there, that of `row`."""
        row = self.conn.execute(select(history_entry).where(self._at(seq))).one_or_none() or self.row
        who = row.actor if actor is None else actor
        return link(self._stored_hash(seq - 1), row.chain, seq, to_milliseconds(row.at), who, row.actor_kind, row.body)


ALTERATIONS: tuple[Callable[[Hand], Named], ...] = (
    Hand.change, Hand.forge, Hand.delete, Hand.insert, Hand.move, Hand.swap, Hand.cut, Hand.write_anew, Hand.remove,
)  # fmt: skip
