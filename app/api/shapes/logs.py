"""Logs of a case: operations, values, failures, hands."""

from __future__ import annotations

from typing import Final

from app.api.shapes.base import (
    COUNTED,
    DAYS,
    FLAG,
    MOMENT,
    MOMENT_OR_NONE,
    NONE,
    TEXT,
    TEXT_OR_NONE,
    WHOLE,
    WHOLE_OR_NONE,
    Shape,
    named,
    one_of,
    or_none,
    record,
)

_OF_CASE: Final[dict[str, Shape]] = {
    "processDefinitionKey": TEXT,
    "processDefinitionId": TEXT,
    "processInstanceId": TEXT,
    "rootProcessInstanceId": TEXT,
    "tenantId": NONE,
    "removalTime": NONE,
}
_NO_CASE: Final[dict[str, Shape]] = dict.fromkeys(("caseDefinitionId", "caseInstanceId", "caseExecutionId"), NONE)
USER_OPERATION: Final = named(
    "UserOperation",
    record(
        id=TEXT,
        deploymentId=NONE,
        **_OF_CASE,
        executionId=TEXT,
        **_NO_CASE,
        taskId=TEXT_OR_NONE,
        externalTaskId=TEXT_OR_NONE,
        jobId=TEXT_OR_NONE,
        jobDefinitionId=NONE,
        batchId=NONE,
        userId=TEXT,
        timestamp=MOMENT,
        operationId=TEXT,
        operationType=TEXT,
        entityType=TEXT,
        property=TEXT_OR_NONE,
        orgValue=TEXT_OR_NONE,
        newValue=TEXT_OR_NONE,
        category=one_of("TaskWorker", "Operator"),
        annotation=TEXT_OR_NONE,
    ),
)
DETAIL: Final = named(
    "HistoricDetail",
    record(
        type=one_of("variableUpdate"),
        id=TEXT,
        **_OF_CASE,
        activityInstanceId=TEXT,
        executionId=TEXT,
        taskId=TEXT_OR_NONE,
        caseDefinitionKey=NONE,
        **_NO_CASE,
        userOperationId=TEXT,
        time=MOMENT,
        variableName=TEXT,
        variableInstanceId=TEXT,
        variableType=TEXT,
        value={},
        valueInfo={"type": "object"},
        initial=FLAG,
        revision=COUNTED,
        errorMessage=NONE,
    ),
)
HISTORIC_INCIDENT: Final = named(
    "HistoricIncident",
    record(
        id=TEXT,
        **_OF_CASE,
        executionId=TEXT,
        createTime=MOMENT,
        endTime=MOMENT_OR_NONE,
        incidentType=TEXT,
        activityId=TEXT,
        failedActivityId=TEXT_OR_NONE,
        causeIncidentId=TEXT,
        rootCauseIncidentId=TEXT,
        configuration=TEXT,
        historyConfiguration=TEXT,
        incidentMessage=TEXT_OR_NONE,
        jobDefinitionId=NONE,
        open=FLAG,
        deleted=FLAG,
        resolved=FLAG,
        annotation=NONE,
    ),
)
_STEPS: Final[dict[str, Shape]] = dict.fromkeys(("creationLog", "failureLog", "successLog", "deletionLog"), FLAG)
JOB_LOG: Final = named(
    "HistoricJobLog",
    record(
        id=TEXT,
        timestamp=MOMENT,
        **_OF_CASE,
        jobId=TEXT,
        jobDueDate=NONE,
        jobRetries=WHOLE,
        jobPriority=WHOLE,
        jobExceptionMessage=TEXT_OR_NONE,
        jobDefinitionId=NONE,
        jobDefinitionType=NONE,
        jobDefinitionConfiguration=NONE,
        activityId=TEXT,
        failedActivityId=TEXT,
        executionId=TEXT,
        deploymentId=NONE,
        hostname=NONE,
        batchId=NONE,
        **_STEPS,
    ),
)
EXTERNAL_TASK_LOG: Final = named(
    "HistoricExternalTaskLog",
    record(
        id=TEXT,
        timestamp=MOMENT,
        **_OF_CASE,
        externalTaskId=TEXT,
        topicName=TEXT_OR_NONE,
        workerId=TEXT_OR_NONE,
        priority=WHOLE,
        retries=WHOLE_OR_NONE,
        errorMessage=TEXT_OR_NONE,
        activityId=TEXT,
        activityInstanceId=TEXT,
        executionId=TEXT,
        **_STEPS,
    ),
)
IDENTITY_LINK_LOG: Final = named(
    "HistoricIdentityLinkLog",
    record(
        id=TEXT,
        time=MOMENT,
        **{name: shape for name, shape in _OF_CASE.items() if name != "processInstanceId"},
        type=one_of("candidate", "assignee", "owner"),
        userId=TEXT_OR_NONE,
        groupId=TEXT_OR_NONE,
        taskId=TEXT,
        operationType=one_of("add", "delete"),
        assignerId=TEXT_OR_NONE,
    ),
)
ENDED_CASES: Final = named(
    "CleanableProcessInstances",
    record(
        processDefinitionId=TEXT,
        processDefinitionKey=TEXT,
        processDefinitionName=TEXT_OR_NONE,
        processDefinitionVersion=COUNTED,
        historyTimeToLive=or_none(DAYS),
        finishedProcessInstanceCount=COUNTED,
        cleanableProcessInstanceCount=COUNTED,
        tenantId=NONE,
    ),
)
CLEANUP_CONFIGURATION: Final = named(
    "HistoryCleanupConfiguration", record(batchWindowStartTime=NONE, batchWindowEndTime=NONE, enabled=FLAG)
)
HISTORIC_STATISTICS: Final = named(
    "HistoricActivityStatistics",
    record(
        id=TEXT,
        instances=COUNTED,
        canceled=COUNTED,
        finished=COUNTED,
        completeScope=COUNTED,
        openIncidents=COUNTED,
        resolvedIncidents=COUNTED,
        deletedIncidents=COUNTED,
    ),
)
