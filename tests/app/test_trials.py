"""Trials: what is tried happens in a copy, for its owner alone, and leaves nothing behind."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import inspect, text
from werkzeug.test import TestResponse

from app import create_app
from app.bootstrap import shipped_folders
from app.compose import compose
from app.config import Settings
from app.sample.found import FOUNDER, found
from app.trials import keeping
from tests.app.conftest import RealClock, Site
from tests.app.pages import send, sign_in, token_of
from tests.processes.company import request
from tests.snapshots import Snapshot

pytestmark = pytest.mark.slow  # each has a company of its own, and a trial in it

KEY = "purchase-approval"
_founded: dict[str, Snapshot] = {}  # the sample company, by the kind of database
LEFT = r"CT-2025-031[^\"]*?([\d,.]+) left"


@pytest.fixture
def site(database_url: str, tmp_path: Path) -> Iterator[Site]:
    """The sample company, on each of the two databases."""
    settings = Settings(
        secret_key="a key for tests",
        database_url=database_url,
        seals_file=tmp_path / "seals",
        seal_key_file=tmp_path / "seal-key",
        trials_folder=tmp_path / "trials",
    )
    services = compose(settings)
    if (founded := _founded.get(services.database.dialect)) is not None:
        founded.fill(services.database)
    else:
        found(services, shipped_folders())
        _founded[services.database.dialect] = Snapshot(services.database)
    clock = RealClock()
    services.doors._now = clock
    yield Site(services, application(services), clock)
    services.database.dispose()


def application(services):
    app = create_app(services)
    app.testing = True
    app.config["PROPAGATE_EXCEPTIONS"] = False
    return app


@pytest.fixture
def analyst(site: Site) -> FlaskClient:
    client = site.client()
    sign_in(client, "analyst")
    return client


def draft(site: Site, key: str = KEY, **replaced: str) -> None:
    """Save the latest version as a draft, with some of its words replaced."""
    engine = site.services.engine
    base = engine.definitions.latest(key).row.id
    model = engine.definitions.xml(base).decode()
    for old, new in replaced.items():
        assert old.replace("_", " ") in model
        model = model.replace(old.replace("_", " "), new)
    engine.drafts.save(site.services.actor("analyst"), key, model.encode(), version=0, based_on=base)


def try_it(client: FlaskClient, key: str = KEY, version: str = "1") -> str:
    """Try the draft; the address of the trial."""
    answer = send(client, f"/studio/{key}/try", page=f"/studio/{key}", version=version)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["Location"])


def begin(site: Site, client: FlaskClient, trial: str, **changes: object) -> str:
    """Begin a case as Zhou Ting; the address of its page in the trial."""
    needed_by = (site.services.clock.now() + timedelta(days=30)).date().isoformat()
    form = f"{trial}/zhou-ting/start/{KEY}"
    data = json.dumps(request(needed_by=needed_by, **changes), default=float)
    answer = send(client, form, page=form, data=data)
    assert answer.status_code == 303, answer.text
    shown = client.get(answer.headers["Location"], follow_redirects=True)
    assert shown.status_code == 200
    return str(shown.request.path)


def act(client: FlaskClient, page: str, marked: str, button: str = "", **fields: str) -> TestResponse:
    """Press the button of the form on the page that has `marked` in it."""
    forms = client.get(page).text.split("<form ")[1:]
    form = next(it for it in forms if marked in it)
    found = dict(part.split('"')[0:3:2] for part in form.split('<input type="hidden" name="')[1:])
    action = form.split('action="')[1].split('"')[0]
    values = {name: value.replace("&#39;", "'") for name, value in found.items()}
    return client.post(action, data={**values, **({"person": button} if button else {}), **fields})


def everything(site: Site) -> dict[str, list[object]]:
    """Every row of the company's database."""
    with site.services.database.read() as connection:
        names = inspect(connection).get_table_names()
        return {name: sorted(map(repr, connection.execute(text(f'SELECT * FROM "{name}"')))) for name in names}  # noqa: S608 - our tables


def test_a_draft_is_tried_from_end_to_end_and_the_company_knows_nothing_of_it(site: Site, analyst: FlaskClient):
    draft(site, Department_head_approves="The head agrees")
    before = everything(site)
    trial = try_it(analyst)
    case = begin(site, analyst, trial)
    page = analyst.get(case).text
    assert "The head agrees" in page
    assert "as Wang Lei" in page
    assert "Rule 3" in page  # how the decision came about
    assert "approval_level" in page  # and what it was kept as
    went = act(analyst, case, "as Wang Lei", "wang-lei")
    assert went.headers["Location"].startswith(f"{trial}/wang-lei/tasks/")
    done = act(analyst, went.headers["Location"], 'id="complete"', outcome="approve")
    assert done.headers["Location"] == case  # back to the page of the trial
    assert "Finance approves" in analyst.get(case).text
    assert everything(site) == before
    assert not (site.services.settings.seals_file or Path()).exists()
    assert site.services.engine.definitions.latest(KEY).row.version == 1


