from datetime import UTC, date, datetime
from random import Random

import pytest
from sqlalchemy import event

from engine.errors import Forbidden, InvalidRequest, InvalidSubmission, NotFound
from engine.model import SYSTEM, Actor
from engine.organisation import changes
from engine.organisation.directory import Directory
from engine.organisation.model import Department, Membership, Person, Role
from engine.organisation.rows import read_directory, write_directory
from engine.organisation.service import OrganisationCache
from engine.store import history
from engine.work.calendar import WorkingCalendar
from engine.work.calendar_csv import calendar_to_csv
from tests.engine.organisation.sample import DATA, company

AT = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
ADMIN = Actor("admin", groups=frozenset({"admin"}))


@pytest.fixture
def stored(database):
    """A database with the sample company."""
    database.write(lambda conn: changes.load(conn, DATA, SYSTEM, AT))
    return database


def written(database, change, *arguments, **named):
    return database.write(lambda conn: change(conn, *arguments, **named))


def directory(database) -> Directory:
    with database.read() as conn:
        return read_directory(conn)


def last_events(database):
    with database.read() as conn:
        return history.entries(conn, history.ORGANISATION, limit=1)[0]


def problems(database, change, *arguments, **named) -> list[tuple[str, str]]:
    with pytest.raises(InvalidSubmission) as raised:
        written(database, change, *arguments, **named)
    return [(problem.path, problem.code) for problem in raised.value.problems]


# ---- loading -------------------------------------------------------------------------------------------------------------


def test_what_was_loaded_reads_back_as_it_was_given(stored):
    read, given = directory(stored), company()
    assert (read.departments, read.roles, read.people) == (given.departments, given.roles, given.people)


def test_loading_the_same_again_changes_nothing_and_leaves_no_trace(stored):
    before = last_events(stored)
    written(stored, changes.load, DATA, SYSTEM, AT)
    assert last_events(stored) == before


def test_loading_leaves_alone_what_the_data_does_not_name(stored):
    written(stored, changes.load, {"people": [{"id": "newcomer", "name": "New", "memberships": [{"department": "sales"}]}]}, SYSTEM, AT)
    assert directory(stored).groups_of("newcomer") == {"sales"}
    assert directory(stored).is_active("keeper")


@pytest.mark.parametrize(
    "data",
    [
        {"people": "kermit"},
        {"people": [{"id": 7}]},
        {"people": [{"id": "a", "name": "A", "active": "no"}]},
        {"people": [{"id": "a", "name": "A", "roles": "admin"}]},
        {"departments": ["sales"]},
    ],
)
def test_data_of_another_shape_is_refused(stored, data):
    with pytest.raises(InvalidRequest):
        written(stored, changes.load, data, SYSTEM, AT)


@pytest.mark.parametrize("seed", range(5))
def test_any_two_organisations_are_written_as_their_difference(database, seed):
    random = Random(seed)

    def some() -> Directory:
        departments = [
            Department(f"d{n}", random.choice("xy"), random.choice(["", "中"]), position=n) for n in range(4) if random.random() < 0.7
        ]
        roles = [Role(f"r{n}", random.choice("xy")) for n in range(4) if random.random() < 0.7]
        people = [
            Person(
                f"p{n}",
                random.choice("xy"),
                title=random.choice(["", "Boss"]),
                active=random.random() < 0.5,
                memberships=tuple(Membership(it.id, tuple(role.id for role in roles if random.random() < 0.5)) for it in departments),
                roles=tuple(role.id for role in roles if random.random() < 0.3),
            )
            for n in range(5)
            if random.random() < 0.7
        ]
        return Directory.of(departments, roles, people)

    before = Directory()
    for _ in range(6):
        after = some()
        written(database, write_directory, before, after)
        read = directory(database)
        assert (read.departments, read.roles, read.people) == (after.departments, after.roles, after.people)
        before = after


