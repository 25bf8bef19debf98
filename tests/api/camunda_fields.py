"""The fields of each answer of Camunda 7.23, with the kinds of JSON values that were seen in them: asked of a running server."""

from __future__ import annotations

FIELDS: dict[str, str] = {
    "process-definition/start": (
        "businessKey:null caseInstanceId:null definitionId:text definitionKey:text ended:flag id:text links:list "
        "suspended:flag tenantId:null"
    ),
    "comment/create": (
        "id:text links:list message:text processInstanceId:null removalTime:null rootProcessInstanceId:text taskId:text "
        "time:text userId:null"
    ),
    "attachment": (
        "createTime:text description:null|text id:text links:list name:null|text removalTime:null "
        "rootProcessInstanceId:text taskId:text type:null|text url:null|text"
    ),
    "task": (
        "assignee:text camundaFormRef:null caseDefinitionId:null caseExecutionId:null caseInstanceId:null created:text "
        "delegationState:null description:text due:null executionId:text followUp:null formKey:null id:text "
        "lastUpdated:text name:text owner:null parentTaskId:null priority:number processDefinitionId:text "
        "processInstanceId:text suspended:flag taskDefinitionKey:text taskState:text tenantId:null"
    ),
    "comment": (
        "id:text links:list message:text processInstanceId:null removalTime:null rootProcessInstanceId:text taskId:text "
        "time:text userId:null"
    ),
    "identity-link": ("groupId:null|text type:text userId:null|text"),
    "form": ("camundaFormRef:null contextPath:null key:null"),
    "group-count": ("groupName:null|text taskCount:number"),
    "process-definition": (
        "category:text deploymentId:text description:null|text diagram:null historyTimeToLive:number id:text key:text "
        "name:null|text resource:text startableInTasklist:flag suspended:flag tenantId:null version:number "
        "versionTag:null|text"
    ),
    "process-instance": (
        "businessKey:null caseInstanceId:null definitionId:text definitionKey:text ended:flag id:text links:list "
        "suspended:flag tenantId:null"
    ),
    "deployment": ("deploymentTime:text id:text links:list name:null|text source:null tenantId:null"),
    "execution": ("ended:flag id:text processInstanceId:text tenantId:null"),
    "activity-instances": (
        "activityId:text activityName:text activityType:text childActivityInstances:list childTransitionInstances:list "
        "executionIds:list id:text incidentIds:list incidents:list name:text parentActivityInstanceId:null "
        "processDefinitionId:text processInstanceId:text"
    ),
    "external-task": (
        "activityId:text activityInstanceId:text businessKey:null errorMessage:text executionId:text id:text "
        "lockExpirationTime:text priority:number processDefinitionId:text processDefinitionKey:text "
        "processDefinitionVersionTag:null processInstanceId:text retries:number suspended:flag tenantId:null "
        "topicName:text workerId:text"
    ),
    "job": (
        "batchId:null|text createTime:text dueDate:null|text exceptionMessage:null|text executionId:null "
        "failedActivityId:null id:text jobDefinitionId:null|text priority:number processDefinitionId:null "
        "processDefinitionKey:null processInstanceId:null retries:number suspended:flag tenantId:null"
    ),
    "incident": (
        "activityId:null annotation:null causeIncidentId:text configuration:text executionId:null failedActivityId:null "
        "id:text incidentMessage:text incidentTimestamp:text incidentType:text jobDefinitionId:text "
        "processDefinitionId:null processInstanceId:null rootCauseIncidentId:text tenantId:null"
    ),
    "event-subscription": (
        "activityId:text createdDate:text eventName:text eventType:text executionId:text id:text processInstanceId:text tenantId:null"
    ),
    "decision-definition": (
        "category:text decisionRequirementsDefinitionId:null decisionRequirementsDefinitionKey:null deploymentId:text "
        "historyTimeToLive:null id:text key:text name:text resource:text tenantId:null version:number versionTag:null"
    ),
    "history/task": (
        "activityInstanceId:text assignee:null|text caseDefinitionId:null caseDefinitionKey:null caseExecutionId:null "
        "caseInstanceId:null deleteReason:null|text description:null|text due:null duration:null|number "
        "endTime:null|text executionId:text followUp:null id:text name:null|text owner:null parentTaskId:null "
        "priority:number processDefinitionId:text processDefinitionKey:text processInstanceId:text "
        "removalTime:null|text rootProcessInstanceId:text startTime:text taskDefinitionKey:text taskState:text "
        "tenantId:null"
    ),
    "history/process-instance": (
        "businessKey:null caseInstanceId:null deleteReason:null durationInMillis:null|number endTime:null|text id:text "
        "processDefinitionId:text processDefinitionKey:text processDefinitionName:null|text "
        "processDefinitionVersion:number removalTime:null|text restartedProcessInstanceId:null "
        "rootProcessInstanceId:text startActivityId:text startTime:text startUserId:null state:text "
        "superCaseInstanceId:null superProcessInstanceId:null tenantId:null"
    ),
    "history/activity-instance": (
        "activityId:text activityName:null|text activityType:text assignee:null|text calledCaseInstanceId:null "
        "calledProcessInstanceId:null canceled:flag completeScope:flag durationInMillis:null|number endTime:null|text "
        "executionId:text id:text parentActivityInstanceId:text processDefinitionId:text processDefinitionKey:text "
        "processInstanceId:text removalTime:null|text rootProcessInstanceId:text startTime:text taskId:null|text "
        "tenantId:null"
    ),
    "history/variable-instance": (
        "activityInstanceId:text caseDefinitionId:null caseDefinitionKey:null caseExecutionId:null caseInstanceId:null "
        "createTime:text errorMessage:null executionId:text id:text name:text processDefinitionId:text "
        "processDefinitionKey:text processInstanceId:text removalTime:null|text rootProcessInstanceId:text state:text "
        "taskId:null tenantId:null type:text value:number|text valueInfo:object"
    ),
    "history/detail": (
        "activityInstanceId:null|text caseDefinitionId:null caseDefinitionKey:null caseExecutionId:null "
        "caseInstanceId:null errorMessage:null executionId:text id:text initial:flag processDefinitionId:text "
        "processDefinitionKey:text processInstanceId:text removalTime:null|text revision:number "
        "rootProcessInstanceId:text taskId:null tenantId:null time:text type:text userOperationId:null "
        "value:number|text valueInfo:object variableInstanceId:text variableName:text variableType:text"
    ),
    "history/incident": (
        "activityId:null|text annotation:null causeIncidentId:text configuration:text createTime:text deleted:flag "
        "endTime:null|text executionId:null|text failedActivityId:null historyConfiguration:text id:text "
        "incidentMessage:text incidentType:text jobDefinitionId:null|text open:flag processDefinitionId:null|text "
        "processDefinitionKey:null|text processInstanceId:null|text removalTime:null resolved:flag "
        "rootCauseIncidentId:text rootProcessInstanceId:null|text tenantId:null"
    ),
    "history/job-log": (
        "activityId:null batchId:null|text creationLog:flag deletionLog:flag deploymentId:null executionId:null "
        "failedActivityId:null failureLog:flag hostname:text id:text jobDefinitionConfiguration:null|text "
        "jobDefinitionId:null|text jobDefinitionType:text jobDueDate:null|text jobExceptionMessage:null|text jobId:text "
        "jobPriority:number jobRetries:number processDefinitionId:null processDefinitionKey:null processInstanceId:null "
        "removalTime:null rootProcessInstanceId:null successLog:flag tenantId:null timestamp:text"
    ),
    "history/external-task-log": (
        "activityId:text activityInstanceId:text creationLog:flag deletionLog:flag errorMessage:null|text "
        "executionId:text externalTaskId:text failureLog:flag id:text priority:number processDefinitionId:text "
        "processDefinitionKey:text processInstanceId:text removalTime:null retries:null rootProcessInstanceId:text "
        "successLog:flag tenantId:null timestamp:text topicName:text workerId:null|text"
    ),
    "history/identity-link-log": (
        "assignerId:null groupId:null|text id:text operationType:text processDefinitionId:text "
        "processDefinitionKey:text removalTime:null|text rootProcessInstanceId:text taskId:text tenantId:null time:text "
        "type:text userId:null|text"
    ),
    "statistics": ("@class:text failedJobs:number id:text incidents:list instances:number"),
    "statistics of versions": ("@class:text definition:object failedJobs:number id:text incidents:list instances:number"),
    "history statistics": (
        "canceled:number completeScope:number deletedIncidents:number finished:number id:text instances:number "
        "openIncidents:number resolvedIncidents:number"
    ),
    "resources": ("deploymentId:text id:text name:text"),
    "xml": ("bpmn20Xml:text id:text"),
    "fetchAndLock": (
        "activityId:text activityInstanceId:text businessKey:null createTime:text errorDetails:text errorMessage:text "
        "executionId:text extensionProperties:object id:text lockExpirationTime:text priority:number "
        "processDefinitionId:text processDefinitionKey:text processDefinitionVersionTag:null processInstanceId:text "
        "retries:number suspended:flag tenantId:null topicName:text variables:object workerId:text"
    ),
}
"""By what is asked: the names of fields, each with its kinds."""
