"""Decisions to look at: the list, one decision with its versions and who asks for it, its file."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING

from flask import Blueprint, Response, render_template, request, send_file, url_for

from app.auth.views import actor
from app.cases.naming import person_name, process_name, step_name
from app.decisions import words
from app.processes.views import may_publish
from app.services import services
from app.studio.drafting import saved
from engine import DeploymentRefused, Forbidden, NotFound, read_outline

if TYPE_CHECKING:
    from datetime import datetime

    from engine import DecisionFile, DecisionText, DecisionUse, DecisionVersion, ModelDraft

blueprint = Blueprint("decisions", __name__, url_prefix="/decisions", template_folder="templates")
DRAFT = "draft"


@dataclass(frozen=True, slots=True)
class Line:
    """A decision, or a version of it, in a list."""

    name: str
    key: str
    version: int
    file: str
    deployed_at: datetime
    deployed_by: str
    url: str
    used_by: tuple[str, ...] = ()  # names of processes
    draft: str = ""
    reason: str = ""
    is_current: bool = False


@dataclass(frozen=True, slots=True)
class Use:
    """A step that asks for a decision."""

    process: str
    url: str
    step: str
    binding: str


@dataclass(frozen=True, slots=True)
class Opened:
    """The file that a page is about: the draft where there is one, else the version that is asked for."""

    base: DecisionFile
    row: DecisionVersion  # of the decision in that file
    latest: DecisionVersion
    draft: ModelDraft | None
    content: bytes

    @property
    def outline(self) -> tuple[DecisionText, ...]:
        """What the file says; nothing where it cannot be read."""
        try:
            return read_outline(self.content, self.base.name)
        except DeploymentRefused:
            return ()

    def text(self, key: str) -> DecisionText | None:
        """What the file says of a decision."""
        return next((it for it in self.outline if it.id == key), None)


def opened(key: str, *, with_draft: bool = True) -> Opened:
    """What a page opens: the draft, the version that `?version=` names, or the latest. Raises `NotFound`, `Forbidden`."""
    decisions = services().engine.decisions
    versions = decisions.versions(actor(), key)
    draft = draft_of(key) if with_draft else None
    if draft is not None:
        base = decisions.file(actor(), draft.based_on)
        return Opened(base, base.of(key) or versions[0], versions[0], draft, draft.content)
    wanted = request.args.get("version", type=int)
    row = next((it for it in versions if it.version == wanted), None) if wanted is not None else versions[0]
    if row is None:
        raise NotFound
    base = decisions.file(actor(), row.id)
    return Opened(base, row, versions[0], None, base.content)


def draft_of(key: str) -> ModelDraft | None:
    """The draft of a decision's file, where there is one and it is for this person."""
    return services().engine.decision_drafts.find(actor(), key) if may_publish() else None


@blueprint.get("")
def index() -> str:
    """All decisions in their latest version."""
    decisions, drafts = services().engine.decisions, services().engine.decision_drafts
    found, kept = decisions.all(actor()), drafts.all(actor()) if may_publish() else {}
    lines = [
        Line(
            words.version_name(it.row),
            it.row.key,
            it.row.version,
            it.row.resource_name,
            it.row.deployed_at,
            person_name(it.row.deployed_by),
            url_for("decisions.show", key=it.row.key),
            tuple(dict.fromkeys(process_name(use.definition) for use in it.uses)),
            saved(kept[it.row.key]) if it.row.key in kept else "",
        )
        for it in found
    ]
    return render_template("decisions/index.html", lines=lines)


@blueprint.get("/<key>")
def show(key: str) -> str:
    """One decision: its table, its versions, and which processes ask for it; `?version=2` shows an older one."""
    it = opened(key, with_draft=False)
    draft = draft_of(key)
    return render_template(
        "decisions/show.html",
        name=words.version_name(it.row),
        key=key,
        row=it.row,
        latest=it.latest,
        decision=it.text(key),
        lines=[_version(row, is_current=row.id == it.row.id) for row in services().engine.decisions.versions(actor(), key)],
        uses=[shown_use(use) for use in services().engine.decisions.uses(actor(), [key])],
        draft=saved(draft) if draft else "",
        may_publish=may_publish(),
        others=[words.version_name(row) for row in it.base.decisions if row.key != key],
    )


@blueprint.get("/<key>/file")
def file(key: str) -> Response:
    """The file of a decision: `?of=draft`, or the number of a version; without it the latest."""
    if not actor().may_see_models:
        raise Forbidden
    of = request.args.get("of", "")
    if of == DRAFT:
        draft = draft_of(key)
        if draft is None:
            raise NotFound
        return _sent(draft.content, draft.resource_name)
    versions = services().engine.decisions.versions(actor(), key)
    row = next((it for it in versions if str(it.version) == of), None) if of else versions[0]
    if row is None:
        raise NotFound
    found = services().engine.decisions.file(actor(), row.id)
    return _sent(found.content, found.name)


def _sent(content: bytes, name: str) -> Response:
    return send_file(BytesIO(content), "application/xml", as_attachment=True, download_name=name, etag=False)


def shown_use(use: DecisionUse) -> Use:
    """A step that asks for a decision, in the words of its process."""
    url = url_for("processes.show", key=use.definition.row.key)
    return Use(process_name(use.definition), url, step_name(use.definition, use.element), words.binding_name(use))


def _version(row: DecisionVersion, *, is_current: bool) -> Line:
    url = url_for("decisions.show", key=row.key, version=row.version)
    by = person_name(row.deployed_by)
    return Line(row.name, row.key, row.version, row.resource_name, row.deployed_at, by, url, reason=row.reason or "", is_current=is_current)
