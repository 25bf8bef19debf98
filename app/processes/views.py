"""Processes, their versions and diagrams; checking and publishing files."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.utils import secure_filename
from werkzeug.wrappers import Response as AnyResponse

from app.auth.views import actor
from app.cases.diagrams import plain_diagram
from app.cases.naming import category_name, person_name, process_name
from app.services import services
from app.words import gettext
from engine import DeploymentRefused, Forbidden, InvalidRequest, ModelProblem, NotFound

if TYPE_CHECKING:
    from engine import Definition

blueprint = Blueprint("processes", __name__, url_prefix="/processes", template_folder="templates")

_KINDS = (".bpmn", ".dmn", ".form")


@dataclass(frozen=True, slots=True)
class Line:
    """A process, or a version of it, in a list."""

    name: str
    key: str
    category: str
    version: int
    resource: str
    deployed_at: datetime
    deployed_by: str
    url: str
    is_current: bool = False


@dataclass(frozen=True, slots=True)
class Checked:
    """What the checks found."""

    problems: tuple[ModelProblem, ...]
    files: tuple[str, ...]

    @property
    def is_sound(self) -> bool:
        """Whether it may be published."""
        return all(problem.warning for problem in self.problems)


@blueprint.get("")
def index() -> str:
    """All processes in their latest version."""
    _require_analyst()
    lines = [_line(it, url_for("processes.show", key=it.row.key)) for it in services().engine.definitions.all_latest()]
    return render_template("processes/index.html", lines=lines, checked=None)


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
    lines = [
        Line(it.name, it.key, "", it.version, it.resource_name, it.deployed_at, person_name(it.deployed_by), url, it.id == chosen.id)
        for it in versions
        for url in [url_for("processes.show", key=key, version=it.version)]
    ]
    return render_template(
        "processes/show.html", name=process_name(definition), key=key, lines=lines, diagram=plain_diagram(definition), definition=definition
    )


@blueprint.get("/files/<definition_id>")
def file(definition_id: str) -> Response:
    """The file of a version. Whoever sees cases of a process may see its diagram; it comes as a download, never as a page."""
    content = services().engine.definitions.xml(definition_id)
    name = secure_filename(services().engine.definitions.get(definition_id).row.resource_name) or "process.bpmn"
    answer = Response(content, mimetype="application/xml")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@blueprint.post("")
def deploy() -> AnyResponse | tuple[str, int] | str:
    """Check the files, and publish them where that was asked for and nothing is wrong."""
    _require_analyst()
    files = {secure_filename(it.filename or ""): it.read() for it in request.files.getlist("files") if it.filename}
    if not files or any(not name.endswith(_KINDS) for name in files):
        raise InvalidRequest(gettext("Choose .bpmn, .dmn and .form files."))
    engine = services().engine
    if request.form.get("only_check"):
        return _report(Checked(tuple(engine.definitions.check(actor(), files)), tuple(files)))
    try:
        made = engine.definitions.deploy(actor(), request.form.get("name", "").strip() or next(iter(files)), files, source="upload")
    except DeploymentRefused as refused:
        return _report(Checked(refused.problems, tuple(files))), 422
    for warning in made.warnings:
        flash(f"{warning.element}: {warning.message}", "warning")
    if not made.definitions:
        flash(gettext("The files were published; there is no process in them."), "done")
        return redirect(url_for("processes.index"), 303)
    first = made.definitions[0]
    flash(gettext("Published: %(name)s, version %(number)s.", name=first.name, number=first.version), "done")
    return redirect(url_for("processes.show", key=first.key), 303)


def _report(checked: Checked) -> str:
    lines = [_line(it, url_for("processes.show", key=it.row.key)) for it in services().engine.definitions.all_latest()]
    return render_template("processes/index.html", lines=lines, checked=checked)


def _line(definition: Definition, url: str) -> Line:
    row = definition.row
    category = category_name(definition.process)
    return Line(
        process_name(definition), row.key, category, row.version, row.resource_name, row.deployed_at, person_name(row.deployed_by), url
    )


def _require_analyst() -> None:
    if not (actor().may_model or actor().may_administer or actor().may_audit):
        raise Forbidden
