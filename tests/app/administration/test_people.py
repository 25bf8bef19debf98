"""People: the list, the form, rights, passwords, leaving."""

from __future__ import annotations

import html
import re

import pytest
from flask.testing import FlaskClient

from app.administration.leaving import BACK, KEEP, OTHER, SUPERIOR
from engine import Case
from tests.app.administration.conftest import change, seen_in
from tests.app.conftest import Site
from tests.app.pages import send, sign_in

LI = "/administration/people/li-qiang"
OF_LI = {
    "name": "Li Qiang",
    "name_zh": "李强",
    "email": "li-qiang@harbour.example",
    "place.0": "finance",
    "place.0.roles": ["deputy", "accountant"],
}


def person(site: Site, person_id: str):
    return site.services.engine.organisation.directory().people[person_id]


# ---- who gets in ---------------------------------------------------------------------------------------------------------

PAGES = [
    "/administration",
    "/administration/people",
    "/administration/new-person",
    LI,
    f"{LI}/password",
    f"{LI}/leave",
    "/administration/departments",
    "/administration/new-department",
    "/administration/new-role",
    "/administration/departments/finance",
    "/administration/roles/buyer",
    "/administration/calendar",
    "/administration/changes",
    "/administration/tokens",
]
DEEDS = [
    "/administration/people",
    LI,
    f"{LI}/password",
    f"{LI}/leave",
    f"{LI}/enable",
    f"{LI}/tokens/none/revoke",
    "/administration/departments",
    "/administration/roles",
    "/administration/departments/finance",
    "/administration/departments/finance/head",
    "/administration/departments/finance/remove",
    "/administration/roles/buyer",
    "/administration/roles/buyer/remove",
    "/administration/calendar/week",
    "/administration/calendar/day",
    "/administration/calendar/clear",
]


@pytest.mark.parametrize("name", ["zhou-ting", "liu-fang", "analyst", "auditor"])
def test_nobody_but_administrators_comes_in_or_changes_anything(site: Site, client: FlaskClient, name: str):
    before = site.services.engine.organisation.directory()
    sign_in(client, name)
    assert "Administration" not in client.get("/notices").text
    assert {path: client.get(path).status_code for path in PAGES} == dict.fromkeys(PAGES, 403)
    answers = {path: send(client, path, page="/notices", name="Mine", seen="99", id="mine").status_code for path in DEEDS}
    assert answers == dict.fromkeys(DEEDS, 403)
    assert site.services.engine.organisation.directory() == before


@pytest.mark.parametrize(("language", "name"), [("en", "Administration"), ("zh", "系统管理")])
def test_every_page_opens_for_the_administrator(admin: FlaskClient, language: str, name: str):
    admin.environ_base["HTTP_ACCEPT_LANGUAGE"] = language
    for path in PAGES:
        page = admin.get(path, follow_redirects=True)
        assert page.status_code == 200, path
        assert f'class="tabs" aria-label="{name}"' in page.text


# ---- the list ------------------------------------------------------------------------------------------------------------


def test_people_are_found_by_name_and_department_and_those_who_left_are_apart(site: Site, admin: FlaskClient):
    assert "Zhang Min" in admin.get("/administration/people").text
    assert rows(admin, "q=zhang") == ["Zhang Min"]
    assert rows(admin, "q=%E6%9D%8E%E5%BC%BA") == ["Li Qiang"]
    assert rows(admin, "department=finance") == ["Feng Qi", "Li Qiang", "Liu Fang"]
    assert len(rows(admin, "department=management")) == 23  # and those of the departments below
    site.disable("feng-qi")
    assert rows(admin, "department=finance") == ["Li Qiang", "Liu Fang"]
    assert rows(admin, "state=inactive") == ["Feng Qi"]
    assert rows(admin, "department=finance&state=all") == ["Li Qiang", "Liu Fang", "Feng Qi"]
    assert "Nobody fits" in admin.get("/administration/people?q=kermit").text


def rows(client: FlaskClient, query: str) -> list[str]:
    return re.findall(r'class="row-link"[^>]*>([^<]+)<', client.get(f"/administration/people?{query}").text)


