"""Experiment 12: models and handlers that never end, fail, or want everything. Each stops its own case with an incident, and nobody else's.

Every poison comes after a timer, so that it is taken in a job, among the jobs of other cases. All others are done in the same look, the
poisoned ones are tried again with longer and longer waits, and then there is an incident and nothing is tried any more.

The guards, and what this prints without them:

- A job whose handler raises whatever it raises is that job's failure (before, only the engine's own errors were: the exception ended the
  look, and every job behind it waited for ever): `KeyError: 'price'`, out of `run_due`
- The budget of a step, the depth of calls, the limits of FEEL and of multi-instance: without them the test does not come to an end.
"""

from __future__ import annotations

import time

import pytest

from engine.errors import ModelFault
from engine.model import SYSTEM
from engine.ports import HandlerResult, StepContext
from tests.engine.services.conftest import COMPANY, END, START, model, user_task
from tests.engine.services.test_events_and_jobs import service, timer
from tests.faults.conftest import open_site
from tests.faults.hands import difference, dump, say, times

WAIT = f'<intermediateCatchEvent id="t">{timer("PT1H")}</intermediateCatchEvent>'
GOOD = model(START, WAIT, user_task("a"), END, "s > t", "t > a", "a > e", key="good")


def poison(key: str, *parts: str) -> str:
    """A process that waits for an hour, and then takes its poison."""
    return model(START, WAIT, *parts, "s > t", key=key)


def deciding(condition: str) -> tuple[str, ...]:
    """A gateway whose condition is the poison."""
    flow = f'<sequenceFlow id="g_e" sourceRef="g" targetRef="e"><conditionExpression xsi:type="tFormalExpression">{condition}'
    return '<exclusiveGateway id="g"/>', END, "t > g", f"{flow}</conditionExpression></sequenceFlow>"


MANY = (
    '<userTask id="m"><multiInstanceLoopCharacteristics><loopCardinality xsi:type="tFormalExpression">1000000</loopCardinality>'
    "</multiInstanceLoopCharacteristics></userTask>"
)
POISONS = {
    "endless": poison("endless", '<exclusiveGateway id="g"/>', '<manualTask id="m"/>', END, "t > g", "g > m", "m > g"),
    "raises": poison("raises", service("h", "raises"), END, "t > h", "h > e"),
    "memory": poison("memory", service("h", "memory"), END, "t > h", "h > e"),
    "large": poison("large", *deciding("= count(for i in 1..1000000000 return string(i)) &gt; 1")),
    "many": poison("many", MANY, END, "t > m", "m > e"),
    "calls": poison("calls", '<callActivity id="c" calledElement="= &quot;deep&quot;"/>', END, "t > c", "c > e"),
}
DEEP = model(START, '<callActivity id="c" calledElement="= &quot;deep&quot;"/>', END, "s > c", "c > e", key="deep")
AT_ONCE = {key: text.replace(WAIT, '<manualTask id="t"/>').replace(f'id="{key}"', f'id="{key}AtOnce"') for key, text in POISONS.items()}
"""The same without the timer: whoever starts a case takes its poison."""


def raises(_context: StepContext) -> HandlerResult:
    """A fault of whoever wrote the handler."""
    raise KeyError("price")


def memory(_context: StepContext) -> HandlerResult:
    """What a handler ends with that wants more memory than there is."""
    raise MemoryError


@pytest.mark.slow
def test_poisoned_cases_end_in_incidents_and_nobody_else_waits(database_url: str) -> None:
    site = open_site(database_url, handlers={"raises": raises, "memory": memory})
    site.engine.organisation.load(SYSTEM, COMPANY)
    site.deploy(good=GOOD, deep=DEEP, **POISONS)
    poisoned = {site.start(key): key for key in POISONS}  # the first that are due
    good = [site.start("good") for _ in range(times(20, 200))]
    site.clock.move(hours=1)
    begun = time.perf_counter()
    done = site.engine.jobs.run_due(1000)
    first_look = time.perf_counter() - begun
    assert done == len(good) + len(POISONS)
    late = [case for case in good if list(site.tasks(case)) != ["a"]]
    assert not late, f"{len(late)} of {len(good)} others wait behind a poisoned case"
    looks = 1
    while (due := site.engine.jobs.next_due()) is not None:
        site.clock.moment = max(due, site.clock.moment)
        assert site.engine.jobs.run_due(1000) > 0
        looks += 1
        assert looks < 20, "what cannot be done is tried again and again"
    incidents = {poisoned[it.root_id]: it.message for it in site.engine.jobs.incidents(site.actor("ada"))}
    say(
        "12 poison", database=site.engine.database.dialect, others=len(good), looks=looks, seconds=round(first_look, 2), incidents=incidents
    )
    assert incidents.keys() == POISONS.keys()
    site.is_whole()
    site.engine.database.dispose()


@pytest.mark.slow
def test_poison_in_a_request_is_refused_with_its_place_and_leaves_nothing(database_url: str) -> None:
    site = open_site(database_url, handlers={"raises": raises, "memory": memory})
    site.engine.organisation.load(SYSTEM, COMPANY)
    site.deploy(good=GOOD, deep=DEEP, **AT_ONCE)
    before = dump(site.engine.database)
    for key in POISONS:
        with pytest.raises(ModelFault) as caught:
            site.start(f"{key}AtOnce")
        assert caught.value.element, key
        assert caught.value.line, key
    after = dump(site.engine.database)
    assert difference({**before, "number_block": []}, {**after, "number_block": []}) == ""
    assert site.engine.jobs.next_due() is None
    site.start("good")
    site.is_whole()
    site.engine.database.dispose()
