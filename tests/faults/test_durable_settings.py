"""What is acknowledged is on the disk: every connection that commits a step has the durable settings at that moment.

The guard is the set-up of each connection in `engine/store/database.py`. Taken out (no `PRAGMA synchronous`, `synchronous_commit=off`), it
prints `AssertionError: a step was committed with {'journal_mode': 'wal', 'synchronous': '1'}`, and the same of PostgreSQL's.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import event

from tests.engine.services.conftest import END, START, model, user_task
from tests.faults.conftest import Site

DURABLE = {
    "sqlite": {"journal_mode": "wal", "synchronous": "2"},  # 2: FULL
    "postgresql": {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"},
}
COMMAND = {"sqlite": "PRAGMA", "postgresql": "SHOW"}


def test_every_connection_that_commits_is_durable(site: Site) -> None:
    site.deploy(p=model(START, user_task("a"), END, "s > a", "a > e"))
    database = site.engine.database
    durable, seen = DURABLE[database.dialect], []

    def ask(connection) -> None:
        asked = {name: str(connection.exec_driver_sql(f"{COMMAND[database.dialect]} {name}").scalar_one()) for name in durable}
        seen.append((id(connection.connection.dbapi_connection), asked))

    event.listen(database._writer, "commit", ask)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _number: site.start(), range(40)))
    event.remove(database._writer, "commit", ask)
    for _connection, settings in seen:
        assert settings == durable, f"a step was committed with {settings}"
    assert len(seen) >= 40
    assert len({connection for connection, _ in seen}) > (0 if database.dialect == "sqlite" else 1)
