"""Decision tables: hit policies, aggregation, defaults, trace."""

from __future__ import annotations

from decimal import Decimal

import pytest

from engine.dmn import DecisionResult, compile_dmn
from engine.errors import ModelFault
from engine.feel import Environment
from tests.engine.dmn.tables import definitions, table

LEVELS = [["< 5000", '"automatic"'], ["[5000..50000]", '"head"'], ["> 50000", '"finance"']]
OVERLAPPING = [["> 0", '"low"', "1"], ["> 10", '"high"', "2"], ["> 100", '"middle"', "3"], ["> 10", '"high"', "4"]]


def decide(xml: str, **context: object) -> DecisionResult:
    environment = Environment()
    result = compile_dmn(definitions(xml), "test.dmn").decide("decide", context, environment)
    assert environment.warnings == []
    return result


@pytest.mark.parametrize(("amount", "level"), [(4999, "automatic"), (5000, "head"), (50000, "head"), (50001, "finance")])
def test_a_unique_table_gives_the_one_rule_that_matches(amount: int, level: str) -> None:
    assert decide(table(LEVELS), amount=amount).result == level


def test_no_rule_at_all_gives_null() -> None:
    result = decide(table([["1", '"a"']]), amount=2)
    assert result.result is None
    assert result.rows == ()
    assert result.trace[0].rules == ()


def test_two_rules_of_a_unique_table_at_once_are_a_fault_that_names_them() -> None:
    model = compile_dmn(definitions(table([["> 1", '"a"'], ["> 2", '"b"']])), "test.dmn")
    with pytest.raises(ModelFault, match="The rules 1, 2 match at once, but the hit policy is UNIQUE") as caught:
        model.decide("decide", {"amount": 3})
    assert caught.value.element == "decide"
    assert caught.value.line == 3


def test_first_takes_the_first_and_evaluates_no_further_one() -> None:
    rules = [["> 1", '"a"'], ["amount / 0 = 1", '"b"']]
    assert decide(table(rules, policy="FIRST"), amount=3).result == "a"


def test_any_wants_equal_outputs() -> None:
    agreeing = [["> 1", '"a"'], ["> 2", '"a"']]
    assert decide(table(agreeing, policy="ANY"), amount=3).result == "a"
    with pytest.raises(ModelFault, match="The rules 1 and 2 match with different outputs"):
        decide(table([["> 1", '"a"'], ["> 2", '"b"']], policy="ANY"), amount=3)


def test_priority_takes_the_output_that_is_listed_first() -> None:
    xml = table(OVERLAPPING, outputs=["risk", "n"], policy="PRIORITY", values=['"high", "middle", "low"', "4, 3, 2, 1"])
    assert decide(xml, amount=200).result == {"risk": "high", "n": Decimal(4)}
    assert decide(xml, amount=5).result == {"risk": "low", "n": Decimal(1)}


def test_output_order_lists_all_by_the_order_of_their_values() -> None:
    xml = table([rule[:2] for rule in OVERLAPPING], policy="OUTPUT ORDER", values=['"high", "middle", "low"'])
    result = decide(xml, amount=200)
    assert result.result == ["high", "high", "middle", "low"]
    assert result.trace[0].rules == (2, 4, 3, 1)


def test_rule_order_lists_all_by_the_order_of_the_rules() -> None:
    assert decide(table([rule[:2] for rule in OVERLAPPING], policy="RULE ORDER"), amount=50).result == ["low", "high", "high"]


@pytest.mark.parametrize(
    ("aggregation", "expected"),
    [("", [1, 2, 3, 4]), ("SUM", 10), ("COUNT", 4), ("MIN", 1), ("MAX", 4)],
)
def test_collect_gives_a_list_or_what_is_made_of_it(aggregation: str, expected: object) -> None:
    rules = [[rule[0], rule[2]] for rule in OVERLAPPING]
    assert decide(table(rules, policy="COLLECT", aggregation=aggregation), amount=200).result == expected


@pytest.mark.parametrize(("aggregation", "expected"), [("", []), ("SUM", None), ("COUNT", 0), ("MIN", None)])
def test_collect_without_any_match(aggregation: str, expected: object) -> None:
    assert decide(table([["> 5", "1"]], policy="COLLECT", aggregation=aggregation), amount=1).result == expected


def test_default_outputs_stand_where_no_rule_matches() -> None:
    xml = table([["1", '"a"', "1"]], outputs=["name", "n"], defaults=['"none"', "0"])
    result = decide(xml, amount=2)
    assert result.result == {"name": "none", "n": Decimal(0)}
    assert result.rows == ({"name": "none", "n": Decimal(0)},)
    assert decide(table([["1", '"a"']], policy="COLLECT", defaults=['"none"']), amount=2).result == "none"


def test_several_outputs_are_a_context_and_rows_carry_their_names() -> None:
    xml = table([["> 1", '"a"', "1"], ["> 2", '"b"', "2"]], outputs=["name", "n"], policy="COLLECT")
    result = decide(xml, amount=3)
    assert result.result == [{"name": "a", "n": 1}, {"name": "b", "n": 2}]
    assert list(result.rows) == result.result


