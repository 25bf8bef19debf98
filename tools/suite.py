"""What `make check` (the fast part), `make test` (everything), `make faults` and `make conformance` run.

Each part of the first two runs to its end, then a summary says what held.
"""

from __future__ import annotations

import os
import time
import xml.etree.ElementTree as ET  # read: only the report that pytest has just written
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tools import environment, frontend, system
from tools.terminal import ROOT, run, say

REPORT = ROOT / "var" / "tests.xml"
FAST = "not slow and not browser and not postgresql"


@dataclass(frozen=True)
class Part:
    """One part of the suite: it runs, and says whether it held."""

    name: str
    runs: Callable[[], bool]


def check() -> int:
    """The fast part: style, types, import contracts, and the tests that need no more than SQLite and a moment each."""
    environment.ensure("dev")
    frontend.ensure()
    return _play([*_static(), Part("fast tests", lambda: _pytest("-m", FAST))])


def test() -> int:
    """Everything, on SQLite and on PostgreSQL, and in a real Chromium."""
    environment.ensure("dev")
    frontend.ensure()
    browser = Part("a browser to test with", system.ensure_browser)
    return _play([browser, *_static(), Part("all tests", _pytest)])


def faults() -> int:
    """The long form of the experiments in tests/faults, one after the other: each prints its figures as a line of JSON."""
    environment.ensure("dev")
    frontend.ensure()
    command: list[str | Path] = [environment.PYTHON, "-m", "pytest", "-q", "-s", "--durations=0", "--durations-min=10", "tests/faults"]
    return run(command, environment={**environment.path_with_tools(), "CROSSDESK_FAULTS": "long"})


def conformance() -> int:
    """The long form of tests/conformance, beside the shared cases and a real Camunda 7."""
    environment.ensure("dev")
    frontend.ensure()
    return run([environment.PYTHON, "-m", "tests.conformance.long"], environment=environment.path_with_tools())


def lint() -> int:
    """Style, types and import contracts alone."""
    environment.ensure("dev")
    return _play(_static())


def format_sources() -> int:
    """Put the sources into the common form, and mend what can be mended without a thought."""
    environment.ensure("dev")
    mended = _command("ruff", "check", "--fix", "--quiet", ".")
    return 0 if _command("ruff", "format", ".") and mended else 1


def _static() -> list[Part]:
    return [
        Part("style (ruff check)", lambda: _command("ruff", "check", "--quiet", ".")),
        Part(
            "form (ruff format)",
            lambda: _command("ruff", "format", "--check", "--quiet", "--output-format", "concise", ".", hint="`make format` mends it."),
        ),
        Part("types (mypy --strict)", lambda: _command("mypy", "--no-error-summary")),
        Part("import contracts", lambda: _command("lint-imports", quiet=True)),
    ]


def _command(name: str, *arguments: str, quiet: bool = False, hint: str = "") -> bool:
    held = run([environment.BIN / name, *arguments], environment=environment.path_with_tools(), quiet=quiet) == 0
    if hint and not held:
        say(hint)
    return held


def _pytest(*arguments: str) -> bool:
    REPORT.unlink(missing_ok=True)
    workers = os.environ.get("CROSSDESK_TEST_WORKERS", "2")
    command: list[str | Path] = [environment.PYTHON, "-m", "pytest", "-q", "--durations=10", f"--junitxml={REPORT}"]
    if workers != "0":
        command += ["-n", workers, "--dist", "loadgroup"]
    # Tests start many processes: none of them should compile the sources again, whatever the surroundings say.
    kept = {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(ROOT / "var" / "bytecode")}
    return run([*command, *arguments], environment={**environment.path_with_tools(), **kept}) == 0


def _play(parts: list[Part]) -> int:
    begun = time.monotonic()
    REPORT.unlink(missing_ok=True)
    lines = []
    for part in parts:
        say(f"── {part.name}")
        start = time.monotonic()
        held = part.runs()
        lines.append((held, f"{'held' if held else 'FAILED':<8}{time.monotonic() - start:>6.0f} s  {part.name}"))
    say("── summary")
    for _, line in lines:
        say(line)
    say(f"{'in all':<8}{time.monotonic() - begun:>6.0f} s")
    if REPORT.exists():
        say(_counts())
    return 0 if all(held for held, _ in lines) else 1


def _counts() -> str:
    """The counts of the tests, as one plain line."""
    totals = dict.fromkeys(("tests", "failures", "errors", "skipped"), 0)
    for suite in ET.parse(REPORT).getroot().iter("testsuite"):  # noqa: S314 - our own report
        for name in totals:
            totals[name] += int(suite.get(name, "0"))
    failed = totals["failures"] + totals["errors"]
    passed = totals["tests"] - failed - totals["skipped"]
    return f"tests: {passed} passed, {failed} failed, {totals['skipped']} skipped"
