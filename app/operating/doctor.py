"""`crossdesk doctor`: what a server has and what it lacks for production. It reads, and changes nothing."""

from __future__ import annotations

import os
import smtplib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from app.config import BadSetting, Settings, from_environment
from app.notices.mail_server import MailServer
from engine import SYSTEM, Actor, Database, DatabaseUnavailable, is_migrated

if TYPE_CHECKING:
    from app.services import Services

_OPEN_TO_OTHERS: Final = 0o077
_WEAK: Final = {"synchronous": ("0", "1"), "fsync": ("off",), "synchronous_commit": ("off", "local"), "full_page_writes": ("off",)}
_LATE: Final = timedelta(minutes=5)
_ADMIN: Final = Actor(id="doctor", kind=SYSTEM.kind, groups=frozenset({"admin"}))


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. `remedy`: what to do; empty where all is well. `grave`: production must not begin like this."""

    what: str
    remedy: str = ""
    grave: bool = False

    @property
    def mark(self) -> str:
        """How it is shown."""
        if not self.remedy:
            return "ok     "
        return "MISSING" if self.grave else "advice "


@click.command("doctor")
def doctor() -> None:
    """Say what this installation lacks for production. Ends with 1 where something must not stay as it is."""
    try:
        settings = from_environment(os.environ)
    except BadSetting as error:
        raise click.ClickException(str(error)) from error
    findings = list(examine(settings))
    for finding in findings:
        click.echo(f"{finding.mark} {finding.what}{': ' if finding.remedy else ''}{finding.remedy}")
    if any(finding.grave for finding in findings):
        raise SystemExit(1)


def examine(settings: Settings) -> Iterator[Finding]:
    """Everything, as far as it can be reached."""
    yield from _of_settings(settings)
    yield from _of_seals(settings)
    yield from _of_mail(settings)
    database = Database(settings.database_url)
    try:
        migrated = is_migrated(database)
    except DatabaseUnavailable as error:
        yield Finding("database", f"it does not answer ({error}): start it, or mend CROSSDESK_DATABASE_URL", grave=True)
        return
    finally:
        database.dispose()
    if not migrated:
        yield Finding("schema", "it is not of this version: crossdesk migrate", grave=True)
        return
    yield Finding("schema")
    yield from _of_company(settings)


def _of_settings(settings: Settings) -> Iterator[Finding]:
    sqlite = settings.url.get_backend_name() == "sqlite"
    advice = "SQLite is enough for one server process; more of them need PostgreSQL" if sqlite else ""
    yield Finding(f"database is {settings.url.get_backend_name()}", advice)
    away = "" if settings.is_secure else "no TLS: put a proxy with a certificate before it, and set CROSSDESK_PUBLIC_URL=https://…"
    yield Finding("address", away, grave=bool(away) and not settings.is_loopback)
    if settings.clock_file is not None:
        yield Finding("clock", "CROSSDESK_CLOCK_FILE moves it: only for trying things out, unset it", grave=True)
    if "CROSSDESK_SECRET_KEY" not in os.environ:
        yield Finding(
            "secret key", "it is kept beside the data: set CROSSDESK_SECRET_KEY where other servers or a copy of the data need it"
        )


def _of_seals(settings: Settings) -> Iterator[Finding]:
    book, key = settings.seals_file, settings.seal_key_file
    if book is None or key is None:
        return
    if key.exists() and key.stat().st_mode & _OPEN_TO_OTHERS:
        yield Finding("key of the seals", f"others can read {key}: chmod 600", grave=True)
    place = book.parent if book.parent.exists() else Path()
    if not os.access(place, os.W_OK):
        yield Finding("seals", f"{place} cannot be written: set CROSSDESK_SEALS_FILE", grave=True)
    elif settings.url.get_backend_name() == "sqlite" and settings.url.database and _same_folder(book, Path(settings.url.database)):
        yield Finding("seals", "they lie beside the database, where one hand can change both: set CROSSDESK_SEALS_FILE to another disk")
    else:
        yield Finding("seals")


def _same_folder(first: Path, second: Path) -> bool:
    return first.resolve().parent == second.resolve().parent


def _of_mail(settings: Settings) -> Iterator[Finding]:
    if not settings.smtp_url:
        yield Finding("e-mail", "nobody gets any: set CROSSDESK_SMTP_URL")
        return
    try:
        with MailServer(settings.smtp_url).connection() as server:
            server.noop()
    except (BadSetting, OSError, smtplib.SMTPException) as error:
        yield Finding("e-mail", f"the mail server does not answer ({error}): mend CROSSDESK_SMTP_URL", grave=True)
    else:
        yield Finding("e-mail")


def _of_company(settings: Settings) -> Iterator[Finding]:
    from app.compose import compose  # noqa: PLC0415

    services = compose(settings)
    try:
        for look in (_durability, _people, _calendar, _work):
            yield from look(services)
    finally:
        services.database.dispose()


def _durability(services: Services) -> Iterator[Finding]:
    weak = [f"{name} is {value}" for name, value in services.database.durability().items() if value in _WEAK.get(name, ())]
    yield Finding("commits reach the disk", f"{', '.join(weak)}: what was acknowledged may be lost" if weak else "", grave=bool(weak))


def _people(services: Services) -> Iterator[Finding]:
    administrators = services.directory().administrators()
    if not services.directory().people:
        yield Finding("company", "nobody works here yet: crossdesk init", grave=True)
        return
    if services.doors.has_demo_credentials():
        yield Finding("passwords", "those of the sample company are public: begin with crossdesk init in an empty database", grave=True)
    else:
        yield Finding("passwords")
    count = len(administrators)
    lack = "there is none" if count == 0 else "there is one only: who stands in?" if count == 1 else ""
    yield Finding("administrators", lack, grave=count == 0)


def _calendar(services: Services) -> Iterator[Finding]:
    year = services.engine.organisation.calendar().local(services.clock.now()).year
    warnings = services.engine.organisation.calendar().warnings((year, year + 1))
    yield Finding("calendar", " ".join(warnings) and f"{' '.join(warnings)} Correct it: crossdesk calendar import FILE")


def _work(services: Services) -> Iterator[Finding]:
    incidents = len(services.engine.jobs.incidents(_ADMIN))
    yield Finding("incidents", f"{incidents} wait for somebody to repair them" if incidents else "")
    due = services.engine.jobs.next_due()
    late = due is not None and services.clock.now() - due > _LATE
    yield Finding("due work", f"something has been due since {due:%Y-%m-%d %H:%M} UTC: is a server running?" if late else "")
