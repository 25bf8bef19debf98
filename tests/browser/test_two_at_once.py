"""Two people press at the same moment, or a timer fires under somebody's hands: one wins, the other reads what happened, input kept.

Both forms are filled and both buttons pressed before either answer is looked at: who wins is not decided by the test.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from engine.bpmn.layout import lay_out
from engine.bpmn.reader import read_model
from tests.browser.people import Person
from tests.browser.serving import Site, serve
from tests.conftest import DATABASES
from tests.processes.company import order
from tests.processes.company import request as purchase

pytestmark = pytest.mark.browser

People = Callable[..., Person]
SHELVES = {"supplier": "huayu-shelving", "contract": "CT-2026-021", "cost_centre": "3200", "needed_by": "2026-04-20"}
SHORT_OFFER = """<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
  xmlns:camunda="http://camunda.org/schema/1.0/bpmn" xmlns:crossdesk="urn:crossdesk:schema:1.0" id="offers" targetNamespace="offers">
  <process id="short-offer" name="Short offer" isExecutable="true" camunda:historyTimeToLive="P1D" camunda:candidateStarterGroups="sales">
    <extensionElements><crossdesk:case numberPrefix="SF" visibility="everyone"/></extensionElements>
    <startEvent id="s"/><sequenceFlow id="s_answer" sourceRef="s" targetRef="answer"/>
    <userTask id="answer" name="Answer the offer" camunda:candidateGroups="sales" camunda:formKey="answer">
      <extensionElements>
        <crossdesk:outcome id="taken" kind="done" name="Taken"/><crossdesk:fields default="write"/>
      </extensionElements>
    </userTask>
    <boundaryEvent id="over" attachedToRef="answer"><timerEventDefinition>
      <timeDuration xsi:type="tFormalExpression">PT2H</timeDuration></timerEventDefinition></boundaryEvent>
    <sequenceFlow id="over_tell" sourceRef="over" targetRef="tell"/>
    <userTask id="tell" name="Tell that it is over" camunda:candidateGroups="sales"/>
    <sequenceFlow id="answer_e" sourceRef="answer" targetRef="e"/><sequenceFlow id="tell_e" sourceRef="tell" targetRef="e"/>
    <endEvent id="e"/>
  </process></definitions>"""
ANSWER = {"type": "default", "components": [{"type": "textfield", "key": "words", "label": "Words"}]}


DATABASE = [pytest.param(it, marks=getattr(pytest.mark, it)) for it in ("sqlite", "postgresql") if it in DATABASES]


@pytest.fixture(scope="module", params=DATABASE)
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One server on each database for all that follows."""
    folder: Path = tmp_path_factory.mktemp("at-once")
    if request.param == "sqlite":
        shutil.copyfile(request.getfixturevalue("sqlite_template"), folder / "crossdesk.db")
        with serve(f"sqlite:///{folder / 'crossdesk.db'}", folder) as site:
            yield site
        return
    server = request.getfixturevalue("postgresql_server")
    name = f"two_at_once_{os.getpid()}"  # the server is everybody's, this process's tests are not the only ones
    url = server.create(name)
    try:
        with serve(url, folder) as site:
            yield site
    finally:
        server.drop(name)


@pytest.fixture(scope="module")
def offers(site: Site, tmp_path_factory: pytest.TempPathFactory) -> None:
    """An offer that runs out after two hours, deployed beside the running server."""
    folder: Path = tmp_path_factory.mktemp("offers")
    model, form = folder / "short-offer.bpmn", folder / "answer.form"
    model.write_bytes(lay_out(read_model(SHORT_OFFER.encode(), model.name)))
    form.write_text(json.dumps(ANSWER), encoding="utf-8")
    site.command("deploy", str(model), str(form))


def filled_in(somebody: Person, key: str, data: dict[str, object]) -> Person:
    """A start form as it was left by somebody who went for a coffee: kept as a draft, open again, not sent."""
    token = somebody.page.locator('meta[name="csrf-token"]').get_attribute("content")
    kept = somebody.page.request.post(f"/start/{key}/draft", data=json.dumps(data), headers={"X-CSRFToken": str(token)})
    assert kept.status == 204
    somebody.start(key)
    expect(somebody.field("title").locator("input")).to_have_value(str(data["title"]))
    return somebody


def press_at_once(*people: Person) -> None:
    """Each presses what sends the form, before any page has answered."""
    for somebody in people:
        somebody.page.locator("#start button[data-kind=start]").click(no_wait_after=True)
    for somebody in people:
        expect(somebody.page.locator("article.case, .problems").first).to_be_visible()
        somebody.wait_for_islands()


