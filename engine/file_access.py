"""Who may add and delete files on cases: pure functions, as those of `engine.access`."""

from __future__ import annotations

from collections.abc import Collection

from engine.access import may_change, may_claim_by_name, runs
from engine.errors import refused
from engine.model import Actor
from engine.work.asked import AskedTask


def may_attach(actor: Actor, started_by: str, owner: str | None, tasks: Collection[AskedTask]) -> None:
    """Whether somebody may add a file to a case: who started it, who may remark on one of its open `tasks`, and who runs its process.

    Those are its owner, and who acts for others.
    """
    may_change(actor)
    if actor.id == started_by or actor.owns(owner) or runs(actor) or actor.may_act_for_others:
        return
    if not any(actor.id in {it.assignee, it.owner} or may_claim_by_name(actor, it) for it in tasks):
        raise refused("may-not-attach", "files are added by who started the case, and by those whom its tasks ask")


def may_detach(actor: Actor, added_by: str, *, is_open: bool) -> None:
    """Whether somebody may delete a file: who added it, while its case is open, and administrators."""
    may_change(actor)
    if not (runs(actor) or (is_open and actor.id == added_by)):
        raise refused("may-not-detach", "a file is deleted by who added it, while its case is open, or by an administrator")
