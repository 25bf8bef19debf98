"""What an example of docs/bpmn.md is: a small model, and what is done with it on a real engine."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import func, select

from engine.model import SYSTEM
from engine.services.external_values import Fetch
from engine.services.messages import Message
from engine.store.game import load_tasks
from engine.store.queries.external import Topic
from engine.store.tables import case_instance, process_instance
from engine.store.values import from_stored
from tests.engine.services.conftest import WORKER, Desk

LONG = timedelta(days=40)


@dataclass(frozen=True)
class Runs:
    """A model that is played to its end: afterwards no case is open, and the history tells of all that it had to pass.

    `steps`, one a line: `a` completes the user task a, `a n=1 done=true` with values. `message M`, `signal X`; `job`: forty days go by, and
    what is due is done; `work TOPIC`: a worker fetches and completes; `call`: a connector is called; `begin x` in an ad-hoc subprocess;
    `set n=1`: a variable is changed from outside; `fail a CODE` and `escalate a CODE`: a user task does; `condition n=1` for start events;
    `open a b`: these tasks, and no others, are open. The process `p` is started first where it has the start event `s`.
    """

    model: str
    steps: str = ""
    passes: str = ""  # elements that the history tells of
    gives: Mapping[str, object] = field(default_factory=dict)  # what variables came to be
    variables: Mapping[str, object] = field(default_factory=dict)
    files: Mapping[str, bytes] = field(default_factory=dict)  # further ones
    warns: tuple[str, str] | None = None  # the code of a warning, and the element that it names


@dataclass(frozen=True)
class Refused:
    """A model that is refused at deployment with this code, at this element and its line."""

    model: bytes | str
    code: str
    element: str = "it"


Example = Runs | Refused
Examples = dict[str, list[Example]]
"""By the first cell of a row, without its backticks; of events by the row and the column: `message | boundary`."""


class Player:
    """Plays a `Runs`."""

    def __init__(self, desk: Desk, example: Runs) -> None:
        self.desk = desk
        self.example = example

    def play(self) -> None:
        """Deploy it and do all its steps."""
        files = {"p.bpmn": self.example.model.encode(), **self.example.files}
        self.desk.engine.definitions.deploy(self.desk.actor("ann"), "test", files, strict=False)
        steps = [line.strip() for line in self.example.steps.strip().splitlines()]
        if '<startEvent id="s"' in self.example.model:
            self.desk.engine.instances.start(SYSTEM, "p", dict(self.example.variables))
        for step in steps:
            self._do(step)

    def _do(self, step: str) -> None:
        what, *words = step.split()
        values = {name: json.loads(value) for word in words if "=" in word for name, value in [word.split("=", 1)]}
        names = [word for word in words if "=" not in word]
        act = getattr(self, f"_{what}", None)
        if act is not None:
            act(*names, **values)
        else:
            self.desk.complete("sam", self._task(what), variables=values)

    def _task(self, element: str) -> str:
        tasks = {name: key for root in self._open_roots() for name, key in self.desk.open_tasks(root).items()}
        assert element in tasks, f"{element} is not open: {sorted(tasks)}"
        return tasks[element]

    def _open_roots(self) -> list[str]:
        with self.desk.engine.database.read() as connection:
            query = select(process_instance.c.id).where(process_instance.c.id == process_instance.c.root_id)
            return list(connection.execute(query.order_by(process_instance.c.id)).scalars())

    # ---- the steps -------------------------------------------------------------------------------------------------------

    def _open(self, *elements: str) -> None:
        with self.desk.engine.database.read() as connection:
            opened = sorted(row.element_id for root in self._open_roots() for row in load_tasks(connection, root).values())
        assert opened == sorted(elements), f"open are {opened}"

    def _message(self, name: str, **values: object) -> None:
        self.desk.engine.messages.correlate(WORKER, Message(name, variables=values))

    def _signal(self, name: str) -> None:
        self.desk.engine.signals.send(WORKER, name)

    def _condition(self, **values: object) -> None:
        assert self.desk.engine.conditions.evaluate(WORKER, values), "no process began"

    def _job(self) -> None:
        self.desk.clock.moment += LONG
        assert self.desk.run_due() > 0, "nothing was due"

    def _work(self, topic: str, **values: object) -> None:
        (task,) = self.desk.engine.external_tasks.fetch(WORKER, Fetch("w", [Topic(topic, timedelta(minutes=1))], 1))
        self.desk.engine.external_tasks.report_completion(WORKER, task.id, "w", variables=values)

    def _call(self) -> None:
        assert self.desk.engine.connectors.run_next(), "no connector had anything to call"

    def _begin(self, element: str) -> None:
        (root,) = self._open_roots()
        token = next(iter(self.desk.engine.ad_hoc.offers(self.desk.actor("ada"), root))).token_id
        self.desk.engine.ad_hoc.begin_activity(self.desk.actor("ada"), root, token, element)

    def _set(self, **values: object) -> None:
        (root,) = self._open_roots()
        self.desk.engine.variables.change(self.desk.actor("ada"), root, values)

    def _fail(self, element: str, code: str) -> None:
        self.desk.engine.tasks.fail(WORKER, self._task(element), code)

    def _escalate(self, element: str, code: str) -> None:
        self.desk.engine.tasks.escalate(WORKER, self._task(element), code)

    # ---- what came of it -------------------------------------------------------------------------------------------------

    def told(self) -> list[tuple[str, Mapping[str, object]]]:
        """The history of all cases that are or were open."""
        with self.desk.engine.database.read() as connection:
            roots = list(connection.execute(select(case_instance.c.root_id).distinct()).scalars())
        entries = [entry for root in roots for entry in self.desk.engine.history.entries(SYSTEM, root)]
        return [event for entry in entries for event in entry.events]

    def open_instances(self) -> int:
        """How many instances have not ended."""
        with self.desk.engine.database.read() as connection:
            return connection.execute(select(func.count()).select_from(process_instance)).scalar_one()

    @staticmethod
    def plain(stored: list[object]) -> object:
        """A value from the history, where it stands with its type, as it is stored."""
        return from_stored(str(stored[0]), stored[1])
