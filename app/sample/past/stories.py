"""The stories of the past: when each case began, who began it, and what went well or wrong. The same seed tells the same stories."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random
from typing import Final

from app.sample.past.records import CUSTOMERS, ITEMS
from app.sample.past.subjects import CRANES, HOISTS, PURCHASES, REASONS, SALES, Purchase, Sale
from engine import WorkingCalendar

PURCHASE: Final = "purchase-approval"
ORDER: Final = "order-fulfilment"
SPAN: Final = timedelta(days=42)
_SEED: Final = 20260
_PRICES: Final = {row[0]: row[5] for row in ITEMS}
_SHARE_OF_ORDERS: Final = 0.36
UNLISTED: Final = HOISTS.lines[0][0]
"""The item that is taken off the list while it is under way."""
_PLACE_OF_INCIDENT: Final = 0.77  # of the stories: a week of working days before today, by which the goods have arrived
_APPROVALS: Final = ("head_approves", "purchasing_approves", "finance_approves", "general_manager_approves")


@dataclass(frozen=True, slots=True)
class Traits:
    """What is out of the ordinary in a story; None and False: nothing."""

    returned_at: str | None = None  # the step that returns it once
    rejected_at: str | None = None
    slow_at: str | None = None  # the step that takes days too long
    withdrawn: bool = False  # instead of a resubmission
    late: bool = False  # the supplier confirms, the parcel arrives or the customer pays only after having been asked
    short: bool = False  # less arrives than was ordered
    cancelled: bool = False  # by the customer, before shipping
    unlisted: str | None = None  # an item that is taken off the list of what is kept in stock, while it is under way


@dataclass(frozen=True, slots=True)
class Story:
    """A case of the past: `number` tells it apart, `seed` decides what is left to chance in it."""

    number: int
    key: str
    at: datetime
    person: str
    subject: Purchase | Sale
    customer: str
    traits: Traits
    seed: int


def stories(count: int, until: datetime, calendar: WorkingCalendar) -> list[Story]:
    """`count` stories that began within `SPAN` before `until`, in working time, the oldest first."""
    random = Random(_SEED)  # noqa: S311 - stories, not secrets
    moments = sorted(_moment(random, until, calendar) for _ in range(count))
    told = [_story(number, at, random) for number, at in enumerate(moments, start=1)]
    return [_unlisted(story) if story.number == number_of_incident(count) else story for story in told]


def number_of_incident(count: int) -> int:
    """Which of so many stories ends with an incident, for now."""
    return round(count * _PLACE_OF_INCIDENT)


def fields_of(story: Story, language: str) -> dict[str, object]:
    """What the start form was filled in with."""
    random = Random(story.seed)  # noqa: S311
    day = story.at.date()
    if isinstance(story.subject, Purchase):
        wanted = story.subject
        return {
            "title": wanted.subject.text(language),
            "supplier": wanted.supplier,
            "contract": wanted.contract,
            "items": [
                {"item": item, "quantity": str(random.randint(low, high)), "price": _PRICES[item]} for item, low, high in wanted.lines
            ],
            "cost_centre": wanted.cost_centre,
            "needed_by": (day + timedelta(days=random.randint(14, 40))).isoformat(),
            "reason": random.choice(REASONS).text(language),
        }
    address = next(row[6] for row in CUSTOMERS if row[0] == story.customer)
    return {
        "title": story.subject.subject.text(language),
        "customer": story.customer,
        "customer_reference": f"{story.customer[:2].upper()}-{random.randint(1000, 9999)}",
        "items": [
            {"item": item, "quantity": str(random.randint(low, high)), "price": price} for item, low, high, price in story.subject.lines
        ],
        "deliver_by": (day + timedelta(days=random.randint(10, 25))).isoformat(),
        "payment_days": random.choice(("7", "14", "30")),
        "ship_to": address,
    }


def _moment(random: Random, until: datetime, calendar: WorkingCalendar) -> datetime:
    """A moment in working time: days are busy in turn, and the last ones not less than the first."""
    while True:
        at = until - SPAN * random.random()
        if calendar.working_minutes(at, at + timedelta(minutes=1)):
            return at.replace(microsecond=0)


def _story(number: int, at: datetime, random: Random) -> Story:
    seed = random.randrange(2**32)
    if random.random() < _SHARE_OF_ORDERS:
        return _order(number, at, random, seed)
    wanted = random.choice(PURCHASES)
    return Story(number, PURCHASE, at, random.choice(wanted.asked_by), wanted, "", _traits_of_purchase(random), seed)


def _order(number: int, at: datetime, random: Random, seed: int) -> Story:
    person, customer = random.choice(("zhou-ting", "wu-hao")), random.choice(CUSTOMERS)[0]
    if number in {31, 77}:  # once each: of these there is too little in stock
        return Story(number, ORDER, at, person, CRANES[number == 77], "rotterdam-lift", Traits(short=number == 77), seed)  # noqa: PLR2004
    return Story(number, ORDER, at, person, random.choice(SALES), customer, _traits_of_order(random), seed)


def _unlisted(story: Story) -> Story:
    """The one case that cannot go on by itself: it waits for somebody who corrects a record and has the booking tried again."""
    return replace(story, key=ORDER, person="zhou-ting", subject=HOISTS, customer="rotterdam-lift", traits=Traits(unlisted=UNLISTED))


def _traits_of_purchase(random: Random) -> Traits:
    chance, step = random.random(), random.choice(_APPROVALS[:3])
    kinds: Sequence[tuple[float, Traits]] = (
        (0.10, Traits(returned_at=step)),
        (0.13, Traits(returned_at=step, withdrawn=True)),
        (0.19, Traits(rejected_at=random.choice(_APPROVALS))),
        (0.31, Traits(slow_at=step)),
        (0.36, Traits(slow_at="place_order")),
        (0.46, Traits(late=True)),
        (0.53, Traits(short=True)),
        (0.56, Traits(slow_at="pay_invoice")),
    )
    return next((traits for limit, traits in kinds if chance < limit), Traits())


def _traits_of_order(random: Random) -> Traits:
    chance = random.random()
    kinds: Sequence[tuple[float, Traits]] = (
        (0.08, Traits(cancelled=True)),
        (0.26, Traits(late=True)),
        (0.36, Traits(slow_at=random.choice(("pick_goods", "write_invoice", "decide_credit")))),
        (0.42, Traits(rejected_at="decide_credit")),
    )
    return next((traits for limit, traits in kinds if chance < limit), Traits())
