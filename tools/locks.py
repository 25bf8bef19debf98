"""The lock files: exact versions with hashes for Python 3.11 to 3.13, without the address of any package index."""

from __future__ import annotations

import hashlib
import re
import tomllib
from pathlib import Path

from tools import environment
from tools.terminal import ROOT, must, say

EXTRAS = {"run": ["build"], "dev": ["build", "dev"]}
HEADER = "# Made by `make lock` from pyproject.toml; not edited by hand. For Python 3.11 to 3.13.\n# sources: {sources}\n"


def sources() -> str:
    """A hash of what the locks are made from: the requirements in pyproject.toml, in any order."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = [*project["dependencies"], project["requires-python"]]
    for extra in EXTRAS["dev"]:
        wanted += [f"{extra}: {line}" for line in project["optional-dependencies"][extra]]
    return hashlib.sha256("\n".join(sorted(wanted)).encode()).hexdigest()[:16]


def are_current() -> bool:
    """Whether both locks were made from today's pyproject.toml."""
    line = HEADER.format(sources=sources())
    return all(path.is_file() and path.read_text().startswith(line) for path in environment.LOCKS.values())


def renew(*, upgrade: bool) -> None:
    """Write both locks. Versions stay as they are where they still fit, unless `upgrade`; `dev` holds the very versions of `run`."""
    for kind, path in environment.LOCKS.items():
        _compile(kind, path, upgrade=upgrade)
        count = len(re.findall(r"^[\w.-]+==", path.read_text(), flags=re.MULTILINE))
        say(f"requirements/{path.name}: {count} packages")


def _compile(kind: str, path: Path, *, upgrade: bool) -> None:
    command: list[str | Path] = [environment.BIN / "uv", "pip", "compile", "--quiet", "pyproject.toml"]
    command += ["--universal", "--python-version", "3.11", "--generate-hashes", "--no-header", "--no-emit-index-url"]
    command += ["--no-emit-find-links", "--output-file", path]
    for extra in EXTRAS[kind]:
        command += ["--extra", extra]
    if kind == "dev":
        command += ["--constraint", environment.LOCKS["run"]]
    if upgrade:
        command.append("--upgrade")
    must(command, f"locking {path.name}")
    path.write_text(HEADER.format(sources=sources()) + path.read_text())
