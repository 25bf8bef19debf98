"""What administrators do at once, and what they do with heads, departments, roles, single days and passwords."""

from datetime import UTC, date, datetime

import pytest

from engine.errors import Conflict, Forbidden, InvalidSubmission, NotFound
from engine.model import SYSTEM, Actor
from engine.organisation import calendar_changes, changes
from engine.organisation.directory import Directory
from engine.organisation.model import Department, Person, Role
from engine.organisation.rows import read_directory
from engine.store import history
from engine.store.queries.organisation_changes import ChangeFilter, organisation_past
from engine.work.calendar import WorkingCalendar
from engine.work.calendar_rows import read_calendar
from engine.work.hours import CalendarDay, parse_hours, same_hours
from tests.engine.organisation.sample import DATA

AT = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
ADMIN = Actor("admin", groups=frozenset({"admin"}))
OTHER = Actor("gm", groups=frozenset({"admin"}))
USUAL = WorkingCalendar()
MAY_DAY = date(2026, 5, 1)
A_FRIDAY = date(2026, 11, 27)


@pytest.fixture
def stored(database):
    """A database with the sample company."""
    database.write(lambda conn: changes.load(conn, DATA, SYSTEM, AT))
    return database


def written(database, change, *arguments, **named):
    return database.write(lambda conn: change(conn, *arguments, **named))


def directory(database) -> Directory:
    with database.read() as conn:
        head = history.entries(conn, history.ORGANISATION, limit=1)[0]
        return read_directory(conn, head.seq)


def calendar(database) -> WorkingCalendar:
    with database.read() as conn:
        return read_calendar(conn, USUAL)


def last_change(database) -> tuple[str, str, dict[str, object]]:
    with database.read() as conn:
        (_, fields) = history.entries(conn, history.ORGANISATION, limit=1)[0].events[-1]
    return fields["kind"], fields["id"], fields["change"]


def past(database, **wanted) -> list[tuple[str, tuple[tuple[str, str], ...]]]:
    with database.read() as conn:
        found = organisation_past(conn, ChangeFilter(**wanted))
    return [(it.actor, tuple((change.kind, change.id) for change in it.changes)) for it in found.entries]


# ---- two at once ---------------------------------------------------------------------------------------------------------


def test_the_later_of_two_who_change_a_person_is_told_who_was_faster(stored):
    seen = directory(stored).version
    keeper = directory(stored).people["keeper"]
    written(stored, changes.put_person, Person("keeper", "First", memberships=keeper.memberships), OTHER, AT, seen)
    with pytest.raises(Conflict) as raised:
        written(stored, changes.put_person, Person("keeper", "Second", memberships=keeper.memberships), ADMIN, AT, seen)
    assert raised.value.details == {"by": "gm", "event": "OrganisationChanged"}
    assert directory(stored).people["keeper"].name == "First"
    written(stored, changes.put_person, Person("keeper", "Second", memberships=keeper.memberships), ADMIN, AT, directory(stored).version)
    assert directory(stored).people["keeper"].name == "Second"


def test_what_others_change_elsewhere_is_no_hindrance(stored):
    seen = directory(stored).version
    written(stored, changes.set_superior, "keeper-b", "gm", OTHER, AT)
    written(stored, changes.put_role, Role("buyer", "Buyer", "采购"), OTHER, AT)
    written(stored, changes.set_active, "keeper", active=False, actor=ADMIN, at=AT, seen=seen)
    assert not directory(stored).is_active("keeper")


def test_the_later_of_two_who_change_a_department_or_a_role_is_told(stored):
    seen = directory(stored).version
    written(stored, changes.put_department, Department("legal", "Legal"), OTHER, AT)
    written(stored, changes.put_role, Role("lawyer", "Lawyer"), OTHER, AT)
    with pytest.raises(Conflict):
        written(stored, changes.put_department, Department("legal", "Law"), ADMIN, AT, seen)
    with pytest.raises(Conflict):
        written(stored, changes.put_role, Role("lawyer", "Attorney"), ADMIN, AT, seen)
    with pytest.raises(Conflict):
        written(stored, changes.remove, "role", "lawyer", ADMIN, AT, seen)


def test_the_later_of_two_who_add_the_same_is_told_that_it_is_there(stored):
    written(stored, changes.add, Person("newcomer", "New"), OTHER, AT)
    with pytest.raises(InvalidSubmission) as raised:
        written(stored, changes.add, Person("newcomer", "Another"), ADMIN, AT)
    assert [(it.path, it.code) for it in raised.value.problems] == [("id", "exists")]
    assert directory(stored).people["newcomer"].name == "New"


