"""Where the form of a user task or start event stands: in the file of its name, or in the one whose id `camunda:formRef` names."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING

from sqlalchemy import select

from engine.bpmn.form_links import FORM_SUFFIX
from engine.bpmn.names import is_computed
from engine.store.tables import deployment_resource

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

    from engine.bpmn.form_links import FormLink
    from engine.services.catalogue import Catalogue, Definition


@lru_cache(maxsize=4_096)
def id_of(content: bytes) -> str | None:
    """The id that stands in a form."""
    try:
        found = json.loads(content).get("id")
    except (ValueError, AttributeError):
        return None
    return found if isinstance(found, str) else None


def form_file(catalogue: Catalogue, connection: Connection, definition: Definition, key: str) -> str | None:
    """The file among those that were deployed with a definition."""
    for name in (f"{key}{FORM_SUFFIX}", key):
        if name.endswith(FORM_SUFFIX) and name in definition.resources:
            return name
    if not list(_references(definition, key)):
        return None
    own = sorted((name, digest) for name, digest in definition.resources.items() if name.endswith(FORM_SUFFIX))
    return next((name for name, digest in own if id_of(catalogue.by_digest(connection, digest)) == key), None)


def form_from_elsewhere(catalogue: Catalogue, connection: Connection, definition: Definition, key: str) -> bytes | None:
    """The newest form with this id that was deployed at another time, where the model says that it need not go along."""
    if not any(link.reaches_out for link in _references(definition, key)):
        return None
    columns = deployment_resource.c
    digests = connection.execute(
        select(columns.digest).where(columns.name.endswith(FORM_SUFFIX)).order_by(columns.deployment_id.desc(), columns.name)
    ).scalars()
    contents = (catalogue.by_digest(connection, digest) for digest in dict.fromkeys(digests))
    return next((content for content in contents if id_of(content) == key), None)


def _references(definition: Definition, key: str) -> Iterator[FormLink]:
    """How the model refers to a form by this id."""
    for node in definition.process.nodes.values():
        for text, link in ((node.form_key, node.form_link), *([(it.form_key, it.form_link)] if (it := node.user_task) else [])):
            if text is not None and link.refers and (text.source == key or is_computed(text.source)):
                yield link