# ---- changing ------------------------------------------------------------------------------------------------------------


def test_a_person_is_added(stored):
    person = Person("newcomer", "New", "新", memberships=(Membership("sales"),))
    after = written(stored, changes.put_person, person, ADMIN, AT)
    assert after.groups_of("newcomer") == {"sales"}
    assert directory(stored).people["newcomer"] == person


def test_a_person_is_changed(stored):
    changed = Person("keeper", "Sun Hao", email="sun@example.org", memberships=(Membership("warehouse"),))
    written(stored, changes.put_person, changed, ADMIN, AT)
    assert directory(stored).people["keeper"].email == "sun@example.org"


def test_a_person_is_disabled_and_enabled_again(stored):
    written(stored, changes.set_active, "keeper", active=False, actor=ADMIN, at=AT)
    assert not directory(stored).is_active("keeper")
    written(stored, changes.set_active, "keeper", active=True, actor=ADMIN, at=AT)
    assert directory(stored).is_active("keeper")


def test_a_superior_is_set_and_taken_away(stored):
    written(stored, changes.set_superior, "keeper", "keeper-b", ADMIN, AT)
    assert directory(stored).superior_of("keeper") == "keeper-b"
    written(stored, changes.set_superior, "keeper", None, ADMIN, AT)
    assert directory(stored).superior_of("keeper") == "gm"


def test_memberships_and_roles_are_set(stored):
    written(stored, changes.set_memberships, "keeper", [Membership("finance", ("head",)), Membership("warehouse")], ADMIN, AT)
    written(stored, changes.set_roles, "keeper", ["analyst"], ADMIN, AT)
    assert directory(stored).groups_of("keeper") == {"finance", "head", "finance:head", "warehouse", "analyst"}


def test_departments_and_roles_are_added_and_changed(stored):
    written(stored, changes.put_department, Department("legal", "Legal", "法务", "management", 20), ADMIN, AT)
    written(stored, changes.put_role, Role("lawyer", "Lawyer", "律师"), ADMIN, AT)
    written(stored, changes.put_role, Role("buyer", "Buyer", "采购员"), ADMIN, AT)
    read = directory(stored)
    assert read.departments["legal"].name_zh == "法务"
    assert read.knows_group("legal:lawyer")
    assert read.roles["buyer"].name_zh == "采购员"


def test_an_unknown_person_cannot_be_changed(stored):
    with pytest.raises(NotFound):
        written(stored, changes.set_superior, "kermit", None, ADMIN, AT)


def test_only_administrators_and_the_system_change_the_organisation(stored):
    with pytest.raises(Forbidden):
        written(stored, changes.set_superior, "keeper", "gm", Actor("keeper"), AT)
    with pytest.raises(Forbidden):
        written(stored, changes.import_calendar, "kind,on,value\n", WorkingCalendar(), Actor("keeper"), AT)


# ---- what is refused -----------------------------------------------------------------------------------------------------


def test_the_last_administrator_cannot_be_disabled_or_lose_the_role(stored):
    assert problems(stored, changes.set_active, "admin", active=False, actor=ADMIN, at=AT) == [("active", "last-administrator")]
    assert problems(stored, changes.set_roles, "admin", [], ADMIN, AT) == [("active", "last-administrator")]
    written(stored, changes.set_roles, "keeper", ["admin"], ADMIN, AT)
    written(stored, changes.set_active, "admin", active=False, actor=ADMIN, at=AT)


def test_superiors_cannot_stand_in_a_circle(stored):
    assert ("person.sales-a.superior", "circle") in problems(stored, changes.set_superior, "sales-a", "sales-b", ADMIN, AT)
    assert problems(stored, changes.set_superior, "gm", "gm", ADMIN, AT) == [("person.gm.superior", "circle")]


def test_departments_cannot_stand_in_a_circle(stored):
    top = Department("management", "Management", parent="imports")
    assert ("department.imports.parent", "circle") in problems(stored, changes.put_department, top, ADMIN, AT)


