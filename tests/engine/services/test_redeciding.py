"""Past cases decided again with a draft: with the values that they had, for those who may see them, and not told where nobody can know."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event as listening
from sqlalchemy import select, update

from engine.errors import DeploymentRefused, InvalidRequest, NotFound
from engine.model import SYSTEM
from engine.services import redeciding
from engine.services.redeciding import Redecided, Untold
from engine.store import canonical
from engine.store.tables import history_entry
from tests.engine.dmn.tables import decision_requirement, definitions, literal, table
from tests.engine.services.conftest import END, START, Desk, model, user_task

RULES = [["< 10", "1"], [">= 10", "2"]]
MAPPED = 'camunda:resultVariable="level" camunda:mapDecisionResult="singleEntry"'
RULE = f'<businessRuleTask id="r" camunda:decisionRef="decide" {MAPPED}/>'
SEEN = '<extensionElements><crossdesk:case visibility="everyone"/></extensionElements>'
PROCESS = model(SEEN, START, RULE, user_task("t"), END, "s > r", "r > t", "t > e")
ASKED = user_task("t", 'camunda:candidateGroups="sales" camunda:formKey="ask"')
LATER = model(SEEN, START, ASKED, RULE, END, "s > t", "t > r", "r > e")


def tables(rules: list[list[str]], **said: object) -> bytes:
    return definitions(table(rules, **said))  # type: ignore[arg-type]  # what a table takes


def deploy(desk: Desk, process: str = PROCESS, decisions: bytes | None = None) -> None:
    files = {"p.bpmn": process.encode(), "levels.dmn": decisions or tables(RULES), "ask.form": b'{"components": [{"key": "margin"}]}'}
    desk.engine.definitions.deploy(desk.actor("ann"), "test", files, strict=False)


def draft(desk: Desk, content: bytes) -> None:
    base = desk.engine.decisions.versions(desk.actor("ann"), "decide")[0].id
    known = desk.engine.decision_drafts.find(desk.actor("ann"), "decide")
    desk.engine.decision_drafts.save(desk.actor("ann"), "decide", content, version=known.version if known else 0, based_on=base)


def start(desk: Desk, **variables: object) -> str:
    return desk.engine.instances.start(desk.actor("sue"), "p", variables).id


def finish(desk: Desk, case: str, **submitted: object) -> None:
    task = desk.open_tasks(case)["t"]
    desk.engine.tasks.claim(desk.actor("sue"), task)
    desk.engine.tasks.complete(desk.actor("sue"), task, submitted)


def again(desk: Desk, person: str = "ann", after: str | None = None) -> Redecided:
    return desk.engine.decisions.decided_differently(desk.actor(person), "decide", after)


def untold(found: Redecided) -> list[tuple[str, Untold]]:
    return [(it.case.id, it.reason) for it in found.untold]


def test_cases_that_would_be_decided_otherwise_are_told_with_rules_and_results(desk: Desk):
    deploy(desk)
    low, high, middle = start(desk, amount=5), start(desk, amount=50), start(desk, amount=15)
    finish(desk, middle)
    draft(desk, tables([["< 20", "1"], [">= 20", "3"]]))
    found = again(desk)
    told = [(it.case.id, it.then, it.then_rules, it.now.result, it.now.trace[-1].rules, it.element) for it in found.different]
    assert told == [(middle, [{"level": 2}], (2,), 1, (1,), "r"), (high, [{"level": 2}], (2,), 3, (2,), "r")]
    assert (found.finished.cases, found.finished.different) == (1, 1)
    assert (found.open.cases, found.open.different, found.open.same) == (2, 1, 1)
    assert low not in {it.case.id for it in found.different}
    assert (found.hidden, found.untold, found.after) == (0, [], None)


def test_the_values_are_those_of_that_moment_whatever_came_before_and_after_in_the_same_step(desk: Desk):
    script = '<scriptTask id="w" scriptFormat="feel" camunda:resultVariable="amount"><script>amount + 100</script></scriptTask>'
    both = model(SEEN, START, script, RULE, script.replace('"w"', '"v"'), user_task("t"), END, "s > w", "w > r", "r > v", "v > t", "t > e")
    deploy(desk, both)
    case = start(desk, amount=1)
    assert desk.engine.instances.variables(desk.actor("ada"), case)["amount"] == 201
    draft(desk, tables([["-", "amount"]]))
    [told] = again(desk).different
    assert told.now.result == 101


def test_a_column_that_is_new_reads_what_the_case_had_then(desk: Desk):
    deploy(desk, LATER)
    case = start(desk, amount=50, country="cn")
    finish(desk, case, country="de", later=1)
    draft(desk, tables([['"de"', "-", "7"], ["-", "-", "2"]], inputs=["country", "amount"], policy="FIRST"))
    [told] = again(desk).different
    assert (told.now.result, told.case.id) == (7, case)


def test_variables_of_an_inner_scope_are_read_as_the_decision_saw_them(desk: Desk):
    loop = (
        '<multiInstanceLoopCharacteristics isSequential="true" camunda:collection="${amounts}" camunda:elementVariable="amount"/>'
        "</businessRuleTask>"
    )
    deploy(desk, model(SEEN, START, RULE.replace("/>", f">{loop}"), user_task("t"), END, "s > r", "r > t", "t > e"))
    start(desk, amounts=[5, 15, 25], amount=-1)
    draft(desk, tables([["-", "amount"]]))
    found = again(desk)
    assert [it.now.result for it in found.different] == [5, 15, 25]
    assert (found.open.cases, found.open.different) == (1, 1)


def test_decisions_of_called_cases_stand_with_the_called_case(desk: Desk):
    call = '<callActivity id="c" calledElement="p"><extensionElements><camunda:in variables="all"/></extensionElements></callActivity>'
    deploy(desk)
    desk.deploy(q=model(SEEN, START, call, END, "s > c", "c > e", key="q"))
    root = desk.engine.instances.start(desk.actor("sue"), "q", {"amount": 15}).id
    draft(desk, tables([["-", "9"]]))
    [told] = again(desk).different
    assert (told.case.root_id, told.case.parent_id) == (root, root)


def test_a_decision_that_requires_the_one_that_changes_is_made_again_as_a_whole(desk: Desk):
    def chain(rate: str) -> bytes:
        rules = table([["< 100", "1"], [">= 100", "2"]], inputs=["rate * amount"], requires=decision_requirement("rate"))
        return definitions(literal("rate", rate), rules)

    deploy(desk, decisions=chain("1"))
    case = start(desk, amount=50)
    base = desk.engine.decisions.versions(desk.actor("ann"), "rate")[0].id
    desk.engine.decision_drafts.save(desk.actor("ann"), "rate", chain("3"), version=0, based_on=base)
    [told] = desk.engine.decisions.decided_differently(desk.actor("ann"), "rate").different
    assert (told.case.id, told.key, told.now.result) == (case, "decide", 2)


def test_a_draft_that_comes_to_no_result_is_a_difference_with_its_reason(desk: Desk):
    deploy(desk)
    start(desk, amount=5)
    draft(desk, tables([["< 10", "1"], ["< 20", "2"]]))
    [told] = again(desk).different
    assert told.now is None
    assert "UNIQUE" in told.fault


def test_other_rules_with_the_same_result_are_no_difference(desk: Desk):
    deploy(desk)
    start(desk, amount=5)
    draft(desk, tables([["< 3", "1"], ["[3..10)", "1.0"], [">= 10", "2"]]))
    found = again(desk)
    assert (found.different, found.open.same) == ([], 1)


def test_who_may_not_see_a_case_is_told_nothing_of_it(desk: Desk):
    deploy(desk, PROCESS.replace(SEEN, ""))
    start(desk, amount=5)
    draft(desk, tables([["-", "amount"]]))
    found = again(desk)
    assert (found.different, found.untold, found.hidden) == ([], [], 1)
    assert (found.open.cases, found.finished.cases) == (0, 0)
    assert again(desk, "ada").open.different == 1  # administrators see every case


def test_a_draft_does_not_bring_to_light_what_a_step_hides(desk: Desk):
    hides = '<crossdesk:fields default="read"><crossdesk:field name="margin" access="hidden"/></crossdesk:fields>'
    with_form = user_task("t", 'camunda:candidateGroups="sales" camunda:formKey="ask"', hides)
    deploy(desk, PROCESS.replace(user_task("t"), with_form))
    case = start(desk, amount=5, margin=77)
    draft(desk, tables([["-", "margin"]]))
    assert untold(again(desk)) == [(case, Untold.HIDDEN)]
    assert again(desk, "ada").different[0].now.result == 77
    draft(desk, tables([["-", "amount"]]))
    assert again(desk).different[0].now.result == 5  # what is not hidden is told


def rewrite(desk: Desk, case: str, **changed: object) -> None:
    """Make of the decisions of a case what an older version, or somebody, wrote."""
    with desk.engine.database.begin() as connection:
        for row in connection.execute(select(history_entry).where(history_entry.c.chain == case)).all():
            events = json.loads(row.body)
            for name, fields in events:
                if name == "DecisionEvaluated":
                    fields.update(changed)
                    for gone in [key for key, value in fields.items() if value is None]:
                        del fields[gone]
            where = (history_entry.c.chain == case) & (history_entry.c.seq == row.seq)
            connection.execute(update(history_entry).where(where).values(body=canonical.dumps(events)))


def test_histories_of_an_older_version_are_told_where_what_they_keep_proves_the_values(desk: Desk):
    deploy(desk)
    case = start(desk, amount=15, country="de")
    rewrite(desk, case, seen=None)
    draft(desk, tables([["-", "amount"]]))
    assert again(desk).different[0].now.result == 15
    draft(desk, tables([["-", "country"]]))
    assert untold(again(desk)) == [(case, Untold.OLDER)]


def test_a_decision_that_does_not_come_out_as_the_history_says_is_not_told(desk: Desk):
    deploy(desk)
    case = start(desk, amount=15)
    rewrite(desk, case, rules=[1])
    draft(desk, tables([["-", "amount"]]))
    assert untold(again(desk)) == [(case, Untold.OTHERWISE)]


def test_what_depended_on_the_organisation_of_that_day_is_not_told_once_it_has_changed(desk: Desk):
    heads = definitions(literal("decide", 'head of("sales")'))
    deploy(desk, decisions=heads)
    case = start(desk, amount=15)
    draft(desk, definitions(literal("decide", '"fay"')))
    assert again(desk).different[0].now.result == "fay"
    desk.engine.organisation.set_active(SYSTEM, "sam", active=False)
    assert untold(again(desk)) == [(case, Untold.OTHERWISE)]


def test_what_now_was_then_is_what_it_was(desk: Desk):
    deploy(desk, decisions=definitions(literal("decide", "now()")))
    start(desk, amount=1)
    desk.clock.move(hours=30)
    draft(desk, definitions(literal("decide", 'now() + duration("PT0S")')))
    found = again(desk)
    assert (found.open.same, found.untold) == (1, [])


def test_a_version_that_was_deleted_cannot_prove_anything(desk: Desk):
    made = desk.engine.definitions.deploy(desk.actor("ann"), "old", {"levels.dmn": tables(RULES)}, source="command")
    desk.deploy(p=PROCESS)
    case = start(desk, amount=15)
    deploy(desk)
    draft(desk, tables([["-", "9"]]))
    desk.engine.deployments.delete(desk.actor("ada"), made.id, reason="tidy", cascade=True)
    assert untold(again(desk)) == [(case, Untold.GONE)]


def test_pages_are_bounded_and_go_on_where_they_ended(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    deploy(desk)
    cases = [start(desk, amount=number) for number in range(5)]
    draft(desk, tables([["-", "9"]]))
    monkeypatch.setattr(redeciding, "MOST_CASES", 2)
    seen, after, pages = [], None, 0
    while True:
        found = again(desk, after=after)
        seen += [it.case.id for it in found.different]
        after, pages = found.after, pages + 1
        if after is None:
            break
    assert (seen, pages) == (cases[::-1], 3)
    with pytest.raises(InvalidRequest):
        again(desk, after="nonsense")


def test_long_histories_end_a_page_and_one_that_is_too_long_is_not_read(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    deploy(desk)
    cases = [start(desk, amount=number) for number in range(3)]
    for _ in range(4):
        desk.engine.variables.change(desk.actor("ada"), cases[0], {"note": _})
    draft(desk, tables([["-", "9"]]))
    monkeypatch.setattr(redeciding, "MOST_ENTRIES", 1)
    first = again(desk)
    assert ([it.case.id for it in first.different], first.after is None) == ([cases[2]], False)
    second = again(desk, after=first.after)
    assert [it.case.id for it in second.different] == [cases[1]]
    assert untold(second) == [(cases[0], Untold.TOO_LONG)]


@contextmanager
def statements(desk: Desk) -> Iterator[list[str]]:
    found: list[str] = []

    def note(_connection, _cursor, sql, *_rest) -> None:
        if sql.startswith("SELECT"):
            found.append(sql)

    reader = desk.engine.database._reader
    listening.listen(reader, "before_cursor_execute", note)
    try:
        yield found
    finally:
        listening.remove(reader, "before_cursor_execute", note)


def test_the_number_of_statements_does_not_grow_with_the_cases(desk: Desk):
    deploy(desk)
    start(desk, amount=1)
    draft(desk, tables([["-", "9"]]))
    again(desk)
    with statements(desk) as few:
        again(desk)
    for number in range(20):
        start(desk, amount=number)
    with statements(desk) as many:
        assert len(again(desk).different) == 21
    assert len(many) == len(few) < 20


def test_without_a_draft_or_with_one_that_cannot_be_read_there_is_nothing_to_tell(desk: Desk):
    deploy(desk)
    with pytest.raises(NotFound):
        again(desk)
    draft(desk, tables([["< (", "1"]]))
    with pytest.raises(DeploymentRefused):
        again(desk)
