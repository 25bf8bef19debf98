"""The command `crossdesk`: what it does, and what it says when something keeps it from its work: never a traceback."""

from __future__ import annotations

import logging
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from app.bootstrap import build, count_out_years
from app.cli import main
from app.clock import move, read_offset
from app.config import Settings
from app.server import RefusedToServe, check_installation
from app.services import Services
from engine import Database, WorkingCalendar
from engine.store.history import VERIFICATIONS, entries
from tests.conftest import FakeClock

MODEL = Path(__file__).resolve().parents[2] / "processes" / "purchase-approval.bpmn"
PATIENCE = 60


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("CROSSDESK_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def database(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """A migrated database that the commands use."""
    monkeypatch.setenv("CROSSDESK_DATABASE_URL", sqlite_url)
    return sqlite_url


def crossdesk(*arguments: str) -> Result:
    result = CliRunner().invoke(main, arguments)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def refused(*arguments: str) -> str:
    """What a command that refuses says; it says it without a traceback."""
    result = crossdesk(*arguments)
    assert result.exit_code == 1
    assert result.stderr.splitlines()[-1]
    assert "Traceback" not in result.stderr
    return result.stderr[result.stderr.index("Error: ") :]


class TestSettings:
    @pytest.mark.parametrize(
        ("name", "value", "says"),
        [
            ("PORT", "abc", "not a whole number"),
            ("DATABASE_URL", "nonsense", "sqlite:///PATH"),
            ("DATABASE_URL", "mysql://someone@db/x", "mysql is not supported"),
            ("DATABASE_URL", "sqlite://", "needs a file"),
            ("PUBLIC_URL", "crossdesk.example", "https://"),
            ("PUBLIC_URL", "https://", "https://"),
            ("CURRENCY", "yuan", "three letters"),
            ("TIME_ZONE", "Mars/Base", "no time zone"),
            ("PROCESSES", "2", "PostgreSQL"),
        ],
    )
    def test_a_bad_one_is_named_with_what_to_write(self, monkeypatch: pytest.MonkeyPatch, name: str, value: str, says: str) -> None:
        monkeypatch.setenv(f"CROSSDESK_{name}", value)
        told = refused("migrate")
        assert told.startswith(f"Error: CROSSDESK_{name}")
        assert says in told

    def test_a_password_is_not_repeated(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("CROSSDESK_DATABASE_URL", "postgresql//li:geheim@db/x")
        assert "geheim" not in refused("migrate")


class TestDatabase:
    @pytest.mark.loopback
    @pytest.mark.parametrize("command", [["migrate"], ["serve"], ["verify-audit"], ["calendar", "export"], ["deploy", str(MODEL)]])
    def test_one_that_is_away_is_told_with_the_setting(self, monkeypatch: pytest.MonkeyPatch, command: list[str]) -> None:
        monkeypatch.setenv("CROSSDESK_DATABASE_URL", "postgresql+psycopg://nobody@127.0.0.1:1/x")
        monkeypatch.setenv("CROSSDESK_PORT", "65530")
        told = refused(*command)
        assert "the database cannot be used" in told
        assert "refused" in told
        assert "CROSSDESK_DATABASE_URL" in told

    def test_a_file_that_is_no_database_is_told(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (tmp_path / "junk").write_text("hello, this is a text and no database", encoding="utf-8")
        monkeypatch.setenv("CROSSDESK_DATABASE_URL", f"sqlite:///{tmp_path}/junk")
        assert "file is not a database" in refused("migrate")

    def test_a_folder_that_is_not_there_is_told(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("CROSSDESK_DATABASE_URL", f"sqlite:///{tmp_path}/gone/x.db")
        assert "unable to open database file" in refused("migrate")

    def test_a_folder_that_cannot_be_made_is_told(self, tmp_path: Path) -> None:
        (tmp_path / "var").write_text("a file in the place of the folder", encoding="utf-8")
        told = refused("migrate")
        assert "var" in told
        assert "writable" in told

    def test_one_of_a_newer_version_is_told(self, database: str) -> None:
        import sqlite3  # noqa: PLC0415

        with sqlite3.connect(database.removeprefix("sqlite:///")) as connection:
            connection.execute("update alembic_version set version_num = '9999'")
        connection.close()
        assert "9999" in refused("migrate")


class TestDeploying:
    def test_problems_are_told_with_file_line_and_element(self, database: str) -> None:
        told = crossdesk("deploy", str(MODEL))
        assert told.exit_code == 1
        lines = [line for line in told.stderr.splitlines() if line.startswith("purchase-approval.bpmn:")]
        assert any("unknown-group" in line or "unknown-form" in line for line in lines)
        assert "deployed" not in told.stdout

    def test_a_file_that_nothing_reads_is_refused(self, database: str, tmp_path: Path) -> None:
        (tmp_path / "notes.txt").write_text("x", encoding="utf-8")
        told = crossdesk("deploy", "notes.txt")
        assert told.exit_code == 1
        assert "Nothing reads this file" in told.stderr


class TestCalendar:
    def test_what_is_exported_edited_and_imported_holds(self, database: str, tmp_path: Path) -> None:
        exported = crossdesk("calendar", "export", "2026")
        assert exported.exit_code == 0
        lines = exported.stdout.splitlines()
        assert lines[0] == "kind,on,value,name,name_zh"
        assert "hours,monday,09:00-12:00,," in lines
        assert any(line.startswith("day,2026-10-01,off,National Day") and "国庆" in line for line in lines)
        (tmp_path / "own.csv").write_text(exported.stdout + "day,2026-03-12,off,Founders' Day,司庆\n", encoding="utf-8")
        assert crossdesk("calendar", "import", "own.csv").exit_code == 0
        again = crossdesk("calendar", "export", "2026")
        assert set(again.stdout.splitlines()) - set(lines) == {"day,2026-03-12,off,Founders' Day,司庆"}

    def test_without_years_it_is_this_one_and_the_next(self, database: str, tmp_path: Path) -> None:
        assert crossdesk("calendar", "export", "--output", "all.csv").stdout == ""
        years = {line.split(",")[1][:4] for line in (tmp_path / "all.csv").read_text("utf-8").splitlines() if line.startswith("day,")}
        assert len(years) == 2

    def test_a_year_that_is_not_published_is_warned_of(self, database: str) -> None:
        exported = crossdesk("calendar", "export", "2026", "2031")
        assert "warning: 2031: the official working days are not published" in exported.stderr
        assert "2026:" not in exported.stderr
        assert "day,2031-10-01,off" in exported.stdout

    @pytest.mark.parametrize(
        ("content", "says"),
        [
            (b"kind,on,value\nday,2027-01-01,maybe\n", "line 2"),
            (b"\xff\xfe\x00", "UTF-8"),
            (b"", "line 1"),
            (b"kind,on,value\nhours,monday,09:00-12:00\nhours,monday,11:00-13:00\n", "overlap"),
        ],
    )
    def test_a_mistake_in_a_file_is_told_and_nothing_changes(self, database: str, tmp_path: Path, content: bytes, says: str) -> None:
        before = crossdesk("calendar", "export", "2026").stdout
        (tmp_path / "bad.csv").write_bytes(content)
        assert says in refused("calendar", "import", "bad.csv")
        assert crossdesk("calendar", "export", "2026").stdout == before


class TestHistory:
    def test_an_unknown_case_is_not_called_whole(self, database: str) -> None:
        assert "no case" in refused("verify-audit", "--case", "nope")

    def test_a_verification_is_noted_in_the_history(self, database: str) -> None:
        for count in (1, 2):
            assert crossdesk("verify-audit").stdout.splitlines()[0].endswith(": whole")
            with Database(database).read() as connection:
                found = entries(connection, VERIFICATIONS)
            assert [(it.actor_kind, it.events[0][1]["findings"]) for it in found] == [("system", 0)] * count


class TestClock:
    def test_it_needs_the_setting(self) -> None:
        assert "CROSSDESK_CLOCK_FILE" in refused("clock", "+3d")

    @pytest.mark.parametrize("step", ["+999999w", "-6000w", "soon"])
    def test_a_step_that_leads_nowhere_is_refused(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, step: str) -> None:
        monkeypatch.setenv("CROSSDESK_CLOCK_FILE", str(tmp_path / "clock"))
        assert crossdesk("clock", "+3d").exit_code == 0
        refused("clock", "--", step) if step.startswith("-") else refused("clock", step)
        assert read_offset(tmp_path / "clock") == timedelta(days=3)

    def test_an_offset_beyond_all_calendars_counts_as_none(self, tmp_path: Path) -> None:
        (tmp_path / "clock").write_text(str(10**12), encoding="ascii")
        assert read_offset(tmp_path / "clock") == timedelta(0)


@pytest.fixture
def services(sqlite_url: str, tmp_path: Path) -> Iterator[Services]:
    """A company of which nobody has the sample company's password, and a clock file."""
    made = build(Settings(secret_key="a key for tests", database_url=sqlite_url, clock_file=tmp_path / "clock"))
    yield made
    made.database.dispose()


class TestServing:
    def test_only_the_clock_of_the_sample_company_can_be_moved(self, services: Services) -> None:
        move(services.settings.clock_file or Path(), "+1d")
        with pytest.raises(RefusedToServe, match="CROSSDESK_CLOCK_FILE"):
            check_installation(services)

    def test_seals_that_could_not_be_written_are_told_at_the_start(self, sqlite_url: str, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("", encoding="ascii")
        made = build(Settings(secret_key="a key for tests", database_url=sqlite_url, seals_file=tmp_path / "file" / "seals"))
        with pytest.raises(OSError, match="file"):
            check_installation(made)
        made.database.dispose()

    @pytest.mark.loopback
    def test_a_port_that_is_taken_is_told_before_anything_is_done(self, tmp_path: Path) -> None:
        with socket.socket() as other:
            other.bind(("127.0.0.1", 0))
            other.listen()
            port = str(other.getsockname()[1])
            told = self._run({"CROSSDESK_PORT": port}, tmp_path)
        assert f"Error: port {port} is taken by another program" in told
        assert "CROSSDESK_PORT=" in told
        assert not (tmp_path / "var" / "crossdesk.sqlite3").exists()

    @pytest.mark.loopback
    @pytest.mark.parametrize("host", ["203.0.113.9", "999.1.1.1"])
    def test_an_address_that_is_not_ours_is_told(self, tmp_path: Path, host: str) -> None:
        told = self._run({"CROSSDESK_HOST": host, "CROSSDESK_PORT": "65531"}, tmp_path)
        assert f"Error: CROSSDESK_HOST: this machine cannot listen on '{host}'" in told

    def _run(self, environment: dict[str, str], folder: Path) -> str:
        """What `crossdesk run` says before it ends by itself."""
        plain = {name: value for name, value in os.environ.items() if not name.startswith("CROSSDESK_")}
        command = [sys.executable, "-m", "app.cli", "run"]
        root = str(MODEL.parents[1])
        done = subprocess.run(
            command,
            cwd=folder,
            env={**plain, "PYTHONPATH": root, **environment},
            check=False,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )
        assert done.returncode == 1
        assert "Traceback" not in done.stderr
        return done.stderr

    def test_years_that_are_not_published_are_warned_of_in_the_log(self, services: Services, caplog: pytest.LogCaptureFixture) -> None:
        clock = FakeClock(WorkingCalendar().local(services.clock.now()).replace(year=2030))
        with caplog.at_level(logging.WARNING):
            count_out_years(services.engine, clock)
        assert [record.getMessage()[:14] for record in caplog.records] == ["calendar 2030:", "calendar 2031:"]


class TestExportAndImport:
    def test_a_version_goes_to_files_and_back(self, founded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
        shutil.copyfile(founded, tmp_path / "c.db")
        monkeypatch.setenv("CROSSDESK_DATABASE_URL", f"sqlite:///{tmp_path / 'c.db'}")
        said = crossdesk("export", "purchase-approval", "--to", "out").output
        files = sorted(path.name for path in Path("out").iterdir())
        assert {"purchase-approval.bpmn", "purchase-approval.dmn", "purchase-request.form"} <= set(files)
        assert "sales-order.form" not in files
        assert said.count("wrote out") == len(files)
        model = Path("out/purchase-approval.bpmn")
        assert model.read_bytes() == MODEL.read_bytes()
        model.write_text(model.read_text("utf-8").replace("Place the order", "Order it"), encoding="utf-8")
        paths = [f"out/{name}" for name in files]
        assert "published purchase-approval version 2" in crossdesk("import", *paths, "--reason", "shorter").output
        assert "Nothing is new" in crossdesk("import", *paths).output
        crossdesk("export", "purchase-approval", "--version", "1", "--to", "first")
        assert Path("first/purchase-approval.bpmn").read_bytes() == MODEL.read_bytes()
        crossdesk("export", "purchase-approval", "--to", "second")
        assert Path("second/purchase-approval.bpmn").read_bytes() == model.read_bytes()

    def test_what_is_not_there_and_what_is_wrong_is_said(self, database: str, tmp_path: Path):
        assert "no process 'nothing'" in refused("export", "nothing")
        (tmp_path / "p.bpmn").write_text("<definitions", encoding="utf-8")
        assert "xml-syntax" in refused("import", "p.bpmn")
