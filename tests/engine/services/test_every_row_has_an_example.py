"""Every row of docs/bpmn.md has an example that is played on a real engine, or refused with its element and line; none is of nothing.

Which row an example belongs to is told by the row's first cell: a row that is new, or says something else, is told of until it has one.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.errors import DeploymentRefused
from tests.engine.services.conftest import Desk
from tests.engine.services.examples import ALL
from tests.engine.services.examples.events import COLUMNS, refused
from tests.engine.services.examples.example import Player, Refused, Runs

PAGE = Path(__file__).resolve().parents[3] / "docs" / "bpmn.md"
FIRST_COLUMN = "start of a process"


def rows() -> dict[str, str]:
    """What the page says of each row: `runs`, `refused` …; of events for each place, which may be empty. Other tables hold figures."""
    found: dict[str, str] = {}
    head: list[str] = []
    for line in PAGE.read_text("utf-8").splitlines():
        cells = [cell.strip().replace("`", "") for cell in line.strip().strip("|").split("|")] if line.startswith("|") else []
        if not cells or not head:
            head = cells
        elif cells[0].startswith("---"):
            continue
        elif FIRST_COLUMN in head:
            found.update((f"{cells[0]} | {column}", cell) for column, cell in zip(head[1:], cells[1:], strict=True))
        elif head[0] == "Element":
            found[cells[0]] = cells[1]
    return found


ROWS = rows()
FILLED = {row for row, says in ROWS.items() if says}


def test_every_row_has_an_example_and_every_example_a_row():
    assert len(FILLED) > 70
    assert FILLED - ALL.keys() == set(), "rows without an example"
    assert ALL.keys() - FILLED == set(), "examples without a row"


@pytest.mark.parametrize("row", sorted(ALL))
def test_what_runs_has_an_example_that_runs_and_what_is_refused_one_that_is(row):
    kinds = {type(example) for example in ALL[row]}
    assert kinds == {Refused} if ROWS[row].startswith("refused") else Runs in kinds


def check_refusal(desk: Desk, example: Refused) -> str:
    """The deployment is refused; the element is named with its line. Gives the code."""
    text = example.model if isinstance(example.model, bytes) else example.model.encode()
    with pytest.raises(DeploymentRefused) as caught:
        desk.engine.definitions.deploy(desk.actor("ann"), "test", {"p.bpmn": text}, strict=False)
    of_it = [problem for problem in caught.value.problems if problem.element == example.element and not problem.warning]
    assert of_it, f"refused for something else: {caught.value}"
    lines = text.decode().splitlines()
    assert all(f'id="{example.element}"' in lines[problem.line - 1] for problem in of_it), f"not at its line: {caught.value}"
    assert example.code in {"", *(problem.code for problem in of_it)}, f"another code: {[problem.code for problem in of_it]}"
    return of_it[0].code


@pytest.mark.parametrize("database_url", [pytest.param("sqlite", marks=pytest.mark.sqlite)], indirect=True)
@pytest.mark.parametrize(("row", "number"), [(row, number) for row in sorted(ALL) for number in range(len(ALL[row]))])
def test_the_example_does_what_the_row_says(desk: Desk, row: str, number: int) -> None:
    example = ALL[row][number]
    if isinstance(example, Refused):
        check_refusal(desk, example)
        return
    player = Player(desk, example)
    player.play()
    assert player.open_instances() == 0, "a case is still open"
    told = player.told()
    reached = {str(fields.get("element")) for name, fields in told if name in {"ElementEntered", "ElementPassed"}}
    assert set(example.passes.split()) <= reached, f"only {sorted(reached)} were reached"
    given = [(str(fields["name"]), player.plain(fields["after"])) for name, fields in told if name == "VariableChanged"]
    assert all(it in given for it in example.gives.items()), f"what variables came to be: {given}"
    if example.warns is not None:
        problems = desk.engine.definitions.check(desk.actor("ann"), {"p.bpmn": example.model.encode()}, strict=False)
        assert example.warns in {(problem.code, problem.element) for problem in problems if problem.warning and problem.line > 0}


@pytest.mark.parametrize("database_url", [pytest.param("sqlite", marks=pytest.mark.sqlite)], indirect=True)
@pytest.mark.parametrize("row", sorted(row for row, says in ROWS.items() if not says))
def test_an_event_where_its_place_is_empty_is_refused(desk: Desk, row: str) -> None:
    kind, _, column = row.partition(" | ")
    assert column in COLUMNS
    assert check_refusal(desk, refused(kind, column)) != ""
