"""A case of the sample company whose booking fails for good: what was ordered is not kept in stock any more when it arrives."""

from __future__ import annotations

from app.records.changes import Change
from app.records.edits import save
from app.services import Services
from engine import Case
from tests.processes.company import ADMIN, Company, order

ITEM = "shelving-bay"


def keep_in_stock(services: Services, flag: str, item: str = ITEM) -> None:
    """Somebody in the Warehouse says in the records whether an item is kept in stock: `1`, or nothing."""
    runtime, actor = services.engine.runtime, services.actor("chen-jie")
    services.database.write(
        lambda connection: save(Change(connection, runtime.clock, runtime.new_id, actor), "items", item, {"stocked": flag})
    )


def booking_fails(services: Services, title: str = "Shelves for hall 2") -> Case:
    """An order that waits for somebody who corrects the record and has it tried again. It failed twice."""
    company, jobs = Company(services.engine, services.database), services.engine.jobs
    keep_in_stock(services, "1")
    case = company.start("zhou-ting", "order-fulfilment", **order(title=title, items=[{"item": ITEM, "quantity": "3", "price": "2100"}]))
    orders = [{"item": ITEM, "missing_quantity": "3", "quantity": "3", "price": "1290"}]
    given = {"replenishment_supplier": "huayu-shelving", "expected_on": "2036-03-10"}
    company.do("gao-yuan", case, "order_goods", "ordered", orders=orders, **given)
    keep_in_stock(services, "")
    arrived = [{"item": ITEM, "ordered": "3", "quantity": "3"}]
    company.do("chen-jie", case, "receive_replenishment", "received", received=arrived, replenishment_delivery_note="LS 9")
    [job] = [it for it in jobs.all(ADMIN) if it.root_id == case.id and it.element_id == "book_stock"]
    jobs.run_due()
    jobs.retry(ADMIN, job.id, 1)  # so that nobody waits for the next try
    jobs.run_due()
    return case
