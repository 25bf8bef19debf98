"""Files of cases, compared with the history that tells of them: each is there, as it was added, unless somebody deleted it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import or_, select

from engine.audit.findings import Finding, FindingKind
from engine.program_events import AttachmentAdded, AttachmentDeleted
from engine.store import canonical
from engine.store.exchange import stream
from engine.store.tables import attachment, attachment_content, history_entry
from engine.work.attachments import digest_of

if TYPE_CHECKING:
    from sqlalchemy import Connection

_BATCH = 500
_ADDED, _DELETED = AttachmentAdded.__name__, AttachmentDeleted.__name__
_TOLD = ("name", "digest", "size", "url")


@dataclass(slots=True)
class _Told:
    """What the history tells of the files that nobody has deleted: by id, where it stands and what it says."""

    chain: str | None
    files: dict[str, tuple[str, int, Mapping[str, Any]]] = field(default_factory=dict)


def compare_files(conn: Connection, chain: str | None = None) -> list[Finding]:
    """What is wrong with the files of all cases, or of one: altered, gone, or never told of. Each content is read once."""
    told = _told(conn, chain)
    found: list[Finding] = []
    digests: dict[str, bool] = {}
    for row in _rows(conn, chain):
        values = dict(zip(("id", "root_id", "entry", *_TOLD), row, strict=True))
        known = told.files.pop(str(values["id"]), None)
        if known is None or known[:2] != (values["root_id"], values["entry"]):
            found.append(_finding(FindingKind.ADDED, str(values["root_id"]), values["entry"], "file-untold", name=_name(values)))
            continue
        place, fields = known[:2], known[2]
        digest = values["digest"]
        if digest is not None and digest not in digests:
            digests[digest] = _is_whole(conn, digest)
        if digest != fields.get("digest") or not digests.get(digest, True):
            found.append(_finding(FindingKind.ALTERED, *place, "file-altered", name=_name(fields)))
        elif any(values[name] != fields.get(name) for name in _TOLD):
            found.append(_finding(FindingKind.ALTERED, *place, "file-renamed", name=_name(fields), found=_name(values)))
    gone = (_finding(FindingKind.REMOVED, *known[:2], "file-missing", name=_name(known[2])) for known in told.files.values())
    return [*found, *gone]


def _told(conn: Connection, chain: str | None) -> _Told:
    told = _Told(chain)
    for of, seq, name, fields in _events(conn, chain):
        if name == _ADDED:
            told.files[str(fields.get("attachment"))] = (of, seq, fields)
        else:
            told.files.pop(str(fields.get("attachment")), None)
    return told


def _events(conn: Connection, chain: str | None) -> Iterator[tuple[str, int, str, Mapping[str, Any]]]:
    """What entries tell of files, oldest first. One that cannot be read any more tells nothing: the verifier names it."""
    columns = history_entry.c
    mentions = or_(*(columns.body.contains(f'["{name}",', autoescape=True) for name in (_ADDED, _DELETED)))
    query = select(columns.chain, columns.seq, columns.body).where(mentions).order_by(columns.chain, columns.seq)
    for rows in stream(conn, query if chain is None else query.where(columns.chain == chain), _BATCH):
        for of, seq, body in rows:
            try:
                events = [(str(name), dict(fields)) for name, fields in canonical.loads(body, integer=int)]
            except (ValueError, TypeError):
                continue
            yield from ((of, seq, name, fields) for name, fields in events if name in {_ADDED, _DELETED})


def _rows(conn: Connection, chain: str | None) -> Iterator[Sequence[Any]]:
    columns = attachment.c
    query = select(columns.id, columns.root_id, columns.entry, *(columns[name] for name in _TOLD)).order_by(columns.root_id, columns.id)
    for rows in stream(conn, query if chain is None else query.where(columns.root_id == chain), _BATCH):
        yield from rows


def _is_whole(conn: Connection, digest: str) -> bool:
    """Whether the content that is stored under a digest has it."""
    content = conn.execute(select(attachment_content.c.content).where(attachment_content.c.digest == digest)).scalar_one_or_none()
    return content is not None and digest_of(content) == digest


def _name(fields: Mapping[str, Any]) -> str:
    return str(fields.get("name") or fields.get("url") or "")


def _finding(kind: FindingKind, chain: str, seq: int, text: str, **values: object) -> Finding:
    return Finding(kind, chain, seq, seq, text, values)
