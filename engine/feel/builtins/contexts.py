"""Context functions, and those that ask about any value (DMN 1.5, 10.3.4.10)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.feel.builtins.registry import builtin
from engine.feel.errors import FeelNull
from engine.feel.values import FeelValue
from engine.phrases import Phrase

if TYPE_CHECKING:
    from engine.feel.runtime import Evaluation

Context = dict[str, Any]


@builtin("get value", "m: context", "key: string")
def get_value(_: Evaluation, context: Context, key: str) -> FeelValue:
    """The entry of a context."""
    if key not in context:
        raise FeelNull(Phrase("the context has no such entry"))
    return context[key]


@builtin("get value", "m: context", "keys: list")
def get_value_at(_: Evaluation, context: Context, keys: list[Any]) -> FeelValue:
    """The entry that a list of keys leads to."""
    value: FeelValue = context
    if not keys:
        raise FeelNull(Phrase("'keys' is empty"))
    for key in keys:
        if type(value) is not dict or type(key) is not str or key not in value:
            raise FeelNull(Phrase("the keys lead to no entry"))
        value = value[key]
    return value


@builtin("get entries", "m: context")
def get_entries(evaluation: Evaluation, context: Context) -> list[Context]:
    """The entries as a list of contexts with `key` and `value`."""
    return evaluation.items([{"key": key, "value": value} for key, value in context.items()])


@builtin("context", "entries: list")
def context_of(evaluation: Evaluation, entries: list[Any]) -> Context:
    """A context from entries with `key` and `value`."""
    result: Context = {}
    for entry in entries:
        evaluation.charge(1)
        if type(entry) is not dict or type(entry.get("key")) is not str or "value" not in entry:
            raise FeelNull(Phrase("each entry must be a context with 'key' and 'value'"))
        if entry["key"] in result:
            raise FeelNull(Phrase("a key is given twice"))
        result[entry["key"]] = entry["value"]
    return result


@builtin("context put", "context: context", "key: string", "value: any")
def context_put(evaluation: Evaluation, context: Context, key: str, value: FeelValue) -> Context:
    """The context with one entry added or replaced."""
    evaluation.charge(len(context))
    evaluation.room(len(context) + 1)
    return {**context, key: value}


@builtin("context put", "context: context", "keys: list", "value: any")
def context_put_at(evaluation: Evaluation, context: Context, keys: list[Any], value: FeelValue) -> Context:
    """The context with the entry changed that a list of keys leads to."""
    if not keys or type(keys[0]) is not str:
        raise FeelNull(Phrase("'keys' must hold strings"))
    evaluation.deeper(1)
    try:
        if len(keys) == 1:
            return context_put(evaluation, context, keys[0], value)  # type: ignore[no-any-return]
        inner = context.get(keys[0])
        if type(inner) is not dict:
            raise FeelNull(Phrase("the keys lead to no context"))
        return context_put(evaluation, context, keys[0], context_put_at(evaluation, inner, keys[1:], value))  # type: ignore[no-any-return]
    finally:
        evaluation.depth -= 1


@builtin("context merge", "contexts: list")
def context_merge(evaluation: Evaluation, contexts: list[Any]) -> Context:
    """All entries of several contexts; a later one wins."""
    result: Context = {}
    for context in contexts:
        if type(context) is not dict:
            raise FeelNull(Phrase("'contexts' must hold contexts only"))
        evaluation.charge(len(context))
        result.update(context)
        evaluation.room(len(result))
    return result


@builtin("is defined", "value: any")
def is_defined(_: Evaluation, value: FeelValue) -> bool:
    """Whether the value is not null."""
    return value is not None


@builtin("get or else", "value: any", "default: any")
def get_or_else(_: Evaluation, value: FeelValue, default: FeelValue) -> FeelValue:
    """The value, or the default if it is null."""
    return default if value is None else value
