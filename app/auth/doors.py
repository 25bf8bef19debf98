"""Signing in and out: sessions are rows, so that signing out, a disabled person or a changed password end them at once.

The cookie holds a random token, the row its hash: who reads the database cannot sign in with it, and a cookie copied before signing out
opens nothing. All times here are those of the real clock.
"""

from __future__ import annotations

import hashlib
import logging
import secrets
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import flask
from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from app.auth import passwords
from app.auth.tables import credential, session

if TYPE_CHECKING:
    from app.auth.ports import People, Transactions
    from engine import Directory

TOKEN = "token"  # noqa: S105 - the name under which the cookie keeps it
_TOKEN_BYTES = 32
_SEEN_EVERY = 60_000  # milliseconds between two notes of "seen"

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who is signed in, in which session (the hash of its token), and the organisation at this moment."""

    person: str
    session: str
    directory: Directory


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A session that has not ended: `id` is the hash of its token, which opens nothing; since when, and when it was used last."""

    id: str
    since: datetime
    seen: datetime


def real_milliseconds() -> int:
    """The real time, whatever the business's clock says."""
    return time.time_ns() // 1_000_000


class Doors:
    """Lets people in and out. Who sends a request is asked by one statement, the version of the organisation included."""

    def __init__(
        self,
        database: Transactions,
        people: People,
        *,
        idle: int,
        lifetime: int,
        now: Callable[[], int] = real_milliseconds,
        on_sign_out: Callable[[str], None] = lambda _session: None,
    ) -> None:
        """`idle` and `lifetime` in seconds; `on_sign_out` gets the session that ended."""
        self._database = database
        self._people = people
        self._session_of = select(session.c.person_id, session.c.created_at, session.c.seen_at, people.version.label("organisation")).where(
            session.c.token_hash == bindparam("key")
        )
        stored = select(credential.c.password_hash).where(credential.c.person_id == bindparam("person")).scalar_subquery()
        self._password_of = select(stored.label("stored"), people.version.label("organisation"))
        self._idle = idle * 1000
        self._lifetime = lifetime * 1000
        self._now = now
        self._on_sign_out = on_sign_out

    # ---- passwords -------------------------------------------------------------------------------------------------------

    def is_password(self, person: str, password: str) -> bool:
        """Whether an active person has this password."""
        stored, _ = self.stored_hash(person)
        right = passwords.matches(stored, password)
        if right and stored and passwords.is_outdated(stored):
            self._store(person, password, demo=password == passwords.DEMO)
        return right

    def stored_hash(self, person: str) -> tuple[str | None, Directory]:
        """The hash of an active person's password, for those who verify it themselves, and the organisation at this moment."""
        ((stored, organisation),) = self._database.glance(self._password_of, {"person": person})
        directory = self._people.at(organisation)
        return (stored if directory.is_active(person) else None), directory

    def set_password(self, person: str, password: str) -> None:
        """Give a person a password, ending all their sessions. Raises `WeakPassword`."""
        passwords.check_rules(password, person)
        self._store(person, password, demo=False)
        self.end_sessions_of(person)

    def give_password(self, connection: Connection, person: str, stored: str) -> list[str]:
        """Within a transaction of the caller: the hash of a new password in the place of the old one, and the end of all sessions.

        Gives those sessions, for `close` after the commit.
        """
        self._write(connection, person, {"password_hash": stored, "demo": False, "changed_at": self._now()})
        keys = list(connection.scalars(select(session.c.token_hash).where(session.c.person_id == person)))
        connection.execute(delete(session).where(session.c.person_id == person))
        return keys

    def close(self, sessions: Iterable[str]) -> None:
        """End the event streams of sessions that are gone."""
        for key in sessions:
            self._on_sign_out(key)

    def password_since(self, person: str) -> datetime | None:
        """Since when a person has the password, by the real clock; None for who has none and cannot sign in."""
        with self._database.read() as connection:
            found = connection.scalar(select(credential.c.changed_at).where(credential.c.person_id == person))
        return None if found is None else _moment(found)

    def set_demo_passwords(self, people: list[str]) -> None:
        """Give the people of the sample company their public password. One hash for all: it protects nothing."""
        stored = passwords.hashed(passwords.DEMO)
        with self._database.begin() as connection:
            rows = [{"person_id": it, "password_hash": stored, "demo": True, "changed_at": self._now()} for it in people]
            connection.execute(insert(credential), rows)

    def has_demo_credentials(self) -> bool:
        """Whether anybody still has the sample company's password."""
        with self._database.read() as connection:
            return bool(connection.scalar(select(func.count()).select_from(credential).where(credential.c.demo)))

    def demo_people(self) -> frozenset[str]:
        """Those who have the sample company's password."""
        with self._database.read() as connection:
            return frozenset(connection.scalars(select(credential.c.person_id).where(credential.c.demo)))

    def _store(self, person: str, password: str, *, demo: bool) -> None:
        values = {"password_hash": passwords.hashed(password), "demo": demo, "changed_at": self._now()}
        with self._database.begin() as connection:
            self._write(connection, person, values)

    def _write(self, connection: Connection, person: str, values: dict[str, object]) -> None:
        changed = connection.execute(update(credential).where(credential.c.person_id == person).values(values))
        if not changed.rowcount:
            connection.execute(insert(credential).values(person_id=person, **values))

    # ---- sessions --------------------------------------------------------------------------------------------------------

    def sign_in(self, person: str) -> None:
        """Begin a new session in this browser: a new token, nothing kept of the old cookie, the old session ended."""
        self.sign_out()
        token = secrets.token_urlsafe(_TOKEN_BYTES)
        now = self._now()
        with self._database.begin() as connection:
            oldest = now - self._lifetime
            connection.execute(delete(session).where(session.c.created_at < oldest))
            connection.execute(insert(session).values(token_hash=_hash(token), person_id=person, created_at=now, seen_at=now))
        flask.session[TOKEN] = token
        flask.session.permanent = False

    def sign_out(self) -> None:
        """End the session of this browser."""
        token = flask.session.get(TOKEN)
        flask.session.clear()
        if token:
            self._end(_hash(token))

    def visitor(self) -> Visitor | None:
        """Who sent this request. Nobody, when the session ended, timed out, or the person was disabled."""
        token = flask.session.get(TOKEN)
        if not isinstance(token, str):
            return None
        key = _hash(token)
        found = self._database.glance(self._session_of, {"key": key})
        if not found:
            return None
        person, created_at, seen_at, organisation = found[0]
        now, directory = self._now(), self._people.at(organisation)
        if now - seen_at > self._idle or now - created_at > self._lifetime or not directory.is_active(person):
            log.info("session of %s ended", person)
            self._end(key)
            return None
        if now - seen_at > _SEEN_EVERY:
            with self._database.begin() as connection:
                connection.execute(update(session).where(session.c.token_hash == key).values(seen_at=now))
        return Visitor(person, key, directory)

    def sessions_of(self, person: str) -> list[OpenSession]:
        """The sessions of a person that have not ended, the one used last first."""
        now, columns = self._now(), session.c
        is_open = columns.seen_at >= now - self._idle, columns.created_at >= now - self._lifetime
        query = select(columns.token_hash, columns.created_at, columns.seen_at).where(columns.person_id == person, *is_open)
        with self._database.read() as connection:
            found = connection.execute(query.order_by(columns.seen_at.desc(), columns.token_hash)).all()
        return [OpenSession(key, _moment(since), _moment(seen)) for key, since, seen in found]

    def end_session_of(self, person: str, key: str) -> bool:
        """End one session of a person; whether there was one."""
        with self._database.begin() as connection:
            ended = connection.execute(delete(session).where(session.c.token_hash == key, session.c.person_id == person)).rowcount
        if ended:
            self._on_sign_out(key)
        return bool(ended)

    def end_sessions_of(self, person: str, but: str | None = None) -> int:
        """Sign a person out everywhere, or everywhere `but` in one session; how many were ended."""
        with self._database.read() as connection:
            keys = set(connection.scalars(select(session.c.token_hash).where(session.c.person_id == person))) - {but}
        for key in keys:
            self._end(key)
        return len(keys)

    def _end(self, key: str) -> None:
        with self._database.begin() as connection:
            connection.execute(delete(session).where(session.c.token_hash == key))
        self._on_sign_out(key)


def _moment(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
