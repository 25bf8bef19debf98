"""All pages of decisions on their blueprint."""

from __future__ import annotations

from app.decisions import comparing, differently, editing, trying
from app.decisions.views import blueprint

__all__ = ["blueprint", "comparing", "differently", "editing", "trying"]
