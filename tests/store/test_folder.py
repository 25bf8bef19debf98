"""Where the data lie on this machine, as far as that can be known."""

from __future__ import annotations

import pytest
from sqlalchemy import make_url

from engine.store.database import Database


def test_a_database_says_where_its_data_lie(database: Database) -> None:
    """The server of these tests runs on this machine, under a user who may read all settings."""
    folder = database.folder()
    assert folder is not None
    assert folder.is_dir()


@pytest.mark.postgresql
def test_who_may_not_read_all_settings_is_not_told(postgresql_url: str) -> None:
    owner = Database(postgresql_url)
    with owner.begin() as connection:
        connection.exec_driver_sql("drop role if exists somebody_plain")
        connection.exec_driver_sql("create role somebody_plain login password 'plain'")
    plain = Database(make_url(postgresql_url).set(username="somebody_plain", password="plain").render_as_string(hide_password=False))
    assert plain.folder() is None
    plain.dispose()
    owner.dispose()
