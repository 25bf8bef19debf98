"""Departments and roles: adding, renaming, heads, what cannot be removed and why."""

from __future__ import annotations

import html

import pytest
from flask.testing import FlaskClient

from tests.app.administration.conftest import change, seen_in
from tests.app.conftest import Site
from tests.app.pages import send
from tests.processes.company import SHIPPED

LEGAL = {"id": "legal", "name": "Legal", "name_zh": "法务部", "parent": "management", "position": "20"}


def directory(site: Site):
    return site.services.engine.organisation.directory()


def add_legal(client: FlaskClient):
    return change(client, "/administration/departments", "/administration/new-department", **LEGAL)


def test_the_tree_shows_heads_and_who_has_a_role(admin: FlaskClient):
    page = html.unescape(admin.get("/administration/departments").text)
    assert page.index("General management") < page.index(">Sales<")
    assert "Wang Lei" in page
    assert "Gao Yuan, Zhang Min" in page


def test_a_department_is_added_renamed_and_removed(site: Site, admin: FlaskClient):
    assert add_legal(admin).location == "/administration/departments/legal"
    legal = "/administration/departments/legal"
    assert change(admin, legal, legal, **{**LEGAL, "name": "Law", "position": "3"}).status_code == 303
    found = directory(site).departments["legal"]
    assert (found.name, found.name_zh, found.parent, found.position) == ("Law", "法务部", "management", 3)
    assert "Nothing refers to it" in admin.get(legal).text
    assert change(admin, f"{legal}/remove", legal).location == "/administration/departments"
    assert "legal" not in directory(site).departments
    assert admin.get(legal).status_code == 404
    assert "Law" in admin.get("/administration/changes?kind=department").text  # by the name that it had


def test_a_role_is_added_renamed_and_removed(site: Site, admin: FlaskClient):
    assert change(admin, "/administration/roles", "/administration/new-role", id="lawyer", name="Lawyer").status_code == 303
    lawyer = "/administration/roles/lawyer"
    assert change(admin, lawyer, lawyer, name="Attorney", name_zh="律师").status_code == 303
    assert directory(site).roles["lawyer"].name_zh == "律师"
    assert change(admin, f"{lawyer}/remove", lawyer).status_code == 303
    assert "lawyer" not in directory(site).roles


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"id": "sales"}, "There is one with this name already"),
        ({"id": "head"}, "There is a department or a role with this name already"),
        ({"id": "Legal!"}, "Small letters and digits"),
        ({"name": " ", "name_zh": ""}, "This is needed"),
        ({"parent": "swamp"}, "This is not there any more"),
        ({"position": "first"}, "This is no whole number"),
    ],
)
def test_what_does_not_fit_is_said_and_what_was_typed_stays(site: Site, admin: FlaskClient, fields, told):
    answer = change(admin, "/administration/departments", "/administration/new-department", **{**LEGAL, **fields})
    assert answer.status_code == 422
    assert told in answer.text
    assert f'value="{fields.get("position", "20")}"' in answer.text
    assert "legal" not in directory(site).departments


def test_no_department_comes_to_stand_under_itself(site: Site, admin: FlaskClient):
    top = "/administration/departments/management"
    answer = change(admin, top, top, name="General management", parent="sales", position="7")
    assert (answer.status_code, "They would stand above themselves" in answer.text) == (422, True)
    assert directory(site).departments["management"].parent is None


def test_the_head_is_changed_and_the_old_one_stays_in_the_department(site: Site, admin: FlaskClient):
    finance = "/administration/departments/finance"
    assert change(admin, f"{finance}/head", finance, head="li-qiang").status_code == 303
    assert directory(site).members_of("finance:head") == ("li-qiang",)
    assert "finance" in directory(site).departments_of("liu-fang")
    assert change(admin, f"{finance}/head", finance, head="").status_code == 303
    assert directory(site).head_of("finance") is None
    assert "no head" in admin.get("/administration/departments").text
    assert change(admin, f"{finance}/head", finance, head="kermit").status_code == 422


def test_what_is_referred_to_is_not_removed_and_the_page_says_by_what(site: Site, admin: FlaskClient):
    site.purchase()
    sales = html.unescape(admin.get("/administration/departments/sales").text)
    for use in ("Zhou Ting", "Order fulfilment, version 1", "Cases began in it"):
        assert use in sales, use
    assert "Finance belongs to it" in html.unescape(admin.get("/administration/departments/management").text)
    assert "Crossdesk itself knows this role" in admin.get("/administration/roles/head").text
    for path in ("/administration/departments/sales", "/administration/roles/buyer", "/administration/roles/head"):
        before = directory(site)
        answer = send(admin, f"{path}/remove", page=path, seen=str(before.version))
        assert (answer.status_code, "It cannot be removed" in answer.text) == (422, True)
        assert directory(site) == before


def test_a_role_that_only_a_published_process_names_is_not_removed(site: Site, admin: FlaskClient):
    organisation, actor = site.services.engine.organisation, site.services.actor("admin")
    for person in organisation.directory().members_of("storekeeper"):
        memberships = organisation.directory().people[person].memberships
        organisation.set_memberships(actor, person, [type(it)(it.department) for it in memberships])
    uses = [use.kind.value for use in organisation.uses(actor, "role", "storekeeper")]
    page = html.unescape(admin.get("/administration/roles/storekeeper").text)
    named = any("storekeeper" in path.read_text("utf-8") for path in _models())
    assert ("process" in uses) is named
    assert ("version 1" in page) is named
    assert "process" in [use.kind.value for use in organisation.uses(actor, "department", "warehouse")]


def _models():
    return [path for path in SHIPPED if path.suffix == ".bpmn"]


def test_the_later_of_two_administrators_is_told_and_keeps_what_was_typed(site: Site, admin: FlaskClient, second: FlaskClient):
    add_legal(admin)
    legal = "/administration/departments/legal"
    seen = seen_in(admin.get(legal).text)
    change(second, legal, legal, **{**LEGAL, "name": "Law"})
    late = send(admin, legal, page=legal, seen=seen, **{**LEGAL, "name": "Legal affairs"})
    assert (late.status_code, "Song Yu changed this" in late.text, 'value="Legal affairs"' in late.text) == (409, True, True)
    for path, fields in ((f"{legal}/head", {"head": "li-qiang"}), (f"{legal}/remove", {})):
        assert send(admin, path, page=legal, seen=seen, **fields).status_code == 409, path
    assert directory(site).departments["legal"].name == "Law"
    assert send(admin, legal, page=legal, seen=seen_in(late.text), **{**LEGAL, "name": "Legal affairs"}).status_code == 303
