from __future__ import annotations

from collections.abc import Callable

import pytest

from engine import Database
from tests.processes.company import Company


@pytest.fixture
def company(database: Database, clock, new_id: Callable[[], str]) -> Company:
    """The sample company, once on each database."""
    return Company.found(database, clock, new_id)
