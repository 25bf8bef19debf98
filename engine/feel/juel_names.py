"""What `${…}` may read of the host, and which methods it may call: a closed list."""

from __future__ import annotations

from collections.abc import Mapping

from engine.feel import spin
from engine.feel.special import MOVES

EXECUTION = frozenset(
    {
        "id", "processInstanceId", "rootProcessInstanceId", "processBusinessKey", "businessKey", "processDefinitionId",
        "currentActivityId", "currentActivityName", "activityInstanceId", "parentId", "tenantId", "eventName",
    }
)  # fmt: skip
TASK = frozenset(
    {
        "id", "name", "assignee", "owner", "priority", "dueDate", "followUpDate", "createTime", "description",
        "taskDefinitionKey", "processInstanceId", "processDefinitionId", "executionId", "tenantId", "eventName",
    }
)  # fmt: skip
EXTERNAL_TASK = frozenset(
    {
        "id", "topicName", "workerId", "errorMessage", "errorDetails", "retries", "priority", "activityId", "activityInstanceId",
        "executionId", "processInstanceId", "processDefinitionId", "processDefinitionKey", "businessKey", "tenantId",
    }
)  # fmt: skip
HOST_NAMES: Mapping[str, frozenset[str]] = {"execution": EXECUTION, "task": TASK, "externalTask": EXTERNAL_TASK}
"""The read-only names that a model may use; the host gives their values in `Environment.host`, as `execution.id`."""

METHODS: Mapping[str, tuple[str, tuple[int, ...]]] = {
    "size": ("size", (0,)), "length": ("size", (0,)), "isEmpty": ("empty", (0,)), "contains": ("contains", (1,)),
    "containsKey": ("containsKey", (1,)), "equals": ("same", (1,)), "equalsIgnoreCase": ("equalsIgnoreCase", (1,)),
    "startsWith": ("startsWith", (1,)), "endsWith": ("endsWith", (1,)), "toLowerCase": ("toLowerCase", (0,)),
    "toUpperCase": ("toUpperCase", (0,)), "trim": ("trim", (0,)), "concat": ("concat", (1,)), "replace": ("replace", (2,)),
    "indexOf": ("indexOf", (1,)), "substring": ("substring", (1, 2)), "toString": ("toString", (0,)), "get": ("get", (1,)),
    "lastIndexOf": ("lastIndexOf", (1,)), "charAt": ("charAt", (1,)), "isBlank": ("isBlank", (0,)), "matches": ("matches", (1,)),
    "replaceAll": ("replaceAll", (2,)), "split": ("split", (1,)), "compareTo": ("compareTo", (1,)), "getTime": ("time", (0,)),
    "intValue": ("intValue", (0,)), "longValue": ("intValue", (0,)), "doubleValue": ("doubleValue", (0,)),
    "before": ("before", (1,)), "after": ("after", (1,)), "isBefore": ("before", (1,)), "isAfter": ("after", (1,)),
    "isBeforeNow": ("before", (0,)), "isAfterNow": ("after", (0,)), **spin.METHODS,
    "toDate": ("toDate", (0,)), **{name: (name, (1,)) for name in MOVES},
}  # fmt: skip
"""The methods that may be called: what they are here, and with how many arguments."""
