"""The picture of the engine's rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.bpmn.model import EventKind
from engine.tokens import Scope, State, Subscription, Token, TokenState
from tests.tokens.picture import RecordPicture, ScopePicture, TokenPicture, WaitPicture
from tests.tokens.plain import Values


@dataclass(frozen=True)
class EnginePicture:
    """Draws a state. `written`: the flows that have an id in the file. `kept` and `recalls`: variables for a compensation, by row."""

    state: State
    written: set[str]
    kept: Mapping[str, Values]
    recalls: Mapping[str, Values]

    def whole(self) -> ScopePicture:
        """All of the root instance."""
        return self._scope(next(row for row in self.state.scopes.values() if row.owner is None))

    def _scope(self, row: Scope) -> ScopePicture:
        tokens = [self._token(token) for token in self.state.tokens.values() if token.scope_id == row.id]
        own = [it for it in self.state.subscriptions.values() if it.scope_id == row.id and it.token_id is None]
        waits = [_wait(it) for it in own if it.kind != EventKind.COMPENSATION]
        records = [self._record(it) for it in own if it.kind == EventKind.COMPENSATION]
        return ScopePicture(row.kind.value, row.element_id, row.loop_count or 0, tokens, waits, records, self.recalls.get(row.id))

    def _record(self, row: Subscription) -> RecordPicture:
        inner = [self._record(it) for it in self.state.subscriptions.values() if it.token_id == row.id]
        return RecordPicture(row.element_id, self.kept.get(row.id), inner)

    def _token(self, row: Token) -> TokenPicture:
        joining = row.state is TokenState.JOINING
        return TokenPicture(
            row.element_id,
            row.id,
            joining=joining,
            flow=row.flow_id if joining and row.flow_id in self.written else None,
            index=row.loop_index,
            scopes=[self._scope(scope) for scope in self.state.scopes.values() if scope.owner == row.id],
            waits=[_wait(wait) for wait in self.state.subscriptions.values() if wait.token_id == row.id],
            recalls=self.recalls.get(row.id),
        )


def _wait(row: Subscription) -> WaitPicture:
    return WaitPicture(row.kind, row.element_id, row.id)
