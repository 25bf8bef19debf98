"""A server whose company has work: cases in every state, played through the engine before anybody opens a page."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from app.bootstrap import shipped_folders
from app.compose import compose
from app.config import from_environment
from app.sample.found import found
from engine import Case, NewAttachment
from tests.browser.serving import MONDAY, Site, serve, settings_of
from tests.processes.company import Company, order, request

WEDNESDAY = MONDAY + timedelta(days=2)
LONG = "Forklift service contract 2027, yearly inspection and spare parts of all trucks in hall 3 and warehouse B"


@contextmanager
def desk(folder: Path) -> Iterator[Site]:
    """A server on SQLite, on Wednesday at 10:00, with what `play` has left."""
    database_url = f"sqlite:///{folder / 'crossdesk.sqlite3'}"
    play(database_url, folder)
    with serve(database_url, folder, at=WEDNESDAY) as site:
        yield site


def play(database_url: str, folder: Path) -> None:
    """From Monday 8:00: cases that wait, are late, returned, rejected, that called another one."""
    settings = settings_of(database_url, folder)
    clock = Path(settings["CROSSDESK_CLOCK_FILE"])
    move(clock, MONDAY - timedelta(hours=2))
    services = compose(from_environment(settings))
    found(services, shipped_folders())
    company = Company(services.engine, services.database)

    freight = buy(company, "Air freight for late components", who="zhou-ting")
    files = [
        NewAttachment(f"{LONG}.pdf", "with the map", content=b"%PDF-1.7 " + b"x" * 1_300_000),
        NewAttachment("照片.jpg", content=b"\xff\xd8\xff"),
    ]
    services.engine.attachments.attach_to_case(company.person("zhou-ting"), freight.id, files)
    shelving = buy(company, "Shelving for warehouse B", who="zhou-ting")
    company.do("wang-lei", shelving, "head_approves", "return", "Which aisles? Please add the plan.")
    rejected = buy(company, "A second coffee machine", who="zhou-ting")
    company.do("wang-lei", rejected, "head_approves", "reject", "Not in the budget")
    steel = buy(company, "Steel sheets for hall 3", who="zhou-ting", price="186400")
    company.do("wang-lei", steel, "head_approves", "approve")
    company.do("li-qiang", steel, "finance_approves", "approve", "Budget is there.")
    services.engine.tasks.claim(company.person("zhang-min"), company.task(steel, "purchasing_approves").task_id)
    short = order(title="Pumps for the solar park", items=[{"item": "pump-32", "quantity": "20", "price": "3100"}])
    company.start("zhou-ting", "order-fulfilment", **short)

    move(clock, MONDAY + timedelta(hours=4))
    buy(company, LONG, who="wu-hao")
    move(clock, MONDAY + timedelta(days=1, hours=4))
    for title in ("Pallets, 600 pieces", "三号厂房叉车轮胎"):
        buy(company, title, who="zhou-ting")
    move(clock, WEDNESDAY)
    company.due()
    services.database.dispose()


def buy(company: Company, title: str, *, who: str, price: str = "9000") -> Case:
    """Ask for something to be bought, without a contract."""
    items = [{"item": "steel-sheet-4mm", "quantity": "1", "price": price}]
    return company.start(who, "purchase-approval", **request(title=title, contract=None, items=items))


def move(clock: Path, to: datetime) -> None:
    """Set the business's clock."""
    clock.write_text(str(int((to - datetime.now(UTC)).total_seconds())), encoding="ascii")
