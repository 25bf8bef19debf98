"""Cases moved between databases as a whole: with tokens, variables, jobs, tasks, notices and history, nothing left behind.

What is not told yet (the outbox) does not move: deliver it first.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlalchemy import Connection, select

from engine import access
from engine.errors import Conflict, InvalidRequest, NotFound
from engine.events import CaseMovedIn
from engine.model import Actor
from engine.services.runtime import Changed, Runtime
from engine.store import history
from engine.store.database import Database
from engine.store.queries import removal
from engine.store.queries.numbers import NumberBlocks
from engine.store.queries.whole_cases import WholeCase, begin_numbers, copy_ground, insert_case, read_case
from engine.store.tables import case_instance, process_definition


class WholeCases:
    """The way out of one database and into another."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    def prepare(self, actor: Actor, other: Database, numbers: Mapping[tuple[str, int], int] | None = None) -> None:
        """Make another, empty database one in which cases of this one can run: the same deployments, the same organisation.

        `numbers`: where its case numbers begin, by prefix and year.
        """
        access.may_move_cases(actor)
        with self._runtime.database.read() as here, other.begin() as there:
            copy_ground(here, there)
            for (prefix, year), first in (numbers or {}).items():
                begin_numbers(there, prefix, year, first)

    def reserve_numbers(self, actor: Actor, prefix: str, year: int, count: int) -> int:
        """The first of `count` case numbers that nobody else will get."""
        access.may_move_cases(actor)
        return NumberBlocks(self._runtime.database, count).take(prefix, year)[0]

    def take(self, actor: Actor, root_id: str) -> WholeCase:
        """Everything that a root case consists of, as it stands. It stays where it is. Raises `NotFound`."""
        access.may_move_cases(actor)
        with self._runtime.database.read() as connection:
            whole = read_case(connection, root_id)
        if not whole.cases:
            raise NotFound(f"there is no case {root_id!r}", case=root_id)
        return whole

    def put(self, actor: Actor, whole: WholeCase, beside: Callable[[Connection], None] = lambda _: None) -> None:
        """Take a case in, in one transaction with what `beside` writes. It is there at once: lists show it, its timers are armed.

        The chain of deployments says who took it in. Raises `Conflict` where the case or its number is there already, and
        `InvalidRequest` where its process is not deployed in this database.
        """
        access.may_move_cases(actor)

        def work(connection: Connection) -> tuple[None, Changed]:
            head = history.lock_head(connection, history.DEPLOYMENTS)
            _refuse_what_does_not_fit(connection, whole)
            insert_case(connection, whole)
            beside(connection)
            end = whole.head
            event = CaseMovedIn(whole.root_id, whole.number, end["seq"], bytes(end["hash"]).hex())
            history.append(connection, history.DEPLOYMENTS, actor, self._runtime.clock.now(), [event], head)
            people, groups = removal.asked_people(connection, [whole.root_id])
            told = {row["person"] for row in whole.rows["notice"]}
            return None, Changed(frozenset({*people, *told}), frozenset(groups), frozenset({whole.root_id}), jobs=True)

        self._runtime.commit(work)


def _refuse_what_does_not_fit(connection: Connection, whole: WholeCase) -> None:
    ids = [row["id"] for row in whole.cases]
    numbers = [row["number"] for row in whole.cases if row["number"]]
    there = select(case_instance.c.id).where(case_instance.c.id.in_(ids) | case_instance.c.number.in_(numbers)).limit(1)
    if connection.execute(there).first():
        raise Conflict("a case with this id or number is there already", case=whole.root_id)
    needed = {row["definition_id"] for row in whole.cases}
    known = set(connection.execute(select(process_definition.c.id).where(process_definition.c.id.in_(needed))).scalars())
    if missing := sorted(needed - known):
        raise InvalidRequest(f"the process {missing[0]!r} of the case is not deployed here", definition=missing[0])
