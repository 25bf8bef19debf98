"""Processes, their versions and diagrams; checking and publishing files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING

from flask import Blueprint, Response, flash, redirect, render_template, request, send_file, url_for
from werkzeug.wrappers import Response as AnyResponse

from app.auth.views import actor
from app.bootstrap import shipped_folders
from app.cases.diagrams import plain_diagram
from app.cases.naming import category_name, person_name, process_name
from app.decisions.words import version_name as decision_name
from app.i18n import show_moment
from app.processes import words
from app.sample.found import SHIPMENT, shipped_files
from app.services import services
from app.words import gettext
from engine import DeploymentRefused, Forbidden, HeldBack, InvalidRequest, Load, ModelProblem, NotFound

if TYPE_CHECKING:
    from engine import Definition, ProcessDefinition

blueprint = Blueprint("processes", __name__, url_prefix="/processes", template_folder="templates")

_KINDS = (".bpmn", ".dmn", ".form")


@dataclass(frozen=True, slots=True)
class Line:
    """A process, or a version of it, in a list."""

    name: str
    key: str
    category: str
    owner: str
    version: int
    resource: str
    deployed_at: datetime
    deployed_by: str
    url: str
    load: Load  # of all versions, or of this one
    is_current: bool = False  # it is shown
    is_latest: bool = True
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """A finding of the checks."""

    file: str
    line: int
    element: str
    text: str
    is_warning: bool


@dataclass(frozen=True, slots=True)
class Checked:
    """The report of the checks."""

    title: str
    summary: str
    files: tuple[str, ...]
    lines: tuple[Found, ...]
    is_sound: bool


@blueprint.get("")
def index() -> str:
    """All processes in their latest version."""
    return _page(None)


@blueprint.get("/<key>")
def show(key: str) -> str:
    """One process: its diagram and its versions; `?version=2` shows an older one."""
    _require_analyst()
    versions = services().engine.definitions.versions(key)
    if not versions:
        raise NotFound
    wanted = request.args.get("version", type=int) or versions[0].version
    chosen = next((it for it in versions if it.version == wanted), versions[0])
    definition = services().engine.definitions.get(chosen.id)
    load = services().engine.definitions.load(actor())
    lines = [_version(it, load.get(it.id, Load()), is_current=it.id == chosen.id, is_latest=it.id == versions[0].id) for it in versions]
    warnings = services().engine.definitions.warnings(actor(), chosen.id)
    return render_template(
        "processes/show.html",
        name=process_name(definition),
        key=key,
        may_publish=may_publish(),
        draft=_draft(key),
        line=next(it for it in lines if it.is_current),
        lines=lines,
        facts=words.facts_of(definition),
        diagram=plain_diagram(definition),
        definition=definition,
        decisions=[
            (decision_name(it.row), url_for("decisions.show", key=it.row.key))
            for it in services().engine.decisions.all(actor())
            if any(use.definition.row.key == key for use in it.uses)
        ],
        checked=checked(warnings, {chosen.resource_name: b""}, gettext("What the checks say today")) if warnings else None,
    )


@blueprint.get("/files/<definition_id>")
def file(definition_id: str) -> Response:
    """The file of a version. Whoever sees cases of a process may see its diagram; it comes as a download, never as a page."""
    content = services().engine.definitions.xml(definition_id)
    name = _plain_name(services().engine.definitions.get(definition_id).row.resource_name) or "process.bpmn"
    return send_file(BytesIO(content), "application/xml", as_attachment=True, download_name=name, etag=False, conditional=False)


@blueprint.post("")
def deploy() -> AnyResponse | tuple[str, int] | str:
    """Check the files, and publish them where that was asked for and nothing is wrong."""
    _require_analyst()
    files = {_plain_name(it.filename or ""): it.read() for it in request.files.getlist("files") if it.filename}
    if not files or any(not name.endswith(_KINDS) for name in files):
        raise InvalidRequest(gettext("Choose .bpmn, .dmn and .form files."))
    engine = services().engine
    if request.form.get("only_check"):
        return _page(checked(engine.definitions.check(actor(), files), files))
    try:
        made = engine.definitions.deploy(actor(), request.form.get("name", "").strip() or next(iter(files)), files, source="upload")
    except DeploymentRefused as refused:
        return _page(checked(refused.problems, files)), 422
    if not made.definitions:
        flash(gettext("The files were published; there is no process in them."), "done")
        return redirect(url_for("processes.index"), 303)
    first = made.definitions[0]
    published = gettext("Published: %(name)s, version %(number)s.", name=first.name, number=first.version)
    if made.warnings:
        return _page(checked(made.warnings, files, published))
    flash(published, "done")
    return redirect(url_for("processes.show", key=first.key), 303)


def _plain_name(name: str) -> str:
    """The name of a file without its folders; Chinese names stay, since forms are found by them."""
    return "".join(letter for letter in name.replace("\\", "/").rpartition("/")[2] if letter.isprintable() and letter != '"').strip()


def _page(report: Checked | None) -> str:
    _require_analyst()
    load: dict[str, Load] = {}
    for definition_id, part in services().engine.definitions.load(actor()).items():
        key = definition_id.partition(":")[0]
        load[key] = load.get(key, Load()) + part
    lines = [_line(it, load.get(it.row.key, Load())) for it in services().engine.definitions.all_latest()]
    return render_template("processes/index.html", lines=lines, checked=report, held=_held_back(), may_publish=may_publish())


def checked(problems: Sequence[ModelProblem], files: Mapping[str, bytes], published: str = "") -> Checked:
    """The report of the checks, for `processes/report.html`."""
    errors = sum(not it.warning for it in problems)
    title = published or (gettext("This cannot be published yet") if errors else gettext("Nothing stands in the way of publishing"))
    lines = [Found(it.resource, it.line, it.element, words.told(it), it.warning) for it in problems]
    lines.sort(key=lambda it: (it.file, it.is_warning, it.line))
    return Checked(title, words.counted(errors, len(problems) - errors), tuple(files), tuple(lines), not errors)


def _line(definition: Definition, load: Load) -> Line:
    row = definition.row
    return Line(
        process_name(definition),
        row.key,
        category_name(definition.process),
        words.owner_name(definition.process),
        row.version,
        row.resource_name,
        row.deployed_at,
        person_name(row.deployed_by),
        url_for("processes.show", key=row.key),
        load,
    )


def _version(row: ProcessDefinition, load: Load, *, is_current: bool, is_latest: bool) -> Line:
    url, by = url_for("processes.show", key=row.key, version=row.version), person_name(row.deployed_by)
    return Line(
        row.name, row.key, "", "", row.version, row.resource_name, row.deployed_at, by, url, load, is_current, is_latest, row.reason or ""
    )


def _held_back() -> list[HeldBack]:
    """The shipped files that are new and were not deployed, as somebody has published over them: in the sample company only."""
    if not services().doors.has_demo_credentials():
        return []
    return [replace(it, by=person_name(it.by)) for it in services().engine.definitions.held_back(actor(), SHIPMENT, _shipped())]


@cache
def _shipped() -> dict[str, bytes]:
    return shipped_files(shipped_folders())


def may_publish() -> bool:
    """Whether drafts and publishing are for this person."""
    return (actor().may_model or actor().may_administer) and not actor().may_audit


def _draft(key: str) -> str:
    """What is known of the draft of a process, for who may have one."""
    found = services().engine.drafts.all(actor()).get(key) if may_publish() else None
    if found is None:
        return ""
    return gettext("There is a draft, saved by %(person)s, %(when)s.", person=person_name(found.saved_by), when=show_moment(found.saved_at))


def _require_analyst() -> None:
    if not actor().may_see_models:
        raise Forbidden
