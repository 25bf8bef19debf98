"""What may be attached to a case: how large, how many, under which names and addresses."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, urlsplit

from engine.errors import InvalidRequest
from engine.phrases import Phrase
from engine.store.canonical import check_text

LONGEST_FILE_NAME: Final = 255
"""Characters."""
_LONGEST_TEXT: Final = 4000
_LONGEST_URL: Final = 2000
_MEBIBYTE: Final = 1024 * 1024
# Signs of paths, control characters, halves of pairs, and what turns the direction of writing around: `gpj.exe` would read as `exe.jpg`.
_UNFIT: Final = re.compile("[/\\\\\0-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_NO_NAMES: Final = frozenset({".", ".."})
_UNFIT_IN_URL: Final = re.compile("[\0-\x20\x7f-\xa0\\\\\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class AttachmentLimits:
    """How many bytes a file may have, and how many files a case with the cases that it calls."""

    most_bytes: int = 10 * _MEBIBYTE
    most_per_case: int = 100


@dataclass(frozen=True, slots=True)
class NewAttachment:
    """A file that is to be added: its content, or an address where it lies. `type`: as whoever adds it calls it."""

    name: str | None = None
    description: str | None = None
    type: str | None = None
    content: bytes | None = None
    url: str | None = None

    @property
    def digest(self) -> str | None:
        """The SHA-256 of the content, as hexadecimal digits."""
        return None if self.content is None else digest_of(self.content)


def digest_of(content: bytes) -> str:
    """The SHA-256 of a content, as hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def check_new(files: Sequence[NewAttachment], limits: AttachmentLimits) -> None:
    """Whether each of these can be kept: `InvalidRequest` says which one cannot, and why."""
    if not files:
        raise InvalidRequest(Phrase("there is no file"))
    for file in files:
        _check_name(file.name)
        _check_text(file)
        if file.content is None:
            _check_url(file.url)
        elif len(file.content) > limits.most_bytes:
            sizes = {"size": _megabytes(len(file.content), up=True), "most": _megabytes(limits.most_bytes)}
            raise InvalidRequest(Phrase("{name} has {size} MB; a file may have {most} MB", name=file.name or "content", **sizes))


def check_room(there: int, new: int, limits: AttachmentLimits) -> None:
    """Whether a case that has `there` files takes `new` more: `InvalidRequest`."""
    if there + new > limits.most_per_case:
        raise InvalidRequest(
            Phrase("the case has {there} files; {most} is the most, with those of the cases that it calls", there=there,
                   most=limits.most_per_case)
        )  # fmt: skip


def _check_name(name: str | None) -> None:
    if name is None:
        return
    if not name.strip():
        raise InvalidRequest(Phrase("the name of the file is empty"))
    if len(name) > LONGEST_FILE_NAME:
        raise InvalidRequest(
            Phrase("the name of a file has {length} characters; at most {most} are kept", length=len(name), most=LONGEST_FILE_NAME)
        )
    if name.strip() in _NO_NAMES or _UNFIT.search(name):
        raise InvalidRequest(Phrase("the name of a file has no slashes and no control characters: {name}", name=_UNFIT.sub("_", name[:40])))
    check_text(name)


def _check_text(file: NewAttachment) -> None:
    about, kind = file.description or "", file.type or ""
    if len(about) > _LONGEST_TEXT:
        raise InvalidRequest(
            Phrase("the description of a file has {length} characters; at most {most} are kept", length=len(about), most=_LONGEST_TEXT)
        )
    if len(kind) > LONGEST_FILE_NAME:
        raise InvalidRequest(
            Phrase("the type of a file has {length} characters; at most {most} are kept", length=len(kind), most=LONGEST_FILE_NAME)
        )
    check_text(about + kind)


def _check_url(url: str | None) -> None:
    """Only addresses that a browser opens without running anything: http and https, and no name and password in them."""
    if not url:
        raise InvalidRequest(Phrase("a file needs a content, or an address where it lies"))
    if len(url) > _LONGEST_URL:
        raise InvalidRequest(Phrase("the address of a file has {length} characters; at most {most} are kept", length=len(url),
                                    most=_LONGEST_URL))  # fmt: skip
    parts = _parts(url)
    if parts is None or parts.scheme not in {"http", "https"} or not parts.hostname or "@" in parts.netloc or _UNFIT_IN_URL.search(url):
        raise InvalidRequest(
            Phrase(
                "the address of a file begins with http:// or https:// and has no name or password in it: {url}",
                url=_UNFIT_IN_URL.sub("_", url[:80]),
            )
        )
    check_text(url)


def _parts(url: str) -> SplitResult | None:
    try:
        return urlsplit(url)
    except ValueError:
        return None


def _megabytes(size: int, *, up: bool = False) -> str:
    """With one digit; rounded up, so that what is too large does not read as what is allowed."""
    tenths = -(-size * 10 // _MEBIBYTE) if up else size * 10 // _MEBIBYTE
    return f"{tenths // 10}.{tenths % 10}".removesuffix(".0")
