"""Fields in lists of cases: in each case exactly those that its own page shows, whoever asks and under whichever version."""

from __future__ import annotations

from decimal import Decimal

import pytest

from engine.errors import Forbidden, InvalidRequest
from engine.services import case_lists
from engine.store.queries.case_values import FieldOrder
from engine.store.queries.cases import CaseFilter
from engine.store.queries.field_filters import FieldFilter
from tests.engine.services.conftest import END, START, Desk, model, user_task
from tests.statements import statements

EVERYONE = '<extensionElements><crossdesk:case visibility="everyone"/></extensionElements>'
HIDES = '<crossdesk:fields default="read"><crossdesk:field name="margin" access="hidden"/></crossdesk:fields>'
HIDDEN_AT_START = '<startEvent id="s" camunda:formKey="f"><extensionElements>' + HIDES + "</extensionElements></startEvent>"
FIRST, SECOND = (user_task(name, 'camunda:candidateGroups="sales,finance"') for name in ("a", "b"))
BLIND = user_task("b", 'camunda:candidateGroups="sales,finance" camunda:formKey="f"', HIDES)
FORM = b'{"components": [{"type": "number", "key": "margin", "id": "margin", "label": "Margin"}]}'
FLOWS = "s > a", "a > b", "b > e"
PEOPLE = ("sue", "sam", "fay", "fred", "ada", "axel")
NAMES = ("margin", "title")
OF_P = CaseFilter(process="p")
VALUES = {"margin": 7, "title": "x"}


@pytest.fixture
def cases(desk: Desk) -> dict[str, str]:
    """Cases of three versions: one that hides nothing, one of which a step hides the margin, and one whose start hides it too."""
    found = {}
    for version, parts in enumerate(((START, FIRST, SECOND), (START, FIRST, BLIND), (HIDDEN_AT_START, FIRST, BLIND)), start=1):
        files = {"p.bpmn": model(EVERYONE, *parts, END, *FLOWS).encode(), "f.form": FORM}
        desk.engine.definitions.deploy(desk.actor("ann"), "test", files, strict=False)
        for how in ("new", "one step", "ended"):
            case = desk.engine.instances.start(desk.actor("sue"), "p", VALUES)
            if how != "new":
                desk.complete("fred", desk.open_tasks(case.id)["a"])
            if how == "ended":
                desk.complete("fay", desk.open_tasks(case.id)["b"])
            found[f"{version} {how}"] = case.id
    return found


def listed(desk: Desk, person: str, wanted: CaseFilter = OF_P) -> dict[str, dict[str, object]]:
    page = desk.engine.instances.page(desk.actor(person), wanted, columns=NAMES)
    return {row.case.id: dict(row.values) for row in page.rows}


@pytest.mark.parametrize("person", PEOPLE)
def test_a_list_shows_in_each_case_what_its_page_shows(desk: Desk, cases: dict[str, str], person: str):
    found = listed(desk, person)
    assert set(found) == set(cases.values())
    for name, case_id in cases.items():
        shown = desk.engine.instances.variables(desk.actor(person), case_id)
        assert found[case_id] == {it: shown[it] for it in NAMES if it in shown}, name


def test_it_is_not_the_same_for_everybody(desk: Desk, cases: dict[str, str]):
    seen = {person: {name for name, it in cases.items() if "margin" in listed(desk, person)[it]} for person in PEOPLE}
    of_first = {name for name in cases if name.startswith("1")}
    assert seen["sam"] == of_first, "who has no part in them sees what no step hides"
    assert seen["sue"] == {name for name in cases if not name.startswith("3")}, "who started them, as the start form shows"
    assert seen["fred"] == {name for name in cases if "1" in name or "new" not in name}, "who did the step that shows it"
    assert seen["fay"] == of_first, "but not who did the one that hides it"
    assert seen["ada"] == seen["axel"] == set(cases)


@pytest.mark.parametrize("person", PEOPLE)
def test_a_condition_and_an_order_know_no_more_than_the_columns(desk: Desk, cases: dict[str, str], person: str):
    columns = listed(desk, person)
    seen = {case_id for case_id, values in columns.items() if "margin" in values}
    wanted = CaseFilter(process="p", fields=(FieldFilter("margin", "eq", Decimal(7)),))
    assert set(listed(desk, person, wanted)) == seen
    page = desk.engine.instances.page(desk.actor(person), CaseFilter(process="p", order=FieldOrder("margin", is_number=True)))
    still = {cases[name] for name in cases if "ended" not in name}
    assert [row.case.id for row in page.rows][: len(seen & still)] == sorted(seen & still, reverse=True)


def test_what_is_offered_is_seen_in_one_case_at_least(desk: Desk, cases: dict[str, str]):
    instances = desk.engine.instances
    versions = {row.version: row.id for row in desk.engine.definitions.versions("p")}

    def offered(person: str, version: int) -> set[str]:
        return set(instances.fields_offered(desk.actor(person), versions[version], NAMES))

    assert {person for person in PEOPLE if "margin" in offered(person, 1)} == set(PEOPLE)
    assert {person for person in PEOPLE if "margin" in offered(person, 2)} == {"sue", "fred", "ada", "axel"}
    assert {person for person in PEOPLE if "margin" in offered(person, 3)} == {"fred", "ada", "axel"}
    assert all("title" in offered(person, 3) for person in PEOPLE)


def test_of_all_processes_at_once_only_who_sees_everything_asks_for_fields(desk: Desk, cases: dict[str, str]):
    for wanted in (
        CaseFilter(fields=(FieldFilter("margin", "eq", Decimal(7)),)),
        CaseFilter(order=FieldOrder("margin")),
    ):
        with pytest.raises(Forbidden):
            desk.engine.instances.page(desk.actor("sue"), wanted)
        assert desk.engine.instances.page(desk.actor("axel"), wanted).total == len(cases)
    with pytest.raises(Forbidden):
        next(desk.engine.instances.each(desk.actor("sue"), columns=("margin",)))
    with pytest.raises(Forbidden):
        desk.engine.instances.page(desk.actor("sue"), CaseFilter(process="p", person="fred"))


def test_others_read_less_of_the_history_than_who_sees_everything(desk: Desk, cases: dict[str, str], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(case_lists, "MOST_READ_OF_SOME", 2)
    wanted = CaseFilter(process="p", fields=(FieldFilter("margin", "eq", Decimal(7)),))
    assert desk.engine.instances.page(desk.actor("axel"), wanted).total == len(cases)
    with pytest.raises(InvalidRequest, match="at most 2 cases"):
        desk.engine.instances.page(desk.actor("sue"), wanted)


def test_a_list_with_columns_of_any_length_is_a_fixed_number_of_statements(desk: Desk, cases: dict[str, str]):
    wanted = CaseFilter(process="p", order=FieldOrder("margin", is_number=True), fields=(FieldFilter("title", "eq", "x"),))

    def asked() -> int:
        listed(desk, "sue", wanted)
        with statements() as sent:
            listed(desk, "sue", wanted)
        return len(sent)

    few = asked()
    for _ in range(15):
        desk.engine.instances.start(desk.actor("sue"), "p", VALUES)
    assert asked() == few
    assert few < 14