def test_a_long_list_goes_on_on_another_page(site: Site, admin: FlaskClient):
    many = [{"id": f"person-{number:03}", "name": f"Aa {number:03}", "memberships": [{"department": "sales"}]} for number in range(105)]
    site.services.engine.organisation.load(site.services.actor("admin"), {"people": many})
    first = admin.get("/administration/people?department=sales").text
    more = html.unescape(re.search(r'href="([^"]*from=100[^"]*)"', first)[1])
    assert rows(admin, "department=sales")[-1] == "Aa 099"
    assert rows(admin, more.partition("?")[2])[:5] == [f"Aa {number}" for number in (100, 101, 102, 103, 104)]


def test_a_row_says_what_the_person_may_and_who_is_above(admin: FlaskClient):
    page = " ".join(admin.get("/administration/people?q=li-qiang").text.split())
    assert re.search(r'class="c-superior">Liu Fang<', page)
    assert "Deputy, Accountant" in page or "Accountant, Deputy" in page
    assert '<span class="badge plain">Administer</span>' in admin.get("/administration/people?q=xu+fang").text


# ---- the form ------------------------------------------------------------------------------------------------------------


def test_somebody_is_added_with_departments_roles_superior_and_rights(site: Site, admin: FlaskClient):
    answer = change(
        admin,
        "/administration/people",
        "/administration/new-person",
        id="bai-lu",
        name="Bai Lu",
        name_zh="白露",
        title="Buyer",
        email="bai@harbour.example",
        superior="gao-yuan",
        **{"place.0": "purchasing", "place.0.roles": ["buyer"], "place.1": "", "may": ["analyst"], "language": "zh"},
    )
    assert (answer.status_code, answer.location) == (303, "/administration/people/bai-lu")
    found = person(site, "bai-lu")
    assert (found.name_zh, found.title, found.superior, found.language) == ("白露", "Buyer", "gao-yuan", "zh")
    assert site.services.engine.organisation.directory().groups_of("bai-lu") == {"purchasing", "buyer", "purchasing:buyer", "analyst"}
    page = admin.get("/administration/people/bai-lu").text
    assert "A first password is still needed" in page
    assert "None yet: nobody can sign in" in page


def test_a_person_is_changed_and_what_the_form_does_not_show_stays(site: Site, admin: FlaskClient):
    answer = change(admin, LI, LI, **{**OF_LI, "name": "Li Q.", "place.0.roles": ["accountant"], "place.1": "sales", "superior": "he-jing"})
    assert answer.status_code == 303
    found = person(site, "li-qiang")
    assert (found.name, found.superior, found.active) == ("Li Q.", "he-jing", True)
    assert {it.department: it.roles for it in found.memberships} == {"finance": ("accountant",), "sales": ()}
    assert "Sales; Finance (Accountant)" in admin.get(LI).text  # in the changes beside the form


def test_saving_what_stands_there_changes_nothing(site: Site, admin: FlaskClient):
    before = site.services.engine.organisation.directory()
    assert change(admin, LI, LI, **OF_LI).status_code == 303
    assert site.services.engine.organisation.directory() == before


def test_a_right_is_kept_where_it_is_held_and_taken_away_everywhere(site: Site, admin: FlaskClient):
    form = {"name": "Qian Bo", "name_zh": "钱博", "email": "analyst@harbour.example", "place.0": "management"}
    page = "/administration/people/analyst"
    change(admin, page, page, **form, may=["analyst", "admin"])
    directory = site.services.engine.organisation.directory()
    assert {"management:analyst", "admin"} <= directory.groups_of("analyst")
    assert "management:admin" not in directory.groups_of("analyst")
    change(admin, page, page, **form)
    assert site.services.engine.organisation.directory().groups_of("analyst") == {"management"}


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"id": "Bai Lu"}, "Small letters and digits"),
        ({"id": "li-qiang"}, "There is one with this name already"),
        ({"name": ""}, "This is needed"),
        ({"email": "bai at harbour"}, "This is no e-mail address"),
        ({"superior": "kermit"}, "This is not there any more"),
        ({"place.1": "sales"}, "The same department stands twice"),
    ],
)
def test_what_does_not_fit_is_said_at_its_field_and_what_was_typed_stays(site: Site, admin: FlaskClient, fields, told):
    form = {"id": "bai-lu", "name": "Bai Lu", "title": "A title that was typed", "place.0": "sales", "place.0.roles": ["salesperson"]}
    answer = change(admin, "/administration/people", "/administration/new-person", **{**form, **fields})
    assert answer.status_code == 422
    assert told in answer.text
    assert "A title that was typed" in answer.text
    assert re.search(r'name="place.0.roles" value="salesperson" checked', answer.text)
    assert "bai-lu" not in site.services.engine.organisation.directory().people


