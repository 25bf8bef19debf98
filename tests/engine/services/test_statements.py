"""What a step costs the database: counted, not timed, and the same on the two-hundredth loop as on the second."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy import event, func, select

from engine.store import tables
from tests.engine.services.conftest import END, START, Desk, model, user_task

LOOP = model(
    START,
    user_task("a"),
    '<exclusiveGateway id="g" default="g_e"/><sequenceFlow id="g_a" sourceRef="g" targetRef="a">'
    '<conditionExpression xsi:type="tFormalExpression">again</conditionExpression></sequenceFlow>',
    END,
    "s > a",
    "a > g",
    "g > e",
)
FIRST_VISIT = model(
    START,
    user_task("a"),
    user_task("b", 'camunda:candidateGroups="finance"'),
    '<boundaryEvent id="late" attachedToRef="b" cancelActivity="false"><timerEventDefinition><timeDuration xsi:type="tFormalExpression">P2D'
    "</timeDuration></timerEventDefinition></boundaryEvent>",
    END,
    "s > a",
    "a > b",
    "b > e",
    "late > e",
)
MOST_STATEMENTS = 12


@dataclass
class Cost:
    statements: list[str] = field(default_factory=list)
    commits: int = 0


@contextmanager
def counted(desk: Desk) -> Iterator[Cost]:
    """Count the statements and commits of the writing connections."""
    cost, engine = Cost(), desk.engine.database._writer

    def statement(_connection, _cursor, sql, *_rest) -> None:
        if not sql.startswith("BEGIN"):
            cost.statements.append(sql.split("\n")[0])

    def commit(_connection) -> None:
        cost.commits += 1

    event.listen(engine, "before_cursor_execute", statement)
    event.listen(engine, "commit", commit)
    try:
        yield cost
    finally:
        event.remove(engine, "before_cursor_execute", statement)
        event.remove(engine, "commit", commit)


def one_round(desk: Desk, case_id: str) -> Cost:
    task = desk.open_tasks(case_id)["a"]
    sam = desk.actor("sam")
    desk.engine.tasks.claim(sam, task)
    with counted(desk) as cost:
        desk.engine.tasks.complete(sam, task, {"note": f"round of {task}"})
    return cost


def test_a_completion_takes_twelve_statements_and_one_commit(desk: Desk) -> None:
    desk.deploy(p=LOOP)
    case = desk.engine.instances.start(desk.actor("sue"), "p", {"again": True})
    one_round(desk, case.id)
    cost = one_round(desk, case.id)
    assert cost.commits == 1
    assert len(cost.statements) <= MOST_STATEMENTS, "\n".join(cost.statements)


def test_a_step_with_a_new_element_a_timer_a_new_variable_and_other_candidates_takes_twelve_statements(desk: Desk) -> None:
    desk.deploy(p=FIRST_VISIT)
    case = desk.engine.instances.start(desk.actor("sue"), "p")
    cost = one_round(desk, case.id)
    tables_written = {words[2] if words[0] != "UPDATE" else words[1] for words in (it.split() for it in cost.statements[2:])}
    assert {"process_instance", "job", "variable", "user_task", "task_candidate", "outbox"} <= tables_written
    assert cost.commits == 1
    assert len(cost.statements) <= MOST_STATEMENTS, "\n".join(cost.statements)


def test_the_two_hundredth_round_costs_what_the_second_did(desk: Desk) -> None:
    desk.deploy(p=LOOP)
    case = desk.engine.instances.start(desk.actor("sue"), "p", {"again": True})
    one_round(desk, case.id)
    second = one_round(desk, case.id)
    for _ in range(197):
        last = one_round(desk, case.id)
    assert last.statements == second.statements
    with desk.engine.database.read() as connection:
        counts = (select(func.count()).select_from(table) for table in (tables.token, tables.variable, tables.user_task, tables.job))
        rows = [connection.execute(count).scalar_one() for count in counts]
    assert rows == [1, 3, 1, 0]
    assert len(desk.engine.instances.get(desk.actor("sue"), case.id).path) == 6


def test_a_claim_takes_at_most_eight_statements(desk: Desk) -> None:
    desk.deploy(p=LOOP)
    case = desk.engine.instances.start(desk.actor("sue"), "p", {"again": True})
    one_round(desk, case.id)
    sam, task = desk.actor("sam"), desk.open_tasks(case.id)["a"]
    with counted(desk) as cost:
        desk.engine.tasks.claim(sam, task)
    assert cost.commits == 1
    assert len(cost.statements) <= 8, "\n".join(cost.statements)
