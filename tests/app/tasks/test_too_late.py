"""Who presses too late reads who was faster, in the language of the page, and finds there what was typed."""

from __future__ import annotations

import html
import json
import re
from dataclasses import dataclass, field
from datetime import date

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.app.conftest import Site
from tests.app.pages import sign_in, token_of
from tests.processes.company import order, request

REQUEST = request(amount=60000, contract="", supplier="huayu-shelving")


@dataclass
class Desk:
    """A site with records, its people at browsers."""

    site: Site
    language: str
    browsers: dict[str, FlaskClient] = field(default_factory=dict)

    @property
    def engine(self):
        return self.site.services.engine

    def browser(self, person: str) -> FlaskClient:
        if person not in self.browsers:
            self.browsers[person] = self.site.client()
            self.browsers[person].environ_base["HTTP_ACCEPT_LANGUAGE"] = self.language
            sign_in(self.browsers[person], person)
        return self.browsers[person]

    def actor(self, person: str):
        return self.engine.organisation.actor(person)

    def task(self, case: str, element: str) -> str:
        open_now = self.engine.tasks.of_case(self.actor("admin"), case)
        return next(it.task_id for it in open_now if it.element_id == element)

    def opens(self, person: str, path: str) -> dict[str, str]:
        """Open a page: the token and the version that stand in its forms."""
        page = self.browser(person).get(path)
        version = re.search(r'name="version" value="(\d+)"', page.text)
        return {"csrf_token": token_of(page), "version": version[1] if version else ""}

    def presses(self, person: str, path: str, form: dict[str, str], **fields: str) -> tuple[int, str]:
        """Send a form that was opened before: the status, and what the page says."""
        return told(self.browser(person).post(path, data={**form, **fields}))


def told(answer: TestResponse) -> tuple[int, str]:
    words = re.sub(r"<script(?! type).*?</script>|<[^>]+>", " ", answer.text, flags=re.DOTALL)
    return answer.status_code, " ".join(html.unescape(words).split())


@pytest.fixture
def desk(site: Site, request: pytest.FixtureRequest) -> Desk:
    for found_records in site.services.founders:
        found_records()
    return Desk(site, getattr(request, "param", "en"))


def purchase(desk: Desk) -> tuple[str, str, str]:
    """A request that Purchasing and Finance approve at once; Purchasing's task, which Zhang Min has, and its path."""
    case = desk.engine.instances.start(desk.actor("zhou-ting"), "purchase-approval", REQUEST).id
    desk.engine.tasks.complete(desk.actor("wang-lei"), desk.task(case, "head_approves"), outcome="approve")
    task = desk.task(case, "purchasing_approves")
    desk.engine.tasks.claim(desk.actor("zhang-min"), task)
    return case, task, f"/tasks/{task}"


@pytest.mark.parametrize(
    ("desk", "said"), [("en", "Zhang Min has taken this already."), ("zh", "张敏已经认领。")], indirect=["desk"], ids=["en", "zh"]
)
def test_a_claim_that_comes_too_late_shows_the_task_as_it_stands(desk: Desk, said: str):
    case = desk.engine.instances.start(desk.actor("zhou-ting"), "purchase-approval", REQUEST).id
    desk.engine.tasks.complete(desk.actor("wang-lei"), desk.task(case, "head_approves"), outcome="approve")
    task = desk.task(case, "purchasing_approves")
    form = desk.opens("gao-yuan", f"/tasks/{task}")
    desk.engine.tasks.claim(desk.actor("zhang-min"), task)
    status, words = desk.presses("gao-yuan", f"/tasks/{task}/claim", form)
    assert status == 409
    assert said in words
    assert "Steel sheets for hall 3" in words  # the task is still on the page


@pytest.mark.parametrize(
    ("desk", "said", "kept"),
    [("en", "Xu Fang has done this already.", "What you had typed"), ("zh", "徐芳已经办理。", "你填写的内容")],
    indirect=["desk"],
    ids=["en", "zh"],
)
def test_a_completion_that_comes_too_late_keeps_what_was_typed(desk: Desk, said: str, kept: str):
    _, task, path = purchase(desk)
    form = desk.opens("zhang-min", path)
    desk.engine.tasks.complete(desk.actor("admin"), task, {}, outcome="approve")
    typed = json.dumps({"terms": "Free to hall 3"})
    status, words = desk.presses("zhang-min", f"{path}/complete", form, outcome="approve", data=typed)
    assert status == 409
    assert said in words
    assert kept in words
    assert '"terms": "Free to hall 3"' in words  # in the form's island
    again = told(desk.browser("zhang-min").get(path))
    assert again[0] == 409
    assert said in again[1]


@pytest.mark.parametrize(
    ("desk", "said"),
    [("en", "Zhao Min has given this to Gao Yuan already."), ("zh", "赵敏已经转给高远。")],
    indirect=["desk"],
    ids=["en", "zh"],
)
def test_whose_task_was_given_away_reads_to_whom_and_keeps_what_was_typed(desk: Desk, said: str):
    _, task, path = purchase(desk)
    mine, heads = desk.opens("zhang-min", path), desk.opens("wang-lei", path)
    desk.engine.tasks.reassign(desk.actor("zhao-min"), task, "gao-yuan", "holiday")
    sent = {"reason-return": "The terms are missing.", "data": json.dumps({"terms": "Free to hall 3"})}
    status, words = desk.presses("zhang-min", f"{path}/complete", mine, outcome="return", **sent)
    assert (status, said in words) == (409, True)
    assert "The terms are missing." in words
    assert '"terms": "Free to hall 3"' in words
    assert heads["version"] == mine["version"]


