"""The auditor looks for cases: filters in the address that are combined, what they find as a table, and for nobody else."""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from app.i18n import local
from app.sheets import read_sheet
from engine import CaseFilter, FieldFilter, Forbidden, InvalidRequest
from engine.services import case_lists
from tests.app.conftest import Site
from tests.app.records.test_pages import browser, text_of
from tests.statements import statements

PURCHASE = "process=purchase-approval"


@pytest.fixture
def auditor(site: Site) -> FlaskClient:
    return browser(site, "auditor")


def shown(client: FlaskClient, query: str, path: str = "/audit") -> list[str]:
    """The numbers of the cases that a list shows, the newest first."""
    page = client.get(f"{path}?{query}")
    assert page.status_code == 200, page.text
    return re.findall(r'<td class="c-number quiet">([^<]+)</td>', page.text)


def exported(client: FlaskClient, query: str, kind: str = "csv") -> list[str]:
    answer = client.get(f"/cases/export?kind={kind}&{query}")
    assert answer.status_code == 200, answer.text
    return [str(row.cells[0]) for row in read_sheet(f"cases.{kind}", answer.data)[1:]]


@pytest.fixture
def numbers(site: Site) -> dict[str, str]:
    """Three purchases: a small one of another department that ended, a large one that waits, one that was sent back and revised."""
    company = site.company
    small = site.purchase("wu-hao", amount="900", contract=None)
    large = site.purchase(amount="60000", title="=HYPERLINK(1)", contract=None)
    back = site.purchase(amount="9000", supplier="huayu-shelving", contract=None)
    company.do("wang-lei", back, "head_approves", "reject", "Not in the budget")
    return {"small": small.number or "", "large": large.number or "", "back": back.number or ""}


def test_cases_are_found_by_what_their_fields_hold(auditor: FlaskClient, numbers: dict[str, str]):
    newest_first = [numbers["back"], numbers["large"], numbers["small"]]
    assert shown(auditor, PURCHASE) == newest_first
    assert shown(auditor, f"{PURCHASE}&f=amount~gte~9,000") == newest_first[:2]
    assert shown(auditor, f"{PURCHASE}&f=amount~gte~9000&f=amount~lt~10000") == [numbers["back"]]
    assert shown(auditor, f"{PURCHASE}&f=supplier~eq~Huayu+Shelving") == [numbers["back"]]  # as people call it
    assert shown(auditor, f"{PURCHASE}&f=supplier~eq~{quote('华宇货架')}") == [numbers["back"]]
    assert shown(auditor, f"{PURCHASE}&f=supplier~contains~shelv") == [numbers["back"]]
    assert shown(auditor, f"{PURCHASE}&f=supplier~neq~Huayu+Shelving") == newest_first[1:]
    assert shown(auditor, f"{PURCHASE}&f=reason~contains~7+december") == newest_first  # in the history of the one that ended


def test_what_was_typed_into_the_form_is_one_more_condition(auditor: FlaskClient, numbers: dict[str, str]):
    query = f"{PURCHASE}&f=amount~lt~10000&field=amount&operator=gt&value=1000"
    assert shown(auditor, query) == [numbers["back"]]
    page = auditor.get(f"/audit?{query}").text
    assert "Amount less than 10,000; Amount more than 1,000" in text_of(page)
    assert "f=amount~lt~10000&amp;f=amount~gt~1000" in page.replace("%7E", "~")


def test_cases_are_found_by_who_took_part_and_by_department(auditor: FlaskClient, numbers: dict[str, str]):
    assert shown(auditor, "who=wang-lei") == [numbers["back"], numbers["large"]]  # which waits for him
    assert set(shown(auditor, "who=zhou-ting")) == {numbers["large"], numbers["back"]}
    assert shown(auditor, "who=wang-lei&by=wu-hao") == []
    auditor.get(f"/cases/{numbers['small']}")
    assert shown(auditor, "who=auditor") == [numbers["small"]]  # who looked is found too
    assert set(shown(auditor, "dept=sales")) >= {numbers["large"], numbers["back"]}


def test_cases_are_found_by_version_and_period(site: Site, auditor: FlaskClient, numbers: dict[str, str]):
    with site.app.app_context():
        today = local(site.services.clock.now()).date()
    tomorrow = today + timedelta(days=1)
    assert len(shown(auditor, f"{PURCHASE}&version=1")) == 3
    assert shown(auditor, f"{PURCHASE}&version=7") == []
    ended = [number for number in shown(auditor, "state=ended") if number in numbers.values()]
    assert shown(auditor, f"when=ended&from={today}&to={today}") == ended
    assert shown(auditor, f"when=ended&from={tomorrow}") == []
    assert set(shown(auditor, f"when=active&from={tomorrow}")) == set(numbers.values()) - set(ended)
    assert "Ended: " in text_of(auditor.get(f"/audit?when=ended&from={today}").text)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("f=amount~gt~many", "“many” is no number: “Amount” holds numbers."),
        ("f=needed_by~gt~soon", "“soon” is no date"),
        ("f=amount~contains~9", "“contains” cannot be asked of “Amount”."),
        ("f=items~eq~9", "The process has no field “items” that could be asked for."),
        ("f=" + "x" * 300 + "~eq~9", ""),
        ("f=amount~like~9", ""),
        ("f=amount", ""),
    ],
)
def test_what_cannot_be_asked_is_said_and_what_is_no_condition_is_none(
    auditor: FlaskClient, numbers: dict[str, str], query: str, said: str
):
    page = auditor.get(f"/audit?{PURCHASE}&{query}")
    assert page.status_code == 200
    assert said in text_of(page.text)
    assert (len(shown(auditor, f"{PURCHASE}&{query}")) == 3) is (not said)
    assert (auditor.get(f"/cases/export?kind=csv&{PURCHASE}&{query}").status_code == 200) is (not said)


