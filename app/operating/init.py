"""`crossdesk init`: an empty company of one's own, with its administrator. People, departments and processes come afterwards."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final, TextIO

import click

from app.auth import passwords
from app.config import BadSetting, from_environment
from engine import SYSTEM, Actor, Rejection

if TYPE_CHECKING:
    from app.services import Services

ROLES: Final = (
    ("head", "Head", "主管"),
    ("process-owner", "Process owner", "流程负责人"),
    ("analyst", "Process analyst", "流程分析师"),
    ("auditor", "Auditor", "审计员"),
    ("worker", "Worker", "外部程序"),
    ("admin", "Administrator", "系统管理员"),
)
"""The roles that the product itself knows; a company adds its own."""


@click.command("init")
@click.option("--company", prompt="Name of the company")
@click.option("--user", prompt="User name of the administrator", help="lower-case letters and digits, with single hyphens")
@click.option("--name", prompt="Name of the administrator")
@click.option("--email", default="", help="where the administrator's notices go")
@click.option("--password", envvar="CROSSDESK_ADMINISTRATOR_PASSWORD", prompt="Password", hide_input=True, confirmation_prompt=True)
@click.option("--calendar", "calendar_csv", type=click.File("r", encoding="utf-8"), help="hours, holidays and shifted working days as CSV")
def init(company: str, user: str, name: str, email: str, password: str, calendar_csv: TextIO | None) -> None:
    """Make an empty company with an administrator, in an empty database (CROSSDESK_DATABASE_URL)."""
    from app.compose import compose  # noqa: PLC0415 - the options are checked first

    try:
        passwords.check_rules(password, user)
        services = compose(from_environment(os.environ))
    except (passwords.WeakPassword, BadSetting) as error:
        raise click.ClickException(str(error)) from error
    try:
        calendar = calendar_csv.read() if calendar_csv is not None else None
        found(services, company, {"id": user, "name": name, "email": email}, password, calendar)
    except Rejection as error:
        raise click.ClickException(str(error)) from error
    finally:
        services.database.dispose()
    click.echo(f"{company} is there; {user} may sign in. What is missing for production: crossdesk doctor. To serve: crossdesk serve.")


def found(services: Services, company: str, administrator: dict[str, object], password: str, calendar: str | None = None) -> None:
    """Found a company of one department and one person. Raises `click.ClickException` where somebody works already."""
    if services.directory().people:
        raise click.ClickException("there is a company in this database already; nothing was changed")
    person = str(administrator["id"])
    # The person last: whoever is stopped in between can begin again, as long as nobody is there.
    if calendar is not None:
        services.engine.organisation.import_calendar(_founder(person), calendar)
    services.doors.set_password(person, password)
    services.engine.organisation.load(
        _founder(person),
        {
            "departments": [{"id": "company", "name": company}],
            "roles": [{"id": key, "name": name, "name_zh": name_zh} for key, name, name_zh in ROLES],
            "people": [{**administrator, "memberships": [{"department": "company", "roles": ["admin"]}]}],
        },
    )


def _founder(person: str) -> Actor:
    return Actor(id=person, kind=SYSTEM.kind, groups=frozenset({"admin"}))
