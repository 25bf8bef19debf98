"""Numbers, one-time keys and drafts."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest

from engine.store.database import Database
from engine.store.queries import drafts, once
from engine.store.queries.numbers import NumberBlocks


def test_numbers_have_prefix_year_and_at_least_four_digits(database):
    numbers = NumberBlocks(database, size=3)
    assert [numbers.next("PA", 2026) for _ in range(7)] == [f"PA-2026-000{n}" for n in range(1, 8)]
    assert numbers.next("PA", 2027) == "PA-2027-0001"
    assert numbers.next("SO", 2026) == "SO-2026-0001"


def test_numbers_of_several_processes_and_threads_are_unique_and_rise_in_each(database_url):
    databases = [Database(database_url) for _ in range(3)]
    servers = [NumberBlocks(database) for database in databases]

    def take(server: NumberBlocks) -> list[str]:
        return [server.next("PA", 2026) for _ in range(50)]

    with ThreadPoolExecutor(9) as pool:
        taken = list(pool.map(take, servers * 3))
    assert len({number for numbers in taken for number in numbers}) == 450
    assert all(numbers == sorted(numbers) for numbers in taken)
    for database in databases:
        database.dispose()


def test_a_server_that_starts_again_leaves_a_gap_and_repeats_nothing(database):
    assert NumberBlocks(database).next("PA", 2026) == "PA-2026-0001"
    assert NumberBlocks(database).next("PA", 2026) == "PA-2026-0021"


def test_a_number_is_not_taken_within_a_transaction(database):
    with database.begin(), pytest.raises(RuntimeError):
        NumberBlocks(database).next("PA", 2026)


def test_a_key_belongs_to_the_first_case_that_claims_it(database, clock):
    with database.begin() as conn:
        assert once.claim(conn, "wang/k1", "case-1", clock.now()) == "case-1"
    with database.begin() as conn:
        assert once.claim(conn, "wang/k1", "case-2", clock.now()) == "case-1"
        assert once.claim(conn, "wang/k2", "case-2", clock.now()) == "case-2"


def test_a_key_whose_transaction_was_rolled_back_is_free(database, clock):
    with pytest.raises(KeyError), database.begin() as conn:
        once.claim(conn, "k", "case-1", clock.now())
        raise KeyError
    with database.begin() as conn:
        assert once.claim(conn, "k", "case-2", clock.now()) == "case-2"


def test_ten_claims_of_one_key_at_once_agree_on_one_case(database, clock):
    with ThreadPoolExecutor(10) as pool:
        cases = list(pool.map(lambda n: database.write(lambda conn: once.claim(conn, "k", f"case-{n}", clock.now())), range(10)))
    assert len(set(cases)) == 1


def test_a_draft_is_kept_replaced_and_forgotten(database, clock):
    with database.begin() as conn:
        assert drafts.load(conn, "wang", "task-1") is None
        drafts.save(conn, "wang", "task-1", {"amount": Decimal("19.90"), "items": [{"名称": "纸"}]}, clock.now())
        drafts.save(conn, "li", "task-1", {}, clock.now())
        assert drafts.load(conn, "wang", "task-1") == {"amount": Decimal("19.90"), "items": [{"名称": "纸"}]}
        drafts.save(conn, "wang", "task-1", {"amount": Decimal(3)}, clock.now())
        assert drafts.load(conn, "wang", "task-1") == {"amount": 3}
        drafts.delete(conn, "wang", "task-1")
        assert drafts.load(conn, "wang", "task-1") is None
        assert drafts.load(conn, "li", "task-1") == {}
