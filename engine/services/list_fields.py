"""Which fields of a process somebody sees in lists of its cases: what `CaseFields` says of one case, as conditions of the database."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

from sqlalchemy import Connection, exists, select

from engine.access import reads_all_of
from engine.store.queries.case_values import EVERYWHERE, FieldSight, Sights
from engine.store.tables import case_instance, process_definition
from engine.work.fields import start_fields, task_fields

if TYPE_CHECKING:
    from engine.access import Sight
    from engine.bpmn.model import Process
    from engine.model import Actor
    from engine.services.runtime import Runtime


def field_sights(runtime: Runtime, connection: Connection, actor: Actor, who: Sight, process: str | None, names: Collection[str]) -> Sights:
    """In which cases of a process the actor sees each field. Of who sees everything nothing is looked up."""
    if who.everything or not names:
        return dict.fromkeys(names, EVERYWHERE)
    versions = connection.execute(select(process_definition.c.id).where(process_definition.c.key == process)).scalars()
    known = {it: runtime.catalogue.definition(connection, it).process for it in sorted(versions)}
    rules = {name: _sight(actor, known, name) for name in names}
    same = {it.versions: it for it in rules.values() if not it.started and not it.steps}  # most: one rule, asked once
    return {name: same.get(it.versions, it) if not it.started and not it.steps else it for name, it in rules.items()}


def offered(runtime: Runtime, connection: Connection, actor: Actor, who: Sight, definition_id: str, names: Iterable[str]) -> frozenset[str]:
    """Those of these fields that the actor sees in all cases of a version, or in one at least."""
    asked = tuple(dict.fromkeys(names))
    if who.everything:
        return frozenset(asked)
    known = {definition_id: runtime.catalogue.definition(connection, definition_id).process}
    rules = {name: _sight(actor, known, name) for name in asked}
    somewhere = {name: it for name, it in rules.items() if not it.versions and (it.started or it.steps)}
    seen = {name for name, it in rules.items() if it.versions}
    if somewhere:
        of_version = case_instance.c.definition_id == definition_id
        row = connection.execute(select(*(exists().where(of_version, it.condition()) for it in somewhere.values()))).one()
        seen.update(name for name, found in zip(somewhere, row, strict=True) if found)
    return frozenset(seen)


def _sight(actor: Actor, versions: dict[str, Process], name: str) -> FieldSight:
    """The rule of `CaseFields` for one field: guarded where a step hides it, then shown to who took part where it is not hidden."""
    everywhere, started, at_steps = set[str](), set[str](), dict[str, frozenset[str]]()
    for version, process in versions.items():
        steps = {node.id: task_fields(node.user_task) for node in process.nodes.values() if node.user_task is not None}
        shown = frozenset(step for step, fields in steps.items() if fields.may_see(name))
        if reads_all_of(actor, process.owner) or len(shown) == len(steps):
            everywhere.add(version)
            continue
        if any(node.type == "startEvent" and start_fields(node).may_see(name) for node in process.nodes.values()):
            started.add(version)
        if shown:
            at_steps[version] = shown
    return FieldSight(False, frozenset(everywhere), actor.id, frozenset(started), at_steps)  # noqa: FBT003 - not everywhere
