"""Cases that have gone on for long: their page begins with the newest, at the cost of a young case; the rest is a press away."""

from __future__ import annotations

import html
import re

import pytest

from engine import Case
from tests.app.cases.test_standing import reader, stocked, words
from tests.app.conftest import Site
from tests.processes.company import request
from tests.statements import statements

__all__ = ["stocked"]  # the fixture
FIRST = 20
MORE = re.compile(r'hx-get="(/cases/[^"]+/(?:earlier|called)\?before=[^"]+)"')
ENTRY = re.compile(r'<li class="entry (?:done|system)')


def taken_and_given_back(site: Site, times: int) -> Case:
    """A case with two entries for each time."""
    company = site.company
    case = company.start("zhou-ting", "purchase-approval", **request("8000"))
    wang, task = company.person("wang-lei"), company.task(case, "head_approves").task_id
    for _ in range(times):
        company.engine.tasks.release(wang, task)
        company.engine.tasks.claim(wang, task)
    return case


def further(page: str) -> str | None:
    found = MORE.search(page)
    return html.unescape(found[1]) if found else None


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_timeline_begins_with_the_newest_and_goes_back_to_the_first(stocked: Site, language: str):
    case = taken_and_given_back(stocked, 50)
    client = reader(stocked, "admin", language)
    parts = [client.get(f"/cases/{case.number}").text]
    assert ("Show earlier entries" if language == "en" else "显示更早的记录") in parts[0]
    while address := further(parts[-1]):
        parts.append(client.get(address).text)
    assert [len(ENTRY.findall(part)) for part in parts] == [FIRST, 50, 33]  # the first entry tells of two decisions too
    submitted = "submitted" if language == "en" else "提交"
    assert [submitted in words(part) for part in parts] == [False, False, True]


def test_the_page_of_a_long_case_asks_the_database_as_often_as_that_of_a_short_one(stocked: Site):
    cases = [taken_and_given_back(stocked, times) for times in (12, 60)]
    client = reader(stocked, "admin")
    sent = []
    for case in (cases[0], *cases):  # the first time warms what is kept
        with statements() as found:
            client.get(f"/cases/{case.number}")
        sent.append(len(found))
    assert sent[1] == sent[2]


def test_an_auditor_who_goes_back_is_written_down(stocked: Site):
    case = taken_and_given_back(stocked, 15)
    client = reader(stocked, "auditor")
    address = further(client.get(f"/cases/{case.number}").text)
    before = stocked.company.engine.history.entries(stocked.company.person("admin"), case.id, limit=1)[0].seq
    assert client.get(address).status_code == 200
    newest = stocked.company.engine.history.entries(stocked.company.person("admin"), case.id, limit=1)[0]
    assert newest.seq == before + 1
    assert [name for name, _ in newest.events] == ["CaseRead"]


def test_who_may_not_see_a_case_reads_none_of_its_past(stocked: Site):
    case = taken_and_given_back(stocked, 15)
    client = reader(stocked, "lin-xue")
    assert client.get(f"/cases/{case.number}/earlier?before=9").status_code == 404
    assert client.get(f"/cases/{case.number}/called").status_code == 404
    assert reader(stocked, "admin").get(f"/cases/{case.number}/earlier").status_code == 400
