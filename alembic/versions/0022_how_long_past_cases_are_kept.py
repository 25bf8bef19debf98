"""How many days the past cases of a version are kept stands with the version: what its model says, until somebody changes it."""

from __future__ import annotations

import re

import sqlalchemy as sa
from alembic import op
from lxml import etree

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

_DAYS = re.compile(r"P(\d{1,9})D|(\d{1,9})", re.ASCII)
_BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
_TIME_TO_LIVE = "{http://camunda.org/schema/1.0/bpmn}historyTimeToLive"
_ENDED = sa.text("ended_at IS NOT NULL")
_MODELS = sa.text(
    "SELECT process_definition.id, process_definition.key, resource.digest FROM process_definition"
    " JOIN deployment_resource ON deployment_resource.deployment_id = process_definition.deployment_id"
    " AND deployment_resource.name = process_definition.resource_name JOIN resource ON resource.digest = deployment_resource.digest"
)
_CONTENT = sa.text("SELECT content FROM resource WHERE digest = :digest")
_SAY = sa.text("UPDATE process_definition SET history_time_to_live = :days WHERE id = :id")


def upgrade() -> None:
    op.add_column("process_definition", sa.Column("history_time_to_live", sa.Integer(), nullable=True))
    connection = op.get_bind()
    for row in connection.execute(_MODELS).all():
        content = connection.execute(_CONTENT, {"digest": row.digest}).scalar_one()
        days = _days(bytes(content), row.key)
        if days is not None:
            connection.execute(_SAY, {"id": row.id, "days": days})
    op.create_index("ix_case_instance_ended", "case_instance", ["definition_id", "ended_at"], sqlite_where=_ENDED, postgresql_where=_ENDED)


def downgrade() -> None:
    op.drop_index("ix_case_instance_ended", table_name="case_instance")
    with op.batch_alter_table("process_definition") as table:
        table.drop_column("history_time_to_live")


def _days(content: bytes, key: str) -> int | None:
    """The whole number of days that a model says for one of its processes."""
    try:
        tree = etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError:
        return None
    for process in tree.iter(f"{_BPMN}process"):
        if process.get("id") == key:
            found = _DAYS.fullmatch((process.get(_TIME_TO_LIVE) or "").strip())
            return int(found[1] or found[2]) if found else None
    return None