def test_the_later_of_two_who_change_the_same_day_or_the_hours_is_told(stored):
    seen = directory(stored).version
    written(stored, calendar_changes.set_day, CalendarDay(A_FRIDAY, working=False, name="Fair"), USUAL, OTHER, AT, seen)
    written(stored, calendar_changes.set_day, CalendarDay(MAY_DAY, working=True, name="Stocktaking"), USUAL, ADMIN, AT, seen)
    with pytest.raises(Conflict):
        written(stored, calendar_changes.clear_day, A_FRIDAY, "no fair", USUAL, ADMIN, AT, seen)
    week = same_hours([parse_hours("08:00-12:00")])
    written(stored, calendar_changes.set_week, week, USUAL, OTHER, AT, seen)
    with pytest.raises(Conflict):
        written(stored, calendar_changes.set_week, week, USUAL, ADMIN, AT, seen)
    with pytest.raises(Conflict):  # an imported file may have changed any day
        seen = directory(stored).version
        written(stored, changes.import_calendar, "kind,on,value\nday,2028-03-01,off\n", USUAL, OTHER, AT)
        written(stored, calendar_changes.clear_day, A_FRIDAY, "no fair", USUAL, ADMIN, AT, seen)


# ---- heads, removal ------------------------------------------------------------------------------------------------------


def test_a_department_has_the_head_that_was_set_and_no_other(stored):
    written(stored, changes.set_head, "sales", "sales-a", ADMIN, AT)
    after = directory(stored)
    assert after.members_of("sales:head") == ("sales-a",)
    assert "sales" in after.departments_of("sales-head")  # still a member
    written(stored, changes.set_head, "sales", None, ADMIN, AT)
    assert directory(stored).head_of("sales") is None


def test_somebody_of_elsewhere_who_becomes_head_becomes_a_member(stored):
    written(stored, changes.set_head, "finance", "keeper", ADMIN, AT)
    assert {"finance", "warehouse"} <= directory(stored).departments_of("keeper")


def test_nobody_who_is_not_there_becomes_head(stored):
    written(stored, changes.set_active, "keeper", active=False, actor=ADMIN, at=AT)
    for person in ("keeper", "kermit"):
        with pytest.raises(InvalidSubmission):
            written(stored, changes.set_head, "finance", person, ADMIN, AT)
    with pytest.raises(NotFound):
        written(stored, changes.set_head, "swamp", "gm", ADMIN, AT)


def test_what_is_removed_keeps_its_name_in_the_history(stored):
    written(stored, changes.add, Department("legal", "Legal", "法务"), ADMIN, AT)
    written(stored, changes.remove, "department", "legal", ADMIN, AT)
    assert "legal" not in directory(stored).departments
    assert last_change(stored) == ("department", "legal", {"removed": True, "name": ["Legal", None], "name_zh": ["法务", None]})
    with pytest.raises(NotFound):
        written(stored, changes.remove, "department", "legal", ADMIN, AT)


def test_an_administrator_who_is_an_auditor_too_is_no_last_administrator(stored):
    both = directory(stored).people["admin"]
    with pytest.raises(InvalidSubmission) as raised:
        written(stored, changes.set_roles, "admin", [*both.roles, "admin", "auditor"], ADMIN, AT)
    assert [it.code for it in raised.value.problems] == ["last-administrator"]


# ---- single days and hours -----------------------------------------------------------------------------------------------


def test_a_day_is_taken_off_and_given_back(stored):
    assert calendar(stored).is_working_day(A_FRIDAY)
    written(stored, calendar_changes.set_day, CalendarDay(A_FRIDAY, working=False, name="Fair", name_zh="展会"), USUAL, ADMIN, AT)
    assert not calendar(stored).is_working_day(A_FRIDAY)
    assert last_change(stored) == (
        "calendar",
        "2026-11-27",
        {"working": [True, False], "name": [None, "Fair"], "name_zh": [None, "展会"]},
    )
    written(stored, calendar_changes.clear_day, A_FRIDAY, "it was moved", USUAL, ADMIN, AT)
    assert calendar(stored).is_working_day(A_FRIDAY)
    assert last_change(stored)[2]["reason"] == "it was moved"


def test_a_holiday_is_worked_and_is_a_holiday_again(stored):
    written(stored, calendar_changes.set_day, CalendarDay(MAY_DAY, working=True, name="Stocktaking"), USUAL, ADMIN, AT)
    assert calendar(stored).is_working_day(MAY_DAY)
    written(stored, calendar_changes.clear_day, MAY_DAY, "done", USUAL, ADMIN, AT)
    assert not calendar(stored).is_working_day(MAY_DAY)


