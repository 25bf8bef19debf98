"""How much a finished case takes: three tasks, four variables, one of them a list of ten lines.

The size of all tables with their indexes after VACUUM, less what they had before the first case. Parts: `flow`, eight cases at a time, each
to its end; `at-once`, all of them started before the first goes on: then the indexes of what is open keep their room for the next ones.
"""

from __future__ import annotations

import itertools
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg

from benchmarks.kit import purchases
from benchmarks.kit.sites import Site, serving
from benchmarks.kit.wish import Wish

_CASES = 10_000
_CLIENTS = 8
_SIZES = """
SELECT relname, pg_total_relation_size(oid) FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
"""
_LARGEST = 6


def _flow(site: Site, cases: int) -> int:
    return purchases.play(site, range(cases), _CLIENTS)


def _at_once(site: Site, cases: int) -> int:
    return purchases.start(site, cases, _CLIENTS).errors + sum(load.errors for load in purchases.complete(site, _CLIENTS))


_PARTS = {"flow": _flow, "at-once": _at_once}


def measure(wish: Wish) -> Iterator[dict[str, object]]:
    """Both databases."""
    for kind, part in itertools.product(wish.databases, wish.parts(_PARTS)):
        with serving(kind) as site:
            purchases.deploy(site)
            before, cases = _sizes(site), wish.size(_CASES, 20)
            errors = _PARTS[part](site, cases)
            site.wait_until_idle()
            after = _sizes(site)
            grown = {name: size - before.get(name, 0) for name, size in after.items()}
            largest = sorted(grown, key=grown.__getitem__, reverse=True)[:_LARGEST]
            yield {
                "figure": "bytes of a finished case",
                "part": part,
                "cases": cases,
                "errors": errors,
                "bytes": round(sum(grown.values()) / cases),
                "of": {name: round(grown[name] / cases) for name in largest},
                "database": site.facts(),
            }


def _sizes(site: Site) -> dict[str, int]:
    """Bytes by table with its indexes, of SQLite the file; after VACUUM, with the server stopped for that while."""
    site.server.stop()
    found = _of_postgresql(site.url) if site.kind == "postgresql" else {"file": _of_sqlite(Path(site.url.removeprefix("sqlite:///")))}
    site.server.start()
    return found


def _of_postgresql(url: str) -> dict[str, int]:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM")
        return {str(name): int(size) for name, size in connection.execute(_SIZES)}


def _of_sqlite(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("VACUUM")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path.stat().st_size
