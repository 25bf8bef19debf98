"""The command `crossdesk`: serve, migrate, deploy, try expressions and decisions, move the clock, verify the history, the calendar."""

from __future__ import annotations

import logging
import os
import socket
import sys
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from app.clock import move
from app.config import Settings, from_environment
from app.operating.calendar import calendar
from app.operating.carrying import export_version, import_version
from app.operating.doctor import doctor
from app.operating.init import init
from app.operating.told import Commands, cannot_listen

if TYPE_CHECKING:
    from app.sample.past.arriving import Arrival
    from app.services import Services
    from engine import Report, SealedHistory

log = logging.getLogger(__name__)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Crossdesk: business processes that cross departments. Settings come from the environment, see docs/settings.md."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s", stream=sys.stderr)
    logging.getLogger("apscheduler").setLevel(logging.WARNING)


def _settings() -> Settings:
    return from_environment(os.environ)


def _services() -> Services:
    from app.compose import compose  # noqa: PLC0415 - `crossdesk clock` needs none of it

    return compose(_settings())


@main.command()
def run() -> None:
    """Migrate, found the sample company in an empty database, and serve: what `make run` starts."""
    from app.bootstrap import shipped_folders  # noqa: PLC0415
    from app.sample.found import deploy_shipped, is_empty  # noqa: PLC0415
    from app.sample.past.arriving import Arrival, found_with_past  # noqa: PLC0415

    with _listener(_settings()) as listener:
        services = _services()
        if is_empty(services):
            found_with_past(services, shipped_folders())
        elif services.doors.has_demo_credentials():  # a company of one's own deploys what it wants
            deploy_shipped(services, shipped_folders())
        _serve(services, listener, Arrival(services))


@main.command()
def serve() -> None:
    """Migrate and serve, with what is in the database."""
    with _listener(_settings()) as listener:
        _serve(_services(), listener)


def _listener(settings: Settings) -> socket.socket:
    """The port of the server, before anything else is done: a company is not founded for a server that cannot listen."""
    from app.supervisor import bound  # noqa: PLC0415

    try:
        return bound(settings.host, settings.port)
    except OSError as error:
        raise cannot_listen(settings, error) from error


def _serve(services: Services, listener: socket.socket, arrival: Arrival | None = None) -> None:
    from app import server  # noqa: PLC0415
    from app.supervisor import CannotServe, Supervisor  # noqa: PLC0415

    settings, announce = services.settings, _announcement(services)
    arrives = (arrival.start, arrival.stop) if arrival is not None else (lambda: None, lambda: None)
    try:
        if settings.processes == 1:
            services.background.append(arrives)
            server.serve(services, on_ready=announce, listener=listener)
            return
        listener.close()  # each server process has a socket of its own
        server.check_installation(services)
        supervisor = Supervisor([sys.executable, "-m", "app.cli", "worker"], settings.host, settings.port, settings.processes)
        try:
            supervisor.run(lambda: _in_turn(announce, arrives[0]))
        finally:
            arrives[1]()
    except (server.RefusedToServe, CannotServe) as error:
        raise click.ClickException(str(error)) from error


@main.command(hidden=True)
@click.option("--socket", "listener", type=int, required=True)
@click.option("--alive", type=int, required=True)
@click.option("--ready", type=int, required=True)
def worker(listener: int, alive: int, ready: int) -> None:
    """One of several server processes: started by the others' supervisor, with descriptors that it inherits."""
    from app import server  # noqa: PLC0415
    from app.supervisor import end_with, tell_ready  # noqa: PLC0415

    end_with(alive)
    server.serve(_services(), on_ready=lambda: tell_ready(ready), listener=socket.socket(fileno=listener))


def _in_turn(*calls: Callable[[], None]) -> None:
    for call in calls:
        call()


def _announcement(services: Services) -> Callable[[], None]:
    settings = services.settings
    address = settings.public_url or f"http://{'[::1]' if settings.host == '::1' else settings.host}:{settings.port}"

    def announce() -> None:
        click.echo(f"Crossdesk is at {address}")
        if services.doors.has_demo_credentials():
            click.echo("Choose a person on the sign-in page; everybody's password is “demo”. Ctrl-C stops the server.")

    return announce


@main.command(hidden=True)
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--until", required=True)
@click.option("--skip", default="")
@click.option("--nice", default=0)
def past(folder: Path, until: str, skip: str, nice: int) -> None:
    """Play the past of the sample company in a folder that the server has prepared; says how many percent are done."""
    from app.sample.past.scratch import play  # noqa: PLC0415

    os.nice(nice)
    there = {int(number) for number in skip.split(",") if number}
    play(_settings(), folder, datetime.fromisoformat(until), there, click.echo)


@main.command()
def migrate() -> None:
    """Bring the database to the newest schema."""
    from engine import Database, upgrade  # noqa: PLC0415

    settings = _settings()
    database = Database(settings.database_url)
    click.echo("The schema was brought up to date." if upgrade(database) else "The schema is up to date.")
    database.dispose()


