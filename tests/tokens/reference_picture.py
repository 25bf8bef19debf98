"""The picture of a reference game."""

from __future__ import annotations

from tests.tokens.picture import RecordPicture, ScopePicture, TokenPicture, WaitPicture
from tests.tokens.reference_state import Record, Scope, Wait


def picture_of(scope: Scope) -> ScopePicture:
    """What is open in a scope, for comparison."""
    tokens = [
        TokenPicture(
            token.node.id,
            token,
            joining=token.joining,
            flow=token.flow.id if token.joining and token.flow is not None and token.flow.written else None,
            index=token.index,
            scopes=[picture_of(token.inner)] if token.inner is not None else [],
            waits=[_picture_of_wait(wait) for wait in token.waits],
            recalls=token.recalls,
        )
        for token in scope.tokens
    ]
    waits = [_picture_of_wait(wait) for wait in scope.waits]
    can_be_undone = [_picture_of_record(record) for record in sorted(scope.records, key=lambda record: record.number)]
    return ScopePicture(scope.kind, scope.element, scope.count, tokens, waits, can_be_undone, scope.recalls)


def _picture_of_record(record: Record) -> RecordPicture:
    inner = sorted(record.inner or (), key=lambda it: it.number)
    return RecordPicture(record.node.id, record.values, [_picture_of_record(it) for it in inner])


def _picture_of_wait(wait: Wait) -> WaitPicture:
    if wait.node.event is None:
        raise TypeError(f"{wait.node.id} awaits nothing")
    return WaitPicture(wait.node.event.kind, wait.node.id, wait)
