"""What decisions, their columns, policies and bindings are called, in the language of the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.cases.decided import decision_label, words_of
from app.cases.values import value_name
from app.i18n import language
from app.studio.words import page_words
from app.words import gettext
from engine import show

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine import ColumnText, DecisionText, DecisionUse, DecisionVersion, DecisionWords


def in_templates() -> dict[str, Callable[..., str]]:
    """What templates call tables by."""
    return {"decision_text": text_name, "decision_column": column_name, "decision_policy": policy_name, "decision_type": type_name}


def version_name(row: DecisionVersion) -> str:
    """The name of a version of a decision."""
    words = words_of(row.id)
    return decision_label(words) if words else row.name or row.key


def text_name(decision: DecisionText) -> str:
    """The name of a decision in a file, published or not."""
    return decision.translations.get(language(), decision.name)


def column_name(column: ColumnText) -> str:
    """The name of a column."""
    return column.translations.get(language(), column.label or column.expression)


def policy_name(policy: str) -> str:
    """What a hit policy makes of several rules that match."""
    known = {
        "UNIQUE": gettext("Unique: one rule matches at most"),
        "FIRST": gettext("First: the first rule that matches counts"),
        "ANY": gettext("Any: all rules that match say the same"),
        "PRIORITY": gettext("Priority: the rule with the most important result counts"),
        "RULE ORDER": gettext("Rule order: a list in the order of the rules"),
        "OUTPUT ORDER": gettext("Output order: a list, the most important first"),
        "COLLECT": gettext("Collect: a list of all results"),
        "COLLECT SUM": gettext("Collect: the sum of all results"),
        "COLLECT COUNT": gettext("Collect: how many rules match"),
        "COLLECT MIN": gettext("Collect: the smallest result"),
        "COLLECT MAX": gettext("Collect: the largest result"),
    }
    return known.get(policy, policy)


def type_name(type_ref: str) -> str:
    """What a type of FEEL is called; one of the file's own keeps its name."""
    known = {
        "string": gettext("text"),
        "number": gettext("number"),
        "boolean": gettext("yes or no"),
        "date": gettext("date"),
        "time": gettext("time"),
        "dateTime": gettext("date and time"),
        "date and time": gettext("date and time"),
    }
    return known.get(type_ref, type_ref)


def binding_name(use: DecisionUse) -> str:
    """Which version a step asks for."""
    if use.is_computed:
        return gettext("which decision it asks for is computed")
    if use.binding == "deployment":
        return gettext("the version that was published with the process")
    if use.binding == "version":
        return gettext("always version %(number)s", number=use.wanted)
    if use.binding == "versionTag":
        return gettext("the version with the tag %(tag)s", tag=use.wanted)
    return gettext("always the latest version")


def named_value(words: DecisionWords | None, column: str, value: object) -> str:
    """A value as FEEL writes it, with what its column calls it."""
    text = show(value)
    found = next((it for it in words.outputs if it.key == column), None) if words else None
    name = value_name(found.values, value) if found else ""
    return gettext("%(name)s (%(value)s)", name=name, value=text) if name else text


def editor_words() -> dict[str, object]:
    """What the editor says, by the names that the island uses."""
    return {
        **page_words(),
        "onAPhone": gettext("On a screen this small the table can be looked at. Edit it at a desk."),
        "notOpened": gettext("The editor knows DMN 1.3 and cannot open this file, so it is only shown. Change it by hand and upload it."),
        "views": gettext("Decision"),
        "unnamed": gettext("A column without a name"),
        "graph": gettext("Diagram of the decisions"),
    }
