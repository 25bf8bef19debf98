"""SQL's LIKE for texts that are not in the database."""

from __future__ import annotations

import re

_SIGNS = {"%": ".*", "_": "."}


def is_like(text: str, pattern: str) -> bool:
    """Whether a text is like a pattern: `%` for any text, `_` for a sign; after a backslash they mean themselves."""
    parts = (_SIGNS.get(it, re.escape(it[-1])) for it in re.findall(r"\\.|.", pattern, re.DOTALL))
    return re.fullmatch("".join(parts), text, re.DOTALL) is not None
