"""What a decision table calls itself, its columns and their values."""

from __future__ import annotations

from engine.dmn import DecisionWords, compile_dmn
from tests.engine.dmn.tables import definitions

SPOKEN = """
<decision id="credit" name="Credit">
  <extensionElements><crossdesk:translation xmlns:crossdesk="urn:crossdesk:schema:1.0" language="zh" text="信用" /></extensionElements>
  <decisionTable>
    <input label="Overdue">
      <extensionElements><crossdesk:translation xmlns:crossdesk="urn:crossdesk:schema:1.0" language="zh" text="逾期" /></extensionElements>
      <inputExpression><text>overdue</text></inputExpression>
    </input>
    <input><inputExpression><text>open + amount</text></inputExpression></input>
    <output label="Answer" name="answer">
      <extensionElements xmlns:crossdesk="urn:crossdesk:schema:1.0">
        <crossdesk:value id="yes" name="Released"><crossdesk:translation language="zh" text="放行" /></crossdesk:value>
        <crossdesk:value id="no" name="Refused" />
      </extensionElements>
    </output>
    <rule><inputEntry><text>0</text></inputEntry><inputEntry><text>-</text></inputEntry><outputEntry><text>"yes"</text></outputEntry></rule>
  </decisionTable>
</decision>
"""


def words(decision: str) -> DecisionWords:
    found = next(iter(compile_dmn(definitions(decision), "a.dmn").decisions.values())).words
    assert found is not None
    return found


def test_a_table_is_read_with_the_words_of_its_columns_and_values():
    found = words(SPOKEN)
    assert (found.label, found.translations.get("zh", "")) == ("Credit", "信用")
    assert [(it.key, it.label, it.translations.get("zh", ""), it.expression) for it in found.inputs] == [
        ("Overdue", "Overdue", "逾期", "overdue"),
        ("open + amount", "open + amount", "", "open + amount"),
    ]
    [output] = found.outputs
    assert (output.key, output.label) == ("answer", "Answer")
    named = [(it.value, it.name, it.translations.get("zh", it.name)) for it in output.values]
    assert named == [("yes", "Released", "放行"), ("no", "Refused", "Refused")]


def test_inputs_and_outputs_are_known_by_what_traces_and_results_call_them():
    model = compile_dmn(definitions(SPOKEN), "a.dmn")
    result = model.decide("credit", {"overdue": 0, "open": 1, "amount": 1})
    found = words(SPOKEN)
    assert [label for label, _ in result.trace[-1].inputs] == [it.key for it in found.inputs]
    assert [list(row) for row in result.rows] == [[it.key for it in found.outputs]]


def test_other_logic_has_only_a_name():
    found = words('<decision id="one" name="One"><literalExpression><text>1</text></literalExpression></decision>')
    assert (found.label, found.inputs, found.outputs) == ("One", (), ())