def test_one_output_is_its_value_and_its_row_carries_the_name() -> None:
    result = decide(table(LEVELS), amount=1)
    assert result.rows == ({"level": "automatic"},)


def test_the_trace_has_inputs_rules_and_outputs() -> None:
    xml = table([["> 1", "-", '"a"'], ["-", '"x"', '"b"']], inputs=["amount", "kind"], policy="RULE ORDER")
    trace = decide(xml, amount=3, kind="x").trace
    assert len(trace) == 1
    assert trace[0].decision_id == "decide"
    assert trace[0].inputs == (("amount", Decimal(3)), ("kind", "x"))
    assert trace[0].rules == (1, 2)
    assert trace[0].outputs == ({"level": "a"}, {"level": "b"})
    assert trace[0].result == ["a", "b"]


def test_inputs_and_outputs_are_expressions_of_the_variables() -> None:
    xml = table([["> 10", "amount * 2"], ["<= 10", '"' + "金额" + '"']], inputs=["amount + extra"])
    assert decide(xml, amount=9, extra=2).result == 18
    assert decide(xml, amount=9, extra=0).result == "金额"


def test_cells_may_use_the_tested_value_and_other_variables() -> None:
    xml = table([["? > limit and ? < 2 * limit", "true"]])
    assert decide(xml, amount=15, limit=10).result is True
    assert decide(xml, amount=25, limit=10).result is None


def test_empty_cells_and_dashes_let_everything_pass() -> None:
    assert decide(table([["", '"a"']]), amount=None).result == "a"
    assert decide(table([[" - ", '"a"']]), amount=None).result == "a"


def test_a_warning_names_decision_rule_column_and_line() -> None:
    environment = Environment()
    model = compile_dmn(definitions(table([["> 1", '"a"'], ["< 1", '"b"']])), "test.dmn")
    assert model.decide("decide", {"amount": "text"}, environment).result is None
    assert str(environment.warnings[0]) == ("line 6, column 1: decide, rule 1, input 'amount': string and number cannot be compared with >")


def test_an_unknown_input_is_null_with_a_warning() -> None:
    environment = Environment()
    model = compile_dmn(definitions(table(LEVELS)), "test.dmn")
    assert model.decide("decide", {}, environment).result is None
    assert environment.warnings[0].message == "decide, input 'amount': there is no variable 'amount'"


def test_values_that_an_input_does_not_allow_are_told() -> None:
    xml = table([["-", '"a"']]).replace("</input>", '<inputValues><text>"x", "y"</text></inputValues></input>')
    environment = Environment()
    model = compile_dmn(definitions(xml), "test.dmn")
    assert model.decide("decide", {"amount": "z"}, environment).result is None
    assert "the value is not one of those allowed" in environment.warnings[0].message
    assert model.decide("decide", {"amount": "x"}).result == "a"


def test_an_unknown_decision_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        compile_dmn(definitions(table(LEVELS)), "test.dmn").decide("other", {})


def test_host_functions_may_be_called_from_cells() -> None:
    model = compile_dmn(definitions(table([["< now()", '"late"']])), "test.dmn", functions=["now"])
    assert model.decide("decide", {"amount": 1}, Environment(functions={"now": lambda: 5})).result == "late"


@pytest.mark.parametrize(
    "namespace",
    [
        "http://www.omg.org/spec/DMN/20151101/dmn.xsd",
        "http://www.omg.org/spec/DMN/20180521/MODEL/",
        "https://www.omg.org/spec/DMN/20191111/MODEL/",
        "https://www.omg.org/spec/DMN/20211108/MODEL/",
        "https://www.omg.org/spec/DMN/20230324/MODEL/",
    ],
)
def test_files_of_dmn_1_1_to_1_5_are_read(namespace: str) -> None:
    model = compile_dmn(definitions(table(LEVELS), namespace=namespace), "test.dmn")
    assert model.decide("decide", {"amount": 1}).result == "automatic"


def test_a_table_of_a_thousand_rules_decides() -> None:
    rules = [[f"{number}", f"{number * 2}"] for number in range(1_000)]
    assert decide(table(rules), amount=999).result == 1998


def test_the_order_of_outputs_looks_at_types_too() -> None:
    """To Python, true equals 1."""
    xml = table([["> 0", "1"], ["> 0", "true"]], policy="OUTPUT ORDER", values=["true, 1"])
    assert [type(value) for value in decide(xml, amount=1).result] == [bool, Decimal]


@pytest.mark.parametrize("cell", ["[5..1]", "(< nothing)", "[1..nothing]", "[nothing..5]", "not(< nothing)"])
def test_a_cell_without_a_proper_range_matches_nothing_not_even_null(cell: str) -> None:
    model = compile_dmn(definitions(table([[cell, "1"]], policy="FIRST")), "test.dmn")
    results = [model.decide("decide", {"amount": amount}) for amount in (5, None)]
    assert [result.result for result in results] == [None, None]
    assert results[1].warnings


def test_many_cells_do_not_share_their_steps() -> None:
    """Each cell is limited on its own: a table of any length can be decided."""
    xml = table([["every number in [1..999] satisfies number != ? or number < 0", str(rule)] for rule in range(60)], policy="COLLECT")
    assert len(decide(xml, amount=-1).result) == 60
