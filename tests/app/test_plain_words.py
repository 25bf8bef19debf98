"""Nobody at a desk reads an id: both processes are played with all that can happen to them, and everything that people are shown is read.

Ids are those of outcomes, flow nodes, variables, people, groups, processes, choices and records, and those that the engine makes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from app.bootstrap import shipped_folders
from app.clock import move, move_to
from app.compose import compose
from app.config import Settings
from app.sample.company import COMPANY, PEOPLE
from app.sample.found import FOUNDER, found
from app.sample.records import CUSTOMERS, ITEMS, SUPPLIERS
from app.services import Services
from engine import Case
from tests.app.pages import sign_in
from tests.app.test_mail import Letterbox, letterbox  # noqa: F401 - the fixture
from tests.app.test_translations import Said
from tests.processes.company import Company, order, request, shipped
from tests.processes.test_order_fulfilment import replenish, short_order
from tests.processes.test_order_fulfilment import shipped as shipped_order
from tests.processes.test_purchase_approval import FINANCE, HEAD, PURCHASING, approve, enter_invoice, pay, place_order, receive

pytestmark = [pytest.mark.loopback, pytest.mark.slow]

MONDAY = datetime(2026, 3, 2, 1, tzinfo=UTC)
LOOKING = ("zhou-ting", "wang-lei", "li-qiang", "gao-yuan", "lin-xue")
LISTS = (
    "/inbox", "/inbox?section=claimable", "/inbox?section=started", "/inbox?section=done", "/notices", "/start",
    "/cases?process=purchase-approval", "/cases?process=order-fulfilment", "/search?q=steel", "/search?q=13",
)  # fmt: skip
LINK = re.compile(r"https://desk\.example/\S+")
UUID = r"[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}|0[0-9a-v]{19}"


class Played(Company):
    """The company, whose notices go out after each thing that is done."""

    services: Services
    clock: Path

    def _tell(self) -> None:
        while self.services.engine.notices.deliver(self.services.send_notice):
            pass

    def start(self, person: str, key: str, **fields: object) -> Case:
        """Start a case, and tell."""
        case = super().start(person, key, **fields)
        self._tell()
        return case

    def do(self, person: str, case: Case, element: str, outcome: str, reason: str | None = None, **fields: object) -> None:
        """Complete a task, and tell."""
        super().do(person, case, element, outcome, reason, **fields)
        self._tell()

    def say(self, person: str, case: Case, element: str) -> None:
        """Give a message, and tell."""
        super().say(person, case, element)
        self._tell()

    def wait(self, days: int) -> None:
        """Let time pass, with what falls due."""
        for _ in range(days):
            move(self.clock, "+1d")
            self.due()
            self._tell()


@dataclass
class Desk:
    """The application in one language, with the letters that it sends."""

    app: Flask
    company: Played
    letters: list[EmailMessage]
    language: str
    read: dict[str, list[str]]  # what stood on each page, each time that it was looked at

    def client(self, person: str) -> FlaskClient:
        """A browser of somebody."""
        client = self.app.test_client()
        client.environ_base["HTTP_ACCEPT_LANGUAGE"] = self.language
        sign_in(client, person)
        return client

    def look(self) -> None:
        """Everybody reads their lists; each task and case that stands there is read by one of them."""
        opened = {"/cases/export"}
        for person in LOOKING:
            client, links = self.client(person), set[str]()
            for path in LISTS:
                links |= set(re.findall(r'href="(/(?:tasks|cases)/[\w-]+)', self._read(client, person, path)))
            for path in sorted(links - opened):
                self._read(client, person, path)
            opened |= links

    def _read(self, client: FlaskClient, person: str, path: str) -> str:
        answer = client.get(path, follow_redirects=True)
        assert answer.status_code in {200, 404, 409}, f"{person} {path}"
        reader = Said()
        reader.feed(answer.text)
        self.read.setdefault(f"{person} {path}", []).append(" ".join(part for part in reader.parts if part.strip()))
        return answer.text


@pytest.fixture(params=["en", "zh"])
def desk(request: pytest.FixtureRequest, tmp_path: Path, letterbox: tuple[Letterbox, int]) -> Iterator[Desk]:  # noqa: F811
    """The sample company on a Monday in March, everybody reading one language."""
    box, port = letterbox
    url, clock = f"sqlite:///{tmp_path / 'plain.db'}", tmp_path / "clock"
    move_to(clock, MONDAY - datetime.now(UTC))
    smtp = f"smtp://127.0.0.1:{port}"
    settings = Settings(
        secret_key="a key for tests",
        database_url=url,
        clock_file=clock,
        seals_file=tmp_path / "seals",
        smtp_url=smtp,
        public_url="https://desk.example",
    )
    services = compose(settings)
    found(services, shipped_folders())
    for person in services.directory().people.values():
        services.engine.organisation.put_person(FOUNDER, replace(person, language=request.param))
    company = Played(services.engine, services.database)
    company.services, company.clock = services, clock
    yield Desk(create_app(services), company, box.letters, request.param, {})
    services.database.dispose()


def play_purchases(company: Played) -> None:
    """One is returned, sent again, approved, ordered and paid; one refused; one withdrawn; one reminded of and escalated; one stays."""
    case = company.start("zhou-ting", "purchase-approval", **request())
    company.do("wang-lei", case, "head_approves", "return", "12?")
    company.do("zhou-ting", case, "revise_request", "resubmit", **request(reason="4100."))
    approve(company, case, HEAD, PURCHASING, FINANCE)
    place_order(company, case)
    company.say("zhang-min", case, "supplier_confirms")
    receive(company, case)
    enter_invoice(company, case, "166800.00")
    pay(company, case)
    refused = company.start("zhou-ting", "purchase-approval", **request("20000"))
    company.do("wang-lei", refused, "head_approves", "reject", "13!")
    withdrawn = company.start("zhou-ting", "purchase-approval", **request("20000"))
    company.do("wang-lei", withdrawn, "head_approves", "return", "14?")
    company.do("zhou-ting", withdrawn, "revise_request", "withdraw")
    mismatched = company.start("zhou-ting", "purchase-approval", **request("3000", contract=None))
    place_order(company, mismatched)
    company.start("zhou-ting", "purchase-approval", **request("30000"))


def play_orders(company: Played) -> None:
    """One is paid, one replenished, one refused, one cancelled, one waits for its delivery so long that it is asked after."""
    paid = shipped_order(company)
    company.say("lin-xue", paid, "delivery_confirmed")
    company.say("feng-qi", paid, "payment_received")
    short = company.start("zhou-ting", "order-fulfilment", **short_order())
    replenish(company, short, "12", "12")
    refused = company.start("zhou-ting", "order-fulfilment", **order(customer="qingdao-cold"))
    company.do("liu-fang", refused, "decide_credit", "reject", "15.")
    cancelled = company.start("zhou-ting", "order-fulfilment", **order())
    company.say("wu-hao", cancelled, "customer_cancels")
    company.start("zhou-ting", "order-fulfilment", **order(customer="qingdao-cold", title="16"))


def ids(language: str) -> set[str]:
    """Every id that could be shown by mistake. In English those alone that are no words as well."""
    found: set[str] = {name for name, *_ in (*SUPPLIERS, *CUSTOMERS, *ITEMS)} | set(PEOPLE)
    found |= {str(it["id"]) for kind in ("departments", "roles") for it in COMPANY[kind]}
    files = shipped()
    for name, content in files.items():
        if name.endswith(".bpmn"):
            found |= set(re.findall(r'\b(?:id|name|key)="([a-z][\w-]*)"', content.decode()))
        elif name.endswith(".form"):
            found |= {value for value in _values(json.loads(content)) if re.fullmatch(r"[a-z][\w-]*", value)}
    return {it for it in found if re.search(r"[_-]", it) or (language == "zh" and len(it) > 1)}


def _values(data: Any) -> Iterator[str]:
    if isinstance(data, dict):
        yield from (str(data[name]) for name in ("key", "path", "value", "id") if name in data)
        for inner in data.values():
            yield from _values(inner)
    elif isinstance(data, list):
        for inner in data:
            yield from _values(inner)


def shown(text: str, wrong: re.Pattern[str]) -> list[str]:
    return [f"{found.group()} in “…{text[max(0, found.start() - 40) : found.end() + 40]}…”" for found in wrong.finditer(text)]


def test_nobody_is_shown_an_id(desk: Desk) -> None:
    company = desk.company
    play_purchases(company)
    play_orders(company)
    desk.look()
    company.wait(12)
    desk.look()
    assert {str(it.kind) for it in company.services.engine.notices.newest(company.person("wang-lei"), 60)} >= {"task-overdue"}
    wrong = re.compile(rf"(?<![\w@./-])(?:{'|'.join(map(re.escape, sorted(ids(desk.language), key=len, reverse=True)))}|{UUID})(?![\w-])")
    left = [f"{place}: {it}" for place, texts in desk.read.items() for text in texts for it in shown(text, wrong)]
    letters = [str(it["Subject"]) + "\n" + LINK.sub("", it.get_content()) for it in desk.letters]
    assert len(letters) > 30
    left += [f"letter: {it}" for text in letters for it in shown(text, wrong)]
    assert sorted(set(left)) == []
