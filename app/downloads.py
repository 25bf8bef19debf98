"""Files that people have added, given out again: never as something that a browser would show or run.

What stands in them is not trusted, nor is what they were called: the type comes from the first bytes and from a short list, all else is
`application/octet-stream`; the answer is always to be saved, and browsers are told not to guess (`nosniff`).
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import quote

from flask import Response

_UNKNOWN: Final = "application/octet-stream"
_TYPES: Final = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
)
_NOT_PLAIN: Final = re.compile(r"[^\w.()+ -]", re.ASCII)


def file_answer(content: bytes, name: str, *, known: bool = True) -> Response:
    """A file to be saved under its name. With `known` as one of a few types, where it begins like one, else as bytes."""
    kind = next((kind for start, kind in _TYPES if content.startswith(start)), _UNKNOWN) if known else _UNKNOWN
    found = Response(content, content_type=kind)
    # The plain name is for clients that do not know the other form; nothing in either can end the header.
    plain = _NOT_PLAIN.sub("_", name)
    found.headers["Content-Disposition"] = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
    found.headers["X-Content-Type-Options"] = "nosniff"
    found.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return found
