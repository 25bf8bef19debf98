"""API tokens: how programs sign in with what a person made for them, that ends by itself and can be taken back.

A token is 256 random bits. Its SHA-256 alone is stored and is what a token is looked up by: that costs the same for every token, and tells
nothing of those that are there. Nothing of it is remembered between calls: the one statement that reads the organisation reads the row of
the token too, so one that was revoked is refused at once, in every process. All times here are those of the real clock.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import bindparam, delete, func, insert, or_, select, update

from app.auth.doors import real_milliseconds
from app.auth.tables import api_token
from engine import Conflict, NotFound

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection, Row

    from app.auth.ports import People, Transactions
    from engine import Directory

PREFIX: Final = "crossdesk_"  # so that people and programs that look for secrets know what it is
USUAL_DAYS, MOST_DAYS = 90, 365
MOST_TOKENS = 20  # of one person
LONGEST_NAME = 60
_BYTES = 32
_LENGTH = len(PREFIX) + len(secrets.token_urlsafe(_BYTES))
_DAY = 24 * 3600 * 1000
_USED_EVERY = 60_000  # milliseconds between two notes of "used"


class Scope(StrEnum):
    """What a token allows, of all that its person may do."""

    READ = "read"
    WRITE = "write"  # read, and change
    WORK = "work"  # what a worker needs for its tasks


@dataclass(frozen=True, slots=True)
class Token:
    """A token as pages show it: `id` opens nothing."""

    id: str
    person: str
    name: str
    scope: Scope
    made: datetime
    expires: datetime
    used: datetime | None
    is_expired: bool


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose token was sent, what it allows, and the organisation at this moment."""

    person: str
    scope: Scope
    directory: Directory


class Tokens:
    """Makes, knows and revokes tokens."""

    def __init__(self, database: Transactions, people: People, now: Callable[[], int] = real_milliseconds) -> None:
        self._database = database
        self._people = people
        self._now = now
        columns = (api_token.c.id, api_token.c.person_id, api_token.c.scope, api_token.c.expires_at, api_token.c.used_at)
        self._of = select(*columns, people.version.label("organisation")).where(api_token.c.token_hash == bindparam("key"))

    def holder(self, token: str) -> Holder | None:
        """Whose token this is: nobody's, where it is unknown or expired, or its person is disabled. Notes that it was used."""
        if len(token) != _LENGTH or not token.startswith(PREFIX):
            return None
        found = self._database.glance(self._of, {"key": _hash(token)})
        if not found:
            return None
        token_id, person, scope, expires_at, used_at, organisation = found[0]
        now, directory = self._now(), self._people.at(organisation)
        if now >= expires_at or not directory.is_active(person):
            return None
        if used_at is None or now - used_at > _USED_EVERY:
            self._note_use(token_id, now)
        return Holder(person, Scope(scope), directory)

    def of_person(self, person: str) -> list[Token]:
        """Those of one person, the newest first."""
        return self._listed(api_token.c.person_id == person)

    def all(self) -> list[Token]:
        """Those of everybody, the newest first."""
        return self._listed()

    def get(self, person: str, token_id: str) -> Token:
        """One of a person's tokens. Raises `NotFound`."""
        found = self._listed(api_token.c.person_id == person, api_token.c.id == token_id)
        if not found:
            raise _unknown(token_id)
        return found[0]

    def make(self, connection: Connection, person: str, name: str, scope: Scope, days: int) -> str:
        """Within a transaction of the caller: a new token, which is told only here. Raises `Conflict` where the person has too many.

        `days`: for how long it opens. Raises `ValueError` where that is not between 1 and 365.
        """
        if not 1 <= days <= MOST_DAYS:
            raise ValueError(f"a token lasts between 1 and {MOST_DAYS} days")
        held = connection.scalar(select(func.count()).where(api_token.c.person_id == person))
        if (held or 0) >= MOST_TOKENS:
            raise Conflict(f"a person has at most {MOST_TOKENS} tokens")
        token, now = PREFIX + secrets.token_urlsafe(_BYTES), self._now()
        times = {"created_at": now, "expires_at": now + days * _DAY, "used_at": None}
        of = {"id": secrets.token_hex(8), "token_hash": _hash(token), "person_id": person, "name": name, "scope": scope.value}
        connection.execute(insert(api_token).values(**of, **times))
        return token

    def revoke(self, connection: Connection, person: str, token_id: str) -> None:
        """Within a transaction of the caller: it opens nothing any more. Raises `NotFound` where it is gone already."""
        gone = connection.execute(delete(api_token).where(api_token.c.person_id == person, api_token.c.id == token_id))
        if not gone.rowcount:
            raise _unknown(token_id)

    def _note_use(self, token_id: str, now: int) -> None:
        """At most once a minute, whoever is first: others who come at the same time change nothing."""
        stale = or_(api_token.c.used_at.is_(None), api_token.c.used_at < now - _USED_EVERY)
        with self._database.begin() as connection:
            connection.execute(update(api_token).where(api_token.c.id == token_id, stale).values(used_at=now))

    def _listed(self, *conditions: ColumnElement[bool]) -> list[Token]:
        newest_first = select(api_token).where(*conditions).order_by(api_token.c.created_at.desc(), api_token.c.id)
        with self._database.read() as connection:
            return [self._shown(it) for it in connection.execute(newest_first)]

    def _shown(self, row: Row[Any]) -> Token:
        used = None if row.used_at is None else _moment(row.used_at)
        is_expired = self._now() >= row.expires_at
        made, expires = _moment(row.created_at), _moment(row.expires_at)
        return Token(row.id, row.person_id, row.name, Scope(row.scope), made, expires, used, is_expired)


def _unknown(token_id: str) -> NotFound:
    return NotFound(f"there is no token {token_id!r}", token=token_id)


def _moment(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
