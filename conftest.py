"""Rules for every test: in CI nothing is skipped, and further cases are found in the shared folder."""

from __future__ import annotations

import os
from collections.abc import Generator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent


def _in_ci() -> bool:
    return os.environ.get("CI", "").lower() in {"1", "true", "yes"}


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """With CI=true a skip is a failure: what a test needs is installed there, or the run says that it was not."""
    report = yield
    if not hasattr(report, "wasxfail"):
        _never_skip(report, item.nodeid)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """The same for a whole file that skips itself."""
    report = yield
    _never_skip(report, collector.nodeid)
    return report


def _never_skip(report: pytest.TestReport | pytest.CollectReport, name: str) -> None:
    if report.skipped and _in_ci():
        report.outcome = "failed"
        report.longrepr = f"{name} was skipped, and with CI=true nothing may be: {report.longrepr}"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder with further cases (`CROSSDESK_SHARED`, else `../shared`). Where it is missing the test is skipped; in CI it fails."""
    folder = Path(os.environ.get("CROSSDESK_SHARED") or ROOT.parent / "shared").resolve()
    if not folder.is_dir():
        pytest.skip(f"no folder with further cases at {folder} (CROSSDESK_SHARED)")
    return folder
