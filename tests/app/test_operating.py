"""`crossdesk init` and `crossdesk doctor`: a company of one's own, and what it lacks."""

from __future__ import annotations

import os
import socket
from datetime import date
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Sink
from click.testing import CliRunner, Result

from app.cli import main
from app.compose import compose
from app.config import from_environment
from app.operating.checks import Finding
from app.operating.doctor import examine

PASSWORD = "harbour lights at five"
ANSWERS = ["--company", "北方阀门", "--user", "lu-fei", "--name", "Lu Fei", "--password", PASSWORD]


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation without anything: its settings are in the environment."""
    for name in [name for name in os.environ if name.startswith("CROSSDESK_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("CROSSDESK_SECRET_KEY", "a key for tests")
    monkeypatch.setenv("CROSSDESK_DATABASE_URL", f"sqlite:///{tmp_path}/company.db")
    monkeypatch.setenv("CROSSDESK_SEALS_FILE", str(tmp_path / "elsewhere" / "seals"))
    monkeypatch.setenv("CROSSDESK_SEAL_KEY_FILE", str(tmp_path / "elsewhere" / "key"))
    (tmp_path / "elsewhere").mkdir()
    return tmp_path


def crossdesk(*arguments: str, answers: str = "") -> Result:
    return CliRunner().invoke(main, arguments, input=answers)


def findings() -> dict[str, Finding]:
    return {finding.what: finding for finding in examine(from_environment(os.environ))}


def test_an_empty_company_has_its_administrator_and_the_roles_that_the_product_knows(place: Path):
    done = crossdesk("init", *ANSWERS, "--email", "lu@north.example")
    assert done.exit_code == 0, done.output
    services = compose(from_environment(os.environ))
    directory = services.directory()
    assert set(directory.people) == {"lu-fei"}
    assert directory.administrators() == ("lu-fei",)
    assert set(directory.roles) == {"head", "process-owner", "analyst", "auditor", "worker", "admin"}
    assert services.doors.is_password("lu-fei", PASSWORD)
    assert not services.doors.has_demo_credentials()
    services.database.dispose()


def test_what_is_not_given_is_asked(place: Path):
    done = crossdesk("init", answers=f"North Valves\nlu-fei\nLu Fei\n{PASSWORD}\n{PASSWORD}\n")
    assert done.exit_code == 0, done.output
    assert PASSWORD not in done.output


def test_a_weak_password_makes_nothing(place: Path):
    done = crossdesk("init", *ANSWERS[:-1], "lu-fei 1234567")
    assert done.exit_code == 1
    assert "too easy to guess" in done.output
    assert not (place / "company.db").exists()


def test_a_second_company_is_refused_and_the_password_stays(place: Path):
    assert crossdesk("init", *ANSWERS).exit_code == 0
    again = crossdesk("init", *ANSWERS[:-1], "another password at sea")
    assert again.exit_code == 1
    assert "company in this database already" in again.output
    services = compose(from_environment(os.environ))
    assert services.doors.is_password("lu-fei", PASSWORD)
    services.database.dispose()


def test_the_calendar_comes_with_it(place: Path):
    csv = place / "calendar.csv"
    csv.write_text("kind,on,value,name,name_zh\nday,2027-05-04,off,Founding day,\n", encoding="utf-8")
    done = crossdesk("init", *ANSWERS, "--calendar", str(csv))
    assert done.exit_code == 0, done.output
    services = compose(from_environment(os.environ))
    assert not services.engine.organisation.calendar().is_working_day(date(2027, 5, 4))
    services.database.dispose()


def test_a_calendar_with_a_mistake_makes_nothing(place: Path):
    csv = place / "calendar.csv"
    csv.write_text("kind,on,value,name,name_zh\nday,2027-05-04,maybe,,\n", encoding="utf-8")
    refused = crossdesk("init", *ANSWERS, "--calendar", str(csv))
    assert refused.exit_code == 1
    assert "line 2" in refused.output
    assert crossdesk("init", *ANSWERS).exit_code == 0


def test_the_doctor_names_what_is_missing(place: Path, monkeypatch: pytest.MonkeyPatch):
    assert findings()["schema"].grave
    assert crossdesk("migrate").exit_code == 0
    assert findings()["company"].grave
    assert crossdesk("init", *ANSWERS).exit_code == 0
    looked = findings()
    assert [what for what, finding in looked.items() if finding.grave] == []
    assert "one only" in looked["administrators"].remedy
    assert "CROSSDESK_SMTP_URL" in looked["e-mail"].remedy
    assert looked["seals"].remedy == ""
    done = crossdesk("doctor")
    assert done.exit_code == 0, done.output
    assert "advice  e-mail" in done.output
    monkeypatch.setenv("CROSSDESK_CLOCK_FILE", str(place / "clock"))
    monkeypatch.setenv("CROSSDESK_HOST", "0.0.0.0")  # noqa: S104
    assert crossdesk("doctor").exit_code == 1
    assert [what for what, finding in findings().items() if finding.grave] == ["address", "clock"]


def test_the_doctor_finds_the_sample_companys_passwords(place: Path):
    assert crossdesk("init", *ANSWERS).exit_code == 0
    services = compose(from_environment(os.environ))
    services.doors.set_demo_passwords(["wu-hao"])
    services.database.dispose()
    assert findings()["passwords"].grave


def test_the_doctor_finds_a_key_that_others_can_read_and_seals_beside_the_database(place: Path, monkeypatch: pytest.MonkeyPatch):
    assert crossdesk("init", *ANSWERS).exit_code == 0
    (place / "elsewhere" / "key").chmod(0o644)
    assert findings()["key of the seals"].grave
    monkeypatch.setenv("CROSSDESK_SEALS_FILE", str(place / "seals"))
    assert "another disk" in findings()["seals"].remedy


@pytest.mark.loopback
def test_the_doctor_knocks_at_the_mail_server(place: Path, monkeypatch: pytest.MonkeyPatch):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = Controller(Sink(), hostname="127.0.0.1", port=port)
    server.start()
    monkeypatch.setenv("CROSSDESK_SMTP_URL", f"smtp://127.0.0.1:{port}")
    assert findings()["e-mail"] == Finding("e-mail")
    server.stop()
    assert findings()["e-mail"].grave


@pytest.mark.loopback
def test_the_doctor_says_that_a_database_is_away(place: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("CROSSDESK_DATABASE_URL", "postgresql://nobody@127.0.0.1:9/nothing")
    assert findings()["database"].grave
    assert crossdesk("doctor").exit_code == 1
