"""Saved views of the list of cases: of one's own, shared with a department, and never a way to see more."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import i18n
from app.cases import saved
from app.cases.saved import SavedView
from engine import Actor, Database, InvalidRequest, NotFound
from tests.app.conftest import Site
from tests.app.pages import send
from tests.app.records.test_pages import browser

NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
ANN, BOB, EVE = (
    Actor(name, departments=frozenset({department})) for name, department in (("ann", "sales"), ("bob", "sales"), ("eve", "finance"))
)


def keep(database: Database, actor: Actor, name: str, department: str | None = None, query: str = "state=open") -> str:
    view_id = f"{actor.id} {name} {query}"
    saved.save(database, actor, SavedView(view_id, actor.id, name, department, query), NOW)
    return view_id


@pytest.fixture
def words() -> Iterator[None]:
    """What is refused is told in words, which need a page."""
    app = Flask(__name__)
    i18n.set_up(app)
    with app.test_request_context():
        yield


def test_a_view_is_ones_own_or_of_ones_department(database: Database):
    keep(database, ANN, "Mine")
    keep(database, ANN, "Ours", "sales")
    assert [it.name for it in saved.views_of(database, ANN)] == ["Mine", "Ours"]
    assert [(it.name, it.person) for it in saved.views_of(database, BOB)] == [("Ours", "ann")]
    assert saved.views_of(database, EVE) == []


def test_a_name_is_there_once_for_a_person(database: Database):
    keep(database, ANN, "Mine")
    keep(database, ANN, "Mine", query="state=ended")
    keep(database, BOB, "Mine", "sales")
    assert [(it.person, it.query) for it in saved.views_of(database, ANN)] == [("ann", "state=ended"), ("bob", "state=open")]


def test_a_view_is_removed_by_who_saved_it(database: Database):
    view_id = keep(database, ANN, "Ours", "sales")
    with pytest.raises(NotFound):
        saved.remove(database, BOB, view_id)
    saved.remove(database, ANN, view_id)
    assert saved.views_of(database, BOB) == []


def test_what_is_saved_is_limited(database: Database, words: None, monkeypatch: pytest.MonkeyPatch):
    for name, department in (("", None), ("x" * 61, None), ("Theirs", "finance")):
        with pytest.raises(InvalidRequest):
            keep(database, ANN, name, department)
    with pytest.raises(InvalidRequest):
        keep(database, ANN, "Long", query="q=" + "x" * 2_000)
    monkeypatch.setattr(saved, "MOST", 1)
    keep(database, ANN, "One")
    keep(database, ANN, "One", query="state=ended")  # it gives way
    with pytest.raises(InvalidRequest):
        keep(database, ANN, "Two")
    assert [it.name for it in saved.views_of(database, ANN)] == ["One"]


def link(client: FlaskClient, name: str) -> str | None:
    """The address of a view in the menu."""
    found = re.search(rf'href="(/cases\?[^"]*)"[^>]*><span>{name}</span>', client.get("/cases").text)
    return found[1].replace("&amp;", "&") if found else None


def test_a_view_keeps_filters_and_columns_and_shows_each_what_they_may_see(site: Site):
    number = site.purchase().number or ""
    zhou, wu, lin = (browser(site, name) for name in ("zhou-ting", "wu-hao", "lin-xue"))
    kept = {"process": "purchase-approval", "state": "open", "col": "field:contract"}
    assert send(zhou, "/cases/views", page="/cases", name=" Open   purchases ", department="sales", **kept).status_code == 303
    address = link(zhou, "Open purchases") or ""
    shown = zhou.get(address).text
    assert f">{number}<" in shown
    assert '<th class="c-field"><a class="order"' in shown
    assert 'title="Contract"' in shown
    assert '<th class="c-due' not in shown
    assert "Sales, by Zhou Ting" in wu.get("/cases").text
    assert link(wu, "Open purchases") == address
    assert link(lin, "Open purchases") is None
    assert f">{number}<" not in lin.get(address).text
    assert send(zhou, "/cases/views", page="/cases", name="Theirs", department="finance").status_code == 400
    action = re.search(r'action="(/cases/views/[^"]+/remove)"', zhou.get("/cases").text)[1]
    assert send(wu, action, page="/cases").status_code == 404
    assert send(zhou, action, page="/cases").status_code == 303
    assert link(wu, "Open purchases") is None


def test_nothing_is_saved_without_the_token_of_a_page(site: Site):
    client = browser(site, "zhou-ting")
    assert client.post("/cases/views", data={"name": "x"}).status_code == 400
    assert saved.views_of(site.services.database, site.services.actor("zhou-ting")) == []
