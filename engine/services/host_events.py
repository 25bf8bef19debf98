"""Events: names, due dates and conditions of what is awaited; what is thrown; what is kept for a compensation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from engine.bpmn.checks.words import kind_word
from engine.bpmn.model import EventDefinition, EventKind, FlowNode
from engine.errors import ModelFault
from engine.events import SignalThrown, VariableChanged, VariableRemoved
from engine.phrases import Phrase
from engine.services.expressions import Place
from engine.services.host_base import HostBase, Sent
from engine.services.priorities import job_priority
from engine.tokens import Change, Subscription, TokenTask


class EventHost(HostBase):
    """The events of one step."""

    def event_name(self, scopes: Sequence[str], node: FlowNode, event: EventDefinition) -> str:
        """The name of a message or signal."""
        wanted = event.name
        if wanted is None:
            return ""
        name = self._step.expressions.string(wanted, self._place_of(scopes, node.id))
        if not name:
            message = Phrase(
                "the {kind} of {node} has no name: {source} comes to nothing{because}",
                kind=kind_word(event.kind),
                node=node.id,
                source=repr(wanted.source),
                because=self._step.expressions.because(),
            )
            raise ModelFault(message, element=node.id, line=wanted.line)
        return name

    def subscribed(self, subscription: Subscription, event: EventDefinition, scopes: Sequence[str]) -> None:
        """The due date of a timer."""
        if event.kind is EventKind.TIMER:
            self.due[subscription.id] = self._step.expressions.due(event, self._place_of(scopes, subscription.element_id))
            self.priorities[subscription.id] = self.job_priority(scopes, subscription.element_id)

    def due_from(self, row: Subscription, at: datetime) -> datetime | None:
        """When an armed timer is due, counted from a moment; None where its element has more than one."""
        scopes = self._step.game.seen_by(row)
        timers = [it for it in self._step.process(scopes[-1]).nodes[row.element_id].events if it.kind is EventKind.TIMER]
        if len(timers) != 1:
            return None
        return self._step.expressions.counted_from(at).due(timers[0], self._place_of(scopes, row.element_id))

    def deferred(self, subscription: Subscription) -> None:
        """A token gets a transaction of its own as soon as possible."""
        self.due[subscription.id] = self._step.at
        token = self._step.game.token(subscription.token_id or "")
        self.priorities[subscription.id] = self.job_priority(token.variable_scopes(), token.element_id)

    def job_priority(self, scopes: Sequence[str], element: str) -> int:
        """The priority of a job that is made at an element."""
        process = self._step.process(scopes[-1])
        if process.nodes[element].job_priority is None and process.job_priority is None:
            return 0
        return job_priority(self._step.expressions, process, self._place_of(scopes, element))

    def repetitions(self, scopes: Sequence[str], node: FlowNode, event: EventDefinition) -> str:
        """How often a timer cycle fires after its first time."""
        return self._step.expressions.repetitions(event, self._place_of(scopes, node.id))

    def signal_thrown(self, token: TokenTask, event: EventDefinition, name: str) -> Mapping[str, object]:
        """Other cases, and process definitions that start by it, get a signal at the end of the step."""
        self._step.record(SignalThrown(token.instance_id, token.element_id, name))
        business_key: object = None
        variables: dict[str, object] = {}
        for mapping in event.ins:
            if mapping.business_key is not None:
                business_key = self.evaluate(mapping.business_key, token)
            else:
                variables |= self.carried(mapping, token.variable_scopes(), token)
        own = None
        if event.by_job:
            awaited = self._step.game.subscriptions.values()
            own = frozenset(row.id for row in awaited if row.kind == EventKind.SIGNAL and row.name == name)
        self.signals.append(Sent(name, variables, None if business_key is None else str(business_key), own))
        return variables

    def signal_comes(self, scopes: Sequence[str], variables: Mapping[str, object]) -> None:
        """Write what a signal brings where it is awaited."""
        self._variables.write_all(scopes, variables)

    def changes(self) -> Sequence[Change]:
        """What became of variables since this was asked before."""
        events = self._variables.events[self._looked_at :]
        self._looked_at += len(events)
        return [Change(event.scope, event.name, _how(event)) for event in events]

    def holds(self, scopes: Sequence[str], node: FlowNode, event: EventDefinition) -> bool:
        """Whether a condition is true; one that cannot be evaluated yet, since a variable is missing, is not, as in Camunda 7."""
        if event.condition is None:
            return False
        try:
            return self._step.expressions.condition(event.condition, self._place_of(scopes, node.id))
        except ModelFault:
            return False

    def ad_hoc_is_done(self, scopes: Sequence[str], node: FlowNode) -> bool:
        """Whether an ad-hoc subprocess has come to its end."""
        condition = node.ad_hoc.completion if node.ad_hoc is not None else None
        return condition is not None and self._step.expressions.condition(condition, self._place_of(scopes, node.id))

    def remembered(self, record: str, scopes: Sequence[str]) -> None:
        """Keep the variables that a compensation will need."""
        for scope in reversed(scopes):
            for name, value in self._variables.stored(scope).items():
                self._variables.keep(record, name, value)

    def recalled(self, record: str, scope: str) -> None:
        """Give them back."""
        for name, value in self._variables.stored(record).items():
            self._variables.put(scope, name, value)

    def _place_of(self, scopes: Sequence[str], element: str) -> Place:
        """A place that is a scope and not a token; the last of the scopes is the process instance."""
        instance = self._step.game.scopes[scopes[-1]].row
        return Place(element, self._variables.view(scopes), self._definition(instance.definition_id).names)

    def error_message(self, token: TokenTask, event: EventDefinition) -> str:
        """`camunda:errorMessage` of a thrown error, which may be computed; empty where it has none."""
        found = None if event.message is None else self.evaluate(event.message, token)
        return "" if found is None else str(found)

    def error_caught(self, scopes: Sequence[str], event: EventDefinition, code: str, message: str) -> None:
        """The variables that an error event asks for."""
        if event.error_code_variable:
            self._variables.write(scopes, event.error_code_variable, code)
        if event.error_message_variable:
            self._variables.write(scopes, event.error_message_variable, message or None)


def _how(event: VariableChanged | VariableRemoved) -> str:
    """What Camunda calls a change of a variable."""
    if isinstance(event, VariableRemoved):
        return "delete"
    return "create" if event.before is None else "update"
