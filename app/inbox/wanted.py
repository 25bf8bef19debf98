"""What the address of an inbox asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.cases.naming import partners_called
from engine import InboxFilter, Section


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the address asks for."""

    section: Section = Section.TODO
    department: str | None = None
    process: str | None = None
    text: str = ""
    overdue: bool = False
    after: str | None = None

    @property
    def lists_cases(self) -> bool:
        """Whether the section shows cases instead of tasks to do."""
        return self.section in {Section.STARTED, Section.DONE}

    def as_query(self) -> dict[str, Any]:
        """For addresses: only what differs from the plain inbox."""
        found = {
            "section": "" if self.section is Section.TODO else self.section.value,
            "department": self.department or "",
            "process": self.process or "",
            "q": self.text,
            "overdue": "1" if self.overdue else "",
        }
        return {name: value for name, value in found.items() if value}

    def as_filter(self) -> InboxFilter:
        """For the engine."""
        return InboxFilter(
            process=self.process,
            text=self.text or None,
            named=partners_called(self.text),
            overdue=self.overdue,
            department=self.department,
        )


def wanted_of(arguments: Mapping[str, str]) -> Wanted:
    """What an address asks for; what is unknown in it is left out."""
    section = arguments.get("section", "")
    known = {item.value for item in Section}
    return Wanted(
        section=Section(section) if section in known else Section.TODO,
        department=arguments.get("department") or None,
        process=arguments.get("process") or None,
        text=arguments.get("q", "").strip()[:100],
        overdue=arguments.get("overdue") == "1",
        after=arguments.get("after") or None,
    )
