"""What can be wrong with a form, found when it is deployed and not when somebody fills it in."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Final

import re2

from engine import ModelProblem
from engine.feel import Environment, FeelFunction, FeelSyntaxError, compile_expression, said_by_re2
from forms.barcodes import missing
from forms.expressions import compiled, is_expression
from forms.findings import FINDINGS
from forms.reading import UNIT_OF
from forms.schema import BARCODE, COMPUTED, GROUP, INPUTS, LIST, PRESENTATION, Component, FormError, FormSchema, fields_of, read_form, walk
from forms.values import MAX_EXPONENT

NAME: Final = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*")
KNOWN_TYPES: Final = INPUTS | PRESENTATION | {COMPUTED, LIST, GROUP}
EXPRESSION_ATTRIBUTES: Final = ("valuesExpression", "readonly", "dataSource", "columnsExpression", "source")
HOST_FUNCTIONS: Final = frozenset({"now", "today"})
RESERVED: Final = frozenset({"this", "parent", "i"})


def _is_number(value: object) -> bool:
    """Whether a limit is a number that an amount can be compared with; the editor writes some of them as text, or as an expression."""
    if isinstance(value, str) and (not value.strip() or is_expression(value)):
        return True
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return False
    try:
        exact = Decimal(str(value))
    except InvalidOperation:
        return False
    return exact.is_finite() and (exact == 0 or abs(exact.adjusted()) <= MAX_EXPONENT)


def _is_count(value: object) -> bool:
    if isinstance(value, str) and (not value.strip() or is_expression(value)):
        return True
    return _is_number(value) and Decimal(str(value)) >= 0 and Decimal(str(value)) % 1 == 0


def _is_boolean(value: object) -> bool:
    return isinstance(value, bool) or is_expression(value)


def _is_choices(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(it, str | int | float | dict) for it in value)


NUMBER = (_is_number, "a number, or FEEL after “=”")
COUNT = (_is_count, "a whole number from 0, or FEEL after “=”")
BOOLEAN = (_is_boolean, "true or false")
RULES: Final = {
    "required": BOOLEAN,
    "min": NUMBER,
    "max": NUMBER,
    "minLength": COUNT,
    "maxLength": COUNT,
    "pattern": (lambda value: isinstance(value, str), "a regular expression"),
    "validationType": (lambda value: value in {"", "custom", "email", "phone"}, "“custom”, “email” or “phone”"),
}
"""What stands under `validate`: whether a value fits, and what to write instead."""

SETTINGS: Final = {
    "decimalDigits": COUNT,
    "increment": NUMBER,
    "subtype": (lambda value: value in {"date", "time", "datetime"}, "“date”, “time” or “datetime”"),
    "serializeToString": BOOLEAN,
    "disallowPassedDates": BOOLEAN,
    "allowAddRemove": BOOLEAN,
    "readonly": BOOLEAN,
    "disabled": BOOLEAN,
    "values": (_is_choices, "a list of choices"),
    "validate": (lambda value: isinstance(value, dict), "an object"),
    "properties": (lambda value: isinstance(value, dict), "an object"),
}
"""What stands in the component itself."""

WANTED: Final = frozenset(wanted for _, wanted in (*RULES.values(), *SETTINGS.values()))
"""What is to be written instead, in English."""


def check_form(resource: str, text: str) -> list[ModelProblem]:
    """Everything that is wrong with a form; an empty list where it may be deployed."""
    try:
        schema = read_form(text)
    except FormError as error:
        return [_problem(resource, (1, ""), "form-unreadable", {"reason": str(error)})]
    found = [*_names(schema), *_barcodes(schema), *(finding for component in walk(schema.components) for finding in _component(component))]
    return [_problem(resource, (_line(text, component), _id(component)), code, said) for component, code, said in found]


def _problem(resource: str, place: tuple[int, str], code: str, said: Mapping[str, object]) -> ModelProblem:
    """A problem at a line and an element."""
    details = {name: str(value) for name, value in said.items()}
    return ModelProblem(resource, *place, code, FINDINGS[code].format(**details), details=tuple(details.items()))


Finding = tuple[Component, str, Mapping[str, object]]


def _names(schema: FormSchema) -> Iterator[Finding]:
    """Names must be plain, free and told apart: in the form, and in each list of it."""
    for components in (schema.components, *(item.components for item in walk(schema.components) if item.type == LIST)):
        fields = list(fields_of(components))
        times = Counter(item.name for item in fields)
        for item in fields:
            if times[item.name] > 1:
                yield item, "form-key-twice", {"name": item.name, "times": times[item.name]}
            if not NAME.fullmatch(item.name):
                yield item, "form-key", {"name": item.name}
            if item.name in HOST_FUNCTIONS | RESERVED or _is_function(item.name):
                yield item, "form-key-reserved", {"name": item.name}
            counted = item.properties.get(UNIT_OF)
            if counted and not any(it.name == counted and it.option_source for it in fields):
                yield item, "form-unit", {"name": item.name, "counted": counted}


def _barcodes(schema: FormSchema) -> Iterator[Finding]:
    for item in walk(schema.components):
        if item.type == BARCODE:
            yield from ((item, "form-barcode", {"named": named}) for named in missing(item, schema))


def _is_function(name: str) -> bool:
    """Whether a name stands for a function of FEEL: without a variable of that name, that is its value."""
    try:
        return isinstance(compile_expression(name).evaluate({}, Environment()), FeelFunction)
    except FeelSyntaxError:
        return True  # a word of the language, such as `for`


def _component(item: Component) -> Iterator[Finding]:
    if item.type not in KNOWN_TYPES:
        yield item, "form-type", {"type": item.type}
    if item.type in INPUTS | {COMPUTED, LIST} and not item.name:
        yield item, "form-key-missing", {"type": item.type}
    if item.type == "number" and not item.as_text and item.setting("decimalDigits") not in (0, None):
        yield item, "form-number", {"name": item.name}
    yield from _settings(item)
    yield from _expressions(item)
    pattern = item.validate.get("pattern")
    if isinstance(pattern, str) and pattern:
        try:
            re2.compile(pattern)
        except re2.error as error:
            yield item, "form-pattern", {"pattern": pattern, "name": item.name, "reason": said_by_re2(error)}


def _settings(item: Component) -> Iterator[Finding]:
    """Settings of the wrong kind: nobody would see that they have no effect, or a different one."""
    for settings, rules in ((item.validate, RULES), (item.raw, SETTINGS)):
        for name, (fits, wanted) in rules.items():
            value = settings.get(name)
            if value is not None and not fits(value):
                shown = json.dumps(value, ensure_ascii=False)[:60]
                yield item, "form-setting", {"setting": name, "name": item.name or item.label, "value": shown, "wanted": wanted}


def _expressions(item: Component) -> Iterator[Finding]:
    sources = [item.setting(name) for name in EXPRESSION_ATTRIBUTES]
    sources += [item.validate.get(name) for name in ("min", "max", "minLength", "maxLength")]
    marked = [source for source in sources if isinstance(source, str) and is_expression(source)]
    always = [item.hide, item.prefill, item.expression if item.type == COMPUTED else None]
    for source in (*marked, *(source for source in always if source is not None)):
        try:
            compiled(source, HOST_FUNCTIONS)
        except FeelSyntaxError as error:
            yield item, "form-expression", {"source": source, "name": item.name or item.label, "reason": error}


def _id(component: Component) -> str:
    return str(component.setting("id") or component.name)


def _line(text: str, component: Component) -> int:
    """The line at which the component's id, or else its key, stands in the file."""
    for word in (component.setting("id"), component.name):
        place = text.find(f'"{word}"') if word else -1
        if place >= 0:
            return text.count("\n", 0, place) + 1
    return 1
