"""The picture of a reference game."""

from __future__ import annotations

from tests.tokens.picture import RecordPicture, ScopePicture, TokenPicture, WaitPicture
from tests.tokens.reference_state import Record, Scope, Wait


def picture_of(scope: Scope, *, with_values: bool = True) -> ScopePicture:
    """What is open in a scope, for comparison; `with_values`: with the variables that are kept for a compensation."""
    tokens = [
        TokenPicture(
            token.node.id,
            token,
            joining=token.joining,
            flow=token.flow.id if token.joining and token.flow is not None and token.flow.written else None,
            index=token.index,
            scopes=[picture_of(token.inner, with_values=with_values)] if token.inner is not None else [],
            waits=[_picture_of_wait(wait) for wait in token.waits],
            recalls=token.recalls if with_values else None,
        )
        for token in scope.tokens
    ]
    waits = [_picture_of_wait(wait) for wait in scope.waits]
    records = _pictures_of_records(scope.records, with_values=with_values)
    return ScopePicture(scope.kind, scope.element, scope.count, tokens, waits, records, scope.recalls if with_values else None)


def _pictures_of_records(records: list[Record], *, with_values: bool) -> list[RecordPicture]:
    return [
        RecordPicture(it.node.id, it.values if with_values else None, _pictures_of_records(it.inner or [], with_values=with_values))
        for it in sorted(records, key=lambda record: record.number)
    ]


def _picture_of_wait(wait: Wait) -> WaitPicture:
    if wait.node.event is None:
        raise TypeError(f"{wait.node.id} awaits nothing")
    return WaitPicture(wait.node.event.kind, wait.node.id, wait)
