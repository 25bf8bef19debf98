"""One chain of migrations for all tables and both databases, run once whoever comes first, whole or not at all."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import column, insert, inspect, table, text

from engine.store.database import Database
from engine.store.migrations import SchemaTooNew, configuration, current_revision, newest_revision, upgrade
from engine.store.tables import metadata

ROOT = Path(__file__).parents[2]
UPGRADE = """
import sys
from engine.store.database import Database
from engine.store.migrations import upgrade
database = Database(sys.argv[1])
print(upgrade(database), "alembic" in sys.modules)
"""


def run_python(script: str, *arguments: str) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command_line = [sys.executable, "-c", script, *arguments]
    return subprocess.Popen(command_line, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


@pytest.fixture
def empty_url(request, database_url, tmp_path) -> str:
    """The URL of a database without tables, of the same kind as `database_url`."""
    if database_url.startswith("sqlite"):
        yield f"sqlite:///{tmp_path}/empty.db"
    else:
        server = request.getfixturevalue("postgresql_server")
        name = f"empty_{os.getpid()}"
        yield server.create(name, template="template1")
        server.drop(name)


@pytest.fixture
def empty(empty_url):
    database = Database(empty_url)
    yield database
    database.dispose()


def test_the_tables_in_python_are_those_that_the_migrations_make(database):
    with database.begin() as conn:
        command.check(configuration(conn))


def test_every_table_of_the_engine_is_there(database):
    with database.read() as conn:
        assert set(metadata.tables) <= set(inspect(conn).get_table_names())


def test_an_empty_database_is_migrated_once(empty):
    assert upgrade(empty) is True
    assert upgrade(empty) is False


def test_where_there_is_nothing_to_do_alembic_is_not_even_imported(database_url):
    process = run_python(UPGRADE, database_url)
    assert process.communicate(timeout=60)[0] == "False False\n"


@pytest.mark.slow
def test_of_three_processes_at_once_exactly_one_migrates(empty_url):
    processes = [run_python(UPGRADE, empty_url) for _ in range(3)]
    answers = sorted(process.communicate(timeout=120)[0].split()[0] for process in processes)
    assert answers == ["False", "False", "True"]


def test_a_migration_that_does_not_come_to_its_end_leaves_the_schema_as_it_was(empty):
    def half_way() -> None:
        with empty.begin() as conn:
            command.upgrade(configuration(conn), "head")
            assert inspect(conn).has_table("process_instance")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        half_way()
    with empty.read() as conn:
        assert inspect(conn).get_table_names() == []
    assert upgrade(empty) is True


def test_all_migrations_can_be_taken_back_and_done_again(database):
    with database.begin() as conn:
        command.downgrade(configuration(conn), "base")
        assert set(inspect(conn).get_table_names()) <= {"alembic_version"}
    assert upgrade(database) is True


def test_drafts_of_processes_stay_when_decisions_get_theirs(database):
    old = table("model_draft", *map(column, ("key", "resource_name", "content", "version", "based_on", "saved_at", "saved_by")))
    with database.begin() as conn:
        command.downgrade(configuration(conn), "0017")
        conn.execute(insert(old).values(("p", "p.bpmn", b"x", 3, "p:1:a", 0, "ann")))
    assert upgrade(database) is True
    with database.begin() as conn:
        assert conn.execute(text("SELECT kind, key, version FROM model_draft")).all() == [("process", "p", 3)]
        conn.execute(text("UPDATE model_draft SET kind = 'decision'"))
        command.downgrade(configuration(conn), "0017")
        assert conn.execute(text("SELECT count(*) FROM model_draft")).scalar_one() == 0


def test_how_long_past_cases_are_kept_is_read_from_the_models_that_are_there(database):
    model = b"""<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:c="http://camunda.org/schema/1.0/bpmn">
      <process id="days" c:historyTimeToLive="P30D"/><process id="years" c:historyTimeToLive="P1Y"/><process id="silent"/></definitions>"""
    names = ("id", "key", "version", "name", "deployment_id", "resource_name", "suspended", "seen_by_department", "seen_by_everyone")
    old = table("process_definition", *map(column, names))
    with database.begin() as conn:
        command.downgrade(configuration(conn), "0021")
        conn.execute(text("INSERT INTO deployment (id, name, source, deployed_at, deployed_by) VALUES ('d', 'd', '', 0, 'ann')"))
        conn.execute(text("INSERT INTO resource (digest, content) VALUES ('x', :model), ('y', :no)"), {"model": model, "no": b"no model"})
        conn.execute(
            text("INSERT INTO deployment_resource (deployment_id, name, digest) VALUES ('d', 'p.bpmn', 'x'), ('d', 'q.bpmn', 'y')")
        )
        for key, file in [("days", "p.bpmn"), ("years", "p.bpmn"), ("silent", "p.bpmn"), ("broken", "q.bpmn")]:
            conn.execute(insert(old).values((f"{key}:1:a", key, 1, "", "d", file, False, False, False)))
    assert upgrade(database) is True
    with database.read() as conn:
        found = dict(conn.execute(text("SELECT key, history_time_to_live FROM process_definition")).all())
    assert found == {"days": 30, "years": None, "silent": None, "broken": None}


def test_a_database_of_a_newer_version_is_refused(database):
    with database.begin() as conn:
        conn.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(SchemaTooNew):
        upgrade(database)


def test_the_chain_has_one_head_and_the_file_names_tell_it(database):
    with database.begin() as conn:
        scripts = ScriptDirectory.from_config(configuration(conn))
        assert scripts.get_heads() == [newest_revision()] == [current_revision(conn)]


def test_the_folder_alembic_does_not_hide_the_library():
    assert not list((ROOT / "alembic").rglob("__init__.py"))
    process = run_python("from alembic import command; print(command.__name__)")
    assert process.communicate(timeout=60)[0] == "alembic.command\n"
