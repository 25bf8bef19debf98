"""The environment in `.venv/`: made once, renewed when a lock file changes."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import time
from pathlib import Path

from tools import stamps
from tools.terminal import ROOT, fail, must, say, started

VENV = ROOT / ".venv"
BIN = VENV / "bin"
PYTHON = BIN / "python"
LOCKS = {"run": ROOT / "requirements" / "run.txt", "dev": ROOT / "requirements" / "dev.txt"}
PIP: list[str | Path] = [PYTHON, "-m", "pip", "--disable-pip-version-check", "--no-input"]


def ensure(kind: str) -> None:
    """See that the locked dependencies of this kind (`run`, or `dev` which holds `run`) are installed."""
    if _is_installed("dev") or _is_installed(kind):
        _ensure_command()
        return
    begun = time.monotonic()
    _ensure_venv()
    _install(kind)
    stamps.write(_stamp(kind), _wanted(kind))
    _ensure_command()
    say(f"Environment ready after {time.monotonic() - begun:.0f} s.")


def path_with_tools() -> dict[str, str]:
    """The environment variables under which node, npm and the installed commands are found first."""
    return {"PATH": f"{BIN}{os.pathsep}{os.environ.get('PATH', '')}"}


def _stamp(kind: str) -> Path:
    return VENV / f".installed-{kind}"


def _wanted(kind: str) -> str:
    """What the stamp must say: this lock, in this very folder (an environment cannot be moved), on this interpreter."""
    return stamps.digest([LOCKS[kind]], str(VENV), str(PYTHON.resolve()), sysconfig.get_platform())


def _is_installed(kind: str) -> bool:
    return PYTHON.exists() and stamps.is_current(_stamp(kind), _wanted(kind))


def _ensure_venv() -> None:
    if PYTHON.exists() and _runs() and _belongs_here():
        return
    say(f"Creating the environment in .venv/ with Python {sys.version.split()[0]} …")
    if VENV.exists():
        shutil.rmtree(VENV)
    must([sys.executable, "-m", "venv", VENV], "creating the environment")


def _runs() -> bool:
    question = "import sys, pip; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))"
    return subprocess.run([PYTHON, "-c", question], check=False, capture_output=True).returncode == 0


def _belongs_here() -> bool:
    """A folder that was moved or copied brings an environment whose commands point to the old place."""
    question = "import sys; print(sys.prefix)"
    result = subprocess.run([PYTHON, "-c", question], check=False, capture_output=True, text=True)
    activate = BIN / "activate"
    return result.stdout.strip() == str(VENV) and activate.is_file() and str(VENV) in activate.read_text()


def _install(kind: str) -> None:
    lock = LOCKS[kind]
    total = len(re.findall(r"^[\w.-]+==", lock.read_text(), flags=re.MULTILINE))
    say(f"Installing up to {total} locked packages from requirements/{lock.name} (the first time this takes a minute or so) …")
    command = [*PIP, "install", "--require-hashes", "--only-binary", ":all:", "--progress-bar", "off", "-r", lock]
    with started(command) as process:
        output = _show_progress(process)
    if process.returncode:
        say("".join(output[-40:]).rstrip())
        fail("Stopped: installing the packages failed (above). Is the package index reachable?")


def _show_progress(process: subprocess.Popen[str]) -> list[str]:
    """One plain line a package as it is fetched; the rest is kept for the case of failure."""
    output, seen = [], 0
    for line in process.stdout or ():
        output.append(line)
        if match := re.match(r"(?:Collecting|Requirement already satisfied:) ([\w.-]+)", line):
            seen += 1
            if line.startswith("Collecting"):
                say(f"  {seen:>3} {match[1]}")
        elif line.startswith("Installing collected"):
            say("  unpacking …")
    return output


def _ensure_command() -> None:
    """Install the command `crossdesk` so that it runs this folder's sources."""
    value = stamps.digest([ROOT / "pyproject.toml"], str(VENV))
    stamp = VENV / ".installed-command"
    if stamps.is_current(stamp, value) and (BIN / "crossdesk").exists():
        return
    say("Installing the command crossdesk …")
    options = ["--no-deps", "--no-build-isolation", "--no-index", "--quiet"]
    must([*PIP, "install", *options, "--editable", ROOT], "installing the command crossdesk")
    stamps.write(stamp, value)
