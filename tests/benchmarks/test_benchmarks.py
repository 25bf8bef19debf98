"""The small form of every benchmark, so that none of them rots. What it measures means nothing and is not asserted."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.__main__ import names
from tests.conftest import DATABASES

ROOT = Path(__file__).resolve().parents[2]
DURABLE = {
    "sqlite": {"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1"},  # 2: FULL
    "postgresql": {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"},
}
ON_A_DATABASE = ("bytes", "flat", "polling", "throughput", "verify")
BOTH = [
    pytest.param(kind, marks=[getattr(pytest.mark, kind), pytest.mark.loopback, pytest.mark.slow]) for kind in DURABLE if kind in DATABASES
]


def run(*arguments: str, **environment: str) -> list[dict]:
    """The lines that `python -m benchmarks …` prints."""
    command = [sys.executable, "-W", "error", "-m", "benchmarks", *arguments, "--quick"]
    done = subprocess.run(command, cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    for line in lines:
        assert line["benchmark"] == arguments[0]
        assert set(line["machine"]) == {"processor", "cores", "memory_gb", "system", "python"}
    return lines


def measured(name: str, kind: str, *parts: str) -> list[dict]:
    """Lines that say which database they are about, and that nothing failed."""
    lines = run(name, "--database", kind, *(word for part in parts for word in ("--only", part)))
    for line in lines:
        assert (line["database"]["name"], line["database"]["durable"]) == (kind, DURABLE[kind])
        assert line.get("errors", 0) == 0
    return lines


def test_benchmarks_are_found_by_their_names() -> None:
    assert {*ON_A_DATABASE, "peers"} <= set(names())


@pytest.mark.parametrize("kind", BOTH)
def test_a_loop_costs_the_same_rows_and_bytes_later_on(kind: str) -> None:
    for line in measured("flat", kind):
        assert line["ratio"] > 0
        assert line["page_ratio"] > 0
        assert line["runtime"] == line["runtime_at_10"]


@pytest.mark.parametrize("kind", BOTH)
def test_a_completion_has_at_most_twelve_statements_and_one_commit(kind: str) -> None:
    lines = measured("throughput", kind, "statements", "processes-1")
    statements = next(line for line in lines if line["figure"] == "statements of a completion")
    assert statements["statements"] <= 12
    assert statements["commits"] == 1
    assert [(line["figure"], line["clients"]) for line in lines if "clients" in line] == [
        ("start", 1), ("complete", 1), ("start", 8), ("complete", 8),
    ]  # fmt: skip


@pytest.mark.parametrize("kind", BOTH)
def test_many_may_wait_and_each_task_reaches_one_of_them(kind: str) -> None:
    alone, beside, handed = measured("polling", kind)
    assert (alone["figure"], beside["figure"], handed["figure"]) == ("pages alone", "pages beside the crowd", "handed out")
    assert (beside["workers"], beside["streams"], handed["requests"]) == (6, 12, 3)
    assert beside["p95_ratio"] > 0


@pytest.mark.parametrize("kind", BOTH)
def test_the_size_of_a_finished_case_is_told(kind: str) -> None:
    lines = measured("bytes", kind)
    assert [line["part"] for line in lines] == ["flow", "at-once"]
    assert all(line["bytes"] > 0 for line in lines)


@pytest.mark.parametrize("kind", BOTH)
def test_a_history_is_verified_with_its_seals(kind: str) -> None:
    (line,) = measured("verify", kind)
    assert (line["findings"], line["seals"]) == (0, 1)
    assert line["rows"] > 10 * 20


def test_a_machine_without_the_peers_is_told_so(tmp_path: Path) -> None:
    (line,) = run("peers", CROSSDESK_SHARED=str(tmp_path), PATH="")
    assert line["missing"] == ["java", "mvn", "the folder peers (CROSSDESK_SHARED)"]
