"""Plain lines for a person, and running other programs."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent
GRACE_SECONDS = 20  # for a program that is asked to end: a test run stops its servers first


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
    with started(command, folder=folder, environment=environment, piped=quiet) as process:
        output, _ = process.communicate()
    if quiet and process.returncode:
        say(output.rstrip())
    return process.returncode


@contextmanager
def started(
    command: Sequence[str | Path],
    *,
    folder: Path = ROOT,
    environment: Mapping[str, str] | None = None,
    piped: bool = True,
) -> Iterator[subprocess.Popen[str]]:
    """A running program without standard input. It does not outlive us: if we are stopped, it is asked to end and waited for."""
    with subprocess.Popen(
        [str(part) for part in command],
        cwd=folder,
        env={**os.environ, **(environment or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE if piped else None,
        stderr=subprocess.STDOUT if piped else None,
        text=True,
    ) as process:
        try:
            yield process
        except BaseException:
            process.terminate()
            try:
                process.wait(GRACE_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
            raise


def end_on_sigterm() -> None:
    """SIGTERM ends us like Ctrl-C does: programs that we have started are ended first."""

    def end(_signal: int, _frame: object) -> NoReturn:
        raise SystemExit(128 + signal.SIGTERM)

    signal.signal(signal.SIGTERM, end)


def must(command: Sequence[str | Path], why: str, *, folder: Path = ROOT, environment: Mapping[str, str] | None = None) -> None:
    """Run a program that has to succeed; its output is shown only if it fails."""
    if run(command, folder=folder, environment=environment, quiet=True):
        fail(f"Stopped: {why} failed (above).")
