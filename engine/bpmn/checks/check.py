"""All checks of one file, in a row."""

from __future__ import annotations

from typing import Final

from engine.bpmn.checks.beginning import check_beginning
from engine.bpmn.checks.camunda import check_camunda
from engine.bpmn.checks.case import check_case
from engine.bpmn.checks.catalogue import Catalogue
from engine.bpmn.checks.events import check_events
from engine.bpmn.checks.expressions import check_expressions
from engine.bpmn.checks.findings import Findings
from engine.bpmn.checks.flows import check_flows
from engine.bpmn.checks.form_data import check_form_data, check_unused_forms
from engine.bpmn.checks.people import check_people
from engine.bpmn.checks.references import check_references
from engine.bpmn.checks.schema import check_ids, check_schema
from engine.bpmn.checks.services import check_services
from engine.bpmn.checks.support import check_support
from engine.bpmn.checks.undoing import check_undoing
from engine.bpmn.checks.vocabulary import check_vocabulary
from engine.bpmn.model import Model
from engine.errors import ModelProblem

MOST_PROBLEMS: Final = 1_000
"""So many problems of one file are told; nobody reads more, and the first ones explain most of the others."""


def check(model: Model, catalogue: Catalogue) -> list[ModelProblem]:
    """Everything that is wrong with a file, errors and warnings, by line. A file without errors may be deployed.

    The checks never fail, whatever the model says, and never stop at the first problem.
    """
    findings = Findings(model)
    for warning in model.warnings:
        findings.add(warning)
    if not model.processes:
        findings.error("no-executable-process", model.tree)
    check_schema(findings)
    check_ids(findings)
    check_references(findings)
    check_support(findings)
    check_camunda(findings)
    check_vocabulary(findings)
    check_unused_forms(findings)
    for process in model.processes.values():
        check_flows(findings, process)
        check_events(findings, process)
        check_beginning(findings, process)
        check_undoing(findings, process)
        check_people(findings, process, catalogue)
        check_form_data(findings, process)
        check_services(findings, process, catalogue)
        check_case(findings, process, catalogue)
        check_expressions(findings, process)
    return _listed(findings)


def _listed(findings: Findings) -> list[ModelProblem]:
    """By line. Of very many, the errors come before the warnings, and the last entry says how many there are besides."""
    found = findings.problems
    if len(found) > MOST_PROBLEMS:
        errors_first = sorted(found, key=lambda problem: (problem.warning, problem.line))
        rest = Findings(findings.model)
        told = rest.warn if errors_first[0].warning else rest.error
        told("further-problems", findings.model.tree, count=len(found) - MOST_PROBLEMS)
        return [*sorted(errors_first[:MOST_PROBLEMS], key=lambda problem: problem.line), *rest.problems]
    return sorted(found, key=lambda problem: problem.line)
