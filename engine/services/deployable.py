"""The files of one deployment, read: models, decisions, forms, with what is wrong with each."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import Connection, select

from engine.bpmn.checks import ENGINE_FUNCTIONS, Known
from engine.bpmn.model import Model
from engine.bpmn.reader import read_model
from engine.dmn import DecisionModel, Schemas, compile_dmn
from engine.errors import DeploymentRefused, InvalidRequest, ModelProblem
from engine.ports import FormValidator
from engine.services.catalogue import DECISIONS
from engine.services.form_files import id_of
from engine.services.limits import check_names, check_optional
from engine.services.runtime import Runtime
from engine.store.tables import decision_definition, process_definition

MODELS = (".bpmn", ".bpmn20.xml")
FORMS = (".form",)
FILE_MESSAGES: Final = {
    "decision-gone": "The decision “{key}” is not in the file any more. Processes may ask for it: leave it in.",
    "file-unread": "Nothing reads this file: it is no model, decision table or form. Their names end in {endings}.",
    "form-unreadable.encoding": "The form is no text in UTF-8. Export it again from the form editor.",
    "key-in-two-files": "“{key}” stands in {other} already, which belongs to the same deployment. Leave one of the two out.",
}
"""What is said of files, by key; a problem has the code that its key begins with."""


def check_files(name: str, resources: Mapping[str, bytes]) -> None:
    """Refuse a deployment without files, and names that cannot be kept: `InvalidRequest`."""
    if not resources:
        raise InvalidRequest("no files were given")
    check_optional("the name of the deployment", name)
    check_names("the name of a file", resources)


@dataclass(slots=True)
class Deployable:
    """Files by name, read as what their ending says; others are kept as they are."""

    resources: Mapping[str, bytes]
    models: dict[str, Model] = field(default_factory=dict)
    decisions: dict[str, DecisionModel] = field(default_factory=dict)
    forms: dict[str, frozenset[str]] = field(default_factory=dict)
    problems: list[ModelProblem] = field(default_factory=list)
    warnings: list[ModelProblem] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)  # files that are none of these: nothing reads them

    @classmethod
    def read(cls, resources: Mapping[str, bytes], forms: FormValidator, schemas: Schemas) -> Deployable:
        """Read every file; what cannot be read is a problem and not yet a refusal, so that all are said at once."""
        found = cls(resources)
        for name, content in sorted(resources.items()):
            try:
                found._read_file(name, content, forms, schemas)
            except DeploymentRefused as refused:
                found.problems += refused.problems
        found.problems += _twice({name: {it.id: it.line for it in model.processes.values()} for name, model in found.models.items()})
        found.problems += _twice({name: {it.id: it.line for it in model.decisions.values()} for name, model in found.decisions.items()})
        return found

    def unread(self, *, strict: bool) -> list[ModelProblem]:
        """The files that nothing reads: refused where names are strict, since a spelling mistake in an ending would publish nothing."""
        endings = ", ".join((*MODELS, *DECISIONS, *FORMS))
        return [_problem(name, 1, "", "file-unread", warning=not strict, endings=endings) for name in self.kept]

    def _read_file(self, name: str, content: bytes, forms: FormValidator, schemas: Schemas) -> None:
        if name.endswith(MODELS):
            self.models[name] = read_model(content, name)
        elif name.endswith(DECISIONS):
            others = {other: text for other, text in self.resources.items() if other != name and other.endswith(DECISIONS)}
            self.decisions[name] = compile_dmn(content, name, functions=ENGINE_FUNCTIONS, others=others, schemas=schemas)
            self.problems += self.decisions[name].warnings
        elif name.endswith(FORMS):
            self._read_form(name, content, forms)
        else:
            self.kept.append(name)

    def _read_form(self, name: str, content: bytes, forms: FormValidator) -> None:
        try:
            text = content.decode()
        except UnicodeDecodeError as error:
            raise DeploymentRefused([_problem(name, 1, "", "form-unreadable.encoding")]) from error
        found = forms.check(name, text)
        self.problems += found
        readable = all(problem.code != "form-unreadable" for problem in found)
        fields = frozenset(_keys(json.loads(text)["components"])) if readable else frozenset[str]()
        self.forms[name.removesuffix(".form")] = fields
        named = id_of(content)
        if named is not None:
            self.forms.setdefault(named, fields)  # camunda:formRef names it so

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
            connectors={name: it.inputs for name, it in runtime.connectors.items()},
            groups=frozenset({*directory.departments, *directory.roles, *pairs}),
            people=frozenset(directory.people),
            strict=strict,
        )


def _twice(found: Mapping[str, Mapping[str, int]]) -> list[ModelProblem]:
    """Keys that stand in two files of one deployment: which of them is the newest version, nobody could say."""
    first: dict[str, str] = {}
    problems: list[ModelProblem] = []
    for name, lines in found.items():
        for key, line in lines.items():
            other = first.setdefault(key, name)
            if other != name:
                problems.append(_problem(name, line, key, "key-in-two-files", key=key, other=other))
    return problems


def _problem(file: str, line: int, element: str, text: str, *, warning: bool = False, **said: str) -> ModelProblem:
    """A problem of a file; `text` is a key of `FILE_MESSAGES`."""
    message = FILE_MESSAGES[text].format(**said)
    return ModelProblem(file, line, element, text.partition(".")[0], message, warning, tuple(said.items()), text)


def _keys(components: list[Mapping[str, object]], around: str = "") -> list[str]:
    """The fields of a form as permissions name them, depth first: `items`, and `items.price` for a column of that list."""
    found: list[str] = []
    for component in components:
        names = [f"{around}{component[name]}" for name in ("key", "path") if component.get(name)]
        found += names
        inner = component.get("components")
        if isinstance(inner, list):
            found += _keys(inner, f"{around}{component['path']}." if component.get("path") else around)
    return found
