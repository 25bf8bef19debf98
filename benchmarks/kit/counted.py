"""`crossdesk`, noting each transaction: `python -m benchmarks.kit.counted run`. The file is that of `BENCHMARK_TRANSACTIONS`.

It is the server as it is otherwise; listeners on SQLAlchemy's connections write down what goes to the driver, with its parameters, so that
the same statements can be executed once more without an engine.
"""

from __future__ import annotations

import os
import pickle
import threading
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, event

from benchmarks.kit.transactions import Statement, Transaction


def note(file: Path) -> None:
    """From now on, note what this process does."""
    lock = threading.Lock()

    def begin(connection: Connection) -> None:
        connection.info["noted"] = Transaction(threading.get_ident())

    def execute(connection: Connection, _cursor: object, text: str, parameters: object, _context: object, many: bool) -> None:  # noqa: FBT001
        # SQLite begins by a statement of our own, the driver of PostgreSQL by itself.
        if not text.startswith("BEGIN") and "noted" in connection.info:
            connection.info["noted"].statements.append(Statement(text, _kept(parameters), many))

    def end(connection: Connection, *, committed: bool) -> None:
        noted: Transaction | None = connection.info.pop("noted", None)
        if noted is not None:
            noted.committed = committed
            with lock, file.open("ab") as notes:
                pickle.dump(noted, notes)

    event.listen(Engine, "begin", begin)
    event.listen(Engine, "before_cursor_execute", execute)
    event.listen(Engine, "commit", lambda connection: end(connection, committed=True))
    event.listen(Engine, "rollback", lambda connection: end(connection, committed=False))


def _kept(parameters: Any) -> Any:  # noqa: ANN401 - whatever the driver takes
    """The same, so that it can be written down: SQLAlchemy hands bytes to SQLite as memory."""
    match parameters:
        case memoryview():
            return bytes(parameters)
        case list() | tuple():
            return type(parameters)(_kept(it) for it in parameters)
        case _:
            return parameters


if __name__ == "__main__":
    from app.cli import main

    note(Path(os.environ["BENCHMARK_TRANSACTIONS"]))
    main()
