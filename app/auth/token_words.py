"""What pages say of tokens."""

from __future__ import annotations

from app.auth.tokens import Scope
from app.words import gettext


def scopes() -> dict[str, tuple[str, str]]:
    """What each scope is called, and what it allows."""
    return {
        Scope.READ.value: (gettext("Read only"), gettext("Sees what you see, and changes nothing")),
        Scope.WRITE.value: (gettext("Read and write"), gettext("Does whatever you may do over REST")),
        Scope.WORK.value: (
            gettext("A worker's calls"),
            gettext("Fetches and reports external tasks; you need the role for that"),
        ),
    }
