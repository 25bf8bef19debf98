"""`crossdesk feel` and `crossdesk decide`: trying out expressions and decisions in a terminal."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from app.cli import main
from app.trying import table
from tests.engine.dmn.tables import decision_requirement, definitions, literal
from tests.engine.dmn.tables import table as decision_table

HEAD_AND_TIER = definitions(
    literal("tier", 'if amount > 500 then "大" else "小"'),
    decision_table(
        [['"小"', "-", '"nobody"'], ['"大"', "< 1000", '"head"']],
        inputs=["tier", "amount"],
        outputs=["who"],
        requires=decision_requirement("tier"),
        identity="level",
    ),
)


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CROSSDESK_TIME_ZONE", "Asia/Shanghai")


def crossdesk(*arguments: str, text: str | None = None) -> Result:
    return CliRunner().invoke(main, arguments, input=text)


def test_the_value_of_an_expression_is_printed() -> None:
    result = crossdesk("feel", 'for x in 1..3 return string(x) + "件"')
    assert (result.exit_code, result.stdout) == (0, '["1件", "2件", "3件"]\n')


def test_variables_come_from_a_file_of_json_with_exact_decimals(tmp_path: Path) -> None:
    (tmp_path / "context.json").write_text('{"cost centre": {"价格": 0.1}, "tax": 0.2}', encoding="utf-8")
    assert crossdesk("feel", "cost centre.价格 + tax", "--context", "context.json").stdout == "0.3\n"


def test_variables_come_from_a_feel_context_with_dates() -> None:
    assert crossdesk("feel", 'day + duration("P1D")', "--context", "-", text='{day: @"2026-02-28"}').stdout == "2026-03-01\n"


def test_what_turned_to_null_is_explained_on_the_other_output() -> None:
    result = crossdesk("feel", "1 + missing")
    assert (result.exit_code, result.stdout) == (0, "null\n")
    assert result.stderr.splitlines()[0] == "warning: line 1, column 5: there is no variable 'missing'"


def test_a_syntax_error_is_pointed_at() -> None:
    result = crossdesk("feel", '"采购" + )')
    assert result.exit_code == 1
    assert result.stderr.splitlines() == ["Error: line 1, column 8: unexpected ')'; expected an expression", '  "采购" + )', "           ^"]


def test_now_is_the_clock_of_the_company() -> None:
    assert crossdesk("feel", 'now().timezone = "Asia/Shanghai" and today() instance of date').stdout == "true\n"


@pytest.mark.parametrize("content", ["[1, 2]", "{open", '"text"'])
def test_a_context_that_is_none_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "context.json").write_text(content, encoding="utf-8")
    result = crossdesk("feel", "1", "--context", "context.json")
    assert result.exit_code == 1
    assert "context.json" in result.stderr


def test_a_decision_tells_how_it_came_about(tmp_path: Path) -> None:
    (tmp_path / "rules.dmn").write_bytes(HEAD_AND_TIER)
    result = crossdesk("decide", "rules.dmn", "level", "--context", "-", text='{"amount": 700}')
    assert (
        result.stdout
        == """\
tier
====
gives "大"

level
=====
input   value
------  -----
tier    "大"
amount  700
rule  matches because             outputs
----  --------------------------  ------------
2     tier: "大"; amount: < 1000  who = "head"
gives "head"

Result: "head"
"""
    )


def test_no_matching_rule_is_told(tmp_path: Path) -> None:
    (tmp_path / "rules.dmn").write_bytes(HEAD_AND_TIER)
    result = crossdesk("decide", "rules.dmn", "level", "--context", "-", text='{"amount": 7000}')
    assert "No rule matched.\ngives null" in result.stdout


def test_an_unknown_decision_is_told_with_those_that_there_are(tmp_path: Path) -> None:
    (tmp_path / "rules.dmn").write_bytes(HEAD_AND_TIER)
    result = crossdesk("decide", "rules.dmn", "none")
    assert result.exit_code == 1
    assert "rules.dmn has no decision 'none'. It has: tier (tier), level (level)" in result.stderr


def test_a_file_that_is_refused_is_told_with_its_lines(tmp_path: Path) -> None:
    (tmp_path / "rules.dmn").write_bytes(definitions(literal("a", "1 +")))
    result = crossdesk("decide", "rules.dmn", "a")
    assert result.exit_code == 1
    assert "rules.dmn:2: a: a, column 4: unexpected end of the expression" in result.stderr


def test_files_beside_it_may_be_imported(tmp_path: Path) -> None:
    namespace = "https://www.omg.org/spec/DMN/20191111/MODEL/"
    requires = decision_requirement("rate").replace("#rate", "urn:common#rate")
    imported = f'<import name="common" namespace="urn:common" importType="{namespace}"/>'
    (tmp_path / "top.dmn").write_bytes(definitions(imported, literal("top", "common.rate", requires)))
    (tmp_path / "common.dmn").write_bytes(definitions(literal("rate", "7")).replace(b'namespace="n"', b'namespace="urn:common"'))
    assert crossdesk("decide", "top.dmn", "top").stdout.endswith("Result: 7\n")


def test_columns_of_chinese_line_up() -> None:
    assert table(("a", "b"), [("采购", "1"), ("x", "22")]) == ["a     b", "----  --", "采购  1", "x     22"]


def test_long_cells_are_cut() -> None:
    assert all(len(line) <= 64 for line in table(("a",), [("采" * 100,)]))
