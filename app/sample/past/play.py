"""Playing the past: one moment after the other, on a clock that stands where the next thing happens.

Everything goes through the engine, as it does for people: due timers and stages of deadlines at their own moments, then what somebody
does. So history, notices, deadlines and numbers are what they would be had the server run for six weeks.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from random import Random
from typing import TYPE_CHECKING

from app.sample.past.acts import Act, Saying, act_of, saying_of
from app.sample.past.stories import Story, fields_of
from engine import Forbidden, NotFound, WorkingCalendar

if TYPE_CHECKING:
    from engine import Actor, Engine, Holder, Offer

_MORNINGS = 3  # so many days before today everybody read what the bell told them
_DELIVERED_EVERY = timedelta(minutes=30)
_CLAIMED_EARLY = 0.7  # of the offered tasks: somebody takes it, and does it later
_TAKEN_OVER = 0.4  # of the tasks that nobody did for days, by the superior


class PastClock:
    """A clock that stands still until it is set. It never goes back."""

    def __init__(self, at: datetime) -> None:
        self._at = at

    def now(self) -> datetime:
        """Where it stands."""
        return self._at

    @property
    def offset(self) -> timedelta:
        """It has no relation to the real time: none is shown."""
        return timedelta(0)

    def set(self, at: datetime) -> None:
        """Move it on."""
        self._at = max(self._at, at)


class Play:
    """The stories, played on an engine of their own. `played` holds the root case of each story that has begun."""

    def __init__(
        self, engine: Engine, clock: PastClock, calendar: WorkingCalendar, language: str, admin: Actor, unlist: Callable[[str], None]
    ) -> None:
        """`unlist` takes an item off the list of what is kept in stock, by hand as people do it."""
        self._engine, self._clock, self._calendar = engine, clock, calendar
        self._language, self._admin, self._unlist = language, admin, unlist
        self._order = count()
        self._queue: list[tuple[datetime, int, Callable[[], None]]] = []
        self._told_until = clock.now()
        self._touched: set[str] = set()
        self._stories: dict[str, Story] = {}
        self._visits: Counter[tuple[str, str]] = Counter()
        self._planned: set[str] = set()
        self.played: dict[int, str] = {}
        engine.on_commit(lambda changed: self._touched.update(changed.cases))

    def run(self, stories: Iterable[Story], until: datetime, report: Callable[[datetime], None] = lambda _: None) -> None:
        """Play until a moment; what would happen after it stays open."""
        for story in stories:
            self._at(story.at, partial(self._start, story))
        for days in range(1, _MORNINGS + 1):
            self._at(until - timedelta(days=days), self._read_notices)
        while self._queue and self._queue[0][0] <= until:
            at, _, act = heapq.heappop(self._queue)
            self._pass(at)
            act()
            self._plan()
            report(at)
        self._pass(until)
        self._engine.notices.deliver()

    def _at(self, moment: datetime, act: Callable[[], None]) -> None:
        heapq.heappush(self._queue, (moment, next(self._order), act))

    def _after(self, minutes: int, act: Callable[[], None]) -> None:
        self._at(self._calendar.add_working_minutes(self._clock.now(), minutes), act)

    def _pass(self, until: datetime) -> None:
        """Let the time pass, with everything that falls due on the way, each at its own moment."""
        while (due := self._engine.jobs.next_due()) is not None and due <= until:
            self._clock.set(due)
            while self._engine.jobs.run_due():
                pass
            self._plan()
        if until >= self._told_until:
            self._engine.notices.deliver()
            self._told_until = until + _DELIVERED_EVERY
        self._clock.set(until)

    def _plan(self) -> None:
        """Think of what people will do with what has come up."""
        while self._touched:
            root = self._touched.pop()
            story = self._stories.get(root)
            if story is None:
                continue
            for holder in self._engine.tasks.of_case(self._admin, root):
                if holder.task_id not in self._planned:
                    self._planned.add(holder.task_id)
                    self._visits[root, holder.element_id] += 1
                    random = self._chance(story, f"{holder.element_id}{self._visits[root, holder.element_id]}")
                    act = act_of(story, holder.element_id, self._visits[root, holder.element_id], random, self._language)
                    if holder.assignee is None and random.random() < _CLAIMED_EARLY:
                        self._after(int(act.after * random.random()), partial(self._claim, root, holder, random))
                    if holder.element_id == "receive_replenishment" and story.traits.unlisted:
                        self._after(act.after // 2, partial(self._unlist, story.traits.unlisted))
                    self._after(act.after, partial(self._do, root, holder, act, random))
            self._plan_messages(root, story)

    def _plan_messages(self, root: str, story: Story) -> None:
        for offer in self._engine.messages.offers(self._admin, root):
            if offer.subscription_id not in self._planned:
                self._planned.add(offer.subscription_id)
                saying = saying_of(story, offer.element_id, self._chance(story, offer.element_id))
                if saying is not None:
                    self._after(saying.after, partial(self._say, root, offer.subscription_id, saying))

    def _chance(self, story: Story, what: str) -> Random:
        return Random(f"{story.seed} {what}")  # noqa: S311 - stories, not secrets

    # ---- what people do --------------------------------------------------------------------------------------------------

    def _start(self, story: Story) -> None:
        actor = self._engine.organisation.actor(story.person)
        case = self._engine.instances.start(actor, story.key, fields_of(story, self._language))
        self.played[story.number] = case.id
        self._stories[case.id] = story
        self._touched.add(case.id)

    def _claim(self, root: str, planned: Holder, random: Random) -> None:
        if holder := self._still_open(root, planned):
            self._take(holder, random)

    def _do(self, root: str, planned: Holder, act: Act, random: Random) -> None:
        holder = self._still_open(root, planned)
        if holder is None:  # taken back, or ended with its case
            return
        task = self._engine.tasks.get(self._admin, holder.task_id)
        values = self._engine.instances.variables(self._admin, task.instance_id)
        fields = act.fields(values, self._calendar.local(self._clock.now()).date())
        actor = self._take(holder, random)
        self._engine.tasks.complete(actor, holder.task_id, fields, outcome=act.outcome, reason=act.reason)

    def _still_open(self, root: str, planned: Holder) -> Holder | None:
        try:
            return next((it for it in self._engine.tasks.of_case(self._admin, root) if it.task_id == planned.task_id), None)
        except NotFound:
            return None

    def _take(self, holder: Holder, random: Random) -> Actor:
        """Who does it: who has it, else somebody who is asked, rather not the head; sometimes the superior, where that is allowed."""
        directory = self._engine.organisation.directory()
        asked = [holder.assignee] if holder.assignee else list(directory.people_of(holder.users, holder.groups))
        random.shuffle(asked)
        asked.sort(key=lambda person: any(group.endswith("head") for group in directory.groups_of(person)))
        late = holder.due_at is not None and holder.due_at < self._clock.now()
        if late and random.random() < _TAKEN_OVER and (superior := directory.superior_of(asked[0])):
            asked.insert(0, superior)
        for person in asked:
            actor = self._engine.organisation.actor(person)
            if person == holder.assignee:
                return actor
            try:
                self._engine.tasks.claim(actor, holder.task_id)
            except Forbidden:
                continue
            return actor
        raise AssertionError(f"nobody may do {holder.element_id!r}")

    def _say(self, root: str, subscription: str, saying: Saying) -> None:
        actor = self._engine.organisation.actor(saying.person)
        if any(offer.subscription_id == subscription for offer in self._offers(root)):
            self._engine.messages.give(actor, root, subscription, self._calendar.local(self._clock.now()).date())

    def _offers(self, root: str) -> Iterable[Offer]:
        try:
            return self._engine.messages.offers(self._admin, root)
        except NotFound:
            return ()

    def _read_notices(self) -> None:
        for person in self._engine.organisation.directory().people:
            self._engine.notices.mark_read(self._engine.organisation.actor(person))
