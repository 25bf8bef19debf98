"""The files that decisions are published with: those that they import, and processes that are bound to the tables beside them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from engine.dmn.outline import decision_ids
from engine.errors import Conflict, InvalidRequest
from engine.phrases import Phrase
from engine.services.catalogue import DECISIONS, Definition
from engine.services.companions import Companions
from engine.services.decision_uses import uses_of

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from engine.services.decision_files import DecisionFile
    from engine.services.runtime import Runtime


def with_processes(
    runtime: Runtime, connection: Connection, base: DecisionFile, content: bytes, processes: Collection[str]
) -> Mapping[str, bytes]:
    """A file of decisions with all that is published with it. `processes`: ids of latest versions of processes bound to it.

    Raises `Conflict` where another version of such a process was published since, `InvalidRequest` for one that is not bound to these
    decisions, and where two of them need different files of the same name.
    """
    keys = {row.key for row in base.decisions}
    bound = {use.definition.row.id: use.definition for use in uses_of(connection, runtime.catalogue, keys) if use.binding == "deployment"}
    own = {**base.others, base.name: content}
    files = dict(own)
    for definition_id in processes:
        definition = bound.get(definition_id) or _not_bound(runtime, connection, definition_id)
        for name, text in _files_of(runtime, connection, definition, keys, own).items():
            if files.setdefault(name, text) != text:
                message = Phrase("{process} needs another file {name}: publish it by itself", process=definition.row.key, name=repr(name))
                raise InvalidRequest(message)
    return files


def _files_of(
    runtime: Runtime, connection: Connection, definition: Definition, keys: set[str], own: Mapping[str, bytes]
) -> dict[str, bytes]:
    """A process and its companions, without older files of the decisions that are published."""
    name = definition.row.resource_name
    content = runtime.catalogue.content(connection, definition, name) or b""
    found = Companions(runtime.catalogue, connection, definition).of(name, content)
    return {
        file: text
        for file, text in found.items()
        if file not in own and not (file.endswith(DECISIONS) and not keys.isdisjoint(decision_ids(text, file)))
    }


def _not_bound(runtime: Runtime, connection: Connection, definition_id: str) -> Definition:
    """Why a version cannot go along: it is not the latest any more, or asks for these decisions in another way."""
    definition = runtime.catalogue.definition(connection, definition_id)
    latest = runtime.catalogue.definition(connection, runtime.catalogue.latest_id(connection, definition.row.key))
    if latest.row.id != definition_id:
        raise Conflict("another version was published", by=latest.row.deployed_by, at=latest.row.deployed_at)
    raise InvalidRequest(Phrase("{process} is not bound to this table", process=definition.row.key))
