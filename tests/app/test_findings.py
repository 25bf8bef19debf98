"""What the checks find is told in Chinese from end to end: whatever stands in it in Latin letters was written in the file."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from flask_babel import force_locale

from app.processes.words import told
from app.words import phrase
from engine import MESSAGES, PLACES, DeploymentRefused, ModelProblem, Phrase
from engine.bpmn.checks import check
from engine.bpmn.reader import read_model
from engine.bpmn.xml import parse_xml
from engine.dmn import compile_dmn
from engine.feel import FeelSyntaxError, compile_expression, compile_text
from forms import FINDINGS, check_form
from tests.app.conftest import Site
from tests.engine.bpmn.builder import condition, flow, one
from tests.engine.bpmn.refused import REFUSED as MODELS
from tests.engine.bpmn.refused import gateway
from tests.engine.bpmn.test_checks import CATALOGUE
from tests.engine.dmn.tables import definitions, literal
from tests.engine.dmn.test_refusals import REFUSED as DECISIONS
from tests.engine.dmn.test_schema import SCHEMAS
from tests.engine.feel.test_syntax_errors import REFUSED as EXPRESSIONS
from tests.engine.feel.test_text import REFUSED as TEMPLATES
from tests.forms.building import field, form
from tests.forms.test_checks import BAD_EXPRESSIONS, BAD_SETTINGS, NO_FORMS

WORD = re.compile(r"[A-Za-z]{2,}")
TERMS = set(
    WORD.findall("""
    BPMN DMN FEEL XML JSON CMMN Java ISO UTF id ids DOCTYPE QName null true false isExecutable isInterrupting
    isForCompensation isImmediate definitions error messageRef signalRef timeDate timeDuration timeCycle calledElement
    camunda crossdesk handler connector url decisionRef variables all assignee candidateUsers candidateGroups formData inputOutput topic
    scriptFormat feel iteratorVariable COLLECT CDATA latest deployment PA wd wh cron setVariable else Perl xsi type List
    list context range Any HandlerResult ANY UNIQUE replacement custom email phone date time datetime serializeToString
    formRefBinding outcome form PT allowAddRemove item wanted count instantiate asyncBefore