@main.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--name", default=None, help="name of the deployment; the first file's name otherwise")
@click.option("--check", "only_check", is_flag=True, help="say what would be found, deploy nothing")
def deploy(files: tuple[Path, ...], name: str | None, *, only_check: bool) -> None:
    """Deploy models (.bpmn), decision tables (.dmn) and forms (.form) together."""
    from app.sample.found import FOUNDER  # noqa: PLC0415
    from engine import DeploymentRefused  # noqa: PLC0415

    services = _services()
    resources = {path.name: path.read_bytes() for path in files}
    if only_check:
        problems = services.engine.definitions.check(FOUNDER, resources)
    else:
        try:
            deployed = services.engine.definitions.deploy(FOUNDER, name or files[0].stem, resources, source="command")
        except DeploymentRefused as refused:
            problems = list(refused.problems)
        else:
            problems = list(deployed.warnings)
            for definition in deployed.definitions:
                click.echo(f"deployed {definition.key} version {definition.version}: {definition.name}")
    for problem in problems:
        kind = "warning" if problem.warning else "error"
        click.echo(f"{problem.resource}:{problem.line}: {kind}: {problem.element or '-'}: {problem.message} [{problem.code}]", err=True)
    services.database.dispose()
    if any(not problem.warning for problem in problems):
        raise SystemExit(1)


@main.command()
@click.argument("step")
def clock(step: str) -> None:
    """Move the clock of a running sample server by +3d, +2h, +90m; 0 sets it back. Its file is CROSSDESK_CLOCK_FILE."""
    settings = _settings()
    if settings.clock_file is None:
        raise click.ClickException("CROSSDESK_CLOCK_FILE is not set: the server has to be started with it, too")
    try:
        offset = move(settings.clock_file, step)
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"The clock is ahead by {offset}.")


_CONTEXT = click.option(
    "--context", type=click.Path(dir_okay=False, allow_dash=True, path_type=Path), help="variables: a file of JSON or a FEEL context"
)


@main.command()
@click.argument("expression")
@_CONTEXT
def feel(expression: str, context: Path | None) -> None:
    """Evaluate a FEEL expression and print its value; what turned to null is explained."""
    from app.trying import try_expression  # noqa: PLC0415

    try_expression(expression, context, _settings().zone)


@main.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("decision")
@_CONTEXT
def decide(file: Path, decision: str, context: Path | None) -> None:
    """Make a DECISION (id or name) of a DMN file and show how it came about: inputs, rules that matched and why, outputs."""
    from app.trying import try_decision  # noqa: PLC0415

    settings = _settings()
    try_decision(file, decision, context, settings.zone, settings.dmn_schemas)


@main.command("verify-audit")
@click.option("--case", "case_id", default=None, help="only the history of one case, by its id")
def verify_audit(case_id: str | None) -> None:
    """Check the hash chains of the history and its seals; every altered, removed, moved or added entry is named."""
    from app.sample.found import FOUNDER  # noqa: PLC0415

    services = _services()
    report = services.engine.history.verify(FOUNDER, case_id)
    noted = case_id is not None or _is_noted(services, report)
    services.database.dispose()
    if case_id is not None and not report.chains and not report.findings:
        raise click.ClickException(f"there is no case with the id {case_id!r}, and no seal speaks of one")
    for finding in report.findings:
        click.echo(f"{finding.kind}: {finding.chain} {finding.seq} to {finding.last}: {finding.message}", err=True)
    click.echo(f"{report.entries} entries in {report.chains} chains: {'NOT whole' if report.findings else 'whole'}")
    click.echo(_sealed(report.sealed))
    for text in _removed(report):
        click.echo(text)
    if not noted:
        click.echo("The database could not be written, so it does not know of this verification.")
    if report.findings:
        raise SystemExit(1)


def _removed(report: Report) -> list[str]:
    """What was deleted by somebody who may, as the history says."""
    counts = Counter((it.by, it.of, it.reason) for it in report.deleted)
    return [
        f"deleted by {by}: {count} cases{f' of {of}' if of else ''}{f', {why}' if why else ''}" for (by, of, why), count in counts.items()
    ]


def _is_noted(services: Services, report: Report) -> bool:
    """Note the verification in the history. What was found is told also where the database is a copy that cannot be written."""
    from app.sample.found import FOUNDER  # noqa: PLC0415
    from engine import DatabaseUnavailable  # noqa: PLC0415

    try:
        services.engine.history.note_verification(FOUNDER, report, "command")
    except DatabaseUnavailable:
        return False
    return True


def _sealed(sealed: SealedHistory | None) -> str:
    """What the seals prove, and what they cannot."""
    if sealed is None or sealed.last is None:
        return "No seals: tails that were cut off with their head, and whole cases that were removed, cannot be told."
    last = sealed.last.seal
    text = f"{sealed.seals} seals, the last one is number {last.number} of {last.at.isoformat(timespec='seconds')}."
    return f"{text} {sealed.unsealed} entries came after it: what was cut off behind it cannot be told yet." if sealed.unsealed else text


main.add_command(calendar)
main.add_command(export_version)
main.add_command(import_version)
main.add_command(init)
main.add_command(doctor)

if __name__ == "__main__":
    main()
