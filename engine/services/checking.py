"""Checking files that are to be deployed: read, compared with what is there, and compiled."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from engine.bpmn.checks import call_cycles, check
from engine.errors import DeploymentRefused, ModelProblem, NotFound
from engine.services.deployable import Deployable
from engine.tokens import compile_process

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from engine.bpmn.model import Model, Process
    from engine.services.runtime import Runtime


def check_deployable(runtime: Runtime, connection: Connection, resources: Mapping[str, bytes], *, strict: bool) -> Deployable:
    """Read and check all files; everything that is wrong is said at once, by `DeploymentRefused`."""
    deployable = Deployable.read(resources, runtime.forms, runtime.schemas)
    known = deployable.known(runtime, connection, strict=strict)
    problems = [*deployable.problems, *deployable.unread(strict=strict)]
    for model in deployable.models.values():
        found = check(model, known)
        found += call_cycles(model, lambda key: _called(runtime, connection, deployable, key))
        if not any(not problem.warning for problem in found):
            found += _compile(model)
        problems += found
    if any(not problem.warning for problem in problems):
        raise DeploymentRefused(problems)
    deployable.warnings = problems
    return deployable


def problems_of(runtime: Runtime, connection: Connection, resources: Mapping[str, bytes], *, strict: bool) -> list[ModelProblem]:
    """What a deployment of these files would find, errors and warnings."""
    try:
        return check_deployable(runtime, connection, resources, strict=strict).warnings
    except DeploymentRefused as refused:
        return list(refused.problems)


def _called(runtime: Runtime, connection: Connection, deployable: Deployable, key: str) -> Process | None:
    """The process that a key will call."""
    for model in deployable.models.values():
        if key in model.processes:
            return model.processes[key]
    try:
        return runtime.catalogue.definition(connection, runtime.catalogue.latest_id(connection, key)).process
    except NotFound:
        return None


def _compile(model: Model) -> list[ModelProblem]:
    """Compile every process: a flow node that the compiled graph lacks is a problem."""
    problems: list[ModelProblem] = []
    for key in model.processes:
        try:
            compile_process(model, key)
        except DeploymentRefused as refused:
            problems += refused.problems
    return problems
