"""Cases that call connectors in a running server, on both databases: in the background, with nobody waiting for whoever hangs."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller

from app import create_app
from app.bootstrap import shipped_folders
from app.compose import compose
from app.config import Settings
from app.sample.found import found
from app.services import Services
from app.trials.time import call_connectors
from engine import SYSTEM, CaseState, Phrase
from tests.app.conftest import RealClock, Site
from tests.app.connectors.conftest import LOOPBACK, WELL, Receiver
from tests.app.pages import sign_in
from tests.app.test_mail import Letterbox
from tests.snapshots import Snapshot

pytestmark = [pytest.mark.loopback, pytest.mark.slow]

SECRET = "a-long-and-secret-text"
PATIENCE = 50  # seconds; each takes a fraction of one, and less than what hangs is let hang
_founded: dict[str, Snapshot] = {}
HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn"'
    ' xmlns:crossdesk="urn:crossdesk:schema:1.0" id="d" targetNamespace="test">'
)


def calling(name: str, key: str = "calling", cycle: str = "R2/PT1S", **inputs: str) -> bytes:
    """A process of one step that calls a connector, owned by the head of IT."""
    told = "".join(f'<crossdesk:parameter name="{it}" value="{value}"/>' for it, value in inputs.items())
    return f"""{HEAD}<process id="{key}" name="Calling" isExecutable="true" camunda:historyTimeToLive="P1D">
 <startEvent id="s"/><sequenceFlow id="f1" sourceRef="s" targetRef="c"/>
 <serviceTask id="c" name="Tell them" camunda:resultVariable="answer"><extensionElements>
  <crossdesk:connector name="{name}">{told}</crossdesk:connector>
  <camunda:failedJobRetryTimeCycle>{cycle}</camunda:failedJobRetryTimeCycle></extensionElements></serviceTask>
 <sequenceFlow id="f2" sourceRef="c" targetRef="e"/><endEvent id="e"/></process></definitions>""".encode()


@pytest.fixture
def letterbox() -> Iterator[tuple[Letterbox, int]]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    box = Letterbox()
    server = Controller(box, hostname="127.0.0.1", port=port)
    server.start()
    yield box, port
    server.stop()


@pytest.fixture
def settings(database_url: str, tmp_path: Path, receiver: Receiver, letterbox: tuple[Letterbox, int]) -> Settings:
    """May call the receiver by its address, and knows a secret for it."""
    secrets = tmp_path / "secrets"
    secrets.write_text(f"[partner]\nvalue = {SECRET}\nhosts = http://127.0.0.1:{receiver.port}\n", "utf-8")
    return Settings(
        secret_key="a key for tests",
        database_url=database_url,
        seals_file=tmp_path / "seals",
        seal_key_file=tmp_path / "seal-key",
        trials_folder=tmp_path / "trials",
        smtp_url=f"smtp://127.0.0.1:{letterbox[1]}?from=desk@company.example",
        connector_hosts=frozenset({type(receiver.host)("http", "127.0.0.1", receiver.port)}),
        connector_networks=LOOPBACK,
        connector_secrets=secrets,
        connector_seconds=60,
        connector_threads=3,
    )


@pytest.fixture
def company(settings: Settings) -> Services:
    """The sample company, with nothing at work yet."""
    services = compose(settings)
    if (founded := _founded.get(services.database.dialect)) is not None:
        founded.fill(services.database)
    else:
        found(services, shipped_folders())
        _founded[services.database.dialect] = Snapshot(services.database)
    create_app(services)
    return services


@pytest.fixture
def services(company: Services, receiver: Receiver) -> Iterator[Services]:
    """The same with its background at work."""
    company.start()
    yield company
    receiver.going_on.set()
    company.stop()


def until(look: Callable[[], object]) -> object:
    end = time.monotonic() + PATIENCE
    while not (found := look()):
        assert time.monotonic() < end, "it has not come"
        time.sleep(0.02)
    return found


def deploy(services: Services, *models: bytes) -> None:
    services.engine.definitions.deploy(SYSTEM, "test", {f"m{number}.bpmn": model for number, model in enumerate(models)})


def start(services: Services, key: str = "calling", **values: object) -> str:
    return services.engine.instances.start(SYSTEM, key, values).id


def is_over(services: Services, case: str) -> bool:
    return services.engine.instances.get(SYSTEM, case).case.state is CaseState.COMPLETED


def incident(services: Services, case: str) -> str:
    """Why the case waits for a repair, once it does."""
    (found,) = until(lambda: services.engine.incidents.of_case(SYSTEM, case))
    return found.reason


def test_a_webhook_is_sent_by_a_running_server_and_its_secret_stands_nowhere(services: Services, receiver: Receiver):
    url = f"http://127.0.0.1:{receiver.port}/hooks"
    deploy(services, calling("webhook", url=url, event="order.shipped", data="= {order: n}", secret="partner"))
    case = start(services, n=7)
    until(lambda: is_over(services, case))
    (asked,) = receiver.asked
    assert b'"data":{"order":7}' in asked.body
    assert services.engine.instances.variables(SYSTEM, case)["answer"] == {"status": 200}
    kept = [str(entry.events) for entry in services.engine.history.entries(SYSTEM, case)]
    assert kept
    assert not any(SECRET in text for text in kept)


def test_what_fails_is_tried_again_and_then_told_in_the_language_of_the_page(services: Services, receiver: Receiver):
    receiver.answer = lambda asked: (500, {}, f"no {asked.headers['authorization']}".encode())
    deploy(services, calling("http", url=f"http://127.0.0.1:{receiver.port}/x", secret="partner"))
    case = start(services)
    reason = incident(services, case)
    assert reason == "the answer is 500: no Bearer ***"
    assert isinstance(reason, Phrase)
    assert len(receiver.asked) == 2
    assert len({it.headers["idempotency-key"] for it in receiver.asked}) == 1
    site = Site(services, create_app(services), RealClock())
    client = site.client()
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "zh"
    sign_in(client, "admin")
    for page in (f"/cases/{case}", "/administration/incidents", "/administration/jobs"):
        text = client.get(page).text
        assert SECRET not in text
    assert "答复的状态是 500：no Bearer ***" in client.get("/administration/incidents").text
    receiver.answer = lambda _asked: WELL
    (view,) = services.engine.incidents.of_case(SYSTEM, case)
    services.engine.incidents.try_again(SYSTEM, view.incident.id, case)
    until(lambda: is_over(services, case))
    client.get(f"/cases/{case}")
    assert "HTTP 请求" in client.get(f"/cases/{case}").text


def test_who_hangs_delays_neither_other_calls_nor_timers_nor_people(services: Services, receiver: Receiver):
    def answer(asked: object) -> tuple[int, dict[str, str], bytes]:
        if asked.path == "/hang":
            receiver.going_on.wait()
        return WELL

    receiver.answer = answer
    url = f"http://127.0.0.1:{receiver.port}"
    timer = f"""{HEAD}<process id="timed" isExecutable="true" camunda:historyTimeToLive="P1D"><startEvent id="s"/>
     <sequenceFlow id="f1" sourceRef="s" targetRef="t"/><intermediateCatchEvent id="t">
     <timerEventDefinition><timeDuration>PT0S</timeDuration>
     </timerEventDefinition></intermediateCatchEvent><sequenceFlow id="f2" sourceRef="t" targetRef="e"/><endEvent id="e"/>
     </process></definitions>""".encode()
    deploy(services, calling("http", "hanging", url=f"{url}/hang"), calling("http", "quick", url=f"{url}/quick"), timer)
    hanging = [start(services, "hanging") for _ in range(2)]
    until(lambda: sum(it.path == "/hang" for it in receiver.asked) == 2)
    others = [*(start(services, "quick") for _ in range(5)), start(services, "timed")]
    until(lambda: all(is_over(services, case) for case in others))
    assert [case for case in hanging if is_over(services, case)] == []  # they go on hanging: nobody had to wait for their end


def test_a_letter_goes_out_with_its_key_as_its_id(services: Services, letterbox: tuple[Letterbox, int]):
    deploy(services, calling("email", to="= who", subject="Order ${n}", text="Dear ${who},&#10;it has left."))
    case = start(services, who="anna@customer.example, bo@customer.example", n=7)
    until(lambda: is_over(services, case))
    (letter,) = letterbox[0].letters
    assert (letter["Subject"], letter["To"]) == ("Order 7", "anna@customer.example, bo@customer.example")
    assert letter["From"] == "desk@company.example"
    assert "it has left." in letter.get_body().get_content()
    assert services.engine.instances.variables(SYSTEM, case)["answer"] == {"sent": True}


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"who": "a@b.example\nBcc: c@d.example", "n": 1}, "no e-mail address"),
        ({"who": "nobody", "n": 1}, "no e-mail address"),
        ({"who": "a@b.example", "n": "1\nBcc: c@d.example"}, "the subject of a letter is one line"),
        ({"who": ["a@b.example"] * 51, "n": 1}, "not to 51"),
    ],
)
def test_a_letter_that_would_be_another_one_is_not_sent(services: Services, letterbox: tuple[Letterbox, int], values: dict, said: str):
    deploy(services, calling("email", cycle="R1/PT1S", to="= who", subject="${n}", text="x"))
    assert said in incident(services, start(services, **values))
    assert letterbox[0].letters == []


def test_a_record_is_added_changed_and_refused_as_on_its_page(services: Services):
    deploy(services, calling("record", cycle="R1/PT1S", list="suppliers", id="= id", values="= values"))
    new = {"name": "Ningbo Steel", "name_zh": "宁波钢铁", "city": "Ningbo", "contact": "Li", "phone": "1", "email": "", "bank_account": "7"}
    cases = []
    for values in ({**new, "active": True}, {"city": "Cixi"}):
        cases.append(start(services, id="ningbo-steel", values=values))
        until(lambda: is_over(services, cases[-1]))  # what is changed has to be there: two calls may be made at once
    wrong = start(services, id="ningbo-steel", values={"city": "x" * 500})
    assert incident(services, wrong)
    site = Site(services, create_app(services), RealClock())
    client = site.client()
    sign_in(client, "admin")
    page = client.get("/records/suppliers/ningbo-steel").text
    assert "Cixi" in page
    assert "ningbo-steel changed in the records" in client.get(f"/cases/{cases[1]}").text


def test_a_trial_sends_nothing_and_gets_what_the_model_says_would_come_back(settings: Settings, receiver: Receiver, company: Services):
    company.database.dispose()
    trial = compose(settings, is_trial=True)
    deploy(trial, calling("http", url=f"http://127.0.0.1:{receiver.port}/x", example="= {status: 201, body: {id: n + 1}}"))
    case = start(trial, n=6)
    assert call_connectors(trial) == 1
    assert trial.engine.instances.variables(SYSTEM, case)["answer"] == {"status": 201, "body": {"id": 7}}
    assert receiver.asked == []
    trial.database.dispose()


def test_a_host_that_is_not_allowed_is_a_clear_incident(services: Services, receiver: Receiver):
    deploy(services, calling("http", cycle="R1/PT1S", url="https://elsewhere.example/"))
    reason = incident(services, start(services))
    assert reason == "elsewhere.example may not be called: CROSSDESK_CONNECTOR_HOSTS does not name it"


def test_the_editor_offers_connectors_with_their_fields_in_both_languages(site: Site):
    words = {}
    for language in ("en", "zh"):
        client = site.client()
        client.environ_base["HTTP_ACCEPT_LANGUAGE"] = language
        sign_in(client, "admin")
        words[language] = client.get("/studio/purchase-approval").text
    assert all(word in words["en"] for word in ("Signed webhook", "HTTP request", "Further statuses"))
    assert all(word in words["zh"] or word.encode("unicode_escape").decode() in words["zh"] for word in ("签名的 Webhook", "密钥"))
