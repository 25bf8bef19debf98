"""`crossdesk doctor`: what a server has and what it lacks for production. It reads, and changes nothing."""

from __future__ import annotations

import os
import smtplib
from collections.abc import Iterator

import click

from app.config import BadSetting, Settings, from_environment
from app.notices.mail_server import MailServer
from app.operating import checks
from app.operating.checks import Finding
from engine import Database, DatabaseUnavailable, is_migrated


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
    yield from checks.seals(settings)
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
    yield from checks.clock(settings)
    if "CROSSDESK_SECRET_KEY" not in os.environ:
        yield Finding(
            "secret key", "it is kept beside the data: set CROSSDESK_SECRET_KEY where other servers or a copy of the data need it"
        )


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
        for look in (checks.durability, checks.people, checks.calendar, checks.incidents, checks.due_work):
            yield from look(services)
    finally:
        services.database.dispose()
