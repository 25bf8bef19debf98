"""Two versions of a file of decisions as one table: what came, went and changed, marked in it and told in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Response, jsonify, render_template, request

from app.auth.views import actor
from app.decisions import words
from app.decisions.editing import require_analyst
from app.decisions.views import DRAFT, blueprint, draft_of
from app.services import services
from app.studio.drafting import sent
from app.words import gettext
from engine import Change, DeploymentRefused, Forbidden, InvalidRequest, NotFound, compare_decisions, read_outline

if TYPE_CHECKING:
    from engine import BothCells, BothColumns, BothDecisions, BothRules, BothTables, DecisionText


@dataclass(frozen=True, slots=True)
class Said:
    """One difference in words, with what stood there and what stands there."""

    kind: str
    text: str
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Compared:
    """One decision of both files: its name, what is different in words, and the table that holds both."""

    name: str
    change: str
    said: tuple[Said, ...]
    both: BothDecisions


@blueprint.get("/<key>/compare")
def compare(key: str) -> str:
    """`?one=1&other=2`: numbers of versions, or `draft`. Without them: what is published, and the draft or the version before."""
    if not actor().may_see_models:
        raise Forbidden
    versions = services().engine.decisions.versions(actor(), key)
    names = ([DRAFT] if draft_of(key) else []) + [str(row.version) for row in versions]
    other = request.args.get("other", names[0])
    one = request.args.get("one", next((it for it in names if it != other), names[0]))
    if one not in names or other not in names:
        raise NotFound
    said = {it: gettext("The draft") if it == DRAFT else gettext("Version %(number)s", number=it) for it in names}
    try:
        found = compared(_outline(key, one), _outline(key, other))
    except DeploymentRefused as refused:
        raise InvalidRequest(str(refused)) from refused
    return render_template(
        "decisions/compare.html", name=words.version_name(versions[0]), key=key, sides=said, one=one, other=other, found=found
    )


@blueprint.post("/<key>/both")
def both(key: str) -> Response:
    """Two files that the editor has, theirs and mine, as one table."""
    require_analyst()
    services().engine.decisions.versions(actor(), key)
    files = [sent().get(name) for name in ("theirs", "mine")]
    texts = [it.encode() for it in files if isinstance(it, str)]
    if len(texts) != len(files):
        raise InvalidRequest("two files are compared")
    try:
        found = compared(*(read_outline(text, key) for text in texts))
    except DeploymentRefused as refused:
        raise InvalidRequest(str(refused)) from refused
    return jsonify(html=render_template("decisions/both.html", found=found))


def compared(before: tuple[DecisionText, ...], after: tuple[DecisionText, ...]) -> list[Compared]:
    """What is different, decision by decision; those that are the same too, to be named."""
    texts = {it.id: it for it in (*before, *after)}
    found = compare_decisions(before, after)
    return [Compared(words.text_name(texts[it.key]), it.change.value, tuple(_said(it)), it) for it in found]


def _outline(key: str, side: str) -> tuple[DecisionText, ...]:
    decisions = services().engine.decisions
    if side == DRAFT:
        draft = draft_of(key)
        if draft is None:
            raise NotFound
        return read_outline(draft.content, draft.resource_name)
    row = next(it for it in decisions.versions(actor(), key) if str(it.version) == side)
    file = decisions.file(actor(), row.id)
    return read_outline(file.content, file.name)


def _said(it: BothDecisions) -> list[Said]:
    if it.change is Change.ADDED:
        return [Said("added", gettext("The decision is new"))]
    if it.change is Change.REMOVED:
        return [Said("removed", gettext("The decision is gone"))]
    found = [_changed(gettext("Name"), it.name), _changed(gettext("Expression"), it.logic)]
    return [one for one in found if one is not None] + (_said_of_table(it.table) if it.table else [])


def _said_of_table(table: BothTables) -> list[Said]:
    policy = table.policy
    found: list[Said] = []
    if policy.change is Change.CHANGED:
        texts = [words.policy_name(it or "") for it in (policy.before, policy.after)]
        found.append(Said("changed", gettext("Hit policy"), *texts))
    found += [_said_of_column(column) for column in table.columns if column.change is not Change.SAME]
    names = [_column_name(column) for column in table.columns]
    for rule in table.rules:
        found += _said_of_rule(rule, names, [column.change for column in table.columns])
    return found


def _column_name(column: BothColumns) -> str:
    known = column.after or column.before
    return words.column_name(known) if known else ""


def _said_of_column(column: BothColumns) -> Said:
    name = _column_name(column)
    if column.before is None or column.after is None:
        new, gone = gettext("Column %(name)s is new", name=name), gettext("Column %(name)s is gone", name=name)
        return Said(column.change.value, gone if column.after is None else new)
    parts = [(getattr(column.before, it), getattr(column.after, it)) for it in ("label", "expression", "type_ref", "values", "default")]
    different = [(one, other) for one, other in parts if one != other]
    before, after = (" ".join(text for text in side if text) for side in zip(*different, strict=True)) if different else ("", "")
    return Said(column.change.value, gettext("Column %(name)s", name=name), before, after)


def _said_of_rule(rule: BothRules, names: list[str], columns: list[Change]) -> list[Said]:
    if rule.change is Change.ADDED:
        return [Said("added", gettext("Rule %(number)s is new", number=rule.after), "", _cells(rule, after=True))]
    if rule.change is Change.REMOVED:
        return [Said("removed", gettext("Rule %(number)s is gone", number=rule.before), _cells(rule, after=False))]
    if rule.change is Change.MOVED:
        return [Said("moved", gettext("Rule %(before)s is now rule %(after)s", before=rule.before, after=rule.after))]
    found = [
        _changed(gettext("Rule %(number)s, %(column)s", number=rule.after, column=name), cell)
        for name, cell, column in zip(names, rule.cells, columns, strict=True)
        if column in {Change.SAME, Change.CHANGED}
    ]
    found.append(_changed(gettext("Rule %(number)s, annotation", number=rule.after), rule.note))
    return [one for one in found if one is not None]


def _changed(text: str, cell: BothCells) -> Said | None:
    return None if cell.change is Change.SAME else Said(cell.change.value, text, cell.before or "", cell.after or "")


def _cells(rule: BothRules, *, after: bool) -> str:
    return gettext("; ").join(text for text in ((it.after if after else it.before) for it in rule.cells) if text)