def test_nobody_becomes_their_own_superior(admin: FlaskClient):
    answer = change(admin, "/administration/people/liu-fang", "/administration/people/liu-fang", name="Liu Fang", superior="li-qiang")
    assert answer.status_code == 303
    late = change(admin, LI, LI, **{**OF_LI, "superior": "liu-fang"})
    assert (late.status_code, "They would stand above themselves" in late.text) == (422, True)


def test_the_later_of_two_administrators_is_told_and_keeps_what_was_typed(site: Site, admin: FlaskClient, second: FlaskClient):
    seen = seen_in(admin.get(LI).text)
    change(second, LI, LI, **{**OF_LI, "title": "Treasurer"})
    late = send(admin, LI, page=LI, seen=seen, **{**OF_LI, "title": "Chief accountant"})
    assert late.status_code == 409
    assert "Song Yu changed this while you were typing" in late.text
    assert 'value="Chief accountant"' in late.text
    assert person(site, "li-qiang").title == "Treasurer"
    again = send(admin, LI, page=LI, seen=seen_in(late.text), **{**OF_LI, "title": "Chief accountant"})
    assert again.status_code == 303
    assert person(site, "li-qiang").title == "Chief accountant"


def test_the_last_administrator_cannot_give_up_the_right_or_leave(site: Site, admin: FlaskClient):
    me = "/administration/people/admin"
    form = {"name": "Xu Fang", "name_zh": "徐芳", "place.0": "management"}
    for may in ([], ["admin", "auditor"]):
        answer = change(admin, me, me, **form, may=may)
        assert answer.status_code == 422
        assert "This is the last administrator" in answer.text
    gone = change(admin, f"{me}/leave", f"{me}/leave", reason="I go")
    assert (gone.status_code, "This is the last administrator" in gone.text) == (422, True)
    assert site.services.engine.organisation.directory().administrators() == ("admin",)


# ---- passwords -----------------------------------------------------------------------------------------------------------


def test_a_password_is_made_shown_once_and_ends_all_sessions(site: Site, admin: FlaskClient):
    li = site.client()
    sign_in(li, "li-qiang")
    answer = change_password(admin, way="made")
    [made] = re.findall(r'class="made-password mono">([^<]+)<', answer.text)
    assert re.fullmatch(r"[a-z2-9]{4}(-[a-z2-9]{4}){3}", made)
    assert "One session was ended" in answer.text
    assert li.get("/inbox").status_code == 303  # to the sign-in page
    assert sign_in(site.client(), "li-qiang").status_code == 401
    assert sign_in(site.client(), "li-qiang", made).status_code == 303
    assert made not in admin.get(LI).text
    assert "new password" in admin.get(LI).text  # among the changes


def test_a_password_may_be_typed_if_it_is_not_too_easy(site: Site, admin: FlaskClient):
    for weak in ("short", "li-qiang-is-me", "aaaaaaaaaaaaaaaa", "x" * 200):
        answer = change_password(admin, way="typed", password=weak)
        assert (answer.status_code, "12 to 128 characters" in answer.text) == (422, True)
        assert weak not in answer.text
    assert sign_in(site.client(), "li-qiang").status_code == 303
    assert change_password(admin, way="typed", password="a fine long sentence").status_code == 303
    assert sign_in(site.client(), "li-qiang", "a fine long sentence").status_code == 303


