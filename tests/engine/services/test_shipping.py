"""What ships: deployed where it is new, held back where somebody has published over it in the studio."""

from __future__ import annotations

from engine.model import SYSTEM
from engine.services.drafts import Publication
from tests.engine.services.conftest import END, START, Desk, model

FORM, NEW_FORM = b'{"components": []}', b'{"components": [{"key": "x"}]}'


def process(key: str, name: str = "a", form: str = "ask") -> bytes:
    step = f'<userTask id="a" name="{name}" camunda:candidateGroups="sales" camunda:formKey="{form}"/>'
    return model(START, step, END, "s > a", "a > e", key=key).encode()


def shipment(**changed: bytes) -> dict[str, bytes]:
    files = {"p.bpmn": process("p"), "q.bpmn": process("q", form="other"), "ask.form": FORM, "other.form": FORM}
    return files | {name.replace("_", "."): content for name, content in changed.items()}


def ship(desk: Desk, **changed: bytes) -> tuple[dict[str, int], list[tuple[str, int, str]]]:
    """The versions that came of it, by key, and what was held back."""
    made, held = desk.engine.definitions.ship(SYSTEM, "app", shipment(**changed))
    assert list(held) == list(desk.engine.definitions.held_back(desk.actor("ann"), "app", shipment(**changed))) or made
    return {it.key: it.version for it in made.definitions} if made else {}, [(it.file, it.version, it.by) for it in held]


def publish(desk: Desk, key: str, content: bytes) -> None:
    base = desk.engine.definitions.latest(key).row.id
    desk.engine.drafts.save(desk.actor("ann"), key, content, version=0, based_on=base)
    desk.engine.drafts.publish(desk.actor("ann"), Publication(key, 1, "better", base))


def test_the_first_time_all_is_deployed_and_then_only_what_is_new(desk: Desk):
    assert ship(desk) == ({"p": 1, "q": 1}, [])
    assert ship(desk) == ({}, [])
    assert ship(desk, p_bpmn=process("p", "b")) == ({"p": 2}, [])
    assert ship(desk, p_bpmn=process("p", "b")) == ({}, [])


def test_a_new_form_goes_with_the_process_that_shows_it(desk: Desk):
    ship(desk)
    assert ship(desk, ask_form=NEW_FORM) == ({"p": 2}, [])
    assert desk.engine.definitions.form(desk.engine.definitions.latest("p").row.id, "ask") == NEW_FORM.decode()


def test_what_was_published_over_in_the_studio_is_held_back_and_said_and_the_rest_goes(desk: Desk):
    ship(desk)
    publish(desk, "p", process("p", "from the studio"))
    assert ship(desk) == ({}, [])  # nothing is new
    newer = {"p_bpmn": process("p", "b"), "q_bpmn": process("q", "b", form="other")}
    assert ship(desk, **newer) == ({"q": 2}, [("p.bpmn", 2, "ann")])
    assert ship(desk, **newer) == ({}, [("p.bpmn", 2, "ann")])
    assert desk.engine.definitions.latest("p").process.nodes["a"].name == "from the studio"


def test_it_is_no_longer_held_back_when_somebody_has_published_it(desk: Desk):
    ship(desk)
    publish(desk, "p", process("p", "from the studio"))
    publish(desk, "p", process("p", "b"))
    assert ship(desk, p_bpmn=process("p", "b")) == ({}, [])
    assert desk.engine.definitions.latest("p").row.version == 3


def test_the_files_of_a_version_are_its_own_and_no_others(desk: Desk):
    ship(desk)
    assert desk.engine.definitions.files(desk.engine.definitions.latest("p").row.id) == {"p.bpmn": process("p"), "ask.form": FORM}
