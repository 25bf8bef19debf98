"""The timeline of a case: what is expected, what waits, what happened, newest first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from app.cases.changes import changes_of
from app.cases.decided import because, show_result, words_of
from app.cases.hands import Hands
from app.cases.looks import look, together
from app.cases.naming import asked, failure, group_name, outcome_kind, outcome_name, person_name, step_name
from app.cases.standing import holder_face, waits_for
from app.cases.values import show_time
from app.connectors.words import of_topic
from app.i18n import language, show_moment, show_size, show_span
from app.records.telling import told
from app.services import services
from app.shell import face
from app.tasks.model import Change, Entry
from app.words import gettext
from engine import put_together

if TYPE_CHECKING:
    from engine import Actor, Definition, Expected, HistoryEntry, Holder, Standing, Wait

Fields = Mapping[str, Any]

LINES = {
    "CaseOpened": "tell_opened",
    "CaseCalled": "tell_called",
    "UserTaskCompleted": "tell_completed",
    "UserTaskClaimed": "tell_claimed",
    "UserTaskReleased": "tell_released",
    "UserTaskReassigned": "tell_reassigned",
    "UserTaskDelegated": "tell_delegated",
    "UserTaskResolved": "tell_resolved",
    "UserTaskChanged": "tell_changed",
    "UserTaskCommented": "tell_commented",
    "AttachmentAdded": "tell_attached",
    "AttachmentDeleted": "tell_detached",
    "UserTaskCandidateAdded": "tell_offered",
    "UserTaskCandidateRemoved": "tell_offered_no_more",
    "UserTaskReminded": "tell_reminded",
    "UserTaskEscalated": "tell_escalated",
    "MessageReceived": "tell_message",
    "DecisionEvaluated": "tell_decided",
    "ServicePerformed": "tell_performed",
    "JobFailed": "tell_failed",
    "JobRetried": "tell_retried",
    "JobChanged": "tell_put_off",
    "JobDeleted": "tell_called_off",
    "ExternalTaskCompleted": "tell_worked",
    "ExternalTaskFailed": "tell_failed",
    "ExternalTaskChanged": "tell_retried",
    "ExternalTaskErrorThrown": "tell_error",
    "InstanceSuspended": "tell_suspended",
    "InstanceResumed": "tell_resumed",
    "SuspensionPlanned": "tell_planned",
    "InstanceModified": "tell_modified",
    "AdHocActivityBegun": "tell_begun",
    "CaseCancelled": "tell_cancelled",
    "InstanceEnded": "tell_ended",
    "CaseRead": "tell_looked",
}
"""Which method tells of which event; other events are not told here."""


@dataclass(slots=True)
class Story:
    """Collects the lines of one case. `visible` says which values the reader may see, columns of lists too; None: all.

    `visible_in_called`: the same for the cases that it calls.
    """

    actor: Actor
    case_id: str
    definition: Definition
    visible: Callable[[str], bool] | None
    visible_in_called: Callable[[str], bool] | None
    called: Mapping[str, Definition] = field(default_factory=dict)  # the versions of the cases that it calls, by their id
    ended_as: str = ""  # how the case ended, in the words of its model
    begun: dict[str, tuple[str, datetime]] = field(default_factory=dict)  # task to its step and beginning
    hands: Hands = field(default_factory=Hands)
    whom: str | None = None  # in whose place the actor of the last entry acted

    def expected(self, coming: Iterable[Expected]) -> list[Entry]:
        """What is likely to come, in order."""
        return [
            Entry(
                "expected", step_name(self._definition(it.definition_id), it.element_id), "", detail=asked(it.assignee, it.users, it.groups)
            )
            for it in coming
        ]

    def waiting(self, standing: Standing) -> list[Entry]:
        """Where the case is now: who has what, and what it waits for besides."""
        found = [self._waiting(holder) for holder in standing.holders]
        return found + [self._awaiting(wait) for wait in standing.waits if wait.awaited or wait.topic]

    def happened(self, entries: Iterable[HistoryEntry]) -> list[Entry]:
        """What the history tells, newest first. `entries` come newest first."""
        found: list[Entry] = []
        for entry in reversed(list(entries)):
            lines = self.told(entry)
            changes = changes_of(self, entry)
            if lines and changes:
                lines[0] = _with_changes(lines[0], changes)
            found += lines
        return together(found)[::-1]

    def told(self, entry: HistoryEntry) -> list[Entry]:
        """The lines of one entry, without what it changed. Entries come oldest first, or it is not known how long a step took."""
        lines = [line for name, fields in entry.events if (line := self._line(entry, name, fields)) is not None]
        self.whom = self.hands.take(entry)
        if lines and self.whom is not None:
            said = gettext("for %(person)s", person=person_name(self.whom))
            lines[0] = replace(
                lines[0], detail=gettext("%(first)s, %(second)s", first=lines[0].detail, second=said) if lines[0].detail else said
            )
        return lines

    def otherwise(self, entry: HistoryEntry, what: str) -> Entry:
        """A line for an entry of which nothing else is told."""
        return self._by(entry, what)

    # ---- one line --------------------------------------------------------------------------------------------------------

    def _waiting(self, holder: Holder) -> Entry:
        step = step_name(self._definition(holder.definition_id), holder.element_id, holder.name)
        due = gettext("due %(moment)s", moment=show_moment(holder.due_at)) if holder.due_at else ""
        if holder.assignee == self.actor.id:
            who = gettext("With you")
        elif holder.assignee:
            who = gettext("With %(person)s", person=person_name(holder.assignee))
        else:
            who = gettext("Waits for %(people)s", people=asked(None, holder.users, holder.groups))
        return Entry("current", who, step, holder_face(holder), holder.since, since=True, detail=due)

    def _awaiting(self, wait: Wait) -> Entry:
        said = waits_for(wait)
        definition = self._definition(wait.definition_id)
        named = definition.process.nodes[wait.element_id].name
        step = step_name(definition, wait.element_id) if named else ""
        return Entry("current", said[:1].upper() + said[1:], step, None, wait.since, since=True)

    def _line(self, entry: HistoryEntry, name: str, fields: Fields) -> Entry | None:
        if name == "UserTaskCreated":
            self.begun[fields["task"]] = (fields["element"], entry.at)
        make: Callable[[HistoryEntry, Fields], Entry | None] | None = getattr(self, LINES.get(name, ""), None)
        return make(entry, fields) if make else None

    def tell_opened(self, entry: HistoryEntry, _fields: Fields) -> Entry:
        """The case was started."""
        return self._by(entry, gettext("submitted"))

    def tell_called(self, entry: HistoryEntry, fields: Fields) -> Entry:
        """Another case was called, or this one was."""
        if fields["instance"] == self.case_id:
            return self._system(entry, gettext("Begun by the case that calls it"))
        return self._system(entry, gettext("Calls %(number)s", number=fields["number"]))

    def tell_completed(self, entry: HistoryEntry, fields: Fields) -> Entry:
        """Somebody completed a step."""
        _, since = self.begun.get(fields["task"], ("", None))
        element, outcome = fields["element"], fields.get("outcome")
        definition = self.version_of(element)
        kind = outcome_kind(definition, element, outcome)
        what = _said(kind) or gettext(
            "%(step)s, %(outcome)s",
            step=step_name(definition, element),
            outcome=outcome_name(definition, element, outcome) or gettext("done"),
        )
        after = gettext("after %(span)s", span=show_span(entry.at - since)) if since else ""
        return self._by(entry, what, after=after, quote=fields.get("reason") or "", outcome=kind)

    def tell_claimed(self, entry: HistoryEntry, fields: Fields) -> Entry | None:
        """Somebody took a task. That is told to who sees everything; others see who has it, and who did it."""
        if self.visible is not None and not fields.get("before"):
            return None
        return self._system(entry, gettext("%(person)s took %(step)s", person=person_name(fields["assignee"]), step=self._step(fields)))

    def tell_released(self, entry: HistoryEntry, fields: Fields) -> Entry:
        """Somebody gave a task back."""
        return self._system(
            entry, gettext("%(person)s gave %(step)s back", person=person_name(fields["assignee"]), step=self._step(fields))
        )

    def tell_reassigned(self, entry: HistoryEntry, fields: Fields) -> Entry:
        """A task was given to somebody else."""
        what = gettext("gave %(step)s to %(person)s", step=self._step(fields), person=person_name(fields["assignee"]))
        return self._by(entry, what, quote=fields.get("reason") or "")

    def tell_delegated(self, entry: HistoryEntry, fields: Fields) -> Entry:
        """Somebody is to work on a task for its owner."""
        person = person_name(fields["assignee"])
        return self._by(entry, gettext("asked %(person)s to work on %(step)s", step=self._step(fields), person=person))

    def tell_resolved(self, entry: HistoryEntry, fields: Fields) -> Entry:
        """A task that was delegated came back to its owner."""
        return self._by(entry, gettext("worked on %(step)s and gave it back", step=self._step(fields)))

    def tell_changed(self, entry: HistoryEntry, fields: Fields) -> Entry:
        """What a task says was changed."""
        return self._by(entry, gettext("changed what %(step)s says", step=self._step(fields)))

    def tell_commented(self, entry: HistoryEntry, fields: Fields) -> Entry:
        """Somebody remarked on a task."""
        return self._by(entry, gettext("remarked on %(step)s", step=self._step(fields)), quote=fields["message"])

    def tell_attached(self, entry: HistoryEntry, fields: Fields) -> Entry:
        """A file was added."""
        size = fields.get("size")
        return self._by(entry, gettext("added the file %(name)s", name=_file(fields)), detail="" if size is None else show_size(size))

    def tell_detached(self, entry: HistoryEntry, fields: Fields) -> Entry:
        """A file was deleted."""
        return self._by(entry, gettext("deleted the file %(name)s", name=_file(fields)))

    def tell_offered(self, entry: HistoryEntry, fields: Fields) -> Entry:
        """A task is offered to one more."""
        return self._by(entry, gettext("offered %(step)s to %(people)s", step=self._step(fields), people=_people(_named(fields))))

    def tell_offered_no_more(self, entry: HistoryEntry, fields: Fields) -> Entry:
        """A task is offered to one less."""
        people = _people(_named(fields))
        return self._by(entry, gettext("no longer offers %(step)s to %(people)s", step=self._step(fields), people=people))

    def tell_reminded(self, entry: HistoryEntry, fields: Fields) -> Entry:
        """Half of the time of a step had passed."""
        return self._system(
            entry, gettext("Reminder for %(step)s sent to %(people)s", step=self._step(fields), people=_people(fields["told"]))
        )

    def tell_escalated(self, entry: HistoryEntry, fields: Fields) -> Entry:
        """The deadline of a step had passed."""
        people = _people([*fields.get("users", ()), *fields.get("groups", ())] or fields["told"])
        return self._system(entry, gettext("%(step)s is overdue; %(people)s may take it over", step=self._step(fields), people=people))

    def tell_message(self, entry: HistoryEntry, fields: Fields) -> Entry:
        """A message came, or was given by hand."""
        return self._by(entry, self._offer(fields["name"]), quote=fields.get("remark") or "", detail=show_time(str(fields.get("at") or "")))

    def tell_decided(self, entry: HistoryEntry, fields: Fields) -> Entry:
        """A decision table decided."""
        step = step_name(self.version_of(fields["element"]), fields["element"])
        rules = gettext(", ").join(str(rule) for rule in fields.get("rules") or ())
        definition, words = self.version_of(fields["element"]), words_of(fields["decision"])
        result = show_result(definition, words, fields.get("result"))
        detail = gettext("rule %(rules)s", rules=rules) if rules else ""
        trace = fields.get("trace") or ()
        if detail and trace and self.visible is None:  # the values of inputs may be hidden from others
            why = because(definition, words, trace[-1])
            detail = gettext("%(first)s: %(second)s", first=detail, second=why) if why else detail
        return self._system(entry, gettext("%(step)s: %(result)s", step=step, result=result), detail=detail)

    def tell_performed(self, entry: HistoryEntry, fields: Fields) -> Entry | None:
        """A handler did something: what it says of it, as far as the reader may see what stands in it."""
        of = self.version_of(fields["element"])
        seen = self.visible if of is self.definition else self.visible_in_called
        lines = [told(fields["handler"], line, seen or _everything) for line in fields.get("lines") or ()]
        shown = tuple(line for line in lines if line)
        return self._system(entry, step_name(of, fields["element"]), lines=shown) if shown else None

    def tell_failed(self, entry: HistoryEntry, fields: Fields) -> Entry:
        """A job failed."""
        return self._system(
            entry,
            gettext("%(step)s failed", step=step_name(self.version_of(fields["element"]), fields["element"])),
            # it may quote what steps hide from the reader
            quote=failure(put_together(fields["message"], fields.get("parts"))) if self.visible is None else "",
        )

    def tell_retried(self, entry: HistoryEntry, fields: Fields) -> Entry | None:
        """Somebody had tried again what had failed for good."""
        return self._by(entry, gettext("had it tried again")) if fields.get("incident") else None

    def tell_put_off(self, entry: HistoryEntry, fields: Fields) -> Entry | None:
        """Somebody said when something is due that happens by itself."""
        if not fields.get("due_at") or not fields["element"]:
            return None
        at = show_moment(datetime.fromisoformat(str(fields["due_at"])))
        return self._by(entry, gettext("changed when %(step)s goes on by itself: %(moment)s", step=self._step(fields), moment=at))

    def tell_called_off(self, entry: HistoryEntry, fields: Fields) -> Entry:
        """Somebody deleted what was to happen by itself."""
        if not fields["element"]:
            return self._by(entry, gettext("called off what was planned for the case"))
        return self._by(entry, gettext("called off what was to happen by itself at %(step)s", step=self._step(fields)))

    def tell_worked(self, entry: HistoryEntry, fields: Fields) -> Entry:
        """A program did what waited for it."""
        connector = of_topic(fields["worker"])
        if connector:
            return self._system(entry, gettext("%(step)s was done: %(connector)s", step=self._step(fields), connector=connector))
        return self._system(entry, gettext("%(step)s was done by the program %(worker)s", step=self._step(fields), worker=fields["worker"]))

    def tell_error(self, entry: HistoryEntry, fields: Fields) -> Entry:
        """A program came to a business error."""
        what = gettext("%(step)s: %(result)s", step=self._step(fields), result=fields["code"])
        return self._system(entry, what, quote=fields.get("message") or "")

    def tell_suspended(self, entry: HistoryEntry, _fields: Fields) -> Entry:
        """Nothing moves from here on."""
        return self._by(entry, gettext("suspended the case"))

    def tell_resumed(self, entry: HistoryEntry, _fields: Fields) -> Entry:
        """It goes on."""
        return self._by(entry, gettext("resumed the case"))

    def tell_planned(self, entry: HistoryEntry, fields: Fields) -> Entry:
        """It is to be suspended or resumed at a moment."""
        at = show_moment(datetime.fromisoformat(str(fields["at"])))
        suspends = gettext("planned to suspend the case: %(moment)s", moment=at)
        return self._by(entry, suspends if fields["suspended"] else gettext("planned to resume the case: %(moment)s", moment=at))

    def tell_begun(self, entry: HistoryEntry, fields: Fields) -> Entry:
        """Somebody began what the process leaves to people."""
        return self._by(entry, gettext("began %(step)s", step=self._step(fields)))

    def tell_modified(self, entry: HistoryEntry, fields: Fields) -> Entry:
        """Somebody changed by hand where it stands."""
        return self._by(entry, gettext("changed by hand where the case stands"), quote=fields.get("reason") or "")

    def tell_cancelled(self, entry: HistoryEntry, fields: Fields) -> Entry:
        """The case was ended from outside."""
        return self._by(entry, gettext("ended the case"), quote=fields["reason"], outcome="reject")

    def tell_ended(self, entry: HistoryEntry, fields: Fields) -> Entry | None:
        """The case, not one that it called, came to its end."""
        if fields.get("instance") != self.case_id:
            return None
        return self._system(entry, gettext("Ended: %(how)s", how=self.ended_as) if self.ended_as else gettext("Finished"))

    def tell_looked(self, entry: HistoryEntry, _fields: Fields) -> Entry:
        """An auditor looked at the case."""
        return look(entry)

    # ---- what lines are made of ------------------------------------------------------------------------------------------

    def _by(self, entry: HistoryEntry, what: str, **rest: Any) -> Entry:  # noqa: ANN401 - the other fields of an entry
        if entry.actor_kind.value != "person":
            return self._system(entry, what, **rest)
        who = face(entry.actor)
        department = who.department if who else ""
        text = gettext("%(department)s: %(what)s", department=department, what=what) if department else what
        return Entry("done", who.name if who else entry.actor, text, who, entry.at, **rest)

    def _system(self, entry: HistoryEntry, what: str, **rest: Any) -> Entry:  # noqa: ANN401 - the other fields of an entry
        return Entry("system", what, "", None, entry.at, **rest)

    def _step(self, fields: Fields) -> str:
        element = fields.get("element") or self.begun.get(fields["task"], ("", None))[0]
        return step_name(self.version_of(element), element)

    def _offer(self, message: str) -> str:
        for node in self.definition.process.nodes.values():
            event = node.event
            if event and event.label and event.name and event.name.source == message:
                label: str = event.label
                return event.label_translations.get(language(), label)
        return message

    def version_of(self, element: str) -> Definition:
        """The version that has the element: this one, else that of a called case."""
        if element in self.definition.process.nodes:
            return self.definition
        return next((it for it in services().engine.definitions.all_latest() if element in it.process.nodes), self.definition)

    def _definition(self, definition_id: str) -> Definition:
        return self.definition if definition_id == self.definition.row.id else services().engine.definitions.get(definition_id)


def _everything(_path: str) -> bool:
    return True


def _with_changes(line: Entry, changes: tuple[Change, ...]) -> Entry:
    return replace(line, changes=changes)


def _file(fields: Fields) -> str:
    return str(fields.get("name") or fields.get("url") or fields["attachment"])


def _named(fields: Fields) -> list[str]:
    """Whom an event about candidates names."""
    return [str(fields[name]) for name in ("user", "group") if fields.get(name)]


def _people(names: Iterable[str]) -> str:
    known = services().directory().people
    return gettext(", ").join(person_name(name) if name in known else group_name(name) for name in dict.fromkeys(names))


def _said(kind: str) -> str:
    """A decision in the past tense."""
    return {"approve": gettext("approved"), "return": gettext("sent it back"), "reject": gettext("rejected")}.get(kind, "")
