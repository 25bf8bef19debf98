"""What may begin in ad-hoc subprocesses: offered to the people of their lane, else to those who may start the process; begun by them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from engine import access
from engine.bpmn.names import ACTIVITIES
from engine.errors import Conflict, Forbidden, InvalidRequest
from engine.model import Actor, Case
from engine.phrases import Phrase
from engine.program_events import AdHocActivityBegun
from engine.services.instances import Instances, starters
from engine.services.runtime import Changed, Runtime
from engine.services.step import Step
from engine.store.game import lock_root
from engine.store.loading import load_state
from engine.tokens import BODY, ScopeKind, modification

if TYPE_CHECKING:
    from engine.bpmn.model import FlowNode, Process


@dataclass(frozen=True, slots=True)
class AdHocOffer:
    """An activity that somebody may begin. `token_id`: of the ad-hoc subprocess in which it stands."""

    token_id: str
    instance_id: str
    definition_id: str
    subprocess_id: str
    element_id: str


class AdHoc:
    """The ad-hoc subprocesses of open cases."""

    def __init__(self, runtime: Runtime, instances: Instances) -> None:
        self._runtime = runtime
        self._instances = instances

    def offers(self, actor: Actor, case_id: str) -> list[AdHocOffer]:
        """What somebody may begin in a case: the activities of its open ad-hoc subprocesses that no flow leads to, in document order."""
        with self._runtime.database.read() as connection:
            case = self._instances.visible(connection, actor, case_id)
            process = self._runtime.catalogue.definition(connection, case.definition_id).process
            if not any(node.ad_hoc for node in process.nodes.values()):
                return []
            state = load_state(connection, case.root_id).state
        inside = (it for it in state.scopes.values() if it.instance_id == case.id and it.kind is ScopeKind.SUBPROCESS)
        return [
            AdHocOffer(it.owner, case.id, case.definition_id, it.element_id, node.id)
            for it in inside
            if it.owner is not None and it.element_id is not None and process.nodes[it.element_id].ad_hoc is not None
            for node in process.children(it.element_id)
            if _begins(node) and _may_begin(actor, process, node)
        ]

    def begin_activity(self, actor: Actor, case_id: str, token_id: str, element_id: str) -> None:
        """Begin an activity of an open ad-hoc subprocess.

        Raises `Conflict` where that is not open any more, `Forbidden`, and `InvalidRequest` where it is not the time for it.
        """

        def work(connection: Connection) -> tuple[None, Changed]:
            case = self._instances.visible(connection, actor, case_id)
            lock = lock_root(connection, case.root_id) if case.ended_at is None else None
            if lock is None:
                raise self._instances.ended(case)
            step = Step.on(self._runtime, connection, actor, lock)
            step.check_active(case.id)
            node = _node(step, case, token_id, element_id)
            _check_may_begin(actor, step.process(case.id), node)
            step.record(AdHocActivityBegun(case.id, element_id))
            step.takes_part(actor.id)
            whole = BODY if step.process(case.id).nodes[element_id].loop is not None else ""
            modification.place_before(step.game, case.id, element_id + whole, token_id)
            step.game.run()
            return None, step.finish()

        self._runtime.commit(work)


def _node(step: Step, case: Case, token_id: str, element_id: str) -> FlowNode:
    inner = step.game.inside.get(token_id)
    node = step.process(case.id).nodes.get(element_id)
    if inner is None or inner.row.instance_id != case.id:
        raise Conflict("this part of the case is done already", case=case.id)
    if node is None or node.scope != inner.row.element_id or not _begins(node):
        raise InvalidRequest(Phrase("nobody begins '{element_id}' there", element_id=element_id))
    return node


def _begins(node: FlowNode) -> bool:
    return node.type in ACTIVITIES and not (node.incoming or node.for_compensation or node.triggered_by_event)


def _check_may_begin(actor: Actor, process: Process, node: FlowNode) -> None:
    lane = process.lanes.get(node.lane) if node.lane else None
    access.may_begin(actor, lane.group if lane else None, *starters(process), owner=process.owner)


def _may_begin(actor: Actor, process: Process, node: FlowNode) -> bool:
    try:
        _check_may_begin(actor, process, node)
    except Forbidden:
        return False
    return True
