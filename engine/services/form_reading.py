"""What forms inside of models (`camunda:formData`) hold before they are sent: the values of their fields, and what they begin with."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from engine.model import Actor
from engine.services.case_reading import imagined
from engine.services.form_fields import beginning, told, unchangeable
from engine.services.form_places import at_start
from engine.store.values import StoredValue, plain

if TYPE_CHECKING:
    from engine.bpmn.form_data import FormField
    from engine.services.form_fields import FormPlace
    from engine.services.runtime import Runtime


class FormReading:
    """The start forms inside of models. What those of tasks hold is read with the task and its variables."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    def variables(self, actor: Actor, definition_id: str) -> dict[str, StoredValue]:
        """Each field of the start form of a version with its value, as `form-variables` tells it; none where it has no such form."""
        return self._read(actor, definition_id, told)

    def begins(self, actor: Actor, definition_id: str) -> dict[str, object]:
        """What the fields of the start form of a version begin with, where that can be told; as pages show it."""
        return plain(self._read(actor, definition_id, lambda fields, place: beginning(fields, place, strict=False)))

    def unchangeable(self, actor: Actor, definition_id: str) -> dict[str, object]:
        """What of that nobody may change."""
        return plain(self._read(actor, definition_id, unchangeable))

    def _read(
        self, actor: Actor, definition_id: str, read: Callable[[tuple[FormField, ...], FormPlace], dict[str, StoredValue]]
    ) -> dict[str, StoredValue]:
        with self._runtime.database.read() as connection:
            definition = self._runtime.catalogue.definition(connection, definition_id)
            event = definition.compiled.default_start()
            if event is None or not event.form_data:
                return {}
            step = imagined(self._runtime, connection, actor, definition)
            return read(event.form_data, at_start(step, definition, event, step.root_id))
