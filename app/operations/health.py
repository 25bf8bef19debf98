"""Whether the server is well: what `crossdesk doctor` looks at, with the figures of this moment and in the language of the page."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from datetime import timedelta
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Final

from app.cases.naming import person_name
from app.i18n import show_ago, show_moment, show_number, show_span
from app.operating import checks
from app.operations.model import Look, Section
from app.services import services
from app.words import gettext, ngettext, phrase
from engine import WorkState, is_migrated

if TYPE_CHECKING:
    from app.operating.checks import Finding
    from engine import Actor

_MEGABYTE: Final = 1024**2
_LITTLE_ROOM: Final = 1024 * _MEGABYTE
_SHARE_OF_STREAMS: Final = 0.8
_LONG_UNVERIFIED: Final = timedelta(days=31)
_ASLEEP: Final = timedelta(minutes=3)  # the wake-up looks once a minute at least


def read_health(actor: Actor) -> tuple[Section, ...]:
    """Everything, in the order in which one would look for trouble."""
    return (
        Section(gettext("Work"), (*_due_work(actor), *_wake_up(), *_incidents(actor), *_mail(actor))),
        Section(gettext("Database"), (*_database(), *_durability(), *_room())),
        Section(gettext("Proof"), (*_seals(actor), *_verification(actor))),
        Section(gettext("Company"), (*_people(), *_calendar())),
        Section(gettext("Server"), (*_streams(), *_clock(), *_version())),
    )


def _looks(found: Iterable[Finding], said: str) -> Iterator[Look]:
    """Findings, with how it stands in their place."""
    for it in found:
        yield Look(_name(it), said, phrase(it.remedy), it.grave)


def _name(finding: Finding) -> str:
    name = phrase(finding.what)
    return name[:1].upper() + name[1:]


def _due_work(actor: Actor) -> Iterator[Look]:
    load = services().engine.jobs.load(actor)
    due, waiting = (load.counts.get(state, 0) for state in (WorkState.DUE, WorkState.WAITING))
    said = gettext("%(due)s due, %(waiting)s waiting", due=show_number(due), waiting=show_number(waiting))
    if load.next_due is not None and load.oldest_due is None:
        said = gettext("%(first)s, %(second)s", first=said, second=gettext("the next %(moment)s", moment=show_moment(load.next_due)))
    yield from _looks(checks.due_work(services(), actor), said)


def _wake_up() -> Iterator[Look]:
    """When this process looked for due work last, on the machine's clock."""
    wake_up = services().wake_up
    if wake_up is None:
        return
    name = gettext("Wake-up")
    span = wake_up.since_last_look()
    if span is None:
        yield Look(name, gettext("has not looked yet"))
        return
    said = gettext("looked %(span)s ago", span=gettext("a moment") if span < timedelta(minutes=1) else show_span(span))
    yield Look(name, said, gettext("It should look once a minute: restart this server process.") if span > _ASLEEP else "", span > _ASLEEP)


def _incidents(actor: Actor) -> Iterator[Look]:
    count = len(services().engine.jobs.incidents(actor))
    yield from _looks(checks.incidents(services(), actor), show_number(count) if count else gettext("none"))


def _mail(actor: Actor) -> Iterator[Look]:
    load, name = services().engine.notices.outbox(actor), gettext("Notices and e-mail")
    said = ngettext("%(num)s waiting", "%(num)s waiting", load.waiting)
    if not services().settings.smtp_url:
        yield Look(name, said, gettext("Nobody gets e-mail: set CROSSDESK_SMTP_URL."))
    elif load.failed:
        failed = ngettext("%(num)s failed so far", "%(num)s failed so far", load.failed)
        advice = gettext("It is tried again by itself. The mail server said: %(error)s", error=load.error or "")
        yield Look(name, gettext("%(first)s, %(second)s", first=said, second=failed), advice)
    else:
        yield Look(name, said)


def _database() -> Iterator[Look]:
    database = services().database
    kind = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[database.dialect]
    yield Look(gettext("Database"), gettext("%(first)s, %(second)s", first=kind, second=_bytes(database.size())))
    if is_migrated(database):
        yield Look(gettext("Tables"), gettext("as this version expects them"))
    else:
        yield Look(gettext("Tables"), gettext("of another version"), gettext("Run crossdesk migrate."), grave=True)


def _durability() -> Iterator[Look]:
    settings = ", ".join(f"{name} {value}" for name, value in services().database.durability().items())
    yield from _looks(checks.durability(services()), settings)


