"""The files of one deployment, read: models, decisions, forms, with what is wrong with each."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import Connection, select

from engine.bpmn.checks import ENGINE_FUNCTIONS, Known
from engine.bpmn.model import Model
from engine.bpmn.reader import read_model
from engine.dmn import DecisionModel, Schemas, compile_dmn
from engine.errors import DeploymentRefused, ModelProblem
from engine.ports import FormValidator
from engine.services.catalogue import DECISIONS
from engine.services.runtime import Runtime
from engine.store.tables import decision_definition, process_definition

MODELS = (".bpmn", ".bpmn20.xml")
FORMS = (".form",)


@dataclass(slots=True)
class Deployable:
    """Files by name, read as what their ending says; others are kept as they are."""

    resources: Mapping[str, bytes]
    models: dict[str, Model] = field(default_factory=dict)
    decisions: dict[str, DecisionModel] = field(default_factory=dict)
    forms: dict[str, frozenset[str]] = field(default_factory=dict)
    problems: list[ModelProblem] = field(default_factory=list)
    warnings: list[ModelProblem] = field(default_factory=list)

    @classmethod
    def read(cls, resources: Mapping[str, bytes], forms: FormValidator, schemas: Schemas) -> Deployable:
        """Read every file; what cannot be read is a problem and not yet a refusal, so that all are said at once."""
        found = cls(resources)
        for name, content in sorted(resources.items()):
            try:
                found._read_file(name, content, forms, schemas)
            except DeploymentRefused as refused:
                found.problems += refused.problems
        return found

    def _read_file(self, name: str, content: bytes, forms: FormValidator, schemas: Schemas) -> None:
        if name.endswith(MODELS):
            self.models[name] = read_model(content, name)
        elif name.endswith(DECISIONS):
            others = {other: text for other, text in self.resources.items() if other != name and other.endswith(DECISIONS)}
            self.decisions[name] = compile_dmn(content, name, functions=ENGINE_FUNCTIONS, others=others, schemas=schemas)
            self.problems += self.decisions[name].warnings
        elif name.endswith(FORMS):
            self.forms[name.removesuffix(".form")] = _field_keys(name, content)
            self.problems += forms.check(name, content.decode())

    def known(self, runtime: Runtime, connection: Connection, *, strict: bool) -> Known:
        """What the models of these files may name: these files, what is deployed, the organisation, the handlers."""
        directory = runtime.directory(connection)
        processes = set(connection.execute(select(process_definition.c.key).distinct()).scalars())
        decisions = set(connection.execute(select(decision_definition.c.key).distinct()).scalars())
        pairs = {f"{department}:{role}" for department in directory.departments for role in directory.roles}
        return Known(
            forms=self.forms,
            decisions=frozenset(decisions.union(*(model.decisions for model in self.decisions.values()))),
            processes=frozenset(processes.union(*(model.processes for model in self.models.values()))),
            handlers=frozenset(runtime.handlers),
            groups=frozenset({*directory.departments, *directory.roles, *pairs}),
            people=frozenset(directory.people),
            strict=strict,
        )


def _field_keys(name: str, content: bytes) -> frozenset[str]:
    """The keys of a form's fields, those of groups and lists included. Raises `DeploymentRefused` for what is not a form."""
    try:
        schema = json.loads(content.decode())
        components = schema["components"]
        return frozenset(_keys(components))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise DeploymentRefused([ModelProblem(name, 1, "", "form-unreadable", f"this is not a form: {error}")]) from error


def _keys(components: list[Mapping[str, object]]) -> list[str]:
    """The keys of components, depth first; `path` is the key of a list or group."""
    found: list[str] = []
    for component in components:
        found += [str(component[name]) for name in ("key", "path") if component.get(name)]
        inner = component.get("components")
        if isinstance(inner, list):
            found += _keys(inner)
    return found
