"""How much stands where in open cases, by version and by element: of the cases that somebody sees."""

from __future__ import annotations

from collections.abc import Mapping

from engine.access import sight
from engine.model import Actor
from engine.services.runtime import Runtime
from engine.store.queries.instances import seen_instances
from engine.store.queries.statistics import Occupancy, by_element, by_version


class Statistics:
    """Counts of what is open."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    def of_elements(self, actor: Actor, definition_id: str) -> Mapping[str, Occupancy]:
        """What stands at each element of a version, by its id; elements at which nothing stands are left out."""
        with self._runtime.database.read() as connection:
            return by_element(connection, definition_id, seen_instances(sight(actor, self._runtime.directory(connection))))

    def of_versions(self, actor: Actor) -> Mapping[str, Occupancy]:
        """How many cases of each version are open, by its id, and what has failed in them; versions without any are left out."""
        with self._runtime.database.read() as connection:
            return by_version(connection, seen_instances(sight(actor, self._runtime.directory(connection))))
