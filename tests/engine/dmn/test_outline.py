"""What a file says, what two say differently, and which variables a decision reads."""

from __future__ import annotations

import pytest

from engine.dmn import compile_dmn
from engine.dmn.asked import asked_values
from engine.dmn.differences import BothDecisions, Change, compare_decisions
from engine.dmn.outline import read_outline
from tests.engine.dmn.tables import decision_requirement, definitions, input_requirement, literal, table

RULES = [["< 10", '"small"'], ["[10..50]", '"middle"'], ["> 50", '"large"']]


def identified(xml: bytes) -> bytes:
    """The same file with ids on rules and columns, as editors write them: those of rules after what they decide."""
    text = xml.decode()
    for word in ("small", "middle", "large", "huge"):
        head, found, tail = text.partition(f'"{word}"')
        if found:
            start = head.rindex("<rule>")
            text = f'{head[:start]}<rule id="{word}">{head[start + 6 :]}{found}{tail}'
    return text.replace("<input label=", '<input id="in" label=').replace("<output name=", '<output id="out" name=').encode()


def compared(before: bytes, after: bytes) -> BothDecisions:
    [found] = compare_decisions(read_outline(before, "a.dmn"), read_outline(after, "b.dmn"))
    return found


def rules(found: BothDecisions) -> list[tuple[str, int | None, int | None]]:
    assert found.table is not None
    return [(rule.change.value, rule.before, rule.after) for rule in found.table.rules]


def test_a_file_is_read_cell_by_cell():
    [decision] = read_outline(
        definitions(table(RULES, policy="COLLECT", aggregation="SUM", values=['"small"'], defaults=['"none"'])), "f.dmn"
    )
    assert decision.table is not None
    assert (decision.id, decision.kind, decision.table.policy) == ("decide", "decisionTable", "COLLECT SUM")
    assert [column.expression for column in decision.table.columns] == ["amount", "level"]
    assert (decision.table.outputs[0].values, decision.table.outputs[0].default) == ('"small"', '"none"')
    assert [rule.cells for rule in decision.table.rules] == [tuple(rule) for rule in RULES]


def test_a_literal_expression_and_what_is_no_dmn_are_read_too():
    [decision] = read_outline(definitions(literal("decide", "amount * 2")), "f.dmn")
    assert (decision.kind, decision.expression, decision.table) == ("literalExpression", "amount * 2", None)
    assert read_outline(b"<other/>", "f.dmn") == ()


def test_rules_that_came_went_and_changed_are_told_with_their_numbers():
    before = identified(definitions(table(RULES)))
    after = identified(definitions(table([["< 5", '"small"'], ["> 50", '"large"'], ["> 99", '"huge"']])))
    found = compared(before, after)
    assert found.change is Change.CHANGED
    assert rules(found) == [("changed", 1, 1), ("removed", 2, None), ("same", 3, 2), ("added", None, 3)]
    cell = found.table.rules[0].cells[0]
    assert (cell.change, cell.before, cell.after) == (Change.CHANGED, "< 10", "< 5")


def test_the_same_file_is_no_difference_and_another_order_is_moved():
    before = identified(definitions(table(RULES, policy="FIRST")))
    assert compared(before, before).change is Change.SAME
    swapped = identified(definitions(table([RULES[2], RULES[0], RULES[1]], policy="FIRST")))
    assert [it for it in rules(compared(before, swapped)) if it[0] != "same"] == [("moved", 3, 1)]


def test_columns_that_came_change_every_rule_and_a_policy_is_told():
    before = identified(definitions(table(RULES)))
    wider = definitions(table([[rule[0], "-", rule[1]] for rule in RULES], inputs=["amount", "country"], policy="FIRST"))
    after = identified(wider).replace(b'<input id="in" label="country"', b'<input id="in2" label="country"')
    found = compared(before, after)
    assert [(it.change.value, it.is_output) for it in found.table.columns] == [("same", False), ("added", False), ("same", True)]
    assert {it[0] for it in rules(found)} == {"changed"}
    assert (found.table.policy.before, found.table.policy.after) == ("UNIQUE", "FIRST")


def test_rules_without_ids_are_told_apart_by_what_they_say():
    before, after = definitions(table([*RULES, RULES[0]])), definitions(table(RULES[:2]))
    assert [it[0] for it in rules(compared(before, after))] == ["same", "same", "removed", "removed"]


def test_a_decision_that_came_and_one_that_is_another_logic():
    before, after = definitions(literal("decide", "1")), definitions(table(RULES), literal("more", "2"))
    one, other = compare_decisions(read_outline(before, "a"), read_outline(after, "b"))
    assert (one.change, one.table, one.logic.before, one.logic.after) == (Change.CHANGED, None, "1", "decisionTable")
    assert other.change is Change.ADDED


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ((table(RULES, inputs=["limit - used"]),), ["limit", "used"]),
        ((table([["-", "amount * rate"]]),), ["amount", "rate"]),
        ((table([["< limit.most", "1"]]),), ["amount", "limit"]),
        (
            (literal("tier", "amount > 5"), table([["-", "< 1", "1"]], inputs=["tier", "x"], requires=decision_requirement("tier"))),
            ["amount", "x"],
        ),
        (('<inputData id="i" name="amount"/>', table(RULES, requires=input_requirement("i"))), ["amount"]),
        ((literal("decide", "for i in items return i * rate"),), ["items", "rate"]),
        ((literal("decide", "today() + wait"),), ["wait"]),
    ],
)
def test_a_decision_asks_for_what_it_does_not_know_itself(parts: tuple[str, ...], expected: list[str]):
    xml = definitions(*parts)
    model = compile_dmn(xml, "f.dmn", functions=["today"])
    assert [value.name for value in asked_values(model, read_outline(xml, "f.dmn"), "decide")] == expected


def test_what_a_file_says_of_an_input_goes_along():
    listed = '<inputExpression typeRef="string"><text>country</text></inputExpression><inputValues><text>"cn","de"</text></inputValues>'
    xml = definitions(table([['"cn"', "1"]], inputs=["country"])).replace(
        b"<inputExpression><text>country</text></inputExpression>", listed.encode()
    )
    [value] = asked_values(compile_dmn(xml, "f.dmn"), read_outline(xml, "f.dmn"), "decide")
    assert (value.type_ref, value.allowed, value.column.label) == ("string", ('"cn"', '"de"'), "country")
