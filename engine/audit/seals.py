"""Seals: signed statements of how far each chain had come, chained to each other and kept in a file outside the database.

A chain shows what was changed inside it; it cannot show that its tail was cut off together with its head, that it was written anew with
all hashes, or that a whole case was removed. A seal can: it holds the number and the hash of the last entry of every chain that grew since
the seal before, the digest of that seal, and a signature (Ed25519) whose key is not in the database.

A line of the file is the signature in base64, a space, and the canonical JSON that was signed. The digest of a seal is the SHA-256 of its
line without the end of the line.
"""

from __future__ import annotations

import base64
import binascii
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from engine.store import canonical
from engine.store.moments import from_milliseconds, to_milliseconds

VERSION = 1
_BLOCK = 65_536


class BadSeal(ValueError):
    """A line of the file is no seal, or its signature is not that of the key."""


@dataclass(frozen=True, slots=True)
class SealedHead:
    """How far a chain had come: the number of its last entry, which is also their count, and its hash."""

    chain: str
    seq: int
    hash: bytes


@dataclass(frozen=True, slots=True)
class Seal:
    """The `number`th seal, made at `at`, behind the one with the digest `previous` (empty for the first)."""

    number: int
    at: datetime
    previous: str
    heads: tuple[SealedHead, ...]


@dataclass(frozen=True, slots=True)
class ReadSeal:
    """A seal as it was read, with the digest of its line."""

    seal: Seal
    digest: str


class SealKey:
    """The private key that signs. It lives in a file of its own, readable by its owner alone; its public half is beside it, with `.pub`."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key

    @classmethod
    def kept_in(cls, path: Path) -> SealKey:
        """The key of a file, made there when it is first asked for."""
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            made = Ed25519PrivateKey.generate()
            try:
                descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            except FileExistsError:  # another process was faster
                return cls.kept_in(path)
            with os.fdopen(descriptor, "w", encoding="ascii") as file:
                file.write(made.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption()).hex())
            path.with_name(path.name + ".pub").write_text(_hex(made.public_key()), encoding="ascii")
        return cls(Ed25519PrivateKey.from_private_bytes(bytes.fromhex(path.read_text(encoding="ascii").strip())))

    @property
    def public(self) -> str:
        """The public half, in hexadecimal: what a verifier needs."""
        return _hex(self._key.public_key())

    def line_of(self, seal: Seal) -> bytes:
        """The signed line of a seal, without the end of the line."""
        heads = [[head.chain, head.seq, head.hash.hex()] for head in seal.heads]
        body = {"v": VERSION, "number": seal.number, "at": to_milliseconds(seal.at), "previous": seal.previous, "heads": heads}
        text = canonical.dumps(body).encode()
        return base64.b64encode(self._key.sign(text)) + b" " + text


def read_seal(line: bytes, public: str) -> ReadSeal:
    """The seal of a line. Raises `BadSeal`."""
    signature, _, text = line.partition(b" ")
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public)).verify(base64.b64decode(signature, validate=True), text)
    except (InvalidSignature, binascii.Error, ValueError) as error:
        raise BadSeal("the signature is not that of the key") from error
    # What is signed was written by `line_of`: from here on nothing can be missing.
    body = canonical.loads(text.decode(), integer=int)
    heads = tuple(SealedHead(chain, seq, bytes.fromhex(digest)) for chain, seq, digest in body["heads"])
    return ReadSeal(Seal(body["number"], from_milliseconds(body["at"]), body["previous"], heads), digest_of(line))


def digest_of(line: bytes) -> str:
    """What the next seal says of this one."""
    return sha256(line).hexdigest()


class SealBook(Protocol):
    """Where seals are kept: outside the database, and best out of reach of whoever can write to it."""

    def lines(self) -> Iterable[bytes]:
        """All lines, oldest first."""
        ...

    def last(self) -> bytes | None:
        """The newest whole line."""
        ...

    def append(self, line: bytes) -> None:
        """Add a line. When this returns, it is on the disk."""
        ...


class SealFile:
    """A book of seals in a file that is only ever appended to."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def lines(self) -> Iterator[bytes]:
        """All lines, oldest first; none where there is no file yet."""
        if self.path.exists():
            with self.path.open("rb") as file:
                yield from (line.rstrip(b"\n") for line in file)

    def last(self) -> bytes | None:
        """The newest line that is whole: a crash may have left half of one behind it."""
        if not self.path.exists():
            return None
        with self.path.open("rb") as file:
            place, tail = file.seek(0, os.SEEK_END), b""
            while place > 0 and tail.count(b"\n") < 2:  # noqa: PLR2004 - the end of the last line, and of the one before
                step = min(_BLOCK, place)
                place -= step
                file.seek(place)
                tail = file.read(step) + tail
        whole = tail[: tail.rfind(b"\n") + 1].splitlines()
        return whole[-1] if whole else None

    def append(self, line: bytes) -> None:
        """Add a line and wait for the disk. Half a line that a crash left is ended first: the verifier names it."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("ab+") as file:
            if file.tell() > 0:
                file.seek(-1, os.SEEK_END)
                line = line if file.read(1) == b"\n" else b"\n" + line
            file.write(line + b"\n")
            file.flush()
            os.fsync(file.fileno())


def _hex(key: Ed25519PublicKey) -> str:
    return key.public_bytes(Encoding.Raw, PublicFormat.Raw).hex()
