"""The sample company at work in a test: an engine with the shipped processes, and people who do what the test says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import select

from app.records.handlers import HANDLERS
from app.records.queries import RecordOptions
from app.records.tables import contract, customer, item
from app.sample.company import COMPANY
from app.sample.loader import load_records
from engine import SYSTEM, Actor, Case, Database, Engine
from forms import FormValidation
from tests.snapshots import Snapshot

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = sorted(
    path for folder in ("processes", "forms") for path in (ROOT / folder).iterdir() if path.suffix in {".bpmn", ".dmn", ".form"}
)
_founded: dict[tuple[str, datetime], tuple[Snapshot, str]] = {}
ADMIN = Actor(id="admin", kind=SYSTEM.kind, groups=frozenset({"admin"}))


def shipped() -> dict[str, bytes]:
    """The shipped models, decisions and forms, by name."""
    return {path.name: path.read_bytes() for path in SHIPPED}


@dataclass
class Company:
    """Harbour Trading with its engine."""

    engine: Engine
    database: Database

    @classmethod
    def found(cls, database: Database, clock, new_id: Callable[[], str]) -> Company:
        """In an empty database. Done once for each kind of database and moment; the next ones get the same rows."""
        forms = FormValidation(clock, options=RecordOptions(database.read), zone=ZoneInfo("Asia/Shanghai"))
        engine = Engine(database, clock, new_id, forms, HANDLERS)
        done = _founded.get((database.dialect, clock.now()))
        if done is None:
            engine.organisation.load(ADMIN, COMPANY)
            with database.begin() as connection:
                load_records(connection, clock)
            engine.definitions.deploy(ADMIN, "shipped", shipped())
            _founded[database.dialect, clock.now()] = Snapshot(database), new_id()
        else:
            rows, last = done
            rows.fill(database)
            while new_id() < last:  # ids are never given twice
                pass
        return cls(engine, database)

    def person(self, name: str) -> Actor:
        return self.engine.organisation.actor(name)

    def start(self, person: str, key: str, **fields: object) -> Case:
        return self.engine.instances.start(self.person(person), key, fields)

    def open(self, case: Case) -> list[str]:
        """The elements of the open tasks, oldest first."""
        return [task.element_id for task in self.engine.tasks.of_case(ADMIN, case.id)]

    def task(self, case: Case, element: str):
        """The open task at an element; of several the oldest."""
        found = [task for task in self.engine.tasks.of_case(ADMIN, case.id) if task.element_id == element]
        assert found, f"no task at {element}: open are {self.open(case)}"
        return found[0]

    def do(self, person: str, case: Case, element: str, outcome: str, reason: str | None = None, **fields: object) -> None:
        """Take a task and complete it."""
        task, actor = self.task(case, element), self.person(person)
        if task.assignee != person:
            self.engine.tasks.claim(actor, task.task_id)
        self.engine.tasks.complete(actor, task.task_id, fields, outcome=outcome, reason=reason)

    def say(self, person: str, case: Case, element: str) -> None:
        """Give a message by hand on the page of the case."""
        actor = self.person(person)
        offers = [offer for offer in self.engine.messages.offers(actor, case.id) if offer.element_id == element]
        assert offers, f"nothing to say at {element}"
        self.engine.messages.give(actor, case.id, offers[0].subscription_id, date(2026, 3, 2), "by phone")

    def case(self, case: Case) -> Case:
        return self.engine.instances.get(ADMIN, case.id).case

    def path(self, case: Case) -> tuple[str, ...]:
        return self.engine.instances.get(ADMIN, case.id).path

    def values(self, case: Case) -> dict[str, object]:
        return self.engine.instances.variables(ADMIN, case.id)

    def due(self) -> None:
        """Run everything that is due."""
        while self.engine.jobs.run_due():
            pass

    def told(self, case: Case) -> Iterator[tuple[str, dict[str, object]]]:
        """What the history says, oldest first."""
        for entry in sorted(self.engine.history.entries(ADMIN, case.id, limit=500), key=lambda entry: entry.seq):
            yield from ((name, dict(facts)) for name, facts in entry.events)

    def used(self, contract_id: str) -> Decimal:
        return self._figure(contract, contract_id, "used")

    def stock(self, item_id: str) -> Decimal:
        return self._figure(item, item_id, "stock")

    def reserved(self, item_id: str) -> Decimal:
        return self._figure(item, item_id, "reserved")

    def owes(self, customer_id: str) -> Decimal:
        return self._figure(customer, customer_id, "open_amount")

    def _figure(self, table, record_id: str, column: str) -> Decimal:
        with self.database.read() as connection:
            return connection.execute(select(table.c[column]).where(table.c.id == record_id)).scalar_one()


def request(amount: object = None, **changes: object) -> dict[str, object]:
    """A purchase request for steel; `amount` is the price of the only line."""
    items = [{"item": "steel-sheet-4mm", "quantity": "24", "price": "6100.00"}, {"item": "cutting", "quantity": "24", "price": "850"}]
    if amount is not None:
        items = [{"item": "steel-sheet-4mm", "quantity": "1", "price": str(amount)}]
    return {
        "title": "Steel sheets for hall 3",
        "supplier": "baoshan-steel",
        "contract": "CT-2025-031",
        "items": items,
        "cost_centre": "4100",
        "needed_by": "2026-12-04",
        "reason": "Production starts on 7 December.",
        **changes,
    }


def order(**changes: object) -> dict[str, object]:
    """A customer's order for pumps, all of it in stock."""
    return {
        "title": "Pumps for the cold store",
        "customer": "suzhou-precision",
        "customer_reference": "SP-7781",
        "items": [{"item": "pump-32", "quantity": "4", "price": "3100"}, {"item": "bearing-6204", "quantity": "40", "price": "24.50"}],
        "deliver_by": "2026-03-20",
        "payment_days": "30",
        "ship_to": "218 Xinghu Street, Suzhou",
        **changes,
    }
