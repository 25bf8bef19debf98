from __future__ import annotations

import re
import secrets
from concurrent.futures import ThreadPoolExecutor

from engine.store.ids import RisingIds


def test_ids_are_twenty_digits_of_base32hex(clock):
    assert re.fullmatch("[0-9a-v]{20}", RisingIds(clock, secrets.token_bytes)())


def test_ids_rise_within_a_millisecond_over_time_and_when_the_clock_steps_back(clock):
    new_id = RisingIds(clock, secrets.token_bytes)
    ids = [new_id() for _ in range(100)]
    clock.move(seconds=1)
    ids.append(new_id())
    clock.move(hours=-1)
    ids += [new_id() for _ in range(100)]
    assert ids == sorted(set(ids))


def test_two_makers_do_not_make_the_same_ids(clock):
    first, second = RisingIds(clock, secrets.token_bytes), RisingIds(clock, secrets.token_bytes)
    assert not {first() for _ in range(1000)} & {second() for _ in range(1000)}


def test_threads_never_get_the_same_id(clock):
    new_id = RisingIds(clock, secrets.token_bytes)
    with ThreadPoolExecutor(8) as pool:
        ids = list(pool.map(lambda _: new_id(), range(5000)))
    assert len(set(ids)) == 5000
