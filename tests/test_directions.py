"""Who may use what: the directions of the plan that are no imports, and a proof that the contracts on imports hold what they say."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PARTS = ("engine", "forms", "app")

CLOCKS = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "time.monotonic"}
CHANCE = {"uuid", "random", "secrets"}
READS_A_CLOCK = {
    "app/clock.py": "the company's clock is made of it",
    "app/polls.py": "how long the request of a program waits",
    "app/bootstrap.py": "the wake-up sleeps by the machine's",
    "app/supervisor.py": "patience with processes",
    "app/connectors/running.py": "patience with threads, and its wake-up sleeps by the machine's",
    "app/sample/past/arriving.py": "how long the past may take",
    "app/sample/past/scratch.py": "the past is played on a clock of its own",
}
USES_CHANCE = {
    "app/bootstrap.py": "the maker of ids",
    "app/config.py": "the secret key",
    "app/auth/doors.py": "tokens of sessions",
    "app/auth/tokens.py": "tokens of programs",
    "app/auth/passwords.py": "passwords that are made for people",
    "app/api/basic.py": "the key of remembered passwords",
    "app/relay.py": "its own name among processes",
    "app/security.py": "nonces",
    "app/sample/past/acts.py": "what people of the sample company happened to do",
    "app/sample/past/play.py": "the same",
    "app/sample/past/stories.py": "the same",
}
OPENS_TRANSACTIONS = {
    "app/auth/doors.py": "credentials and sessions",
    "app/auth/tokens.py": "when a token was last used",
    "app/records/exchange.py": "the company's own tables",
    "app/records/views.py": "the company's own tables",
    "app/cases/saved.py": "the views that people save",
    "app/compose.py": "the sample company's records",
    "app/sample/past/arriving.py": "the sample company's past",
    "app/sample/past/scratch.py": "the sample company's past",
    "app/trials/making.py": "the copy in which a draft is tried",
}
BUILDS = {"app/bootstrap.py", "app/cli.py", "app/operating/doctor.py", "app/sample/past/scratch.py", "app/trials/making.py"}


def trees(*parts: str) -> Iterator[tuple[str, ast.Module]]:
    for part in parts:
        for path in sorted((ROOT / part).rglob("*.py")):
            if "node_modules" not in path.parts:
                yield str(path.relative_to(ROOT)), ast.parse(path.read_text("utf-8"))


def dotted(node: ast.expr) -> str:
    """`datetime.now` of `datetime.now`, of whatever depth."""
    return f"{dotted(node.value)}.{node.attr}" if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def calls(tree: ast.Module) -> Iterator[str]:
    return (dotted(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call))


def imported(tree: ast.Module) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


def test_time_is_injected():
    found = {name for name, tree in trees(*PARTS) if any(call.endswith(tuple(CLOCKS)) for call in calls(tree))}
    assert found - READS_A_CLOCK.keys() == set()


def test_chance_and_ids_are_injected():
    found = {name for name, tree in trees(*PARTS) if imported(tree) & CHANCE}
    assert found - USES_CHANCE.keys() == set()


def test_the_engine_reads_no_environment():
    reads = {"os.environ", "os.getenv"}
    found = {name for name, tree in trees("engine", "forms") for it in ast.walk(tree) if isinstance(it, ast.expr) and dotted(it) in reads}
    assert found == set()


def test_only_the_database_commits():
    """A use case hands its work to `Database.write`, directly or by `Runtime.commit`: no other call of a method `commit` is there."""
    found = {f"{name}: {call}" for name, tree in trees(*PARTS) for call in calls(tree) if call.endswith(".commit")}
    assert {it for it in found if not it.endswith(("runtime.commit", "_runtime.commit"))} == set()


def test_in_the_application_only_these_open_transactions_that_write():
    opening = (".begin", "database.write", "_database.write")
    found = {name for name, tree in trees("app") if any(call.endswith(opening) and ".engine." not in call for call in calls(tree))}
    assert found - OPENS_TRANSACTIONS.keys() == set()


def test_one_place_builds_everything():
    found = {name for name, tree in trees("app") if {"Engine", "Database", "Hub", "Doors"} & set(calls(tree))}
    assert found - BUILDS == set()


VIOLATIONS = {
    "spiff": ("engine/services/limits.py", "import SpiffWorkflow"),
    "engine-alone": ("engine/work/hours.py", "import flask"),
    "public-face": ("app/words.py", "from engine.store import database"),
    "forms": ("forms/rows.py", "from engine.work import hours"),
    "engine-layers": ("engine/bpmn/names.py", "from engine.services import limits"),
    "feel-alone": ("engine/feel/limits.py", "from engine import errors"),
    "pure": ("engine/tokens/state.py", "import sqlalchemy"),
    "access-and-events": ("engine/access.py", "from engine.store import tables"),
    "sign-in-alone": ("app/auth/cards.py", "from app.inbox import views"),
    "records-own-their-tables": ("app/cases/naming.py", "from app.records import tables"),
}
"""One line for each contract that it has to find."""


def contracts() -> dict[str, str]:
    return {it["id"]: it["name"] for it in tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]}


def lint(folder: Path) -> dict[str, bool]:
    """Which contracts are kept in a folder, by id."""
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    done = subprocess.run(
        command, cwd=folder, check=False, capture_output=True, text=True, env={**os.environ, "COLUMNS": "300", "NO_COLOR": "1"}
    )
    said = " ".join(done.stdout.split())  # its lines are wrapped
    return {key: f"{name} KEPT" in said for key, name in contracts().items() if f"{name} KEPT" in said or f"{name} BROKEN" in said}


@pytest.mark.slow
def test_every_contract_finds_what_it_forbids(tmp_path: Path):
    for part in PARTS:
        shutil.copytree(ROOT / part, tmp_path / part, ignore=shutil.ignore_patterns("node_modules", "static", "__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    assert VIOLATIONS.keys() == contracts().keys()
    for file, line in VIOLATIONS.values():
        path = tmp_path / file
        path.write_text(f"{path.read_text('utf-8')}\n{line}\n", encoding="utf-8")
    assert lint(tmp_path) == dict.fromkeys(VIOLATIONS, False)
