"""The files that a model is published with: the forms that it shows, and the tables and processes that it binds to its own deployment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from engine.bpmn.form_links import FORM_SUFFIX
from engine.bpmn.names import is_computed
from engine.bpmn.reader import read_model
from engine.services.catalogue import DECISIONS
from engine.services.form_files import form_file
from engine.store.tables import decision_definition, deployment_resource, process_definition

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from engine.bpmn.model import Model, Text
    from engine.services.catalogue import Catalogue, Definition


def form_keys(connection: Connection) -> tuple[str, ...]:
    """The keys of all forms that were ever deployed."""
    known = connection.execute(select(deployment_resource.c.name).distinct()).scalars()
    return tuple(sorted(name.removesuffix(FORM_SUFFIX) for name in known if name.endswith(FORM_SUFFIX)))


def decision_names(connection: Connection) -> tuple[tuple[str, str], ...]:
    """Key and name of each decision, as its newest version has it."""
    columns = decision_definition.c
    rows = connection.execute(select(columns.key, columns.name).order_by(columns.key, columns.version)).all()
    return tuple({key: (key, name or key) for key, name in rows}.values())


class Companions:
    """Finds them: forms as the version before has them, failing that the newest; tables and processes in their newest version."""

    def __init__(self, catalogue: Catalogue, connection: Connection, base: Definition) -> None:
        self._catalogue = catalogue
        self._connection = connection
        self._base = base

    def of(self, name: str, content: bytes) -> Mapping[str, bytes]:
        """The file itself and all that goes with it, by name. Raises `DeploymentRefused` for a model that cannot be read."""
        files: dict[str, bytes] = {}
        waiting = [(name, content)]
        while waiting:
            name, content = waiting.pop()
            if name in files:
                continue
            files[name] = content
            if name.endswith((*DECISIONS, FORM_SUFFIX)):
                continue
            waiting += self._named_in(read_model(content, name))
        return files

    def _named_in(self, model: Model) -> Iterator[tuple[str, bytes]]:
        yield from self._forms(model.form_keys)
        for node in model.nodes:
            if node.service and node.service.decision and node.service.decision_binding == "deployment":
                yield from self._newest(decision_definition, node.service.decision, with_imports=True)
            if node.call and node.call.binding == "deployment":
                yield from self._newest(process_definition, node.call.called_element)

    def _forms(self, texts: list[Text]) -> Iterator[tuple[str, bytes]]:
        wanted = {f"{text.source}{FORM_SUFFIX}" for text in texts if not is_computed(text.source)}
        if any(is_computed(text.source) for text in texts):
            wanted.update(name for name in self._base.resources if name.endswith(FORM_SUFFIX))
        for text in texts:  # by the id that stands in a form
            found = None if is_computed(text.source) else form_file(self._catalogue, self._connection, self._base, text.source)
            wanted.update(() if found is None else (found,))
        for name in sorted(wanted):
            digest = self._base.resources.get(name) or self._newest_digest(name)
            if digest is not None:
                yield name, self._catalogue.by_digest(self._connection, digest)

    def _newest_digest(self, name: str) -> str | None:
        columns = deployment_resource.c
        query = select(columns.digest).where(columns.name == name).order_by(columns.deployment_id.desc()).limit(1)
        found: str | None = self._connection.execute(query).scalar_one_or_none()
        return found

    def _newest(
        self,
        table: Any,  # noqa: ANN401 - a table of definitions
        key: Text,
        *,
        with_imports: bool = False,
    ) -> Iterator[tuple[str, bytes]]:
        """The file of the newest version of a decision or process, and the tables that its deployment has beside it."""
        columns = table.c
        query = select(columns.deployment_id, columns.resource_name).where(columns.key == key.source)
        found = self._connection.execute(query.order_by(columns.version.desc()).limit(1)).one_or_none()
        if found is None:
            return
        names = select(deployment_resource.c.name, deployment_resource.c.digest).where(
            deployment_resource.c.deployment_id == found.deployment_id
        )
        digests = dict(self._connection.execute(names).all())
        content = self._catalogue.by_digest(self._connection, digests[found.resource_name])
        yield found.resource_name, content
        if with_imports and b"import" in content:
            for name, digest in digests.items():
                if name.endswith(DECISIONS) and name != found.resource_name:
                    yield name, self._catalogue.by_digest(self._connection, digest)
