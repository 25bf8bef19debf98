"""All checks of one file, in a row."""

from __future__ import annotations

from engine.bpmn.checks.camunda import check_camunda
from engine.bpmn.checks.case import check_case
from engine.bpmn.checks.catalogue import Catalogue
from engine.bpmn.checks.events import check_events
from engine.bpmn.checks.expressions import check_expressions
from engine.bpmn.checks.findings import Findings
from engine.bpmn.checks.flows import check_flows
from engine.bpmn.checks.people import check_people
from engine.bpmn.checks.references import check_references
from engine.bpmn.checks.schema import check_ids, check_schema
from engine.bpmn.checks.services import check_services
from engine.bpmn.checks.support import check_support
from engine.bpmn.checks.vocabulary import check_vocabulary
from engine.bpmn.model import Model
from engine.errors import ModelProblem


def check(model: Model, catalogue: Catalogue) -> list[ModelProblem]:
    """Everything that is wrong with a file, errors and warnings, by line. A file without errors may be deployed.

    The checks never fail, whatever the model says, and never stop at the first problem.
    """
    findings = Findings(model)
    findings.problems.extend(model.warnings)
    if not model.processes:
        findings.error("no-executable-process", model.tree)
    check_schema(findings)
    check_ids(findings)
    check_references(findings)
    check_support(findings)
    check_camunda(findings)
    check_vocabulary(findings)
    for process in model.processes.values():
        check_flows(findings, process)
        check_events(findings, process)
        check_people(findings, process, catalogue)
        check_services(findings, process, catalogue)
        check_case(findings, process, catalogue)
        check_expressions(findings, process)
    return sorted(findings.problems, key=lambda problem: problem.line)
