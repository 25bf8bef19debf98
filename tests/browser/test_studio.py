"""The studio in a real browser: nothing that a file says is lost, analysts draw by keyboard, nobody overwrites another."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from lxml import etree
from playwright.sync_api import expect

from tests.browser.conftest import on_one_database
from tests.browser.people import Person
from tests.browser.serving import ROOT, Site
from tests.browser.test_access import findings

pytestmark = pytest.mark.browser

People = Callable[..., Person]
KEYS = ("purchase-approval", "order-fulfilment", "replenishment")
FOREIGN = """<?xml version="1.0" encoding="UTF-8"?>
<!-- before everything -->
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI"
  xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:di="http://www.omg.org/spec/DD/20100524/DI"
  xmlns:other="urn:other:tool" xmlns:camunda="http://camunda.org/schema/1.0/bpmn" xmlns:crossdesk="urn:crossdesk:schema:1.0"
  id="d" targetNamespace="t" other:made="by hand">
  <process id="foreign" name="Foreign" isExecutable="true" camunda:historyTimeToLive="P1D" other:colour="blue">
    <!-- why it begins here -->
    <startEvent id="s" isInterrupting="true"><outgoing>f1</outgoing></startEvent>
    <userTask id="a" name="Ask" camunda:candidateGroups="purchasing" camunda:priority="70" other:rank="3">
      <documentation>Ask &amp; note &lt;all&gt;.</documentation>
      <extensionElements>
        <other:note level="high"><other:part>One <![CDATA[& two]]></other:part><other:part/></other:note>
        <camunda:properties><camunda:property name="tool" value="x"/></camunda:properties>
        <crossdesk:outcome id="go" kind="done" name="Go"><other:hint>inside of ours</other:hint></crossdesk:outcome>
      </extensionElements>
      <incoming>f1</incoming><outgoing>f2</outgoing>
    </userTask>
    <!-- the end -->
    <endEvent id="e"><incoming>f2</incoming></endEvent>
    <sequenceFlow id="f1" sourceRef="s" targetRef="a"/><sequenceFlow id="f2" sourceRef="a" targetRef="e" other:weight="2"/>
  </process>
  <bpmndi:BPMNDiagram id="dd"><bpmndi:BPMNPlane id="dp" bpmnElement="foreign">
    <bpmndi:BPMNShape id="s_di" bpmnElement="s"><dc:Bounds x="100" y="100.0" width="36" height="36"/></bpmndi:BPMNShape>
    <bpmndi:BPMNShape id="a_di" bpmnElement="a" other:seen="yes"><dc:Bounds x="200" y="78" width="100" height="80"/></bpmndi:BPMNShape>
    <bpmndi:BPMNShape id="e_di" bpmnElement="e"><dc:Bounds x="360" y="100" width="36" height="36"/></bpmndi:BPMNShape>
    <bpmndi:BPMNEdge id="f1_di" bpmnElement="f1"><di:waypoint x="136" y="118"/><di:waypoint x="200" y="118"/></bpmndi:BPMNEdge>
    <bpmndi:BPMNEdge id="f2_di" bpmnElement="f2"><di:waypoint x="300" y="118"/><di:waypoint x="360" y="118"/></bpmndi:BPMNEdge>
  </bpmndi:BPMNPlane></bpmndi:BPMNDiagram>