def test_the_hours_of_the_week_are_set_and_stand_in_the_history(stored):
    written(stored, calendar_changes.set_week, same_hours([parse_hours("08:00-16:00")], range(6)), USUAL, ADMIN, AT)
    assert [str(it) for it in calendar(stored).week[5]] == ["08:00-16:00"]
    kind, id_, change = last_change(stored)
    assert (kind, id_) == ("calendar", "week")
    assert change["week"][0][0] == ["09:00-12:00", "13:30-18:00"]
    assert change["week"][1][5] == ["08:00-16:00"]


@pytest.mark.parametrize("hours", [[], ["09:00-12:00", "11:00-15:00"]])
def test_hours_that_overlap_or_none_at_all_are_refused(stored, hours):
    with pytest.raises(InvalidSubmission):
        written(stored, calendar_changes.set_week, same_hours(map(parse_hours, hours)), USUAL, ADMIN, AT)
    assert calendar(stored).week == USUAL.week


def test_a_day_needs_a_reason_both_ways(stored):
    with pytest.raises(InvalidSubmission):
        written(stored, calendar_changes.set_day, CalendarDay(A_FRIDAY, working=False, name=" "), USUAL, ADMIN, AT)
    with pytest.raises(InvalidSubmission):
        written(stored, calendar_changes.clear_day, MAY_DAY, " ", USUAL, ADMIN, AT)


def test_what_changes_nothing_in_the_calendar_leaves_no_trace(stored):
    before = directory(stored).version
    written(stored, calendar_changes.set_week, USUAL.week, USUAL, ADMIN, AT)
    written(stored, calendar_changes.clear_day, A_FRIDAY, "nothing was said about it", USUAL, ADMIN, AT)
    assert directory(stored).version == before


@pytest.mark.parametrize(
    ("change", "arguments"),
    [
        (changes.add, (Role("lawyer", "Lawyer"),)),
        (changes.remove, ("role", "buyer")),
        (changes.set_head, ("finance", "keeper")),
    ],
)
def test_only_administrators_do_any_of_this(stored, change, arguments):
    before = directory(stored).version
    for nobody in (Actor("keeper"), Actor("admin", groups=frozenset({"admin", "auditor"}))):
        with pytest.raises(Forbidden):
            written(stored, change, *arguments, nobody, AT)
        with pytest.raises(Forbidden):
            written(stored, changes.note_credentials, "keeper", nobody, AT)
        with pytest.raises(Forbidden):
            written(stored, calendar_changes.set_week, USUAL.week, USUAL, nobody, AT)
        with pytest.raises(Forbidden):
            written(stored, calendar_changes.clear_day, MAY_DAY, "why not", USUAL, nobody, AT)
    assert directory(stored).version == before


# ---- reading what was changed --------------------------------------------------------------------------------------------


def test_a_new_password_is_in_the_history_and_not_which(stored):
    written(stored, changes.note_credentials, "keeper", ADMIN, AT)
    assert last_change(stored) == ("person", "keeper", {"password": True})
    with pytest.raises(NotFound):
        written(stored, changes.note_credentials, "kermit", ADMIN, AT)


def test_changes_are_found_by_kind_by_whom_they_concern_and_by_who_made_them(stored):
    written(stored, changes.set_superior, "keeper", "gm", OTHER, AT)
    written(stored, changes.put_role, Role("buyer", "Buyer", "采购"), ADMIN, AT)
    written(stored, calendar_changes.set_day, CalendarDay(A_FRIDAY, working=False, name="Fair"), USUAL, ADMIN, AT)
    assert past(stored, kind="calendar") == [("admin", (("calendar", "2026-11-27"),))]
    assert past(stored, kind="person", id="keeper")[0] == ("gm", (("person", "keeper"),))
    assert [actor for actor, _ in past(stored, kind="person", id="keeper")] == ["gm", "system"]
    assert past(stored, kind="role", by="admin") == [("admin", (("role", "buyer"),))]
    assert past(stored, kind="person", id="kee") == []


def test_changes_come_in_pages_that_neither_skip_nor_repeat(stored):
    for number in range(7):
        written(stored, changes.put_role, Role("buyer", f"Buyer {number}"), ADMIN, AT)
    found, before = [], None
    while True:
        with stored.read() as conn:
            page = organisation_past(conn, ChangeFilter(kind="role", id="buyer"), before, 3)
        found += [it.seq for it in page.entries]
        before = page.before
        if before is None:
            break
    assert found == sorted(found, reverse=True)
    assert len(found) == len(set(found)) == 8  # and the one that founded the company
