"""The calendar: the year, hours, single days; and the list of changes."""

from __future__ import annotations

import html
import re
from datetime import date

import pytest
from flask.testing import FlaskClient

from tests.app.administration.conftest import change, seen_in
from tests.app.conftest import Site
from tests.app.pages import send

PAGE = "/administration/calendar?year=2026"
DAY = "/administration/calendar/day"
CLEAR = "/administration/calendar/clear"
WEEK = "/administration/calendar/week"
FAIR = {"day": "2026-11-27", "working": "0", "name": "Harbour fair", "name_zh": "港口展会", "year": "2026"}
USUAL = {f"hours.{day}": "09:00-12:00, 13:30-18:00" if day < 5 else "" for day in range(7)}


def calendar(site: Site):
    return site.services.engine.organisation.calendar()


def test_the_year_shows_the_days_that_differ(admin: FlaskClient):
    page = html.unescape(admin.get(PAGE).text)
    assert "Calendar 2026" in page
    assert re.search(r'class="day holiday[^"]*" title="National Day"', page)
    assert re.search(r'class="day shifted', page)
    assert page.count('<table class="month">') == 12
    assert "are not published yet" in admin.get("/administration/calendar?year=2032").text
    assert "国庆节" in admin.get(PAGE, headers={"Accept-Language": "zh"}).text


@pytest.mark.parametrize("year", ["1", "99999", "soon"])
def test_a_year_that_no_calendar_has_shows_the_nearest(admin: FlaskClient, year: str):
    assert admin.get(f"/administration/calendar?year={year}").status_code == 200


def test_a_day_is_taken_off_and_given_back_with_a_reason(site: Site, admin: FlaskClient):
    assert change(admin, DAY, PAGE, **FAIR).location == PAGE
    assert not calendar(site).is_working_day(date(2026, 11, 27))
    page = html.unescape(admin.get(PAGE).text)
    assert "Harbour fair" in page
    assert "Deadlines that run already stay as they are" in page
    assert change(admin, CLEAR, PAGE, day="2026-11-27", reason=" ", year="2026").status_code == 422
    assert change(admin, CLEAR, PAGE, day="2026-11-27", reason="it was moved", year="2026").status_code == 303
    assert calendar(site).is_working_day(date(2026, 11, 27))
    assert "it was moved" in admin.get("/administration/changes?kind=calendar").text


def test_open_deadlines_stay_and_later_ones_are_counted_anew(site: Site, admin: FlaskClient):
    before = site.purchase(amount=6000)
    due = site.company.task(before, "head_approves").due_at
    local = calendar(site).local(due).date()
    change(admin, DAY, PAGE, day=local.isoformat(), working="0", name="Fair", year=str(local.year))
    assert "1 open task is due on that day, and stays so." in admin.get(PAGE).text
    assert site.company.task(before, "head_approves").due_at == due
    assert site.company.task(site.purchase(amount=6000), "head_approves").due_at > due


@pytest.mark.parametrize(
    ("fields", "told"),
    [({"day": "27.11."}, "This is no day"), ({"name": "", "name_zh": ""}, "This is needed"), ({"day": "9999-01-01"}, "This is no day")],
)
def test_a_day_that_does_not_fit_is_refused_and_what_was_typed_stays(site: Site, admin: FlaskClient, fields, told):
    answer = change(admin, DAY, PAGE, **{**FAIR, "name": "Harbour fair", **fields})
    assert (answer.status_code, told in answer.text) == (422, True)
    assert calendar(site).days == {}


def test_the_hours_of_the_week_are_set_however_they_are_written(site: Site, admin: FlaskClient):
    hours = {**USUAL, "hours.0": "8:00–12:00；13：00-17:00", "hours.5": "09:00-12:00"}
    assert change(admin, WEEK, PAGE, **hours).status_code == 303
    assert [str(it) for it in calendar(site).week[0]] == ["08:00-12:00", "13:00-17:00"]
    assert calendar(site).is_working_weekday(date(2026, 11, 28))
    assert "Tuesday–Friday 09:00-12:00, 13:30-18:00" in html.unescape(admin.get("/administration/changes?kind=calendar").text)


