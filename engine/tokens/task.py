"""SpiffWorkflow's Task and Workflow, cut down to a token and a flat bag of tokens.

A token has no parent and no predicted future, and a scope no tree: what has finished is gone, so a step costs the same on its
ten-thousandth loop. `data` stays empty: variables live in scopes of our own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState
from SpiffWorkflow.workflow import Workflow

from engine.tokens import ad_hoc
from engine.tokens.state import STRANDED, Scope, ScopeKind, Token, TokenState

if TYPE_CHECKING:
    from engine.tokens.definition import CompiledProcess
    from engine.tokens.game import TokenGame
    from engine.tokens.specs import FlowNodeSpec


class TokenTask(Task):  # type: ignore[misc]  # SpiffWorkflow has no type information
    """A token at a flow node, or for a moment on a sequence flow."""

    workflow: FlowScope
    task_spec: Any

    def __init__(self, workflow: FlowScope, task_spec: Any, token_id: str, state: int = TaskState.FUTURE) -> None:
        """Does what Task does, without a clock, a parent and a random id."""
        self.id = token_id
        self.workflow = workflow
        self.task_spec = task_spec
        self._parent = None
        self._children: list[str] = []
        self._state = state
        self.triggered = False
        self.thread_id = 0
        self.data: dict[str, object] = {}
        self.internal_data: dict[str, object] = {}
        self.flow_id: str | None = None
        self.loop_index: int | None = None
        self.deferred = ""  # it waits for a transaction of its own, `BEFORE` or `AFTER` its element, or in vain
        self.resumed = ""  # … and has got it
        self.told = False  # its element has mappings or listeners, and they know that it has begun
        self.begun_by = ""  # the event that began the case, and is not waited for here
        self.entered = False  # began to wait: the history knows it, and leaving must be told
        workflow.tasks[token_id] = self

    @property
    def element_id(self) -> str:
        """The id of the flow node in the model."""
        spec: FlowNodeSpec = self.task_spec
        return spec.node.id

    @property
    def instance_id(self) -> str:
        """The process instance that the token belongs to."""
        return self.workflow.row.instance_id

    @property
    def is_live(self) -> bool:
        """Whether the token has neither completed nor been cancelled."""
        return not self._state & TaskState.FINISHED_MASK

    def row(self) -> Token:
        """The token as it is stored."""
        state = TokenState.JOINING if self.task_spec.joins else TokenState.ACTIVE
        if self.deferred == STRANDED:
            state = TokenState.STRANDED
        return Token(self.id, self.workflow.row.id, self.element_id, state, self.flow_id, self.loop_index)

    def variable_scopes(self) -> list[str]:
        """The ids of the scopes whose variables are visible here, innermost first, up to the process instance."""
        ids: list[str] = []
        token: TokenTask | None = self
        while token is not None:
            scope = token.workflow
            ids += (token.id, scope.row.id)
            token = scope.owner if scope.row.kind is not ScopeKind.INSTANCE else None
        return ids

    def _set_state(self, value: int) -> None:
        """Set the state, without a log record; what has finished stays finished (`run` would start a cancelled token again)."""
        if not self._state & TaskState.FINISHED_MASK:
            self._state = value

    def _add_child(self, task_spec: Any, state: int = TaskState.FUTURE) -> TokenTask:
        """A token at the next node. Task's own method makes a plain Task."""
        # A token on a flow is gone at the end of the step and never stored: its id only has to differ from the others here.
        token_id = self.workflow.game.host.new_id() if task_spec.is_node else f"{self.id}>{task_spec.flow_id}"
        child = TokenTask(self.workflow, task_spec, token_id, state)
        child.flow_id = self.task_spec.flow_id
        self._children.append(child.id)
        return child


class FlowScope(Workflow):  # type: ignore[misc]  # SpiffWorkflow has no type information
    """A scope: the tokens inside a process instance, a subprocess or a multi-instance body."""

    tasks: dict[str, TokenTask]

    def __init__(self, game: TokenGame, row: Scope, compiled: CompiledProcess, owner: TokenTask | None) -> None:
        """Does not call Workflow's constructor: that would build the tree."""
        self.game = game
        self.row = row
        self.compiled = compiled
        self.owner = owner
        self.spec = compiled.scopes[self.definition_scope(row, compiled)]
        self.tasks = {}
        self.data: dict[str, object] = {}
        self.completed = False

    @staticmethod
    def definition_scope(row: Scope, compiled: CompiledProcess) -> str | None:
        """The key of the scope's specification: a multi-instance body, or a compensation that an event threw, has that around it."""
        if row.element_id is not None and (row.kind is ScopeKind.MULTI_INSTANCE or row.element_id not in compiled.scopes):
            return compiled.process.nodes[row.element_id].scope
        return row.element_id

    @property
    def element_id(self) -> str | None:
        """The subprocess of the model that this is the inside of; None for a process."""
        return self.row.element_id

    def place(self, spec: FlowNodeSpec, flow_id: str | None = None) -> TokenTask:
        """Put a new token at a node, ready to run."""
        token = TokenTask(self, spec, self.game.host.new_id())
        token.flow_id = flow_id
        token._ready()
        return token

    def hold(self, spec: FlowNodeSpec, flow_id: str | None = None, token_id: str | None = None) -> TokenTask:
        """Put a token at a node where it waits already, without being run; a new one where no id is given."""
        token = TokenTask(self, spec, token_id or self.game.host.new_id(), TaskState.STARTED)
        token.flow_id = flow_id
        return token

    def remove(self, token: TokenTask) -> None:
        """Take a token out of the bag."""
        del self.tasks[token.id]

    def _task_completed_notify(self, task: TokenTask) -> None:
        """A completed token is gone; a scope without tokens is done. Workflow's own method walks the tree."""
        if task.id not in self.tasks:  # a cancelled transaction went with all that was in it
            return
        self.remove(task)
        if ad_hoc.node_of(self) is not None:
            ad_hoc.completed(self, task)
        elif not self.tasks:
            self.game.scope_is_empty(self)

    def is_emptied(self) -> None:
        """The last token is gone without having completed: the scope is done, unless somebody may begin more in it."""
        if ad_hoc.node_of(self) is not None:
            ad_hoc.goes_on(self)
        else:
            self.game.scope_is_empty(self)
