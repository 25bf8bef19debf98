"""The commands `crossdesk export` and `crossdesk import`: versions of processes as files, and back."""

from __future__ import annotations

import os
from pathlib import Path

import click

from app.config import from_environment

_FOLDER = click.Path(file_okay=False, path_type=Path)
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("export")
@click.argument("key")
@click.option("--version", default=None, type=int, help="the latest one otherwise")
@click.option("--to", "folder", default=Path(), type=_FOLDER, help="the folder to write to; this one otherwise")
def export_version(key: str, version: int | None, folder: Path) -> None:
    """Write a version of the process KEY as files: its model with the forms and decision tables that go with it."""
    from app.compose import compose  # noqa: PLC0415 - as in app.cli

    services = compose(from_environment(os.environ))
    try:
        found = [it for it in services.engine.definitions.versions(key) if version in (None, it.version)]
        if not found:
            raise click.ClickException(f"there is no {'process' if version is None else f'version {version} of'} {key!r}")
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in services.engine.definitions.files(found[0].id).items():
            path = folder / Path(name).name
            path.write_bytes(content)
            click.echo(f"wrote {path}")
    finally:
        services.database.dispose()


@click.command("import")
@click.argument("files", nargs=-1, required=True, type=_FILE)
@click.option("--reason", default="imported from files", help="why, for the history")
def import_version(files: tuple[Path, ...], reason: str) -> None:
    """Publish files, as `export` writes them, as the studio does: a new version where something is new."""
    from app.compose import compose  # noqa: PLC0415 - as in app.cli
    from app.sample.found import FOUNDER  # noqa: PLC0415
    from engine import STUDIO, DeploymentRefused  # noqa: PLC0415

    services = compose(from_environment(os.environ))
    resources = {path.name: path.read_bytes() for path in files}
    name = next((path.stem for path in files if path.suffix == ".bpmn"), files[0].stem)
    try:
        made = services.engine.definitions.deploy(FOUNDER, name, resources, source=STUDIO, only_changed=True, reason=reason)
    except DeploymentRefused as refused:
        lines = [f"{it.resource}:{it.line}: {it.element or '-'}: {it.message} [{it.code}]" for it in refused.problems if not it.warning]
        raise click.ClickException("\n".join(["nothing was published", *lines])) from refused
    finally:
        services.database.dispose()
    for definition in made.definitions:
        click.echo(f"published {definition.key} version {definition.version}: {definition.name}")
    if not made.definitions:
        click.echo("Nothing is new.")
