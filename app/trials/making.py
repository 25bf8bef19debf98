"""Making a trial: a copy of what cases stand on (deployments, organisation, records), and the draft published in it.

Nothing leads back: the copy is read from one snapshot, and all that is done in the trial is done in its own database.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from app.clock import move_to
from app.compose import compose
from app.records.carrying import copy_records
from app.trials.keeping import Trial, Trials
from engine import STUDIO, Database, upgrade

if TYPE_CHECKING:
    from app.services import Services
    from engine import Actor


def make(services: Services, actor: Actor, key: str, version: int) -> Trial:
    """A trial of the draft that was seen.

    Raises `DeploymentRefused` with what the checks find, `Conflict` where the draft was saved since, `AllTaken`.
    """
    trials, now = Trials(services.settings.trials_folder), services.clock.now()
    trials.sweep(now)
    trials.check_room(actor.id)
    trial_id = services.new_id()
    with trials.new(trial_id, actor.id, key, version, now) as trial:
        _copy(services, actor, trial)
    trials.keep_newest(actor.id)
    return trials.find(actor.id, trial_id)


def _copy(services: Services, actor: Actor, trial: Trial) -> None:
    database = Database(trial.database_url)
    try:
        upgrade(database)
        files = services.engine.drafts.prepare_trial(actor, trial.key, trial.version, database)
        with services.database.read() as here, database.begin() as there:
            copy_records(here, there)
    finally:
        database.dispose()
    move_to(trial.clock_file, services.clock.offset)
    inside = open_services(services, trial)
    try:
        inside.engine.definitions.deploy(actor, trial.key, files, source=STUDIO)
    finally:
        inside.database.dispose()


def open_services(services: Services, trial: Trial) -> Services:
    """What the pages of a trial need: as for a server, on the trial's database and clock; nothing is sealed, nobody is written to."""
    own = replace(
        services.settings, database_url=trial.database_url, clock_file=trial.clock_file, seals_file=None, smtp_url="", processes=1
    )
    return compose(own, is_trial=True)