""")
)
"""Names that a file is written with: they are the same in every language."""

NOT_XML = [
    b"",
    b"<a",
    b"<a><b></a>",
    b"<a>",
    b"<a b></a>",
    b"<a b=c/>",
    b"<a b='1' b='2'/>",
    b"<a/><b/>",
    b"<p:a/>",
    b"<a p:b='1'/>",
    b"a",
    b"<a>&nope;</a>",
    b"<a>& </a>",
    b"<a>\x01</a>",
    b"<a b='<'/>",
    b"<a><!-- </a>",
    b"<a><![CDATA[ </a>",
    b" <?xml version='1.0'?><a/>",
]


WRITTEN = {"allowed", "engine", "wanted", "place", "expected", "facet", "type", "pattern", "attribute", "first", "second", "forms", "part"}
"""Details that say what could be written instead, by the names of files and schemas."""

MISSING = {"crossdesk-missing-attribute", "connector-without-input"}  # what it names is what the file does not have


def quoted(name: str, value: str, source: str) -> bool:
    """Whether every word of a detail stands in the file, or would have to."""
    return name in WRITTEN or all(word in source for word in WORD.findall(value))


def masked(value: object) -> object:
    """A detail without what was quoted: what is left must be in the language of the page."""
    if not isinstance(value, Phrase):
        return "□"
    return Phrase(value.template, **{name: masked(it if isinstance(it, str) else str(it)) for name, it in value.values.items()})


def plain(name: str, value: object) -> Iterator[tuple[str, str]]:
    """What was quoted, at any depth, with its name."""
    if isinstance(value, Phrase):
        for inner, it in value.values.items():
            yield from plain(inner, it if isinstance(it, str) else str(it))
    else:
        yield name, str(value)


def found_in_models() -> Iterator[tuple[str, ModelProblem]]:
    further = [
        gateway("exclusiveGateway", flow("it", "a", condition("{a: 1, a: 2}"))),
        one("task").replace(b"<bpmn:task", b"<bpmn:task colour='red'", 1),
        one("task").replace(b"<bpmn:task", b"<bpmn:task isForCompensation='perhaps'", 1),
    ]
    for data in [*(data for _, data, _ in MODELS), *further]:
        for problem in check(read_model(data, "order.bpmn"), CATALOGUE):
            yield data.decode(), problem
    for data in NOT_XML:
        with pytest.raises(DeploymentRefused) as caught:
            parse_xml(data, "order.bpmn")
        for problem in caught.value.problems:
            yield data.decode(), problem


def found_in_decisions() -> Iterator[tuple[str, ModelProblem]]:
    further = [definitions(literal("a", source)) for source, *_ in EXPRESSIONS] + [
        definitions(literal("a", "1").replace("<decision ", '<decision colour="red" ')),
        definitions(literal("a", "count(1, 2)")),
    ]
    for data in [*(data for data, _ in DECISIONS), *further]:
        try:
            problems = compile_dmn(data, "a.dmn", schemas=SCHEMAS).warnings
        except DeploymentRefused as refused:
            problems = refused.problems
        for problem in problems:
            yield data.decode(), problem


def found_in_forms() -> Iterator[tuple[str, ModelProblem]]:
    texts = [*(form(it) for it in BAD_EXPRESSIONS), *(form(field("textfield", "x", **it)) for it in BAD_SETTINGS), *NO_FORMS]
    texts += [form(field("textfield", "x", validate={"pattern": it})) for it in ("(", "[", "a)", "*", "(?=a)", "[b-a]", "a**")]
    texts += [form(field("textfield", "a b")), form(field("textfield", "sum")), form(field("hologram", "x")), form({"type": "textfield"})]
    texts += [form(field("textfield", "x"), field("textfield", "x")), form(field("number", "x", decimalDigits=2))]
    for text in texts:
        for problem in check_form("a.form", text):
            yield text, problem


@pytest.mark.parametrize("findings", [found_in_models, found_in_decisions, found_in_forms], ids=["models", "decisions", "forms"])
def test_no_finding_leaves_english_words_in_a_chinese_sentence(site: Site, findings):
    left: list[str] = []
    with site.app.test_request_context(), force_locale("zh"):
        for source, problem in findings():
            code, kept = problem.code, []
            for name, value in problem.details:
                left += [f"{code}: {it}" for inner, it in plain(name, value) if not (quoted(inner, it, source) or code in MISSING)]
                kept.append((name, masked(value) if name != "wanted" and value not in PLACES else value))
            said = told(ModelProblem("", 0, "", code, problem.message, details=tuple(kept), text=problem.text))
            left += [f"{code}: {said}" for word in WORD.findall(said) if word not in TERMS]
    assert left == []


def test_what_is_wrong_with_an_expression_is_told_in_chinese(site: Site):
    left = []
    with site.app.test_request_context(), force_locale("zh"):
        for compiling, sources in ((compile_expression, EXPRESSIONS), (compile_text, TEMPLATES)):
            for source, *_ in sources:
                with pytest.raises(FeelSyntaxError) as caught:
                    compiling(source)
                said = phrase(masked(str(caught.value)))
                left += [said for word in WORD.findall(said) if word not in TERMS]
    assert left == []


def test_every_text_of_the_checks_is_chinese_but_for_the_names_that_files_are_written_with(site: Site):
    with site.app.test_request_context(), force_locale("zh"):
        said = {code: phrase(Phrase(text)) for code, text in (*MESSAGES.items(), *FINDINGS.items())}
    words = {code: set(WORD.findall(re.sub(r"\{\w+\}", "", text))) - TERMS for code, text in said.items()}
    assert {code: left for code, left in words.items() if left} == {}
