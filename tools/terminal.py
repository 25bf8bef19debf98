"""Plain lines for a person, and running other programs."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent


def say(line: str) -> None:
    """Print one line at once, also into a pipe."""
    print(line, flush=True)


def fail(line: str) -> NoReturn:
    """Print why nothing more can be done, and end."""
    print(line, file=sys.stderr, flush=True)
    raise SystemExit(1)


def in_ci() -> bool:
    """Whether this runs unattended: then whatever is missing is a failure."""
    return os.environ.get("CI", "").lower() in {"1", "true", "yes"}


def run(command: Sequence[str | Path], *, folder: Path = ROOT, environment: Mapping[str, str] | None = None, quiet: bool = False) -> int:
    """Run a program to its end and return its exit status. `quiet`: what it prints is shown only if it fails."""
    result = subprocess.run(
        [str(part) for part in command],
        cwd=folder,
        env={**os.environ, **(environment or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE if quiet else None,
        stderr=subprocess.STDOUT if quiet else None,
        text=True,
        check=False,
    )
    if quiet and result.returncode:
        say(result.stdout.rstrip())
    return result.returncode


def must(command: Sequence[str | Path], why: str, *, folder: Path = ROOT, environment: Mapping[str, str] | None = None) -> None:
    """Run a program that has to succeed; its output is shown only if it fails."""
    if run(command, folder=folder, environment=environment, quiet=True):
        fail(f"Stopped: {why} failed (above).")
