"""Drafts: nobody overwrites another's, what is published is checked and has its reason, and running cases keep their version."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from engine.errors import Conflict, DeploymentRefused, Forbidden, InvalidRequest, ModelProblem, NotFound
from engine.services.drafts import Publication
from engine.store import history
from engine.store.database import Database
from engine.store.migrations import upgrade
from engine.store.tables import deployment_resource, process_definition
from engine.store.tables import person as people
from tests.engine.services.conftest import END, START, Desk, model, user_task

FIRST = model(START, user_task("a", 'camunda:candidateGroups="sales" camunda:formKey="ask"'), END, "s > a", "a > e")
SECOND = FIRST.replace('name="a"', 'name="Ask twice"')
FORM, OTHER = b'{"components": []}', b'{"components": [{"key": "x"}]}'


def deployed(desk: Desk, text: str = FIRST) -> str:
    files = {"p.bpmn": text.encode(), "ask.form": FORM, "unused.form": OTHER}
    return desk.engine.definitions.deploy(desk.actor("ann"), "test", files).definitions[0].id


def save(desk: Desk, base: str, text: str = SECOND, *, version: int = 0, person: str = "ann"):
    return desk.engine.drafts.save(desk.actor(person), "p", text.encode(), version=version, based_on=base)


def publish(desk: Desk, version: int, base: str, reason: str = "twice is better", person: str = "ann"):
    return desk.engine.drafts.publish(desk.actor(person), Publication("p", version, reason, base))


def test_a_draft_is_kept_and_counted(desk: Desk):
    base = deployed(desk)
    assert save(desk, base).version == 1
    assert save(desk, base, FIRST, version=1, person="ada").version == 2
    draft = desk.engine.drafts.get(desk.actor("ann"), "p")
    assert (draft.content, draft.saved_by, draft.based_on, draft.resource_name) == (FIRST.encode(), "ada", base, "p.bpmn")
    assert list(desk.engine.drafts.all(desk.actor("ann"))) == ["p"]


def test_the_second_of_two_analysts_is_told_who_was_faster_and_nothing_is_overwritten(desk: Desk):
    base = deployed(desk)
    save(desk, base, person="ada")
    for version in (0, 2):
        with pytest.raises(Conflict) as refused:
            save(desk, base, FIRST, version=version)
        assert (refused.value.details["by"], refused.value.details["version"]) == ("ada", 1)
        assert refused.value.details["at"] == desk.clock.now()
    assert desk.engine.drafts.get(desk.actor("ann"), "p").content == SECOND.encode()
    assert save(desk, base, FIRST, version=1).saved_by == "ann"  # over it, having been told


def test_a_draft_that_was_published_meanwhile_is_not_made_again_by_accident(desk: Desk):
    base = deployed(desk)
    save(desk, base)
    publish(desk, 1, base)
    with pytest.raises(Conflict) as refused:
        save(desk, base, FIRST, version=1)
    assert refused.value.details["version"] == 0


@pytest.mark.parametrize("person", ["sue", "axel", "boss"])
def test_only_analysts_and_administrators_have_drafts(desk: Desk, person: str):
    base = deployed(desk)
    save(desk, base)
    drafts, actor = desk.engine.drafts, desk.actor(person)
    for act in (
        lambda: drafts.get(actor, "p"),
        lambda: drafts.all(actor),
        lambda: save(desk, base, version=1, person=person),
        lambda: drafts.check(actor, "p", b"", base),
        lambda: drafts.discard(actor, "p", 1),
        lambda: publish(desk, 1, base, person=person),
        lambda: drafts.prepare_trial(actor, "p", 1, desk.engine.database),
    ):
        with pytest.raises(Forbidden):
            act()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"<definitions", "xml-syntax"),
        (b'<!DOCTYPE x [<!ENTITY y "z">]><definitions/>', "xml-doctype"),
        (FIRST.replace('id="p"', 'id="q"').encode(), "no-executable-process"),
        (FIRST.replace('isExecutable="true"', 'isExecutable="false"').encode(), "no-executable-process"),
    ],
)
def test_what_cannot_be_read_or_is_another_process_is_no_draft(desk: Desk, content: bytes, code: str):
    base = deployed(desk)
    with pytest.raises(DeploymentRefused) as refused:
        desk.engine.drafts.save(desk.actor("ann"), "p", content, version=0, based_on=base)
    assert [it.code for it in refused.value.problems] == [code]
    assert [it.code for it in desk.engine.drafts.check(desk.actor("ann"), "p", content, base)] == [code]
    with pytest.raises(NotFound):
        desk.engine.drafts.get(desk.actor("ann"), "p")


def test_a_draft_has_a_size_and_a_base_of_its_own_process(desk: Desk):
    base = deployed(desk)
    with pytest.raises(InvalidRequest):
        desk.engine.drafts.save(desk.actor("ann"), "p", b" " * (5 * 1024 * 1024 + 1), version=0, based_on=base)
    other = desk.deploy(q=model(START, END, "s > e", key="q"))[0]
    with pytest.raises(InvalidRequest):
        save(desk, other)
    with pytest.raises(NotFound):
        save(desk, "p:7:x")


def test_an_unfinished_draft_is_kept_and_its_problems_are_named_at_their_elements(desk: Desk):
    base = deployed(desk)
    text = model(START, user_task("a", 'camunda:candidateGroups="nobody-knows" camunda:formKey="missing"'), "s > a", END)
    save(desk, base, text)
    found = desk.engine.drafts.check(desk.actor("ann"), "p", text.encode(), base)
    assert {("a", "unknown-group"), ("a", "unknown-form")} <= {(it.element, it.code) for it in found}
    with pytest.raises(DeploymentRefused):
        publish(desk, 1, base)
    assert desk.engine.drafts.get(desk.actor("ann"), "p").version == 1  # it is still there


def test_publishing_makes_a_version_with_its_forms_and_the_history_says_who_and_why(desk: Desk):
    base = deployed(desk)
    running = desk.engine.instances.start(desk.actor("sue"), "p")
    save(desk, base)
    made = publish(desk, 1, base, "  twice is better ")
    version = desk.engine.definitions.latest("p")
    assert (version.row.version, version.row.source, version.row.reason) == (2, "studio", "twice is better")
    assert version.resources.keys() == {"p.bpmn", "ask.form"}
    assert desk.engine.definitions.form(version.row.id, "ask") == FORM.decode()
    assert desk.engine.instances.get(desk.actor("sue"), running.id).case.definition_id == base
    with desk.engine.database.read() as connection:
        last = history.entries(connection, history.DEPLOYMENTS)[0]
    said = {"deployment": made.id, "name": "p", "definitions": [version.row.id], "reason": "twice is better"}
    assert (last.actor, last.events) == ("ann", (("Deployed", said),))
    with pytest.raises(NotFound):
        desk.engine.drafts.get(desk.actor("ann"), "p")


def test_publishing_needs_a_reason_the_draft_that_was_seen_and_the_version_that_was_seen(desk: Desk):
    base = deployed(desk)
    save(desk, base)
    with pytest.raises(InvalidRequest):
        publish(desk, 1, base, "  ")
    save(desk, base, version=1, person="ada")
    with pytest.raises(Conflict) as refused:
        publish(desk, 1, base)
    assert refused.value.details["by"] == "ada"
    newer = deployed(desk, FIRST.replace('name="a"', 'name="b"'))
    with pytest.raises(Conflict):
        publish(desk, 2, base)
    assert publish(desk, 2, newer).definitions[0].version == 3  # having seen it


def test_a_form_that_the_version_before_did_not_have_is_taken_from_where_it_is_newest(desk: Desk):
    base = desk.engine.definitions.deploy(desk.actor("ann"), "old", {"p.bpmn": model(START, END, "s > e").encode()}).definitions[0].id
    for content in (FORM, OTHER):
        desk.engine.definitions.deploy(desk.actor("ann"), "forms", {"ask.form": content})
    save(desk, base)
    publish(desk, 1, base)
    assert desk.engine.definitions.form(desk.engine.definitions.latest("p").row.id, "ask") == OTHER.decode()


def test_a_table_that_is_bound_to_the_deployment_goes_along_in_its_newest_version(desk: Desk):
    def table(text: str) -> bytes:
        return (
            '<definitions xmlns="http://www.omg.org/spec/DMN/20151101/dmn.xsd" id="d" name="d" namespace="n"><decision id="level" name="l">'
            f'<variable id="v" name="l"/><literalExpression id="x"><text>{text}</text></literalExpression></decision></definitions>'
        ).encode()

    task = '<businessRuleTask id="b" camunda:decisionRef="level" camunda:decisionRefBinding="deployment" camunda:resultVariable="r"/>'
    text = model(START, task, END, "s > b", "b > e")
    files = {"p.bpmn": text.encode(), "level.dmn": table("1")}
    base = desk.engine.definitions.deploy(desk.actor("ann"), "test", files).definitions[0].id
    desk.engine.definitions.deploy(desk.actor("ann"), "table", {"level.dmn": table("2")})
    save(desk, base, text)
    publish(desk, 1, base)
    case = desk.engine.instances.start(desk.actor("sue"), "p")
    assert desk.engine.instances.variables(desk.actor("ada"), case.id)["r"] == [{"l": 2}]


def test_the_problems_are_those_of_the_model_alone(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    base = deployed(desk)
    problem = ModelProblem("ask.form", 1, "", "form-unreadable", "odd", warning=True)
    monkeypatch.setattr(type(desk.engine.runtime.forms), "check", lambda _self, _resource, _form: [problem])
    assert desk.engine.drafts.check(desk.actor("ann"), "p", SECOND.encode(), base) == []


def test_a_trial_has_what_cases_stand_on_and_the_files_that_would_be_published(desk: Desk, tmp_path: Path):
    base = deployed(desk)
    save(desk, base)
    copy = Database(f"sqlite:///{tmp_path / 'copy.db'}")
    upgrade(copy)
    with pytest.raises(Conflict):
        desk.engine.drafts.prepare_trial(desk.actor("ann"), "p", 7, copy)
    files = desk.engine.drafts.prepare_trial(desk.actor("ann"), "p", 1, copy)
    assert files == {"p.bpmn": SECOND.encode(), "ask.form": FORM}
    with desk.engine.database.read() as here, copy.read() as there:
        for table in (process_definition, deployment_resource, people):
            assert there.execute(select(table)).all() == here.execute(select(table)).all()
    copy.dispose()
