"""The examples of docs/feel.md and of its Chinese form are run, and are the same in both."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from app.cli import main
from engine.feel import (
    Environment,
    FeelSyntaxError,
    compile_expression,
    compile_text,
    compile_unary_tests,
    show,
)

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = {"en": ROOT / "docs" / "feel.md", "zh": ROOT / "docs" / "zh" / "feel.md"}
SHOWN = re.compile(r"!\[[^\]]+\]\(([^)]+)\)")
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(language: str) -> list[tuple[str, str]]:
    return [(match[1], match[2]) for match in BLOCK.finditer(DOCUMENTS[language].read_text(encoding="utf-8"))]


def variables() -> dict[str, object]:
    (source,) = [text for kind, text in blocks("en") if kind == "context"]
    found = compile_expression(source).evaluate({})
    assert isinstance(found, dict)
    return found


def examples(*kinds: str) -> list[tuple[str, str]]:
    lines = [line for kind, text in blocks("en") if kind in kinds for line in text.splitlines()]
    return [(before.strip(), after.strip()) for before, after in (line.split(" → ") for line in lines)]


def test_both_languages_have_the_same_examples() -> None:
    assert blocks("en") == blocks("zh")
    assert {kind for kind, _ in blocks("en")} == {"context", "feel", "null", "refused", "juel", "tests", "console"}
    assert [line.count("|") for line in DOCUMENTS["en"].read_text().splitlines() if line.startswith("|")] == [
        line.count("|") for line in DOCUMENTS["zh"].read_text().splitlines() if line.startswith("|")
    ]


@pytest.mark.parametrize(("source", "expected"), examples("feel"))
def test_an_expression_has_the_value_that_is_told(source: str, expected: str) -> None:
    assert show(compile_expression(source, variables()).evaluate(variables(), Environment())) == expected


@pytest.mark.parametrize(("source", "reason"), examples("null"))
def test_what_is_null_is_null_for_the_reason_that_is_told(source: str, reason: str) -> None:
    environment = Environment()
    assert compile_expression(source, variables()).evaluate(variables(), environment) is None
    assert str(environment.warnings[0]) == reason


@pytest.mark.parametrize(("source", "message"), examples("refused"))
def test_what_is_refused_is_refused_with_the_message_that_is_told(source: str, message: str) -> None:
    with pytest.raises(FeelSyntaxError) as caught:
        compile_expression(source, variables())
    assert str(caught.value) == message


@pytest.mark.parametrize(("source", "expected"), examples("juel"))
def test_a_text_of_camunda_has_the_value_that_is_told(source: str, expected: str) -> None:
    assert show(compile_text(source, variables()).evaluate(variables(), Environment())) == expected


@pytest.mark.parametrize(("source", "expected"), examples("tests"))
def test_a_cell_passes_as_is_told(source: str, expected: str) -> None:
    tested, cell = source.split(" | ")
    value = compile_expression(tested).evaluate({})
    assert show(compile_unary_tests(cell).evaluate(value, {})) == expected


def test_the_commands_print_what_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (text,) = [text for kind, text in blocks("en") if kind == "console"]
    (tmp_path / "amount.json").write_text('{"amount": 12000}')
    (tmp_path / "processes").symlink_to(ROOT / "processes")
    monkeypatch.chdir(tmp_path)
    said = re.split(r"^\$ crossdesk (.*)\n", text, flags=re.MULTILINE)[1:]
    for command, output in zip(said[::2], said[1::2], strict=True):
        words = [word.strip("'") for word in re.findall(r"'[^']*'|\S+", command)]
        assert CliRunner().invoke(main, words, catch_exceptions=False).output == output, command


def test_every_picture_that_a_page_shows_is_there_and_no_other():
    pages = [ROOT / "README.md", ROOT / "README.zh-CN.md", *(ROOT / "docs").rglob("*.md")]
    shown = {(page.parent / target).resolve() for page in pages for target in SHOWN.findall(page.read_text("utf-8"))}
    assert shown == set((ROOT / "docs" / "images").iterdir())
