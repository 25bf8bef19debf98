"""What the rules about people need to know of an open user task, whichever row or value it comes from."""

from __future__ import annotations

from typing import Protocol


class AskedTask(Protocol):
    """An open user task and the people it asks. `engine.model.UserTask` is one.

    Candidates may claim it while nobody has it. Who was added, by an escalation or because nobody else is known, may also take it over
    from its assignee. The excluded person, the initiator of an approval, may do neither.
    """

    @property
    def id(self) -> str:
        """The id of the task, which is that of its token."""
        ...

    @property
    def element_id(self) -> str:
        """The id of the element in the model."""
        ...

    @property
    def name(self) -> str:
        """The name as the model has it."""
        ...

    @property
    def assignee(self) -> str | None:
        """Who has it."""
        ...

    @property
    def owner(self) -> str | None:
        """Who gets it back where it was delegated."""
        ...

    @property
    def delegation(self) -> str | None:
        """PENDING while somebody works on it for its owner."""
        ...

    @property
    def excluded_person(self) -> str | None:
        """Who may neither claim nor complete it."""
        ...

    @property
    def candidate_users(self) -> tuple[str, ...]:
        """People who may claim it."""
        ...

    @property
    def candidate_groups(self) -> tuple[str, ...]:
        """Groups whose members may claim it."""
        ...

    @property
    def added_users(self) -> tuple[str, ...]:
        """People who may claim it or take it over."""
        ...

    @property
    def added_groups(self) -> tuple[str, ...]:
        """Groups whose members may claim it or take it over."""
        ...
