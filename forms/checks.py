"""What can be wrong with a form, found when it is deployed and not when somebody fills it in."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Final

import re2

from engine import ModelProblem
from engine.feel import Environment, FeelFunction, FeelSyntaxError, compile_expression
from forms.expressions import compiled, is_expression
from forms.schema import COMPUTED, GROUP, INPUTS, LIST, PRESENTATION, Component, FormError, FormSchema, fields_of, read_form, walk

NAME: Final = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*")
KNOWN_TYPES: Final = INPUTS | PRESENTATION | {COMPUTED, LIST, GROUP}
EXPRESSION_ATTRIBUTES: Final = ("valuesExpression", "readonly", "dataSource", "columnsExpression", "source")
HOST_FUNCTIONS: Final = frozenset({"now", "today"})
RESERVED: Final = frozenset({"this", "parent", "i"})


def check_form(resource: str, text: str) -> list[ModelProblem]:
    """Everything that is wrong with a form; an empty list where it may be deployed."""
    try:
        schema = read_form(text)
    except FormError as error:
        return [ModelProblem(resource, 1, "", "form-unreadable", str(error))]
    found = [*_names(schema), *(finding for component in walk(schema.components) for finding in _component(component))]
    return [ModelProblem(resource, _line(text, component), _id(component), code, message) for component, code, message in found]


Finding = tuple[Component, str, str]


def _names(schema: FormSchema) -> Iterator[Finding]:
    """Names must be plain, free and told apart: in the form, and in each list of it."""
    for components in (schema.components, *(item.components for item in walk(schema.components) if item.type == LIST)):
        fields = list(fields_of(components))
        times = Counter(item.name for item in fields)
        for item in fields:
            if times[item.name] > 1:
                yield item, "form-key-twice", f"The key “{item.name}” is used {times[item.name]} times. Give each field a key of its own."
            if not NAME.fullmatch(item.name):
                yield item, "form-key", f"The key “{item.name}” is no name. Use letters, digits and underscores, beginning with a letter."
            if item.name in HOST_FUNCTIONS | RESERVED or _is_function(item.name):
                message = f"The key “{item.name}” is the name of a FEEL function or word, and would break expressions. Choose another."
                yield item, "form-key-reserved", message


def _is_function(name: str) -> bool:
    """Whether a name stands for a function of FEEL: without a variable of that name, that is its value."""
    try:
        return isinstance(compile_expression(name).evaluate({}, Environment()), FeelFunction)
    except FeelSyntaxError:
        return True  # a word of the language, such as `for`


def _component(item: Component) -> Iterator[Finding]:
    if item.type not in KNOWN_TYPES:
        yield item, "form-type", f"Components of the type “{item.type}” are not supported yet."
    if item.type in INPUTS | {COMPUTED, LIST} and not item.name:
        yield item, "form-key-missing", f"The {item.type} has no key."
    if item.type == "number" and not item.as_text and item.setting("decimalDigits") not in (0, None):
        yield item, "form-number", f"“{item.name}” has decimals: set serializeToString, or its digits are lost in the browser."
    yield from _expressions(item)
    pattern = item.validate.get("pattern")
    if isinstance(pattern, str) and pattern:
        try:
            re2.compile(pattern)
        except re2.error as error:
            yield item, "form-pattern", f"The pattern “{pattern}” of “{item.name}” cannot be used: {error}."


def _expressions(item: Component) -> Iterator[Finding]:
    sources = [item.setting(name) for name in EXPRESSION_ATTRIBUTES]
    sources += [item.validate.get(name) for name in ("min", "max", "minLength", "maxLength")]
    marked = [source for source in sources if isinstance(source, str) and is_expression(source)]
    always = [item.hide, item.prefill, item.expression if item.type == COMPUTED else None]
    for source in (*marked, *(source for source in always if source is not None)):
        try:
            compiled(source, HOST_FUNCTIONS)
        except FeelSyntaxError as error:
            yield item, "form-expression", f"The expression “{source}” of “{item.name or item.label}” is wrong: {error}."


def _id(component: Component) -> str:
    return str(component.setting("id") or component.name)


def _line(text: str, component: Component) -> int:
    """The line at which the component's id, or else its key, stands in the file."""
    for word in (component.setting("id"), component.name):
        place = text.find(f'"{word}"') if word else -1
        if place >= 0:
            return text.count("\n", 0, place) + 1
    return 1
