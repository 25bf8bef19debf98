"""What the verifier found, in the language of the page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.words import gettext
from engine import FINDING_TEXTS, DeletedChain, Finding, FindingKind, Report


def kind_of(finding: Finding) -> str:
    """What was done, in a word."""
    return {
        FindingKind.ALTERED: gettext("altered"),
        FindingKind.REMOVED: gettext("removed"),
        FindingKind.MOVED: gettext("moved"),
        FindingKind.ADDED: gettext("added"),
        FindingKind.UNCHECKED: gettext("not checkable"),
        FindingKind.WRONG_HEAD: gettext("wrong end"),
        FindingKind.REWRITTEN: gettext("written anew"),
        FindingKind.BROKEN_SEAL: gettext("broken seal"),
    }[finding.kind]


def chain_of(finding: Finding) -> str:
    """What the chain tells of, where it is none of a case that is there."""
    known = {
        "organisation": gettext("The organisation"),
        "deployments": gettext("Deployments"),
        "sign-in": gettext("Sign-ins"),
        "seals": gettext("Seals"),
        "verifications": gettext("Verifications"),
    }
    return known.get(finding.chain) or gettext("Case %(id)s…", id=finding.chain[:8])


def text_of(finding: Finding) -> str:
    """What is wrong, in a sentence."""
    return gettext(FINDING_TEXTS[finding.text], **finding.values)


def place_of(finding: Finding) -> str:
    """Which entries of the chain."""
    if finding.seq == finding.last:
        return gettext("entry %(seq)s", seq=finding.seq)
    return gettext("entries %(seq)s to %(last)s", seq=finding.seq, last=finding.last)


@dataclass(frozen=True, slots=True)
class Removal:
    """Cases that somebody deleted who may: how many, when the last of them, and why."""

    count: int
    by: str
    at: datetime
    why: str


def removals_of(report: Report) -> list[Removal]:
    """What was deleted, by who did it and why, the newest first."""
    groups: dict[tuple[str, str, str], list[DeletedChain]] = {}
    for it in report.deleted:
        groups.setdefault((it.by, it.of, it.reason), []).append(it)
    found = [
        Removal(
            len(those), by, max(it.at for it in those), reason if of else gettext("they had been kept for as long as their version says")
        )
        for (by, of, reason), those in groups.items()
    ]
    return sorted(found, key=lambda it: it.at, reverse=True)