def test_time_passes_in_a_trial_alone(site: Site, analyst: FlaskClient):
    draft(site)
    trial = try_it(analyst)
    case = begin(site, analyst, trial)
    passed = act(analyst, case, "goes to the process owner too")
    shown = analyst.get(passed.headers["Location"]).text
    assert "It is " in shown
    assert "goes to the superior too" not in shown  # what was due before has happened, too
    assert "Clock moved" in shown
    assert "Clock moved" not in analyst.get("/cases").text


def test_what_a_case_uses_of_a_contract_is_used_in_the_copy(site: Site, analyst: FlaskClient):
    draft(site)
    trial, form = try_it(analyst), f"zhou-ting/start/{KEY}"
    real, copied = (re.search(LEFT, analyst.get(page).text)[1] for page in (f"/start/{KEY}", f"{trial}/{form}"))
    begin(site, analyst, trial)
    assert re.search(LEFT, analyst.get(f"/start/{KEY}").text)[1] == real == copied
    assert re.search(LEFT, analyst.get(f"{trial}/{form}").text)[1] != copied


def test_nobody_else_comes_into_a_trial(site: Site, analyst: FlaskClient):
    draft(site)
    trial = try_it(analyst)
    case = begin(site, analyst, trial)
    for person, status in (("admin", 404), ("zhou-ting", 403), ("auditor", 403)):
        client = site.client()
        sign_in(client, person)
        assert client.get(case).status_code == status
        assert client.get(trial).status_code == status
        headers = {"X-CSRFToken": token_of(client.get("/cases"))}
        assert client.post(f"{trial}/remove", headers=headers).status_code == status
        assert client.post(f"/studio/{KEY}/try", data={"version": "1"}, headers=headers).status_code in {403, 303}
    nobody = site.client()
    assert nobody.get(case).status_code == 303
    assert nobody.get(case).headers["Location"].startswith("/sign-in")
    assert analyst.get(f"{trial}/nobody/inbox").status_code == 404
    assert analyst.get(case).status_code == 200


def test_without_the_token_of_a_page_nothing_happens_in_a_trial(site: Site, analyst: FlaskClient):
    draft(site)
    assert analyst.post(f"/studio/{KEY}/try", data={"version": "1"}).status_code == 400
    trial = try_it(analyst)
    assert analyst.post(f"{trial}/zhou-ting/start/{KEY}", data={"data": "{}"}).status_code == 400
    assert analyst.post(f"{trial}/remove").status_code == 400


def test_a_trial_is_removed_with_all_that_is_in_it(site: Site, analyst: FlaskClient):
    draft(site)
    trial = try_it(analyst)
    case = begin(site, analyst, trial)
    assert act(analyst, case, f"{trial}/remove").status_code == 303
    assert list(site.services.settings.trials_folder.iterdir()) == []
    assert analyst.get(case).status_code == 404
    assert analyst.get(trial).status_code == 404


def test_a_person_has_three_trials_and_the_oldest_makes_room(site: Site, analyst: FlaskClient):
    draft(site)
    first, *others = [try_it(analyst) for _ in range(keeping.MOST_OF_ONE + 1)]
    shown = analyst.get("/trials").text
    assert first not in shown
    assert all(it in shown for it in others)


def test_what_was_left_in_the_making_is_forgotten(site: Site, analyst: FlaskClient):
    draft(site)
    folder = site.services.settings.trials_folder
    left, young = folder / "new-left", folder / "new-young"
    for path in (left, young):
        path.mkdir(parents=True)
    os.utime(left, (1_000_000_000, 1_000_000_000))
    try_it(analyst)
    assert (left.exists(), young.exists()) == (False, True)


def test_what_a_server_keeps_is_limited(site: Site, analyst: FlaskClient, monkeypatch: pytest.MonkeyPatch):
    draft(site)
    trial = try_it(analyst)
    case = begin(site, analyst, trial)
    monkeypatch.setattr(keeping, "MOST_BYTES", 1000)
    assert act(analyst, case, "as Wang Lei", "wang-lei").headers["Location"] == trial
    shown = analyst.get(case).text
    assert "has grown as large as it may" in shown
    assert "asks Wang Lei" in shown  # nothing was done
    monkeypatch.setattr(keeping, "MOST", 1)
    assert try_it(analyst) == "/trials"
    assert "Others are trying too much" in analyst.get("/trials").text
    monkeypatch.setattr(keeping, "LASTS", timedelta(0))
    assert try_it(analyst) != trial
    assert len(list(site.services.settings.trials_folder.iterdir())) == 1