def test_a_table_has_exactly_what_the_filters_find(auditor: FlaskClient, numbers: dict[str, str]):
    for query in (f"{PURCHASE}&f=amount~gte~9000", "who=wang-lei", "dept=sales&by=zhou-ting", "when=ended", "q=nothing-like-that"):
        assert exported(auditor, query) == exported(auditor, query, "xlsx") == shown(auditor, query), query


def test_a_table_says_the_version_and_its_texts_are_no_formulas(auditor: FlaskClient, numbers: dict[str, str]):
    answer = auditor.get(f"/cases/export?kind=csv&{PURCHASE}&f=amount~gt~50000")
    assert answer.headers["Content-Disposition"] == "attachment; filename=Cases.csv"
    head, line = answer.data.decode("utf-8-sig").splitlines()
    assert line.startswith(f"{numbers['large']},'=HYPERLINK(1),")
    assert (head.rpartition(",")[2], line.rpartition(",")[2]) == ("Version", "1")


def test_a_table_is_not_cut_off_without_a_word(site: Site, auditor: FlaskClient, numbers: dict[str, str], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("app.sheets.MOST_ROWS", 2)
    refused = auditor.get("/cases/export?kind=xlsx")
    assert (refused.status_code, "take it as CSV" in text_of(refused.text)) == (422, True)
    monkeypatch.setattr("engine.services.case_lists.MOST_ROWS", 2)  # rows of a page
    monkeypatch.setattr("app.sheets._PIECE", 10)
    assert len(list(auditor.get("/cases/export?kind=csv").iter_encoded())) > 2
    answer = auditor.get("/cases/export?kind=csv")
    assert answer.data.count(b"\r\n") == 4


@pytest.mark.parametrize("query", ["who=wang-lei", "dept=sales"])
def test_what_others_did_is_asked_by_nobody_else(site: Site, numbers: dict[str, str], query: str):
    zhou = browser(site, "zhou-ting")
    assert zhou.get(f"/cases?{query}").status_code == 403
    assert zhou.get(f"/cases/export?kind=csv&{query}").status_code == 403
    assert len(shown(browser(site, "admin"), query, "/cases")) > 0
    page = zhou.get(f"/cases?{PURCHASE}").text
    assert 'name="who"' not in page


def test_the_engine_refuses_it_whatever_the_page_does(site: Site, numbers: dict[str, str], monkeypatch: pytest.MonkeyPatch):
    instances, zhou, auditor = site.services.engine.instances, site.services.actor("zhou-ting"), site.services.actor("auditor")
    of_no_process = CaseFilter(fields=(FieldFilter("a", "eq", "b"),))
    for wanted in (CaseFilter(person="x"), CaseFilter(departments=frozenset({"sales"})), of_no_process):
        with pytest.raises(Forbidden):
            instances.page(zhou, wanted)
        with pytest.raises(Forbidden):
            next(instances.each(zhou, wanted))
    monkeypatch.setattr(case_lists, "MOST_READ", 0)
    with pytest.raises(InvalidRequest, match="no key field"):
        instances.page(auditor, CaseFilter(fields=(FieldFilter("reason", "eq", "b"),)))
    assert instances.page(auditor, CaseFilter(fields=(FieldFilter("reason", "eq", "b"),), open=True)).total == 0


def test_each_question_is_a_fixed_number_of_statements(site: Site, auditor: FlaskClient, numbers: dict[str, str]):
    questions = [
        f"/audit?{PURCHASE}&f=amount~gt~1&who=zhou-ting&dept=sales&when=active&version=1",
        f"/audit?{PURCHASE}&f=reason~contains~production",
    ]

    def asked() -> list[int]:
        found = []
        for path in questions:
            auditor.get(path)  # what is read once is read
            with statements() as told:
                assert auditor.get(path).status_code == 200
            found.append(len([it for it in told if it.startswith("SELECT")]))
        return found

    few = asked()
    for number in range(12):
        case = site.purchase(amount=9000 + number, contract=None)
        if number % 2:
            site.company.do("wang-lei", case, "head_approves", "reject", "Not in the budget")
    assert asked() == few
    assert max(few) < 24, few
