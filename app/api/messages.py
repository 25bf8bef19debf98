"""Messages, correlated to whoever waits for them."""

from __future__ import annotations

from flask import Response

from app.api.basic import caller
from app.api.blueprint import answer, api, body, flag_in, nothing, text_in
from app.api.declared import ENGINE_FAILS, declared
from app.api.errors import ENGINE, Refused
from app.api.instances import shown_case
from app.api.shapes.base import FLAG, NEEDED_TEXT, SENT_VARIABLES, TEXT, listed, sent
from app.api.shapes.cases import CORRELATED, INSTANCE
from app.api.values import all_shown, variables_in
from app.services import services
from engine import Correlated, CorrelationMismatch, Message

_MESSAGE = sent(
    messageName=NEEDED_TEXT,
    businessKey=TEXT,
    processInstanceId=TEXT,
    tenantId=TEXT,
    withoutTenantId=FLAG,
    correlationKeys=SENT_VARIABLES,
    localCorrelationKeys=SENT_VARIABLES,
    processVariables=SENT_VARIABLES,
    processVariablesLocal=SENT_VARIABLES,
    processVariablesToTriggeredScope=SENT_VARIABLES,
    all=FLAG,
    resultEnabled=FLAG,
    variablesInResultEnabled=FLAG,
    needed=("messageName",),
)
_SIGNAL = sent(name=NEEDED_TEXT, executionId=TEXT, variables=SENT_VARIABLES, tenantId=TEXT, withoutTenantId=FLAG, needed=("name",))
_CONDITION = sent(variables=SENT_VARIABLES, businessKey=TEXT, processDefinitionId=TEXT, tenantId=TEXT, withoutTenantId=FLAG)


@api.post("/message")
@declared(takes=_MESSAGE, answers=listed(CORRELATED), or_nothing=True, fails=ENGINE_FAILS)
def correlate() -> Response:
    """Deliver a message to the one execution or process definition that waits for it, or with `all` to each."""
    sent = body()
    name = text_in(sent, "messageName")
    if not name:
        raise Refused(400, "InvalidRequestException", "No message name supplied")
    if text_in(sent, "tenantId") is not None and flag_in(sent, "withoutTenantId"):
        raise Refused(400, "InvalidRequestException", "Parameter 'tenantId' cannot be used together with parameter 'withoutTenantId'.")
    told, with_variables = flag_in(sent, "resultEnabled"), flag_in(sent, "variablesInResultEnabled")
    if with_variables and not told:
        why = "Parameter 'variablesInResultEnabled' cannot be used without 'resultEnabled' set to true."
        raise Refused(400, "InvalidRequestException", why)
    if text_in(sent, "tenantId") is not None:
        return _to_a_tenant(name, told=told, every=flag_in(sent, "all"))
    message = Message(
        name,
        business_key=text_in(sent, "businessKey"),
        instance_id=text_in(sent, "processInstanceId"),
        correlation_keys=variables_in(sent, "correlationKeys"),
        local_keys=variables_in(sent, "localCorrelationKeys"),
        variables=variables_in(sent, "processVariables"),
        local=variables_in(sent, "processVariablesLocal"),
        triggered=variables_in(sent, "processVariablesToTriggeredScope"),
        all=flag_in(sent, "all"),
    )
    found = services().engine.messages.correlate(caller(), message)
    return answer([_shown(it, variables=with_variables) for it in found]) if told else nothing()


def _to_a_tenant(name: str, *, told: bool, every: bool) -> Response:
    """Nothing belongs to a tenant, so nobody waits."""
    if every:
        return answer([]) if told else nothing()
    raise CorrelationMismatch(f"Cannot correlate message '{name}': No process definition or execution matches the parameters")


def _shown(it: Correlated, *, variables: bool) -> dict[str, object]:
    """Where a message went: an execution that goes on, or a new process instance."""
    if it.started is None:
        execution = {"id": it.instance_id, "processInstanceId": it.instance_id, "ended": False, "tenantId": None}
        told: dict[str, object] = {"resultType": "Execution", "execution": execution, "processInstance": None}
    else:
        told = {"resultType": "ProcessDefinition", "execution": None, "processInstance": shown_case(it.started)}
    if variables:
        told["variables"] = all_shown(services().engine.instances.stored_variables(caller(), it.instance_id))
    return told


@api.post("/signal")
@declared(takes=_SIGNAL, fails=ENGINE_FAILS)
def send_signal() -> Response:
    """Give a signal to all who wait for it, or to one execution."""
    sent = body()
    name, receiver, tenant = text_in(sent, "name"), text_in(sent, "executionId"), text_in(sent, "tenantId")
    if not name:
        raise Refused(400, "InvalidRequestException", "No signal name given")
    if receiver is not None and (tenant is not None or flag_in(sent, "withoutTenantId")):
        why = "Cannot specify a tenant-id when deliver a signal to a single execution."
        raise Refused(400, "BadUserRequestException", why, ENGINE)
    if tenant is not None:
        return nothing()  # nothing belongs to a tenant
    try:
        services().engine.signals.send(caller(), name, variables_in(sent), receiver=receiver)
    except CorrelationMismatch as mismatch:
        raise Refused(500, "RestException", str(mismatch), ENGINE) from mismatch
    return nothing()


@api.post("/condition")
@declared(takes=_CONDITION, answers=listed(INSTANCE), fails=ENGINE_FAILS)
def evaluate_conditions() -> Response:
    """Start a process instance by each conditional start event whose condition holds."""
    sent = body()
    if text_in(sent, "tenantId") is not None:
        if flag_in(sent, "withoutTenantId"):
            why = "Parameter 'tenantId' cannot be used together with parameter 'withoutTenantId'."
            raise Refused(400, "InvalidRequestException", why)
        why = "No subscriptions were found during evaluation of the conditional start events."
        raise Refused(500, "ProcessEngineException", why, ENGINE)  # nothing belongs to a tenant
    found = services().engine.conditions.evaluate(
        caller(),
        variables_in(sent),
        business_key=text_in(sent, "businessKey"),
        definition_id=text_in(sent, "processDefinitionId"),
    )
    return answer([shown_case(it) for it in found])
