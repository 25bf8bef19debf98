"""What waits for people, programs and time: user tasks, external tasks, jobs, incidents."""

from __future__ import annotations

from typing import Final

from app.api.shapes.base import (
    COUNTED,
    FLAG,
    LINK,
    MOMENT,
    MOMENT_OR_NONE,
    NONE,
    TEXT,
    TEXT_OR_NONE,
    VARIABLES,
    WHOLE,
    WHOLE_OR_NONE,
    Shape,
    listed,
    map_of,
    named,
    one_of,
    or_none,
    record,
)

FORM_REF: Final = record(key=TEXT, binding=TEXT_OR_NONE, version=WHOLE_OR_NONE)
TASK: Final = named(
    "Task",
    record(
        id=TEXT,
        name=TEXT_OR_NONE,
        assignee=TEXT_OR_NONE,
        created=MOMENT,
        due=MOMENT_OR_NONE,
        followUp=MOMENT_OR_NONE,
        lastUpdated=MOMENT_OR_NONE,
        delegationState=or_none(one_of("PENDING", "RESOLVED")),
        description=TEXT_OR_NONE,
        executionId=TEXT,
        owner=TEXT_OR_NONE,
        parentTaskId=NONE,
        priority=WHOLE,
        processDefinitionId=TEXT,
        processInstanceId=TEXT,
        taskDefinitionKey=TEXT,
        caseExecutionId=NONE,
        caseInstanceId=NONE,
        caseDefinitionId=NONE,
        suspended=FLAG,
        formKey=TEXT_OR_NONE,
        camundaFormRef=or_none(FORM_REF),
        tenantId=NONE,
        taskState=one_of("Created", "Updated"),
    ),
)

TASK_FORM: Final = named("TaskForm", record(key=TEXT_OR_NONE, camundaFormRef=or_none(FORM_REF), contextPath=NONE))
IDENTITY_LINK: Final = named(
    "IdentityLink", record(userId=TEXT_OR_NONE, groupId=TEXT_OR_NONE, type=one_of("candidate", "assignee", "owner"))
)
COMMENT: Final = named(
    "Comment",
    record(
        links=listed(LINK),
        id=TEXT,
        userId=TEXT,
        time=MOMENT,
        taskId=TEXT,
        message=TEXT,
        removalTime=NONE,
        rootProcessInstanceId=TEXT,
        processInstanceId=NONE,
    ),
)
ATTACHMENT: Final = named(
    "Attachment",
    record(
        links=listed(LINK),
        id=TEXT,
        name=TEXT_OR_NONE,
        description=TEXT_OR_NONE,
        taskId=TEXT,
        type=TEXT_OR_NONE,
        url=TEXT_OR_NONE,
        createTime=MOMENT,
        removalTime=NONE,
        rootProcessInstanceId=TEXT,
    ),
)
GROUP_COUNT: Final = named("CandidateGroupCount", record(groupName=TEXT_OR_NONE, taskCount=COUNTED))

_EXTERNAL: Final[dict[str, Shape]] = {
    "id": TEXT,
    "activityId": TEXT,
    "activityInstanceId": TEXT,
    "errorMessage": TEXT_OR_NONE,
    "executionId": TEXT,
    "lockExpirationTime": MOMENT_OR_NONE,
    "processDefinitionId": TEXT,
    "processDefinitionKey": TEXT,
    "processDefinitionVersionTag": TEXT_OR_NONE,
    "processInstanceId": TEXT,
    "retries": WHOLE_OR_NONE,
    "suspended": FLAG,
    "workerId": TEXT_OR_NONE,
    "topicName": TEXT,
    "tenantId": NONE,
    "priority": WHOLE,
    "businessKey": TEXT_OR_NONE,
}
EXTERNAL_TASK: Final = named("ExternalTask", record(**_EXTERNAL))
LOCKED_EXTERNAL_TASK: Final = named(
    "LockedExternalTask",
    record(**_EXTERNAL, createTime=MOMENT, variables=VARIABLES, errorDetails=TEXT_OR_NONE, extensionProperties=map_of(TEXT)),
)

JOB: Final = named(
    "Job",
    record(
        id=TEXT,
        jobDefinitionId=NONE,
        dueDate=MOMENT_OR_NONE,
        processInstanceId=TEXT_OR_NONE,
        executionId=TEXT_OR_NONE,
        processDefinitionId=TEXT_OR_NONE,
        processDefinitionKey=TEXT_OR_NONE,
        retries=WHOLE,
        exceptionMessage=TEXT_OR_NONE,
        failedActivityId=TEXT_OR_NONE,
        suspended=FLAG,
        priority=WHOLE,
        tenantId=NONE,
        createTime=MOMENT_OR_NONE,
        batchId=NONE,
    ),
)
INCIDENT: Final = named(
    "Incident",
    record(
        id=TEXT,
        processDefinitionId=TEXT,
        processInstanceId=TEXT_OR_NONE,
        executionId=TEXT_OR_NONE,
        incidentTimestamp=MOMENT,
        incidentType=TEXT,
        activityId=TEXT_OR_NONE,
        failedActivityId=TEXT_OR_NONE,
        causeIncidentId=TEXT,
        rootCauseIncidentId=TEXT,
        configuration=TEXT_OR_NONE,
        incidentMessage=TEXT_OR_NONE,
        tenantId=NONE,
        jobDefinitionId=NONE,
        annotation=TEXT_OR_NONE,
    ),
)
