"""The hash that links a history entry to the one before: a pure function of the exact stored bytes.

A stored hash is one byte of version and 32 bytes of SHA-256. What is hashed is the version first, then the hash before, then each column
with its length, so that no two different rows give the same bytes.
"""

from __future__ import annotations

from hashlib import sha256

VERSION = b"\x01"
START = b""
"""The hash before the first entry of a chain."""


def link(previous: bytes, chain: str, seq: int, at: int, actor: str, actor_kind: str, body: str) -> bytes:
    """The hash of an entry. `at`: milliseconds since 1970, as stored; `previous`: the stored hash of the entry before."""
    chain_bytes, actor_bytes, kind_bytes, body_bytes = chain.encode(), actor.encode(), actor_kind.encode(), body.encode()
    header = f"{len(previous)}:{len(chain_bytes)}:{seq}:{at}:{len(actor_bytes)}:{len(kind_bytes)}:{len(body_bytes)}:"
    digest = sha256(b"".join((VERSION, header.encode(), previous, chain_bytes, actor_bytes, kind_bytes, body_bytes)))
    return VERSION + digest.digest()


def is_link(previous: bytes, chain: str, seq: int, at: int, actor: str, actor_kind: str, body: str, stored: bytes) -> bool:
    """Whether `stored` is the hash of an entry. Columns that hold something else than they should are a no, never an error."""
    try:
        return link(previous, chain, seq, at, actor, actor_kind, body) == stored
    except (AttributeError, TypeError, UnicodeEncodeError):
        return False