def test_two_orders_for_the_last_unit(person: People) -> None:
    """The cabinet is reserved for one of them; the other reads that it has to be ordered, in the language of the page."""
    zhou, wu = person("zhou-ting"), person("wu-hao", language="zh")
    cabinet = [{"item": "control-cabinet", "quantity": "1", "price": "26000"}]
    for somebody, customer in ((zhou, "suzhou-precision"), (wu, "xian-aero")):
        filled_in(somebody, "order-fulfilment", order(title=f"Cabinet for {customer}", items=cabinet, customer=customer))
    press_at_once(zhou, wu)
    has_it = {"zhou-ting": "Warehouse, Pick what is there", "wu-hao": "仓储部 · 拣配现货"}
    lacks_it = {"zhou-ting": "Purchasing, Order the goods", "wu-hao": "采购部 · 订货"}
    told = {it.id: " ".join(it.timeline()) for it in (zhou, wu)}
    won = [name for name, lines in told.items() if has_it[name] in lines]
    lost = [name for name, lines in told.items() if lacks_it[name] in lines]
    assert (len(won), len(lost)) == (1, 1), told
    assert won != lost
    assert person("chen-jie").stock("control-cabinet") == ("1", "1", "0")


def test_two_requests_for_the_last_of_a_contract(person: People) -> None:
    """One is sent; the other is refused with the figures, in the language of the page, and everything that was typed stands there."""
    zhou, yang = person("zhou-ting"), person("yang-yi", language="zh")
    for somebody in (zhou, yang):
        somebody.refusals |= {400, 422}
        items = [{"item": "shelving-bay", "quantity": "120", "price": "1290"}]
        filled_in(somebody, "purchase-approval", purchase(title=f"Shelving of {somebody.id}", items=items, **SHELVES))
    press_at_once(zhou, yang)
    won = [it for it in (zhou, yang) if "/cases/" in it.page.url]
    assert len(won) == 1
    loser = yang if won == [zhou] else zhou
    said = {
        "zhou-ting": "Contract CT-2026-021 has ¥105,200.00 left of ¥260,000.00",
        "yang-yi": "合同 CT-2026-021 总额 ¥260,000.00，剩余 ¥105,200.00",
    }
    expect(loser.page.locator(".problems")).to_contain_text(said[loser.id])
    expect(loser.field("title").locator("input")).to_have_value(f"Shelving of {loser.id}")
    expect(loser.field("items[0].quantity").locator("input")).to_have_value("120")
    assert person("zhang-min").go("/records/contracts/CT-2026-021").facts()["Left"].startswith("¥105,200.00")


@pytest.mark.parametrize(
    ("language", "said", "kept"),
    [("en", "The case went another way.", "What you had typed"), ("zh", "流程已转向其他步骤。", "你填写的内容")],
    ids=["en", "zh"],
)
@pytest.mark.usefixtures("offers")
def test_a_timer_fires_under_the_hands_of_somebody(site: Site, person: People, language: str, said: str, kept: str) -> None:
    """The offer has run out while the answer was written: nothing is sent, and the words are still there."""
    zhou = person("zhou-ting", language=language)
    zhou.start("short-offer").page.locator("#start button[data-kind=start]").click()
    zhou.page.wait_for_url("**/cases/*")
    number = zhou.page.url.rpartition("/")[2]
    zhou.page.locator(".case-actions a").click()
    zhou.page.locator('#complete [data-key="c"]').click()
    expect(zhou.page.locator('#complete [value="taken"]')).to_be_visible()
    zhou.wait_for_islands()
    zhou.fill(words="Yes, at once")
    watching = person("wu-hao")
    watching.inbox("claimable")
    site.move_clock("+3h")
    expect(watching.row(number, "Tell that it is over")).to_be_visible()
    zhou.refusals.add(409)
    zhou.page.locator('#complete [value="taken"]').click()
    gone = zhou.page.locator("#detail")
    expect(gone).to_contain_text(said)
    expect(gone.locator(".kept")).to_contain_text(kept)
    expect(gone.locator(".kept")).to_contain_text("Yes, at once")


@pytest.mark.usefixtures("offers")
def test_a_completion_before_the_timer_leaves_it_nothing_to_do(site: Site, person: People) -> None:
    """Answered in time: the case is finished, and when the hours are over nothing more happens."""
    zhou = person("zhou-ting")
    number = zhou.start("short-offer").send()
    zhou.claim(number, "Answer the offer").fill(words="Yes, at once").press("Taken")
    site.move_clock("+3h")
    zhou.open_case(number)
    assert zhou.timeline()[0].startswith("Finished")
    assert not any("over" in line for line in zhou.timeline())