@pytest.mark.parametrize(
    "hours", [dict.fromkeys(USUAL, ""), {**USUAL, "hours.1": "nine to five"}, {**USUAL, "hours.1": "09:00-12:00,11:00-13:00"}]
)
def test_hours_that_do_not_fit_are_refused_and_what_was_typed_stays(site: Site, admin: FlaskClient, hours):
    before = calendar(site).week
    answer = change(admin, WEEK, PAGE, **hours)
    assert (answer.status_code, "Hours are written 09:00-12:00" in answer.text) == (422, True)
    assert f'value="{hours["hours.1"]}"' in answer.text
    assert calendar(site).week == before


def test_the_later_of_two_administrators_is_told_and_keeps_what_was_typed(site: Site, admin: FlaskClient, second: FlaskClient):
    seen = seen_in(admin.get(PAGE).text)
    change(second, DAY, PAGE, **FAIR)
    late = send(admin, DAY, page=PAGE, seen=seen, **{**FAIR, "name": "Another fair"})
    assert (late.status_code, "Song Yu changed this" in late.text, 'value="Another fair"' in late.text) == (409, True, True)
    assert send(admin, DAY, page=PAGE, seen=seen, **{**FAIR, "day": "2026-11-30"}).status_code == 303  # another day is no hindrance
    change(second, WEEK, PAGE, **{**USUAL, "hours.5": "09:00-12:00"})
    late = send(admin, WEEK, page=PAGE, seen=seen, **{**USUAL, "hours.6": "10:00-11:00"})
    assert (late.status_code, 'value="10:00-11:00"' in late.text) == (409, True)


# ---- changes -------------------------------------------------------------------------------------------------------------


def test_changes_say_who_when_and_from_what_to_what(site: Site, admin: FlaskClient):
    for superior in ("ma-jun", "he-jing"):
        site.services.engine.organisation.set_superior(site.services.actor("admin"), "li-qiang", superior)
    page = " ".join(html.unescape(admin.get("/administration/changes").text).split())
    assert re.search(r"<b>Xu Fang</b>.*?Li Qiang</a>.*?Superior</dt><dd><del>Ma Jun</del>.*?<ins>He Jing</ins>", page)
    for query, found in (("person=li-qiang", True), ("person=zhou-ting&by=admin", False), ("kind=calendar", False), ("by=admin", True)):
        assert ("He Jing</ins>" in admin.get(f"/administration/changes?{query}").text) is found, query


def test_changes_go_back_page_by_page(site: Site, admin: FlaskClient):
    organisation, actor = site.services.engine.organisation, site.services.actor("admin")
    for number in range(35):
        organisation.set_superior(actor, "li-qiang", ("he-jing", "liu-fang")[number % 2])
    first = admin.get("/administration/changes").text
    older = html.unescape(re.search(r'href="([^"]*before=\d+)"', first)[1])
    second = admin.get(older).text
    assert first.count("<b>Xu Fang</b>") == 30
    assert second.count("<b>Xu Fang</b>") == 5
    assert "and 41 more" in second or "more</summary>" in second  # the founding of the company, folded
    assert "Newest changes" in second


def test_a_chinese_page_of_changes_has_no_english_and_no_ids(site: Site, admin: FlaskClient):
    organisation, actor = site.services.engine.organisation, site.services.actor("admin")
    organisation.set_superior(actor, "li-qiang", "he-jing")
    organisation.set_active(actor, "li-qiang", active=False)
    admin.environ_base["HTTP_ACCEPT_LANGUAGE"] = "zh"
    page = admin.get("/administration/changes?person=li-qiang").text
    [listed] = re.findall(r'<ol class="change-list">(.*?)</ol>', page, re.DOTALL)
    text = re.sub(r"<[^>]+>", " ", listed)
    assert "李强" in text
    assert re.findall(r"[A-Za-z]{2,}", text) == []
