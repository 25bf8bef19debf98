"""What is wrong with a history, and where rows belong that stand in the wrong place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from engine.audit.chain import is_link, link

MOST_COMPARISONS = 200_000
"""So many rows are tried at so many places to tell what was moved; beyond it a row in the wrong place is just called altered."""

Place = tuple[str, int]
"""A chain and a number in it."""


class FindingKind(StrEnum):
    """What was done to a history."""

    ALTERED = "altered"
    REMOVED = "removed"
    MOVED = "moved"
    ADDED = "added"
    UNCHECKED = "unchecked"  # stands behind a missing entry, without whose hash it cannot be checked
    WRONG_HEAD = "wrong-head"
    REWRITTEN = "rewritten"  # whole in itself, and not what was sealed
    BROKEN_SEAL = "broken-seal"


TEXTS = {
    "altered": "this entry is not what was written here",
    "altered-here-or-before": "this entry is not what was written here, or entry %(before)s was altered together with its hash",
    "missing": "this entry is missing",
    "missing-many": "entries %(first)s to %(last)s are missing",
    "missing-all": "all %(count)s entries are missing",
    "missing-case": "the whole history of this case is missing",
    "moved": "entry %(seq)s of %(chain)s stands as entry %(at_seq)s of %(at_chain)s",
    "not-counted": "this entry is none of those that the head counts",
    "in-place-of-another": "this entry was put in the place of another one",
    "behind-a-gap": "the entry before it is missing: it cannot be checked",
    "behind-the-last": "this entry was added behind the last one, %(last)s",
    "no-head": "the head is missing; there are %(count)s entries",
    "other-head": "the head is not that of the last entry, %(last)s",
    "risen": "this chain was deleted by %(by)s, and is there again",
    "file-altered": "the content of the file “%(name)s” is not the one that was added here",
    "file-missing": "the file “%(name)s” that was added here is gone, and nobody deleted it",
    "file-renamed": "the file “%(name)s” that was added here stands there otherwise: as “%(found)s”",
    "file-untold": "no entry tells of the file “%(name)s” that stands there",
    "cut": "entries %(first)s to %(last)s were removed, which seal %(seal)s covers",
    "cut-whole": "the whole chain of %(last)s entries was removed, which seal %(seal)s covers",
    "rewritten": "entries %(first)s to %(last)s are not those that seal %(seal)s covers: they were written anew",
    "deleted-otherwise": "what was deleted by %(by)s is not what seal %(seal)s covers",
    "no-seal": "line %(line)s of the file is no seal that this key signed",
    "seal-gap": "seal %(number)s does not follow the one before it: seals were removed or moved",
    "seals-missing": "the database knows of seal %(number)s, the file ends with %(last)s: seals were removed",
    "seals-ahead": "the file ends with seal %(last)s, the database knows of %(number)s: an older database was put back",
}
"""What a finding says, with places for its values: English, for logs and commands; pages translate it."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong: entries `seq` to `last` of a chain; for a moved entry, `found_at` says where it stands now.

    A wrong head has the number that the head gives, or 0 where it is missing; a broken seal the seal's number. `text` is a key of `TEXTS`.
    """

    kind: FindingKind
    chain: str
    seq: int
    last: int
    text: str
    values: Mapping[str, object] = field(default_factory=dict)
    found_at: Place | None = None

    @property
    def message(self) -> str:
        """What is wrong, in English."""
        return TEXTS[self.text] % self.values


@dataclass(frozen=True, slots=True)
class Entry:
    """The columns of a stored entry, as they are."""

    chain: str
    seq: int
    at: int
    actor: str
    actor_kind: str
    body: str
    hash: bytes

    @property
    def place(self) -> Place:
        """Where it stands."""
        return self.chain, self.seq

    def belongs_at(self, place: Place, previous: bytes) -> bool:
        """Whether its hash is the one of this place, behind an entry with the hash `previous`."""
        return is_link(previous, place[0], place[1], self.at, self.actor, self.actor_kind, self.body, self.hash)

    def hash_behind(self, previous: bytes) -> bytes:
        """The hash that it should have behind an entry with the hash `previous`; nothing where its columns are no entry's."""
        try:
            return link(previous, self.chain, self.seq, self.at, self.actor, self.actor_kind, self.body)
        except (AttributeError, TypeError, UnicodeEncodeError):
            return b""


@dataclass(slots=True)
class Suspects:
    """Entries that do not fit where they stand, and places whose own entry is missing or does not fit.

    `holes` maps a place to the hash before it, where that is known: putting a row into one hole makes the next one known.
    """

    entries: dict[Place, Entry] = field(default_factory=dict)
    holes: dict[Place, bytes | None] = field(default_factory=dict)

    def settle(self) -> dict[Place, Place]:
        """Put entries where they belong: from where they stand to where their hash fits. Those are taken out of both lists."""
        settled: dict[Place, Place] = {}
        known = [place for place, previous in self.holes.items() if previous is not None]
        budget = MOST_COMPARISONS
        while known and budget > 0:
            place = known.pop()
            fitting = self._fitting(place)
            budget -= len(self.entries)
            if fitting is None:
                continue
            settled[fitting.place] = place
            del self.entries[fitting.place], self.holes[place]
            following = place[0], place[1] + 1
            if following in self.holes:
                self.holes[following] = fitting.hash
                known.append(following)
        return settled

    def expected_hash(self, place: Place) -> bytes | None:
        """The hash that the entry at a place should have, if its other columns are right; None where that cannot be told."""
        entry, previous = self.entries.get(place), self.holes.get(place)
        return None if entry is None or previous is None else entry.hash_behind(previous)

    def _fitting(self, place: Place) -> Entry | None:
        """The entry that belongs to a hole. The one that stands there is tried first: behind a gap it may be right where it is."""
        previous = self.holes.get(place)
        if previous is None:
            return None
        candidates = sorted(self.entries.values(), key=lambda entry: entry.place != place)
        return next((entry for entry in candidates if entry.belongs_at(place, previous)), None)
