"""Workers for `examples/web-order.bpmn`, written with the package `camunda-external-task-client-python3` as for Camunda 7 itself.

`pip install camunda-external-task-client-python3`, then `python examples/camunda_worker.py`. Each topic has a thread that asks for work and
waits for the answer. Goods that are not there are a business error, which the process catches; a bank that does not answer is a failure:
tried again twice, then a person has to look.
"""

import os
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from camunda.external_task.external_task import ExternalTask, TaskResult
from camunda.external_task.external_task_worker import ExternalTaskWorker

server = os.environ.get("CROSSDESK_URL", "http://127.0.0.1:8080")
name, _, password = os.environ.get("WORKER_LOGIN", "admin:demo").partition(":")
CONFIG = {
    "maxTasks": 5,
    "lockDuration": 60_000,
    "asyncResponseTimeout": 20_000,  # an answer waits so long for work, in milliseconds
    "sleepSeconds": 1,  # after the server was away
    "auth_basic": {"username": name, "password": password},
}
STOCK = Counter({"kettle": 3, "lamp": 5})
calls = Counter[str]()


def reserve(task: ExternalTask) -> TaskResult:
    """Take the goods off the shelf, or say that there are none."""
    item, quantity = task.get_variable("item"), task.get_variable("quantity")
    if STOCK[item] < quantity:
        return task.bpmn_error("OUT_OF_STOCK", f"of {item} there are {STOCK[item]}", {"left": STOCK[item]})
    STOCK[item] -= quantity
    return task.complete({"shelf": f"shelf of the {item}"}, {"picked": quantity})


def charge(task: ExternalTask) -> TaskResult:
    """Charge the card. The bank does not answer the first call for an order, and none for a card that begins with `0`."""
    order, card = task.get_process_instance_id(), task.get_variable("card")
    calls[order] += 1
    if calls[order] == 1 or card.startswith("0"):
        return task.failure("the bank does not answer", f"call {calls[order]} for {card}", max_retries=2, retry_timeout=500)
    return task.complete({"charged": task.get_variable("amount"), "currency": task.get_extension_property("currency")})


def thank(task: ExternalTask) -> TaskResult:
    """Write to the customer."""
    print(f"{task.get_business_key()}: thank you", flush=True)
    return task.complete()


TOPICS = {"reserve-goods": reserve, "charge-card": charge, "thank-customer": thank}

with ThreadPoolExecutor(len(TOPICS)) as threads:
    for number, (topic, action) in enumerate(TOPICS.items()):
        worker = ExternalTaskWorker(number, f"{server}/engine-rest", CONFIG)  # numbers as names, as in the package's own examples
        threads.submit(worker.subscribe, topic, action)