def change_password(client: FlaskClient, **fields: str):
    return send(client, f"{LI}/password", page=f"{LI}/password", **fields)


# ---- leaving -------------------------------------------------------------------------------------------------------------


def test_before_somebody_is_deactivated_the_page_says_what_it_means(site: Site, admin: FlaskClient):
    case = site.purchase()
    page = html.unescape(admin.get("/administration/people/wang-lei/leave").text)
    assert "Nobody else is Head of Sales: new tasks for it go to the administrators." in page
    assert "What is late in Sales goes to He Jing." in page
    assert case.number in page
    owner = html.unescape(admin.get("/administration/people/song-yu/leave").text)
    assert "Song Yu owns" in owner or "Process owner" in owner


def test_tasks_go_back_or_to_the_superior_or_stay(site: Site, admin: FlaskClient):
    cases = [purchase_to_place(site) for _ in range(3)]
    tasks = [site.company.task(case, "place_order") for case in cases]
    for task in tasks:
        site.services.engine.tasks.claim(site.services.actor("zhang-min"), task.task_id)
    leave = "/administration/people/zhang-min/leave"
    page = admin.get(leave).text
    assert all(case.number in page for case in cases)
    ways = {f"way.{task.task_id}": way for task, way in zip(tasks, (BACK, SUPERIOR, KEEP), strict=True)}
    versions = dict(re.findall(r'name="(version\.[^"]+)" value="(\d+)"', page))
    answer = change(admin, leave, leave, task=[it.task_id for it in tasks], reason="Zhang Min has left", **ways, **versions)
    assert answer.status_code == 303
    now = [site.company.task(case, "place_order").assignee for case in cases]
    assert now == [None, "zhao-min", "zhang-min"]
    assert not person(site, "zhang-min").active
    assert "Has one task." in admin.get("/administration/people/zhang-min").text
    zhao = site.services.actor("zhao-min")  # the head may still give it away, though its assignee is not active any more
    site.services.engine.tasks.reassign(zhao, tasks[2].task_id, "gao-yuan", "who else")
    assert site.company.task(cases[2], "place_order").assignee == "gao-yuan"


def test_tasks_go_to_somebody_who_is_chosen(site: Site, admin: FlaskClient):
    cases = [purchase_to_place(site) for _ in range(2)]
    fields = leaving_fields(site, admin, cases, "other")
    leave = "/administration/people/zhang-min/leave"
    page = admin.get(leave).text
    offered = set(re.findall(r'<option value="([a-z-]+)"', page[page.index('name="to"') :].partition("</select>")[0]))
    assert {"gao-yuan", "zhou-ting"} <= offered
    assert offered.isdisjoint({"auditor", "zhang-min"}), "not who leaves, and no auditor"
    nobody = change(admin, leave, leave, **fields)
    assert (nobody.status_code, "Choose who gets these tasks" in nobody.text) == (422, True)
    for to in ("auditor", "zhang-min", "nobody-at-all"):
        assert change(admin, leave, leave, **fields, to=to).status_code == 422
    assert person(site, "zhang-min").active
    answer = change(admin, leave, leave, **fields, to="gao-yuan")
    assert answer.status_code == 303
    assert [site.company.task(case, "place_order").assignee for case in cases] == ["gao-yuan"] * 2
    story = site.services.engine.history.entries(site.services.actor("admin"), cases[0].id, limit=3)
    [given] = [fields for entry in story for name, fields in entry.events if name == "UserTaskReassigned"]
    assert (given["assignee"], given["before"], given["reason"]) == ("gao-yuan", "zhang-min", "Zhang Min has left")