def test_what_the_checks_refuse_is_not_tried_and_leaves_nothing(site: Site, analyst: FlaskClient):
    engine = site.services.engine
    base = engine.definitions.latest(KEY).row.id
    model = engine.definitions.xml(base).decode().replace('camunda:candidateGroups="purchasing"', 'camunda:candidateGroups="unheard-of"', 1)
    engine.drafts.save(site.services.actor("analyst"), KEY, model.encode(), version=0, based_on=base)
    refused = send(analyst, f"/studio/{KEY}/try", page=f"/studio/{KEY}", version="1")
    assert (refused.status_code, "unheard-of" in refused.text) == (422, True)
    assert send(analyst, f"/studio/{KEY}/try", page=f"/studio/{KEY}", version="7").status_code == 409
    assert send(analyst, "/studio/replenishment/try", page=f"/studio/{KEY}", version="0").status_code == 404
    assert list(site.services.settings.trials_folder.iterdir()) == []


def test_a_trial_outlives_the_server_and_is_shared_by_its_processes(site: Site, analyst: FlaskClient):
    draft(site)
    case = begin(site, analyst, try_it(analyst))
    other = compose(site.services.settings)
    other.doors._now = site.real_clock
    try:
        elsewhere = application(other).test_client()
        elsewhere.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
        sign_in(elsewhere, "analyst")
        act(elsewhere, case, "goes to the superior too")
        assert "goes to the superior too" not in analyst.get(case).text
        act(analyst, case, "/remove")
        assert elsewhere.get(case).status_code == 404
    finally:
        other.database.dispose()


def test_inside_there_are_the_pages_of_work_and_no_others(site: Site, analyst: FlaskClient):
    draft(site)
    trial = try_it(analyst)
    for page in ("inbox", "cases", "start", "begin"):
        assert analyst.get(f"{trial}/~/{page}").status_code == 200
    for page in ("processes", "studio/purchase-approval", "audit", "records", "trials", "engine-rest/engine", "sign-in", "search"):
        assert analyst.get(f"{trial}/~/{page}").status_code == 404


MODEL = """<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn"
  id="d" targetNamespace="t"><message id="m" name="it comes"/><message id="n" name="begin"/><signal id="al" name="alert"/>
  <process id="waits" name="Waits" isExecutable="true">
    <startEvent id="by_hand" name="By hand"/><startEvent id="by_mail" name="By mail"><messageEventDefinition messageRef="n"/></startEvent>
    <startEvent id="daily" name="Daily"><timerEventDefinition><timeCycle>R2/P1D</timeCycle></timerEventDefinition></startEvent>
    <intermediateCatchEvent id="c" name="Mail"><messageEventDefinition messageRef="m"/></intermediateCatchEvent>
    <intermediateCatchEvent id="a" name="Alarm"><signalEventDefinition signalRef="al"/></intermediateCatchEvent>
    <serviceTask id="x" name="Print" camunda:type="external" camunda:topic="print"/>
    <userTask id="u" name="Look" camunda:candidateGroups="sales"/><endEvent id="e"/>
    <sequenceFlow id="f1" sourceRef="by_hand" targetRef="c"/><sequenceFlow id="f2" sourceRef="by_mail" targetRef="c"/>
    <sequenceFlow id="f3" sourceRef="daily" targetRef="u"/><sequenceFlow id="f4" sourceRef="c" targetRef="a"/>
    <sequenceFlow id="f5" sourceRef="a" targetRef="x"/><sequenceFlow id="f7" sourceRef="x" targetRef="u"/>
    <sequenceFlow id="f6" sourceRef="u" targetRef="e"/>
  </process></definitions>"""


def test_what_begins_and_goes_on_by_messages_signals_and_timers_is_sent_by_hand(site: Site, analyst: FlaskClient):
    engine = site.services.engine
    engine.definitions.deploy(FOUNDER, "waits", {"waits.bpmn": MODEL.encode()})
    draft(site, "waits")
    trial = try_it(analyst, "waits")
    begun = act(analyst, f"{trial}/~/begin", "Send: By mail", variables='{"amount": 5}')
    case = str(analyst.get(begun.headers["Location"]).headers["Location"])
    assert "amount" in analyst.get(case).text
    act(analyst, case, "Send: Mail", variables='{"size": "XL"}')
    shown = analyst.get(case).text
    assert "XL" in shown
    assert "Send: Mail" not in shown
    act(analyst, case, "Send: Alarm")
    act(analyst, case, "Done: Print", variables='{"pages": 7}')
    assert "pages" in analyst.get(case).text
    assert "asks Sales" in analyst.get(case).text
    assert act(analyst, f"{trial}/~/begin", "Let the time pass until then: Daily").status_code == 303
    assert analyst.get(f"{trial}/~/cases").text.count("data-row ") == 2
    assert engine.instances.page(FOUNDER).total == 0
    assert engine.jobs.next_due() > site.services.clock.now()  # the real one is not touched
