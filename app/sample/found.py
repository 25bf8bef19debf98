"""Founding the sample company in an empty database: its people, their passwords, the shipped processes, and records to work with."""

from __future__ import annotations

import logging
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from app.sample.company import COMPANY, PEOPLE
from engine import SYSTEM, Actor, Deployment

if TYPE_CHECKING:
    from app.services import Services

log = logging.getLogger(__name__)

FOUNDER = Actor(id="admin", kind=SYSTEM.kind, groups=frozenset({"admin"}))
SHIPMENT = "crossdesk"  # the name of the deployments of what ships
MODELS = (".bpmn", ".dmn", ".form")


def is_empty(services: Services) -> bool:
    """Whether nobody works here yet."""
    return not services.directory().people


def found(services: Services, folders: list[Path]) -> None:
    """Found the company. `folders` hold the shipped processes and forms."""
    _put_old_seals_aside(services.settings.seals_file)
    services.engine.organisation.load(FOUNDER, COMPANY)
    services.doors.set_demo_passwords(list(PEOPLE))
    for found_records in services.founders:
        found_records()
    deploy_shipped(services, folders)
    log.info("the sample company was founded: %d people", len(PEOPLE))


def _put_old_seals_aside(seals: Path | None) -> None:
    """A new company has a new history: the seals of one whose database was thrown away would say that all of it was removed."""
    if seals is not None and seals.exists():
        aside = next(path for number in count(1) if not (path := seals.with_name(f"{seals.name}.{number}")).exists())
        seals.rename(aside)
        log.info("the seals of an earlier database were put aside, into %s", aside)


def deploy_shipped(services: Services, folders: list[Path]) -> Deployment | None:
    """Deploy what ships with this version, where it is new and nobody has published over it; what is held back is said."""
    files = shipped_files(folders)
    if not files:
        return None
    made, held = services.engine.definitions.ship(FOUNDER, SHIPMENT, files)
    for it in held:
        log.warning(
            "%s is new and was not deployed: version %d of %s was published over it by %s; compare the two and publish what shall be",
            it.file, it.version, it.key, it.by,
        )  # fmt: skip
    return made


def shipped_files(folders: list[Path]) -> dict[str, bytes]:
    """The processes, tables and forms in these folders, by name."""
    return {path.name: path.read_bytes() for folder in folders for path in sorted(folder.iterdir()) if path.suffix in MODELS}
