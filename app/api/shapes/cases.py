"""Process definitions, deployments, process instances, their executions, and what waits in them."""

from __future__ import annotations

from typing import Final

from app.api.shapes.base import (
    COUNTED,
    FLAG,
    LINK,
    MOMENT,
    MOMENT_OR_NONE,
    NONE,
    PROBLEMS,
    TEXT,
    TEXT_OR_NONE,
    VARIABLES,
    WHOLE,
    WHOLE_OR_NONE,
    Shape,
    listed,
    map_of,
    named,
    or_none,
    record,
    record_with,
)

DEFINITION: Final = named(
    "ProcessDefinition",
    record(
        id=TEXT,
        key=TEXT,
        category=TEXT_OR_NONE,
        description=TEXT_OR_NONE,
        name=TEXT_OR_NONE,
        version=WHOLE,
        resource=TEXT,
        deploymentId=TEXT,
        diagram=NONE,
        suspended=FLAG,
        tenantId=NONE,
        versionTag=TEXT_OR_NONE,
        historyTimeToLive=WHOLE_OR_NONE,
        startableInTasklist=FLAG,
    ),
)
XML: Final = named("ProcessDefinitionXml", record(id=TEXT, bpmn20Xml=TEXT))

_COUNTS: Final[dict[str, Shape]] = {
    "@class": TEXT,
    "id": TEXT,
    "instances": COUNTED,
    "failedJobs": COUNTED,
    "incidents": listed(record(incidentType=TEXT, incidentCount=COUNTED)),
}
ELEMENT_STATISTICS: Final = named("ActivityStatistics", record(**_COUNTS))
VERSION_STATISTICS: Final = named("ProcessDefinitionStatistics", record(**_COUNTS, definition=DEFINITION))

DECISION: Final = named(
    "DecisionDefinition",
    record(
        id=TEXT,
        key=TEXT,
        category=NONE,
        name=TEXT_OR_NONE,
        version=WHOLE,
        resource=TEXT,
        deploymentId=TEXT,
        tenantId=NONE,
        decisionRequirementsDefinitionId=NONE,
        decisionRequirementsDefinitionKey=NONE,
        historyTimeToLive=NONE,
        versionTag=TEXT_OR_NONE,
    ),
)
DECISION_XML: Final = named("DecisionDefinitionXml", record(id=TEXT, dmnXml=TEXT))
RESOURCE: Final = named("DeploymentResource", record(id=TEXT, name=TEXT, deploymentId=TEXT))

_DEPLOYMENT: Final[dict[str, Shape]] = {
    "id": TEXT,
    "name": TEXT_OR_NONE,
    "source": TEXT_OR_NONE,
    "deploymentTime": MOMENT,
    "tenantId": NONE,
}
DEPLOYMENT: Final = named("Deployment", record(links=listed(LINK), **_DEPLOYMENT))
DEPLOYED: Final = named(
    "DeploymentMade",
    record_with(
        {"warnings": PROBLEMS},
        links=listed(LINK),
        **_DEPLOYMENT,
        deployedProcessDefinitions=or_none(map_of(DEFINITION)),
        deployedCaseDefinitions=NONE,
        deployedDecisionDefinitions=or_none(map_of(DECISION)),
        deployedDecisionRequirementsDefinitions=NONE,
    ),
)

_INSTANCE: Final[dict[str, Shape]] = {
    "links": listed(LINK),
    "id": TEXT,
    "definitionId": TEXT,
    "definitionKey": TEXT,
    "businessKey": TEXT_OR_NONE,
    "caseInstanceId": NONE,
    "ended": FLAG,
    "suspended": FLAG,
    "tenantId": NONE,
}
INSTANCE: Final = named("ProcessInstance", record(**_INSTANCE))
STARTED: Final = named("ProcessInstanceStarted", record_with({"variables": VARIABLES}, **_INSTANCE))

EXECUTION: Final = named("Execution", record(id=TEXT, processInstanceId=TEXT, ended=FLAG, tenantId=NONE))
ACTIVITY_TREE: Final = named(
    "ActivityInstance",
    record(
        id=TEXT,
        parentActivityInstanceId=TEXT_OR_NONE,
        activityId=TEXT,
        activityName=TEXT_OR_NONE,
        activityType=TEXT,
        processInstanceId=TEXT,
        processDefinitionId=TEXT,
        childActivityInstances=listed({"$ref": "#/components/schemas/ActivityInstance"}),
        childTransitionInstances=listed({}),
        executionIds=listed(TEXT),
        incidentIds=listed(TEXT),
        incidents=listed({}),
        name=TEXT_OR_NONE,
    ),
)
SUBSCRIPTION: Final = named(
    "EventSubscription",
    record(
        id=TEXT,
        eventType=TEXT,
        eventName=TEXT_OR_NONE,
        executionId=TEXT,
        processInstanceId=TEXT,
        activityId=TEXT_OR_NONE,
        createdDate=MOMENT_OR_NONE,
        tenantId=NONE,
    ),
)
CORRELATED: Final = named(
    "MessageCorrelationResult",
    record_with(
        {"variables": VARIABLES},
        resultType={"type": "string", "enum": ["Execution", "ProcessDefinition"]},
        execution={"anyOf": [EXECUTION, NONE]},
        processInstance={"anyOf": [INSTANCE, NONE]},
    ),
)
