"""What kinds and states of jobs are called."""

from __future__ import annotations

from app.words import gettext
from engine import WorkKind, WorkState


def kind_name(kind: WorkKind) -> str:
    """What runs by itself."""
    return {
        WorkKind.TIMER: gettext("Timer"),
        WorkKind.CONTINUATION: gettext("Step in the background"),
        WorkKind.REMINDER: gettext("Reminder"),
        WorkKind.ESCALATION: gettext("Escalation to the superior"),
        WorkKind.OWNER_ESCALATION: gettext("Escalation to the process owner"),
        WorkKind.TIMEOUT: gettext("Listener to the time of a task"),
        WorkKind.SUSPENSION: gettext("Suspension, or its end"),
        WorkKind.CLEANUP: gettext("Removal of past cases"),
        WorkKind.DELIVERY: gettext("Delivery of a message"),
        WorkKind.START: gettext("Start of a case"),
        WorkKind.EXTERNAL: gettext("Work for a program"),
        WorkKind.CONNECTOR: gettext("Call of a connector"),
    }[kind]


def state_name(state: WorkState) -> str:
    """How it stands."""
    return {
        WorkState.FAILED: gettext("Failed"),
        WorkState.RETRYING: gettext("Will be tried again"),
        WorkState.DUE: gettext("Due"),
        WorkState.LOCKED: gettext("A program has it"),
        WorkState.WAITING: gettext("Waits for its time"),
        WorkState.SUSPENDED: gettext("Suspended"),
    }[state]


STATE_KINDS = {WorkState.FAILED: "late", WorkState.RETRYING: "soon", WorkState.WAITING: "plain", WorkState.SUSPENDED: "plain"}
"""The colour of each state; others have that of what goes on."""
