"""What holds for the rows and the definition, whatever is played."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from engine.errors import Conflict, ModelFault
from tests.tokens.engine_side import EngineSide
from tests.tokens.generator import make_model
from tests.tokens.host_side import Definitions
from tests.tokens.picture import Thing, open_elements, things
from tests.tokens.plain import START_VALUES
from tests.tokens.text_model import parse

LOOP = """
    start s
    xor entry test
    and fork join
    user a b
    sub u:
        start us
        user c
        us -> c
        event h:
            start hs message M aside
            user d
            hs -> d
    boundary late on u timer aside
    s -> entry -> fork -> a, u -> join -> test
    test -> entry if again
    test -> b default
"""


def thing_at(side: EngineSide, element: str) -> Thing:
    return next(thing for thing in things(side.picture()) if thing.element == element)


def around(side: EngineSide) -> None:
    """One round of the loop."""
    for element in ("a", "c"):
        side.complete(thing_at(side, element).handle)


@pytest.mark.slow
def test_a_state_does_not_grow_in_ten_thousand_rounds():
    side = EngineSide(Definitions(parse(LOOP)), {**START_VALUES, "again": True})
    side.start()
    around(side)
    size = len(side.rows)
    for _ in range(5_000):  # two completions each
        around(side)
    assert len(side.rows) == size
    assert len(side.rows) < 2_000


def test_one_definition_serves_sixteen_threads():
    definitions = Definitions(parse(LOOP))
    prints = definitions.fingerprints()

    def run(seed: int) -> list[str]:
        side = EngineSide(definitions, {**START_VALUES, "again": True}, seed)
        side.start()
        seen = []
        for number in range(40):
            if number % 3 == seed % 3:
                side.trigger(thing_at(side, "hs").handle)
                side.complete(thing_at(side, "d").handle)
            side.host.values["again"] = number < 39
            around(side)
            seen.append(side.picture().text)
        side.complete(thing_at(side, "b").handle)
        assert side.ended
        return seen

    with ThreadPoolExecutor(16) as pool:
        results = list(pool.map(run, range(16)))
    assert all(result == results[0] for result in results)
    assert definitions.fingerprints() == prints


def test_a_token_that_is_gone_is_a_conflict():
    side = EngineSide(Definitions(parse(LOOP)), START_VALUES)
    side.start()
    token = thing_at(side, "a").handle
    side.complete(token)
    rows = side.rows
    with pytest.raises(Conflict):
        side.complete(token)
    with pytest.raises(Conflict):
        side.throw(token, "E1")
    assert side.rows == rows


def test_a_subscription_that_is_gone_is_a_conflict():
    side = EngineSide(Definitions(parse(LOOP)), START_VALUES)
    side.start()
    timer = thing_at(side, "late").handle
    side.trigger(timer)
    with pytest.raises(Conflict):
        side.trigger(timer)


def test_a_multi_instance_with_too_many_instances_is_a_fault():
    side = EngineSide(Definitions(parse("start s\nuser a parallel 1000000\ns -> a")), START_VALUES, most_moves=10**7)
    with pytest.raises(ModelFault, match="1000000"):
        side.start()


def test_running_a_hundred_processes_leaves_every_definition_as_it_was():
    for seed in range(100):
        definitions = Definitions(make_model(seed))
        prints = definitions.fingerprints()
        side = EngineSide(definitions, {**START_VALUES, "b0": True}, seed)
        try:
            side.start()
            for _ in range(10):
                if side.ended or not open_elements(side.picture()):
                    break
                side.throw(next(thing.handle for thing in things(side.picture()) if thing.what == "token"), "E1")
        except ModelFault:
            pass
        assert definitions.fingerprints() == prints, seed


def test_the_fingerprint_sees_a_change():
    definitions = Definitions(parse(LOOP))
    before = definitions.fingerprints()
    spec = next(iter(definitions.compiled["main"].nodes.values()))
    spec.connect(spec)
    assert definitions.fingerprints() != before
