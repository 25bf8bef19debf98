"""What stands behind the Makefile: finding Python, stamps, counting, and the wheel."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from tools import stamps, suite, terminal
from tools.terminal import ROOT


def test_a_stamp_changes_with_names_and_contents(tmp_path, monkeypatch):
    monkeypatch.setattr(stamps, "ROOT", tmp_path)
    (tmp_path / "one").write_text("1")
    first = stamps.digest([tmp_path])
    assert stamps.digest([tmp_path]) == first
    (tmp_path / "one").rename(tmp_path / "two")
    renamed = stamps.digest([tmp_path])
    (tmp_path / "two").write_text("2")
    changed = stamps.digest([tmp_path])
    (tmp_path / "node_modules").mkdir()
    (tmp_path / "node_modules" / "x").write_text("installed")
    assert len({first, renamed, changed}) == 3
    assert stamps.digest([tmp_path]) == changed
    assert stamps.digest([tmp_path], "another folder") != changed


def finding_python(tmp_path: Path, programs: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run tools/python.sh where nothing but these programs (name: shell text) is on PATH."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name, text in programs.items():
        (folder / name).write_text(f"#!/bin/sh\n{text}\n")
        (folder / name).chmod(0o755)
    command = ["/bin/sh", str(ROOT / "tools" / "python.sh"), "-m", "tools", "run"]
    return subprocess.run(command, env={"PATH": str(folder)}, capture_output=True, text=True, check=False)


UNFIT = "exit 1"
FIT = 'case "$2" in *print*) echo 3.12;; esac; [ "$1" = -c ] || echo "runs $*"'
FIT_WITHOUT_VENV = 'case "$2" in *ensurepip*) exit 3;; *print*) echo 3.12;; esac'


def test_a_python_with_venv_is_used(tmp_path):
    result = finding_python(tmp_path, {"python3": UNFIT, "python3.12": FIT, "id": "echo 1000"})
    assert result.returncode == 0
    assert result.stdout == "runs -m tools run\n"


def test_without_the_venv_module_the_one_command_is_named(tmp_path):
    result = finding_python(tmp_path, {"python3": FIT_WITHOUT_VENV, "apt-get": UNFIT, "id": "echo 1000"})
    assert result.returncode == 1
    assert "sudo apt-get install -y python3.12-venv\n" in result.stderr


def test_without_python_the_one_command_is_named(tmp_path):
    cache = '[ "$2" = python3.11-venv ]'
    result = finding_python(tmp_path, {"python3": UNFIT, "apt-get": UNFIT, "apt-cache": cache, "id": "echo 0"})
    assert result.returncode == 1
    assert "    apt-get install -y python3.11 python3.11-venv\n" in result.stderr
    fedora = tmp_path / "fedora"
    fedora.mkdir()
    assert "sudo dnf install -y python3.12\n" in finding_python(fedora, {"dnf": UNFIT, "id": "echo 1000"}).stderr


def test_the_counts_of_a_report_are_one_plain_line(tmp_path, monkeypatch):
    report = tmp_path / "tests.xml"
    report.write_text('<testsuites><testsuite tests="9" failures="1" errors="2" skipped="3"/></testsuites>')
    monkeypatch.setattr(suite, "REPORT", report)
    assert suite._counts() == "tests: 3 passed, 3 failed, 3 skipped"


def test_one_part_that_fails_fails_the_whole_and_the_others_still_run(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(suite, "REPORT", tmp_path / "none.xml")
    ran = []
    parts = [suite.Part("first", lambda: False), suite.Part("second", lambda: ran.append("second") is None)]
    assert suite._play(parts) == 1
    assert ran == ["second"]
    assert "FAILED" in capsys.readouterr().out
    assert suite._play(parts[1:]) == 0


@pytest.mark.parametrize(("value", "expected"), [("true", True), ("1", True), ("", False), ("false", False)])
def test_ci_is_told_by_the_environment(monkeypatch, value, expected):
    monkeypatch.setenv("CI", value)
    assert terminal.in_ci() is expected


def test_in_ci_a_skip_is_a_failure(tmp_path):
    """Run in a folder of its own, under the repository's own rules."""
    (tmp_path / "conftest.py").write_text((ROOT / "conftest.py").read_text())
    (tmp_path / "test_it.py").write_text("import pytest\n\ndef test_skipped(): pytest.skip('because')\n\ndef test_shared(shared): pass\n")

    def run(ci: str) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "CI": ci, "CROSSDESK_SHARED": str(tmp_path / "absent"), "PYTEST_ADDOPTS": ""}
        command = [sys.executable, "-m", "pytest", "-q", "-rs", "-p", "no:cacheprovider", "--rootdir", str(tmp_path), str(tmp_path)]
        return subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)

    relaxed, strict = run("false"), run("true")
    assert relaxed.returncode == 0, relaxed.stdout
    assert "2 skipped" in relaxed.stdout
    assert "no folder with further cases" in relaxed.stdout
    assert strict.returncode == 1
    assert "1 failed, 1 error" in strict.stdout


@pytest.mark.slow
def test_the_wheel_holds_the_packages_and_their_data_and_nothing_else(tmp_path):
    build = "import sys; from setuptools import build_meta; build_meta.build_wheel(sys.argv[1])"
    source = tmp_path / "source"
    names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True).stdout.split("\0")
    for name in filter(None, names):
        if (ROOT / name).is_file():
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            (source / name).write_bytes((ROOT / name).read_bytes())
    subprocess.run([sys.executable, "-c", build, str(tmp_path)], cwd=source, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    held = zipfile.ZipFile(wheel).namelist()
    own = {name for name in held if ".dist-info/" not in name and ".data/" not in name}
    assert {name.split("/")[0] for name in own} == {"engine", "app", "forms"}
    wanted = {name for name in names if name.startswith(("engine/", "app/", "forms/")) and name.endswith((".py", ".form", ".html"))}
    assert wanted - own == set()
    assert [name for name in own if "node_modules" in name or name.startswith("app/frontend/")] == []
    data = {name.partition(".data/data/share/crossdesk/")[2] for name in held}
    assert "alembic/env.py" in data
    assert {Path(name).name for name in names if name.startswith("processes/")} <= {Path(name).name for name in data}


def test_what_we_started_does_not_outlive_us(tmp_path):
    """A command that is stopped while a program of ours runs ends that program first."""
    child = f"import os, time; open({str(tmp_path / 'child')!r}, 'w').write(str(os.getpid())); time.sleep(60)"
    ours = f"from tools import terminal; import sys; terminal.end_on_sigterm(); terminal.run([sys.executable, '-c', {child!r}])"
    process = subprocess.Popen([sys.executable, "-c", ours], cwd=ROOT)
    deadline = time.monotonic() + 30
    while not (tmp_path / "child").exists() or not (tmp_path / "child").read_text():
        assert time.monotonic() < deadline
        time.sleep(0.02)
    process.terminate()
    assert process.wait(30) == 128 + signal.SIGTERM
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "child").read_text()), 0)