def _room() -> Iterator[Look]:
    """The disk of the database, where that lies on this machine; else what is not known is said."""
    name, free = gettext("Room on the disk"), _free(services().database.folder())
    if free is None:
        yield Look(
            name, gettext("not known here: the database runs on another machine, or does not say where its files are. Watch it there.")
        )
        return
    advice = gettext("Make room before it is full: the database cannot grow then.") if free < _LITTLE_ROOM else ""
    yield Look(name, gettext("%(size)s free", size=_bytes(free)), advice, bool(advice))


def _free(folder: Path | None) -> int | None:
    """How many bytes are free where a folder is; None where it is not on this machine, or nobody may look."""
    try:
        return shutil.disk_usage(folder).free if folder else None
    except OSError:
        return None


def _seals(actor: Actor) -> Iterator[Look]:
    seals = services().engine.seals
    last, grown = seals.last(actor), seals.unsealed(actor)
    said = gettext("last sealed %(moment)s, %(span)s ago", moment=show_moment(last), span=show_ago(last)) if last else ""
    since = ngettext("one record has grown since", "%(num)s records have grown since", grown) if grown else gettext("nothing new since")
    said = gettext("%(first)s, %(second)s", first=said, second=since) if last else gettext("not sealed yet")
    found = tuple(_looks(checks.seals(services().settings), said))
    yield from found or (Look(gettext("Seals"), said, gettext("The history is not sealed: set CROSSDESK_SEALS_FILE.")),)


def _verification(actor: Actor) -> Iterator[Look]:
    """When the whole history was verified last, by whom, and what that found."""
    last, name = services().engine.history.last_verification(actor), gettext("Verification of the history")
    how = gettext("It takes seconds to minutes: Verify the whole history under Audit, or crossdesk verify-audit.")
    if last is None:
        yield Look(name, gettext("never"), how)
        return
    by = (
        gettext("by the command crossdesk verify-audit") if last.way == "command" else gettext("by %(person)s", person=person_name(last.by))
    )
    found = ngettext("%(num)s thing is wrong", "%(num)s things are wrong", last.findings) if last.findings else gettext("whole")
    said = gettext(
        "%(moment)s %(by)s: %(found)s, %(entries)s entries",
        moment=show_moment(last.at),
        by=by,
        found=found,
        entries=show_number(last.entries),
    )
    if last.findings:
        yield Look(name, said, gettext("Verify it again and keep the report: it names each entry."), grave=True)
    else:
        yield Look(name, said, how if services().clock.now() - last.at > _LONG_UNVERIFIED else "")


def _people() -> Iterator[Look]:
    directory = services().directory()
    said = {
        "passwords": gettext("of the sample company") if services().doors.has_demo_credentials() else gettext("of people's own"),
        "administrators": show_number(len(directory.administrators())),
    }
    for it in checks.people(services()):
        yield from _looks((it,), said.get(str(it.what), ""))


def _calendar() -> Iterator[Look]:
    found = tuple(checks.calendar(services()))
    yield from _looks(found, gettext("some days off are estimated") if found[0].remedy else gettext("known for this year and the next"))


def _streams() -> Iterator[Look]:
    opened, most = len(services().hub), services().settings.streams
    said = gettext("%(count)s of at most %(most)s open", count=show_number(opened), most=show_number(most))
    full = opened > most * _SHARE_OF_STREAMS
    yield Look(gettext("Live pages"), said, gettext("Raise CROSSDESK_STREAMS: pages beyond it are not told of news.") if full else "")


def _clock() -> Iterator[Look]:
    ahead = services().clock.offset
    said = gettext("%(span)s ahead", span=show_span(ahead)) if ahead > timedelta(0) else gettext("the real time")
    if ahead < timedelta(0):
        said = gettext("%(span)s behind", span=show_span(-ahead))
    found = tuple(_looks(checks.clock(services().settings), said))
    yield from found or (Look(gettext("Clock"), said),)


def _version() -> Iterator[Look]:
    yield Look(gettext("Version"), f"Crossdesk {metadata.version('crossdesk')}")


def _bytes(count: int) -> str:
    """A size as people read it."""
    megabytes = count / _MEGABYTE
    return f"{show_number(round(megabytes / 1024, 1))} GB" if megabytes >= 1024 else f"{show_number(round(megabytes, 1))} MB"  # noqa: PLR2004
