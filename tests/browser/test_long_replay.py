"""A case that has gone round many times is replayed by windows: only those that somebody looks at are fetched, and each counts right."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Request, expect

from app.bootstrap import shipped_folders
from app.compose import compose
from app.config import from_environment
from app.sample.found import FOUNDER, found
from tests.browser.desk import move
from tests.browser.people import Person
from tests.browser.serving import MONDAY, Site, serve, settings_of
from tests.engine.services.test_statements import LOOP
from tests.processes.company import Company

pytestmark = pytest.mark.browser

People = Callable[..., Person]
TURNS = 130  # of two entries each


@pytest.fixture(scope="module")
def case_id() -> list[str]:
    """Of the long case, once it is there."""
    return []


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, case_id: list[str]) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("long")
    database_url = f"sqlite:///{folder / 'crossdesk.sqlite3'}"
    case_id.append(go_round(database_url, folder))
    with serve(database_url, folder) as site:
        yield site


def go_round(database_url: str, folder: Path) -> str:
    settings = settings_of(database_url, folder)
    move(Path(settings["CROSSDESK_CLOCK_FILE"]), MONDAY)
    services = compose(from_environment(settings))
    found(services, shipped_folders())
    company, engine = Company(services.engine, services.database), services.engine

    engine.definitions.deploy(FOUNDER, "loop", {"p.bpmn": drawn(LOOP).encode()}, strict=False)
    case = company.start("zhou-ting", "p", again=True)
    wang = company.person("wang-lei")
    for turn in range(TURNS):
        [task] = engine.tasks.of_case(wang, case.id)
        engine.tasks.claim(wang, task.task_id)
        engine.tasks.complete(wang, task.task_id, {"again": turn < TURNS})
    services.database.dispose()
    return case.id


def drawn(text: str) -> str:
    """The model with a diagram: start, task, gateway, end in a row."""
    di = "".join(
        f'<bpmndi:BPMNShape id="{it}_di" bpmnElement="{it}"><dc:Bounds x="{100 + 160 * at}" y="100" width="{100 if it == "a" else 40}" '
        f'height="{80 if it == "a" else 40}"/></bpmndi:BPMNShape>'
        for at, it in enumerate(("s", "a", "g", "e"))
    )
    spaces = (
        'xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" '
        'xmlns:di="http://www.omg.org/spec/DD/20100524/DI" '
    )
    flows = "".join(
        f'<bpmndi:BPMNEdge id="{it}_di" bpmnElement="{it}"><di:waypoint x="100" y="140"/><di:waypoint x="300" y="140"/></bpmndi:BPMNEdge>'
        for it in ("s_a", "a_g", "g_a", "g_e")
    )
    diagram = f'<bpmndi:BPMNDiagram id="d1"><bpmndi:BPMNPlane id="pl" bpmnElement="p">{di}{flows}</bpmndi:BPMNPlane></bpmndi:BPMNDiagram>'
    return text.replace("<definitions ", f"<definitions {spaces}").replace("</definitions>", f"{diagram}</definitions>")


def test_only_the_windows_that_are_looked_at_are_fetched_and_a_turn_is_counted_across_them(person: People, case_id: list[str]) -> None:
    sun = person("auditor")
    page = sun.page
    asked: list[str] = []

    def note(request: Request) -> None:
        if "/moments" in request.url:
            asked.append(request.url)

    page.on("request", note)
    sun.open_case(case_id[0])
    title, slider = page.locator('[data-replay="title"]'), page.locator('[data-replay="slider"]')
    assert asked == []
    page.keyboard.press("ArrowLeft")
    expect(title).to_contain_text(f"Entry {1 + 2 * TURNS} of ")
    assert sun.marks()["a"].startswith(f"×{TURNS + 1}")
    slider.focus()
    page.keyboard.press("Home")
    expect(title).to_contain_text("Entry 1 of ")
    assert len(asked) == 2
    slider.evaluate("(it) => { it.value = 101; it.dispatchEvent(new Event('input')); }")
    expect(title).to_contain_text("Entry 101 of ")
    assert sun.marks()["a"].startswith("×51")
    assert len(asked) == 3
    page.keyboard.press("ArrowLeft")  # into the window before, which is there
    expect(title).to_contain_text("Entry 100 of ")
    assert sun.marks()["a"].startswith("×50")
    assert "Wang Lei" in sun.marks()["a"]  # whose it was then
    page.keyboard.press("ArrowRight")
    expect(title).to_contain_text("Entry 101 of ")
    assert len(asked) == 3
