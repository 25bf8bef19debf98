"""One of very many: as one parameter, where a list of parameters would be longer than a statement may have."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, Text, any_, column, func, literal, select
from sqlalchemy.dialects import postgresql


def among(text: ColumnElement[Any], names: Collection[str], dialect: str) -> ColumnElement[bool]:
    """Whether a text is one of these names."""
    wanted = sorted(names)
    if dialect == "sqlite":
        each = func.json_each(literal(json.dumps(wanted))).table_valued(column("value", Text))
        return text.in_(select(each.c.value))
    found: ColumnElement[bool] = text == any_(literal(wanted, postgresql.ARRAY(Text)))
    return found