@pytest.mark.parametrize(
    ("person", "problem"),
    [
        (Person("Kermit", "K"), ("person.Kermit.id", "id")),
        (Person("a b", "K"), ("person.a b.id", "id")),
        (Person("kermit", " "), ("person.kermit.name", "required")),
        (Person("kermit", "K", superior="fozzie"), ("person.kermit.superior", "unknown")),
        (Person("kermit", "K", roles=("frog",)), ("person.kermit.roles", "unknown")),
        (Person("kermit", "K", memberships=(Membership("swamp"),)), ("person.kermit.memberships[0].department", "unknown")),
        (Person("kermit", "K", memberships=(Membership("sales", ("frog",)),)), ("person.kermit.memberships[0].roles", "unknown")),
        (
            Person("kermit", "K", memberships=(Membership("sales"), Membership("sales"))),
            ("person.kermit.memberships[1].department", "twice"),
        ),
    ],
)
def test_a_person_who_does_not_fit_is_refused_and_nothing_is_written(stored, person, problem):
    before = directory(stored)
    assert problems(stored, changes.put_person, person, ADMIN, AT) == [problem]
    assert directory(stored) == before


def test_a_role_cannot_be_called_like_a_department(stored):
    assert problems(stored, changes.put_role, Role("sales", "Seller"), ADMIN, AT) == [("role.sales.id", "taken")]


def test_a_department_needs_a_name_and_a_parent_that_exists(stored):
    wrong = Department("legal", "", parent="swamp")
    found = problems(stored, changes.put_department, wrong, ADMIN, AT)
    assert found == [("department.legal.name", "required"), ("department.legal.parent", "unknown")]


# ---- history -------------------------------------------------------------------------------------------------------------


def test_a_change_is_in_the_history_with_before_and_after(stored):
    written(stored, changes.set_superior, "keeper", "keeper-b", ADMIN, AT)
    entry = last_events(stored)
    assert (entry.actor, entry.at) == ("admin", AT)
    assert entry.events == (("OrganisationChanged", {"kind": "person", "id": "keeper", "change": {"superior": [None, "keeper-b"]}}),)


def test_names_and_addresses_of_people_stay_out_of_the_history(stored):
    secret = Person("keeper", "Secret Name", "密", email="secret@example.org", memberships=(Membership("finance", ("head",)),))
    written(stored, changes.put_person, secret, ADMIN, AT)
    ((_, fields),) = last_events(stored).events
    assert fields["change"] == {"name": True, "name_zh": True, "email": True, "memberships": [["warehouse"], ["finance:head"]]}


def test_who_was_added_is_in_the_history(stored):
    written(stored, changes.put_person, Person("newcomer", "New", memberships=(Membership("sales"),)), ADMIN, AT)
    ((_, fields),) = last_events(stored).events
    assert fields["change"] == {"added": True, "name": True, "active": [None, True], "memberships": [None, ["sales"]]}


# ---- the snapshot in memory ----------------------------------------------------------------------------------------------


@pytest.fixture
def statements(stored):
    """The SQL that the reader has run."""
    seen: list[str] = []
    event.listen(stored._reader, "before_cursor_execute", lambda *it: seen.append(it[2]))
    return seen


def selects(statements) -> list[str]:
    return [statement for statement in statements if statement.lstrip().upper().startswith("SELECT")]


def test_a_request_asks_for_the_version_once_and_reads_nothing_again(stored, statements):
    cache = OrganisationCache()
    with stored.read() as conn:
        first = cache.directory(conn)
    statements.clear()
    with stored.read() as conn:
        assert cache.directory(conn) is first
        assert cache.calendar(conn) is cache.calendar(conn)
    assert len(selects(statements)) == 1


