from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from app.bootstrap import build
from app.config import BadSetting, Settings, from_environment, is_loopback


def test_without_settings_it_is_sqlite_on_loopback(tmp_path: Path):
    settings = from_environment({}, tmp_path)
    assert (settings.host, settings.port) == ("127.0.0.1", 8080)
    assert settings.database_url == f"sqlite:///{tmp_path}/crossdesk.sqlite3"
    assert settings.is_loopback


def test_the_secret_key_is_made_once_and_readable_by_its_owner_alone(tmp_path: Path):
    first, second = from_environment({}, tmp_path), from_environment({}, tmp_path)
    assert len(first.secret_key) == 64
    assert first.secret_key == second.secret_key
    assert (tmp_path / "secret-key").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("name", "value"),
    [("PORT", "x"), ("PORT", "0"), ("PORT", "70000"), ("TIME_ZONE", "Asia/Nowhere"), ("TIME_ZONE", "../etc"), ("PAGE_THREADS", "-1")],
)
def test_a_bad_setting_is_named(tmp_path: Path, name: str, value: str):
    with pytest.raises(BadSetting, match=f"CROSSDESK_{name}"):
        from_environment({f"CROSSDESK_{name}": value}, tmp_path)


def test_several_processes_need_postgresql(tmp_path: Path):
    several = {"CROSSDESK_PROCESSES": "2"}
    with pytest.raises(BadSetting, match=r"CROSSDESK_PROCESSES.*PostgreSQL"):
        from_environment(several, tmp_path)
    assert from_environment({**several, "CROSSDESK_DATABASE_URL": "postgresql://li@localhost/x"}, tmp_path).processes == 2
    assert from_environment({}, tmp_path).processes == 1


@pytest.mark.parametrize(("host", "expected"), [("127.0.0.1", True), ("127.8.8.8", True), ("::1", True), ("localhost", True)])
def test_loopback_is_recognised(host: str, expected: bool):
    assert is_loopback(host) is expected


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.2", "localhost.example", "127.0.0.1.example", ""])  # noqa: S104
def test_what_others_can_reach_is_not_loopback(host: str):
    assert not is_loopback(host)


def test_deadlines_are_counted_in_the_zone_of_the_settings(tmp_path):
    settings = Settings(secret_key="a key for tests", database_url=f"sqlite:///{tmp_path}/zone.db", zone=ZoneInfo("Europe/Berlin"))
    services = build(settings)
    with services.database.read() as connection:
        assert services.engine.runtime.calendar(connection).zone == "Europe/Berlin"
    services.database.dispose()


def test_each_database_has_seals_of_its_own(tmp_path: Path):
    assert from_environment({}, tmp_path).seals_file == tmp_path / "crossdesk.seals"
    there = {"CROSSDESK_DATABASE_URL": "postgresql://li@db.example/x"}
    assert from_environment(there, tmp_path).seals_file == tmp_path / "db.example-x.seals"
    assert from_environment({"CROSSDESK_SEALS_FILE": "/safe/seals"}, tmp_path).seals_file == Path("/safe/seals")