def test_of_two_heads_who_give_a_task_away_the_second_reads_what_the_first_did(desk: Desk):
    _, task, path = purchase(desk)
    form = desk.opens("admin", path)
    desk.engine.tasks.reassign(desk.actor("zhao-min"), task, "gao-yuan", "holiday")
    status, words = desk.presses("admin", f"{path}/reassign", form, to="zhao-min", reason="He knows the supplier.")
    assert status == 409
    assert "Zhao Min has given this to Gao Yuan already." in words
    assert "He knows the supplier." in words


def test_a_task_that_comes_back_has_the_draft_of_who_had_it(desk: Desk):
    _, task, path = purchase(desk)
    form = desk.opens("zhang-min", path)
    desk.engine.tasks.reassign(desk.actor("zhao-min"), task, "gao-yuan", "holiday")
    desk.presses("zhang-min", f"{path}/complete", form, outcome="approve", data=json.dumps({"terms": "Free to hall 3"}))
    desk.engine.tasks.reassign(desk.actor("zhao-min"), task, "zhang-min", "back again")
    assert '"terms": "Free to hall 3"' in told(desk.browser("zhang-min").get(path))[1]


def test_somebody_else_does_not_read_who_was_faster_nor_the_form(desk: Desk):
    _, task, path = purchase(desk)
    form = desk.opens("tang-li", "/inbox")  # Warehouse: the lanes of the process see its cases
    stranger = desk.opens("deng-chao", "/inbox")  # After-sales does not
    desk.engine.tasks.complete(desk.actor("admin"), task, {}, outcome="approve")
    data = json.dumps({"terms": "guess"})
    assert desk.presses("tang-li", f"{path}/complete", form, outcome="approve", data=data)[0] == 409
    status, words = desk.presses("deng-chao", f"{path}/complete", stranger, outcome="approve", data=data)
    assert (status, "done this already" in words) == (404, False)


@pytest.mark.parametrize("path", ["", "/claim", "/release", "/complete", "/reassign", "/draft"])
def test_an_outsider_reads_of_any_task_what_is_read_of_none(desk: Desk, path: str):
    _, task, _ = purchase(desk)
    case = desk.engine.instances.start(desk.actor("zhou-ting"), "purchase-approval", REQUEST)
    done = desk.task(case.id, "head_approves")
    desk.engine.tasks.complete(desk.actor("wang-lei"), done, outcome="approve")
    stranger = desk.opens("deng-chao", "/inbox")
    sent = {"outcome": "approve", "to": "gao-yuan", "reason": "guess", "data": json.dumps({"terms": "guess"})}

    def answer(task_id: str) -> tuple[int, str]:
        if path:
            return desk.presses("deng-chao", f"/tasks/{task_id}{path}", stranger, **sent)
        return told(desk.browser("deng-chao").get(f"/tasks/{task_id}"))

    never = answer("never")
    assert never[0] == (204 if path == "/draft" else 404)  # what somebody types is kept for that person alone, wherever it belongs
    assert [answer(task), answer(done)] == [never, never]


@pytest.mark.parametrize(
    ("desk", "said"), [("en", "Guo Wei has noted this already."), ("zh", "郭伟已经登记。")], indirect=["desk"], ids=["en", "zh"]
)
def test_a_message_that_was_given_already_keeps_the_remark(desk: Desk, said: str):
    engine = desk.engine
    items = [{"item": "installation", "quantity": "2", "price": "1800"}]
    case = engine.instances.start(desk.actor("zhou-ting"), "order-fulfilment", order(items=items))
    invoice, invoiced = desk.task(case.id, "write_invoice"), {"sales_invoice_number": "RG-1", "sales_invoice_date": "2026-03-02"}
    engine.tasks.claim(desk.actor("feng-qi"), invoice)
    engine.tasks.complete(desk.actor("feng-qi"), invoice, invoiced, outcome="invoiced")
    shipping = desk.task(case.id, "ship_goods")
    engine.tasks.claim(desk.actor("lin-xue"), shipping)
    engine.tasks.complete(desk.actor("lin-xue"), shipping, {"carrier": "own", "shipped_on": "2026-03-02"}, outcome="shipped")
    (offer,) = engine.messages.offers(desk.actor("lin-xue"), case.id)
    form = desk.opens("lin-xue", f"/cases/{case.number}")
    engine.messages.give(desk.actor("guo-wei"), case.id, offer.subscription_id, date(2026, 3, 2))
    given = {"at": "2026-03-02", "remark": "Signed by Wei Na", "element": offer.element_id}
    status, words = desk.presses("lin-xue", f"/cases/{case.number}/messages/{offer.subscription_id}", form, **given)
    assert status == 409
    assert said in words
    assert "Signed by Wei Na" in words


@pytest.mark.parametrize(("desk", "said"), [("en", "The case has ended."), ("zh", "事项已结束。")], indirect=["desk"], ids=["en", "zh"])
def test_a_case_that_has_ended_is_not_ended_again(desk: Desk, said: str):
    case = desk.engine.instances.start(desk.actor("zhou-ting"), "purchase-approval", REQUEST)
    form = desk.opens("song-yu", f"/cases/{case.number}")
    assert desk.presses("song-yu", f"/cases/{case.number}/cancel", form, reason="Ordered twice")[0] == 303
    assert desk.engine.instances.get(desk.actor("admin"), case.id).case.ended_at is not None
    status, words = desk.presses("song-yu", f"/cases/{case.number}/cancel", form, reason="Ordered twice")
    assert (status, said in words) == (409, True)