def test_nobody_is_given_the_approval_of_their_own_request(site: Site, admin: FlaskClient):
    own, other = site.purchase(contract=None), site.purchase("wu-hao", contract=None)
    tasks = [site.company.task(case, "head_approves") for case in (own, other)]
    leave = "/administration/people/wang-lei/leave"
    ways = {f"way.{it.task_id}": "other" for it in tasks}
    versions = dict(re.findall(r'name="(version\.[^"]+)" value="(\d+)"', admin.get(leave).text))
    change(admin, leave, leave, task=[it.task_id for it in tasks], reason="gone", to="zhou-ting", **ways, **versions)
    assert [site.company.task(case, "head_approves").assignee for case in (own, other)] == ["wang-lei", "zhou-ting"]
    page = html.unescape(admin.get(leave).text)
    assert "One task was moved. One task stayed: look at it below." in page
    assert "Zhou Ting asked for one of them, and nobody approves their own request." in page
    assert own.number in page


def leaving_fields(site: Site, admin: FlaskClient, cases: list[Case], way: str) -> dict[str, object]:
    """What the form of Zhang Min's leaving is sent with, who has the orders of these cases."""
    tasks = [site.company.task(case, "place_order") for case in cases]
    for task in tasks:
        site.services.engine.tasks.claim(site.services.actor("zhang-min"), task.task_id)
    page = admin.get("/administration/people/zhang-min/leave").text
    ways = {f"way.{task.task_id}": way for task in tasks}
    versions = dict(re.findall(r'name="(version\.[^"]+)" value="(\d+)"', page))
    return {"task": [it.task_id for it in tasks], "reason": "Zhang Min has left", **ways, **versions}


def test_no_task_goes_back_to_nobody(site: Site, admin: FlaskClient):
    task = site.company.task(site.purchase(), "head_approves")  # Wang Lei is the only head
    page = admin.get("/administration/people/wang-lei/leave").text
    ways = re.findall(r'<option value="(\w+)"', page[page.index(f'name="way.{task.task_id}"') :])
    assert ways[:3] == [SUPERIOR, OTHER, KEEP]


def purchase_to_place(site: Site) -> Case:
    """A small purchase, which nobody has to approve: Purchasing has to order."""
    case = site.purchase(amount=100)
    assert site.company.open(case) == ["place_order"]
    return case


def test_who_was_faster_with_a_task_is_no_hindrance_to_leaving(site: Site, admin: FlaskClient):
    case = site.purchase()
    task = site.company.task(case, "head_approves")
    leave = "/administration/people/wang-lei/leave"
    fields = {"task": task.task_id, f"way.{task.task_id}": BACK, f"version.{task.task_id}": "77", "reason": "gone"}
    answer = change(admin, leave, leave, **fields)
    assert (answer.status_code, answer.location) == (303, leave)
    assert not person(site, "wang-lei").active
    page = admin.get(leave).text
    assert "One task stayed" in page
    assert case.number in page


def test_leaving_needs_a_reason(site: Site, admin: FlaskClient):
    answer = change(admin, f"{LI}/leave", f"{LI}/leave", reason=" ")
    assert answer.status_code == 422
    assert person(site, "li-qiang").active


def test_who_is_deactivated_is_signed_out_and_can_be_enabled_again(site: Site, admin: FlaskClient):
    li = site.client()
    sign_in(li, "li-qiang")
    assert change(admin, f"{LI}/leave", f"{LI}/leave", reason="Li Qiang has left").status_code == 303
    assert li.get("/inbox").status_code == 303
    assert sign_in(site.client(), "li-qiang").status_code == 401
    assert change(admin, f"{LI}/enable", LI).status_code == 303
    assert sign_in(site.client(), "li-qiang").status_code == 303
    assert site.services.engine.organisation.directory().groups_of("li-qiang") >= {"finance:deputy", "finance:accountant"}


def test_the_later_of_two_who_deactivate_the_same_person_is_told(site: Site, admin: FlaskClient, second: FlaskClient):
    seen = seen_in(admin.get(f"{LI}/leave").text)
    change(second, LI, LI, **{**OF_LI, "title": "Treasurer"})
    late = send(admin, f"{LI}/leave", page=LI, seen=seen, reason="gone")
    assert (late.status_code, "Song Yu changed this" in late.text) == (409, True)
    assert person(site, "li-qiang").active