</definitions>
"""
BOLD = '<b xmlns="http://www.w3.org/1999/xhtml">all</b>'
LOSING = FOREIGN.replace('id="foreign"', 'id="losing"').replace('"foreign"', '"losing"').replace("&lt;all&gt;", BOLD)
CAMUNDA = "{http://camunda.org/schema/1.0/bpmn}"
GIVEN_ANYWAY = {
    (f"{CAMUNDA}calledElementBinding", "latest"),
    ("isInterrupting", "true"),
    ("cancelActivity", "true"),
    ("isExecutable", "false"),
    ("hitPolicy", "UNIQUE"),
}


def said(content: bytes) -> Counter[tuple[object, ...]]:
    """What a file says: every element with its parent, attributes and text, and every comment, whatever the order and the spaces."""
    found: Counter[tuple[object, ...]] = Counter()
    for node in etree.fromstring(content).getroottree().iter():
        parent = node.getparent()
        around = parent.get("id") if parent is not None else None
        if isinstance(node, etree._Comment):
            found[("comment", (node.text or "").strip())] += 1
            continue
        attributes = frozenset((key, number(value)) for key, value in node.attrib.items() if (key, value) not in GIVEN_ANYWAY)
        found[(node.tag, around, attributes, (node.text or "").strip())] += 1
    return found


def number(value: str) -> object:
    try:
        return float(value)
    except ValueError:
        return value


def edit(person: Person, key: str) -> Person:
    person.page.goto(f"/studio/{key}")
    expect(person.page.locator(".studio[data-ready]")).to_be_visible()
    expect(person.page.locator(".studio-findings[data-checked]")).to_be_visible()
    return person


def choose(person: Person, element: str) -> None:
    person.page.locator(".studio-panel select").first.select_option(element)


def save(person: Person) -> None:
    person.page.keyboard.press("Control+s")
    expect(person.page.locator("[data-told]")).to_contain_text("Saved by you")


def draft(person: Person, key: str) -> bytes:
    return person.page.request.get(f"/studio/{key}/file").body()


def upload(person: Person, folder: Path, **files: str) -> None:
    paths = []
    for name, text in files.items():
        paths.append(folder / f"{name}.bpmn")
        paths[-1].write_text(text, encoding="utf-8")
    person.go("/processes").page.locator("#files").set_input_files(paths)
    person.page.get_by_role("button", name="Check and publish").click()
    expect(person.page.locator(".report.sound, .toast.done").first).to_be_visible()


@on_one_database
def test_nothing_that_a_file_says_is_lost(site: Site, person: People, tmp_path: Path) -> None:
    analyst = person("analyst")
    upload(analyst, tmp_path, foreign=FOREIGN)
    originals = {key: (ROOT / "processes" / f"{key}.bpmn").read_bytes() for key in KEYS} | {"foreign": FOREIGN.encode()}
    for key, original in originals.items():
        save(edit(analyst, key))
        kept = said(draft(analyst, key))
        assert said(original) - kept == Counter(), key
        assert kept - said(original) == Counter(), key


@on_one_database
def test_a_file_of_which_something_would_be_lost_is_only_shown_and_says_what(site: Site, person: People, tmp_path: Path) -> None:
    analyst = person("analyst")
    upload(analyst, tmp_path, losing=LOSING)
    analyst.page.goto("/studio/losing")
    expect(analyst.page.locator(".studio-reason")).to_contain_text("<b> (a)")
    expect(analyst.page.locator(".studio-reason")).to_contain_text("Change it by hand")
    expect(analyst.page.get_by_role("button", name="Save draft")).to_be_hidden()


@on_one_database
def test_an_analyst_changes_a_step_by_keyboard_and_what_the_checks_find_is_marked(site: Site, person: People) -> None:
    analyst = edit(person("analyst"), "purchase-approval")
    page, panel = analyst.page, analyst.page.locator(".studio-panel")
    choose(analyst, "purchasing_approves")
    named = panel.get_by_role("group", name="Name", exact=True)
    named.get_by_label("Name (English)").fill("Purchasing agrees")
    named.get_by_label("Name (Chinese)").fill("采购部同意")
    panel.get_by_label("Time for it").fill("3")
    panel.get_by_label("Counted in").select_option("wh")
    panel.get_by_role("button", name="Remove Purchasing").click()
    panel.get_by_label("Departments and roles", exact=True).select_option("purchasing:head")
    panel.get_by_role("button", name="Add an outcome").click()
    panel.get_by_label("Form", exact=True).select_option("")
    expect(page.locator(".studio-findings")).to_contain_text("Purchasing agrees")  # fields without a form are an error
    expect(page.locator('[data-element-id="purchasing_approves"].found-error')).to_be_visible()
    panel.get_by_label("Form", exact=True).select_option("purchase-request")
    expect(page.locator(".studio-findings")).to_contain_text("Nothing stands in the way")
    expect(page.locator(".found-error")).to_have_count(0)
    choose(analyst, "finance")
    panel.get_by_label("Department or role").select_option("finance:head")
    save(analyst)
    tree = etree.fromstring(draft(analyst, "purchase-approval"))
    names = {"c": "urn:crossdesk:schema:1.0"}
    [task] = tree.xpath('//*[@id="purchasing_approves"]')
    assert task.get("name") == "Purchasing agrees"
    assert task.get(f"{CAMUNDA}candidateGroups") == "purchasing:head"
    assert task.xpath("string(*/c:translation/@text)", namespaces=names) == "采购部同意"
    assert task.xpath("string(*/c:deadline/@duration)", namespaces=names) == "3 wh"
    assert task.xpath("*/c:outcome/@id", namespaces=names) == ["approve", "return", "reject", "outcome4"]
    assert tree.xpath("string(//*[@id='finance']/*/c:performer/@group)", namespaces=names) == "finance:head"


@on_one_database
def test_a_connector_is_chosen_from_a_list_and_told_what_it_needs(site: Site, person: People) -> None:
    analyst = edit(person("analyst"), "purchase-approval")
    page, panel = analyst.page, analyst.page.locator(".studio-panel")
    choose(analyst, "check_contract")
    connector = panel.get_by_role("group", name="Connector", exact=True)
    connector.get_by_label("Connector", exact=True).select_option("webhook")
    expect(page.locator(".studio-findings")).to_contain_text("needs the input “url”")
    expect(panel.get_by_label("What the application does")).to_have_value("")
    for label, value in (
        ("Address", "https://partner.example/hooks"),
        ("Event", "purchase.confirmed"),
        ("Secret", "partner"),
        ("Data (optional)", "= {number: title, total: amount}"),
        ("Variable for the result", "told"),
        ("Tries", "R5/PT5M"),
    ):
        connector.get_by_label(label, exact=True).fill(value)
    connector.get_by_label("Tries", exact=True).blur()
    expect(page.locator(".studio-findings")).to_contain_text("Nothing stands in the way")
    save(analyst)
    names = {"c": "urn:crossdesk:schema:1.0", "camunda": CAMUNDA.strip("{}")}
    [task] = etree.fromstring(draft(analyst, "purchase-approval")).xpath('//*[@id="check_contract"]')
    assert task.xpath("*/c:handler", namespaces=names) == []
    [made] = task.xpath("*/c:connector", namespaces=names)
    told = {it.get("name"): it.get("value") for it in made}
    assert (made.get("name"), told["url"], told["secret"]) == ("webhook", "https://partner.example/hooks", "partner")
    assert told["data"] == "= {number: title, total: amount}"
    assert task.get(f"{CAMUNDA}resultVariable") == "told"
    assert task.xpath("string(*/camunda:failedJobRetryTimeCycle)", namespaces=names) == "R5/PT5M"
    connector.get_by_label("Connector", exact=True).select_option("")
    expect(connector.get_by_label("Address", exact=True)).to_have_count(0)


def test_two_analysts_do_not_overwrite_each_other(site: Site, person: People) -> None:
    one, other = edit(person("analyst"), "replenishment"), edit(person("admin"), "replenishment")
    for who, name in ((one, "First"), (other, "Second")):
        who.page.locator(".studio-panel").get_by_label("Name (English)").fill(name)
    save(one)
    other.refusals.add(409)
    other.page.keyboard.press("Control+s")
    dialog = other.page.get_by_role("dialog")
    expect(dialog).to_contain_text("Qian Bo saved this draft while you were drawing")
    dialog.get_by_role("button", name="Go on drawing").click()
    assert b"First" in draft(one, "replenishment")
    other.page.keyboard.press("Control+s")
    dialog.get_by_role("button", name="Save mine over it").click()
    expect(other.page.locator("[data-told]")).to_contain_text("Saved by you")
    assert b"Second" in draft(one, "replenishment")


@on_one_database
def test_on_a_phone_the_diagram_is_shown_with_the_reason(site: Site, person: People) -> None:
    analyst = person("analyst", phone=True)
    analyst.go("/studio/replenishment")
    expect(analyst.page.locator(".studio-reason")).to_contain_text("Edit it at a desk")
    assert analyst.page.evaluate("document.documentElement.scrollWidth") == 390
    assert findings(analyst) == []


@on_one_database
def test_axe_finds_nothing_in_the_editor(site: Site, person: People) -> None:
    analyst = edit(person("analyst"), "purchase-approval")
    assert findings(analyst) == []
    for element in ("purchasing_approves", "purchasing", "request_submitted"):
        choose(analyst, element)
        assert findings(analyst) == []


def test_an_analyst_publishes_with_a_reason_and_running_cases_stay(site: Site, person: People) -> None:
    sales = person("zhou-ting")
    analyst = edit(person("analyst"), "replenishment")
    analyst.page.locator(".studio-panel").get_by_label("Name (English)").fill("Refill")
    analyst.page.get_by_role("link", name="Publish…").click()  # saves it first
    expect(analyst.page.get_by_role("heading", level=1)).to_contain_text("as version 2")
    assert findings(analyst) == []
    analyst.page.get_by_label("Why is it changed?").fill("People call it that")
    analyst.page.get_by_role("button", name="Publish", exact=True).click()
    expect(analyst.toast).to_contain_text("version 2")
    expect(analyst.page.locator("table.versions")).to_contain_text("People call it that")
    assert sales.page.request.get("/studio/replenishment").status == 403


@on_one_database
def test_two_versions_stand_side_by_side_with_what_changed(site: Site, person: People) -> None:
    analyst = edit(person("analyst"), "purchase-approval")
    page, panel = analyst.page, analyst.page.locator(".studio-panel")
    choose(analyst, "purchasing_approves")
    panel.get_by_role("group", name="Name", exact=True).get_by_label("Name (English)").fill("Purchasing agrees")
    panel.get_by_label("Time for it").fill("3")
    page.locator('.djs-element[data-element-id="receive_goods"] .djs-hit').first.click()
    page.keyboard.press("Shift+ArrowDown")  # only moved
    choose(analyst, "release_contract")
    page.locator('.djs-context-pad .entry[data-action="append.append-task"]').click()  # one more
    save(analyst)
    analyst.page.goto("/studio/purchase-approval/compare")
    expect(page.locator("[data-island=compare][data-ready]")).to_be_visible()
    first = page.locator(".compare-ground").last.locator(".diff-shown")  # it opens at the first change: what was added
    expect(first).to_have_class(re.compile("diff-added"))
    expect(first).to_be_in_viewport()
    changed = page.locator('[data-difference="changed purchasing_approves"]')
    expect(changed).to_contain_text("Name (English): Purchasing approves → Purchasing agrees")
    expect(changed).to_contain_text("Time for it: 2 wd → 3 wd")
    expect(page.locator('[data-difference="moved receive_goods"]')).to_contain_text("Only moved")
    before, after = page.locator(".compare-ground").all()
    for ground in (before, after):
        expect(ground.locator('.diff-changed[data-element-id="purchasing_approves"]')).to_have_count(1)
    expect(after.locator(".djs-shape.diff-added")).to_have_count(1)
    expect(before.locator(".diff-added")).to_have_count(0)
    changed.get_by_role("button").click()
    expect(before.locator('.diff-shown[data-element-id="purchasing_approves"]')).to_have_count(1)
    assert findings(analyst) == []
    page.goto("/studio/purchase-approval/compare?one=draft&other=1")  # the other way round
    expect(page.locator(".compare-ground").first.locator(".djs-shape.diff-removed")).to_have_count(1)
    page.goto("/studio/purchase-approval/compare?one=1&other=1")
    expect(page.locator(".compare-list")).to_contain_text("Nothing is different")
