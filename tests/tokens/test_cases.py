"""Hand-made cases, on the engine and on the reference at once: each side must show what the case says."""

from __future__ import annotations

import pytest

from tests.tokens.bpmn_xml import to_xml
from tests.tokens.case import ENDED, FAULT, Case, Step
from tests.tokens.cases import ALL
from tests.tokens.picture import ScopePicture, open_elements, open_waits, things
from tests.tokens.plain import START_VALUES
from tests.tokens.play import Action, Duel
from tests.tokens.text_model import parse


def action_of(step: Step, picture: ScopePicture) -> Action:
    """The action of a step; of several equal things the first."""
    if step.what in {"start", "cancel"}:
        return Action(step.what, step.element)
    kind = {"complete": "token", "throw": "token"}.get(step.what, step.what)
    found = sorted((t for t in things(picture) if t.what == kind and t.element == step.element), key=lambda thing: thing.path)
    assert found, f"{step.what} {step.element} is not possible"
    return Action("trigger" if kind in {"message", "timer", "signal"} else step.what, step.element, found[0].path, step.code)


def check(duel: Duel, step: Step) -> None:
    for name, side in (("reference", duel.game), ("engine", duel.engine)):
        opened = [ENDED] if side.ended else open_elements(side.picture())
        assert opened == step.open, f"{name} after {step}"
        if step.waits is not None:
            assert (open_waits(side.picture()) if not side.ended else []) == step.waits, f"{name} after {step}"


@pytest.mark.parametrize("case", ALL, ids=lambda case: case.sentence)
def test_case(case: Case):
    model = parse(case.model)
    duel = Duel(model, START_VALUES, too_long_is_a_fault=True)
    for step in case.parsed():
        duel.set_values(step.values)
        faults = duel.faults
        try:
            duel.act(action_of(step, duel.game.picture()))
        except AssertionError as difference:
            raise AssertionError(f"{difference}\nafter {step}\n{to_xml(model)}") from difference
        if step.open == [FAULT]:
            assert duel.faults == faults + 1, f"no fault after {step}"
        else:
            assert duel.faults == faults, f"a fault after {step}"
            check(duel, step)


def test_every_case_has_its_own_sentence():
    sentences = [case.sentence for case in ALL]
    assert len(set(sentences)) == len(sentences)
    assert len(sentences) >= 90
