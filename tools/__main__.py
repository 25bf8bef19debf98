"""`python -m tools COMMAND`: what each target of the Makefile does."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable

from tools import environment, frontend, locks, stamps, suite, system
from tools.terminal import ROOT, end_on_sigterm, fail, run, say

BUILT = ["app/static/dist", "app/frontend/node_modules", "build", "crossdesk.egg-info", ".mypy_cache", ".ruff_cache", ".pytest_cache"]


def prepare() -> None:
    """Environment, front end and translations, each only where it is missing or old."""
    with stamps.one_at_a_time():
        environment.ensure("run")
        frontend.ensure()


def serve() -> int:
    """Prepare everything, then become the server: it migrates the database, founds the sample company in an empty one, and listens."""
    prepare()
    os.chdir(ROOT)
    sys.stdout.flush()
    os.execv(environment.PYTHON, [str(environment.PYTHON), "-m", "app.cli", "run"])  # noqa: S606 - so that SIGTERM reaches the server


def build() -> int:
    """Front end and translations."""
    prepare()
    say("Built.")
    return 0


def migrate() -> int:
    """Bring the database to the newest schema."""
    prepare()
    return run([environment.PYTHON, "-m", "app.cli", "migrate"])


def lock() -> int:
    """Write the lock files anew; with UPGRADE=1 to the newest versions that fit."""
    environment.ensure("dev")
    locks.renew(upgrade=os.environ.get("UPGRADE", "") not in {"", "0"})
    return 0


def list_licences() -> int:
    """Write docs/licences.md from what is installed, and refuse a licence that does not go with ours."""
    environment.ensure("dev")
    frontend.ensure_islands()
    return run([environment.PYTHON, "-m", "tools.licences"])


def take_pictures() -> int:
    """Take the pictures in docs/images anew, in both languages."""
    environment.ensure("dev")
    frontend.ensure()
    if not system.ensure_browser():
        return 1
    return run([environment.PYTHON, "-m", "tests.browser.pictures"], environment=environment.path_with_tools())


def clean() -> int:
    """Remove what was built and cached. The environment stays (remove .venv/ by hand), and so do the data in var/."""
    for name in BUILT:
        shutil.rmtree(ROOT / name, ignore_errors=True)
    for path in (ROOT / "app" / "translations").glob("*/LC_MESSAGES/*.mo"):
        path.unlink()
    return 0


COMMANDS: dict[str, Callable[[], int]] = {
    "run": serve,
    "test": suite.test,
    "check": suite.check,
    "faults": suite.faults,
    "conformance": suite.conformance,
    "lint": suite.lint,
    "format": suite.format_sources,
    "build": build,
    "migrate": migrate,
    "lock": lock,
    "pictures": take_pictures,
    "licences": list_licences,
    "clean": clean,
}


def main(arguments: list[str]) -> int:
    """Do what is asked for."""
    if len(arguments) != 1 or arguments[0] not in COMMANDS:
        fail(f"usage: python -m tools ({' | '.join(COMMANDS)})")
    end_on_sigterm()
    try:
        return COMMANDS[arguments[0]]()
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
