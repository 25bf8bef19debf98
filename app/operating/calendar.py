"""`crossdesk calendar`: the working calendar out and in as CSV."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from app.config import from_environment

if TYPE_CHECKING:
    from app.services import Services


@click.group()
def calendar() -> None:
    """The working calendar as CSV: hours of the week, holidays, shifted working days."""


@calendar.command("export")
@click.argument("years", nargs=-1, type=click.IntRange(1950, 2200))
@click.option("--output", type=click.Path(dir_okay=False, writable=True, path_type=Path), help="a file; the terminal otherwise")
def export_calendar(years: tuple[int, ...], output: Path | None) -> None:
    """Write the hours and the special days of YEARS (this one and the next, if none is given)."""
    services = _services()
    this = services.engine.organisation.calendar().local(services.clock.now()).year
    wanted = sorted(set(years)) or [this, this + 1]
    text = services.engine.organisation.export_calendar(wanted)
    for warning in services.engine.organisation.calendar().warnings(wanted):
        click.echo(f"warning: {warning}", err=True)
    services.database.dispose()
    if output is None:
        click.echo(text, nl=False)
    else:
        output.write_text(text, encoding="utf-8")


@calendar.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_calendar(file: Path) -> None:
    """Change the calendar as a CSV FILE says: what was exported, edited and imported holds exactly."""
    from app.sample.found import FOUNDER  # noqa: PLC0415

    try:
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise click.ClickException(f"{file} is no text in UTF-8: save it as “CSV UTF-8”") from error
    services = _services()
    services.engine.organisation.import_calendar(FOUNDER, text)
    services.database.dispose()
    click.echo("The calendar was changed.")


def _services() -> Services:
    from app.compose import compose  # noqa: PLC0415 - other commands need none of it

    return compose(from_environment(os.environ))