def test_a_change_is_seen_by_every_later_transaction(stored):
    mine, others = OrganisationCache(), OrganisationCache()
    for cache in (mine, others):
        with stored.read() as conn:
            assert cache.directory(conn).is_active("keeper")
    after = written(stored, changes.set_active, "keeper", active=False, actor=ADMIN, at=AT)
    for cache in (mine, others):
        with stored.read() as conn:
            assert not cache.directory(conn).is_active("keeper")
            assert cache.directory(conn).version == after.version


def test_a_transaction_sees_its_own_change_once_it_forgets(stored):
    cache = OrganisationCache()
    with stored.begin() as conn:
        assert cache.directory(conn).is_active("keeper")
        changes.set_active(conn, "keeper", active=False, actor=ADMIN, at=AT)
        cache.forget(conn)
        assert not cache.directory(conn).is_active("keeper")


def test_a_change_that_was_rolled_back_is_seen_by_nobody_else(stored):
    cache = OrganisationCache()

    class Trouble(Exception):
        pass

    with pytest.raises(Trouble), stored.begin() as conn:
        changes.set_active(conn, "keeper", active=False, actor=ADMIN, at=AT)
        assert not cache.directory(conn).is_active("keeper")
        raise Trouble
    with stored.read() as conn:
        assert cache.directory(conn).is_active("keeper")
    written(stored, changes.set_active, "buyer-a", active=False, actor=ADMIN, at=AT)  # the same number in the chain
    with stored.read() as conn:
        assert cache.directory(conn).is_active("keeper")
        assert not cache.directory(conn).is_active("buyer-a")


def test_an_empty_database_has_an_empty_organisation_and_the_usual_calendar(database):
    cache = OrganisationCache(WorkingCalendar(zone="Europe/Berlin"))
    with database.read() as conn:
        assert cache.directory(conn) == Directory()
        assert cache.calendar(conn) == WorkingCalendar(zone="Europe/Berlin")


# ---- the calendar --------------------------------------------------------------------------------------------------------


def test_a_calendar_is_imported_and_read_back(stored):
    cache = OrganisationCache()
    text = "kind,on,value,name,name_zh\nhours,monday,08:00-12:00,,\nhours,monday,20:00-24:00,,\nday,2027-03-01,off,Anniversary,\n"
    imported = written(stored, changes.import_calendar, text, cache.usual, ADMIN, AT)
    with stored.read() as conn:
        read = cache.calendar(conn)
    assert read.week == imported.week
    assert {day: it.working for day, it in read.days.items()} == {day: it.working for day, it in imported.days.items()}
    assert not read.is_working_day(date(2027, 3, 1))
    assert calendar_to_csv(read, [2027]).splitlines()[1:3] == ["hours,monday,08:00-12:00,,", "hours,monday,20:00-24:00,,"]


def test_a_shipped_year_exported_imported_and_stored_keeps_its_names(stored):
    cache = OrganisationCache()
    text = calendar_to_csv(cache.usual, [2026])
    written(stored, changes.import_calendar, text, cache.usual, ADMIN, AT)
    with stored.read() as conn:
        assert calendar_to_csv(cache.calendar(conn), [2026]) == text


def test_an_imported_calendar_is_in_the_history(stored):
    text = "kind,on,value\nday,2028-03-01,off\n"
    usual = OrganisationCache().usual
    written(stored, changes.import_calendar, text, usual, ADMIN, AT)
    ((name, fields),) = last_events(stored).events
    assert (name, fields["kind"]) == ("OrganisationChanged", "calendar")
    assert "2028-03-01 off" in fields["change"]["days"]


def test_a_mistake_in_an_imported_file_is_named_with_its_line_and_nothing_is_written(stored):
    found = problems(stored, changes.import_calendar, "kind,on,value\nday,soon,off\n", OrganisationCache().usual, ADMIN, AT)
    assert found == [("calendar", "csv")]
    with stored.read() as conn:
        assert OrganisationCache().calendar(conn) == WorkingCalendar()
