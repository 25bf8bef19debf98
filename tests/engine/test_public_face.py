"""The public face: every name says what it is for, docs/engine.md names what there is, and its example runs."""

from __future__ import annotations

import ast
import inspect
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import engine
from engine import Engine

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "engine.md").read_text("utf-8")
AMONG_THEMSELVES = {  # of the services: they take rows and connections
    "instances": {"begin", "ended", "load", "lock_open", "next_number", "visible"},
    "retention": {"remove_by_job"},
    "suspension": {"version_by_job"},
    "tasks": {"seen_case", "to_task", "visible_task"},
}


def services() -> dict[str, type]:
    """The services of an engine, by the name of their attribute."""
    source = inspect.getsource(Engine.__init__)
    module = inspect.getmodule(Engine)
    return {name: getattr(module, kind) for name, kind in re.findall(r"self\.(\w+) = ([A-Z]\w+)\(self\.runtime", source)}


def public_methods(kind: type) -> dict[str, object]:
    return {name: it for name, it in inspect.getmembers(kind, inspect.isfunction) if not name.startswith("_")}


def documented_names() -> dict[str, str]:
    """Names that are no classes or functions, with the text that follows them where they are made."""
    found: dict[str, str] = {}
    for path in sorted((ROOT / "engine").rglob("*.py")):
        body = ast.parse(path.read_text("utf-8")).body
        for node, after in zip(body, [*body[1:], None], strict=True):
            target = node.target if isinstance(node, ast.AnnAssign) else node.targets[0] if isinstance(node, ast.Assign) else None
            text = after.value.value if isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant) else None
            if isinstance(target, ast.Name) and isinstance(text, str):
                found[target.id] = text
    return found


@pytest.mark.parametrize("name", engine.__all__)
def test_every_public_name_says_what_it_is_for(name: str):
    value = getattr(engine, name)
    if not (inspect.isclass(value) or inspect.isfunction(value)):
        assert documented_names().get({"FINDING_TEXTS": "TEXTS"}.get(name, name)), f"{name} is not described where it is made"
        return
    assert inspect.getdoc(value), name
    assert not (value.__doc__ or "").startswith(f"{name}("), f"{name} has the text that dataclasses make"
    if inspect.isclass(value):
        own = {
            key: it for key, it in vars(value).items() if not key.startswith("_") and (inspect.isfunction(it) or isinstance(it, property))
        }
        assert [key for key, it in own.items() if not it.__doc__] == []


@pytest.mark.parametrize("service", sorted(services()))
def test_every_use_case_is_described_and_stands_on_the_page(service: str):
    methods = public_methods(services()[service])
    assert [name for name, it in methods.items() if not it.__doc__] == []
    wanted = methods.keys() - AMONG_THEMSELVES.get(service, set())
    sections = [part for part in PAGE.split("\n\n") if part.startswith("| ") and f"`engine.{service}`" in part.splitlines()[0]]
    [section] = sections
    told = set(re.findall(rf"`(?:{service}\.)?(\w+)`", section.split("\n", 1)[1]))
    others = {name for other in services() if f"`engine.{other}`" in section for name in public_methods(services()[other])}
    assert wanted - told == set(), "not on the page"
    assert {name for name in told if name[0].islower()} - others - {"version"} == set(), "on the page, and not there"


def test_what_the_page_says_is_raised_is_there():
    [table] = [part for part in PAGE.split("\n\n") if part.startswith("| Raised")]
    names = re.findall(r"`([A-Z]\w+)`", table.replace("| Raised", ""))
    assert len(names) > 8
    assert all(issubclass(getattr(engine, name), engine.CrossdeskError) for name in names)
    rejections = [name for name in names if issubclass(getattr(engine, name), engine.Rejection)]
    assert rejections == [
        "NotFound",
        "Forbidden",
        "InvalidRequest",
        "InvalidSubmission",
        "Conflict",
        "ContentAltered",
        "CorrelationMismatch",
        "DeploymentRefused",
    ]


def test_the_example_on_the_page_runs_and_prints_what_it_says(tmp_path: Path):
    [example] = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    assert len(example.splitlines()) < 45
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", example], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert done.stderr == ""
    assert done.stdout.startswith("COMPLETED ")
    assert "'decide_outcome': 'approve'" in done.stdout
