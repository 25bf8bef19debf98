"""A worker in Python's standard library: it does the external tasks of one topic until it is stopped: `python examples/worker.py TOPIC`.

It asks for work and waits for the answer, so that nothing is missed and the server is not asked in vain. Here it doubles the variable
`amount`; a task without one is reported as failed, and tried twice more.
"""

import base64
import json
import os
import sys
import urllib.request
from typing import Any

server = os.environ.get("CROSSDESK_URL", "http://127.0.0.1:8080")
login = base64.b64encode(os.environ.get("WORKER_LOGIN", "admin:demo").encode()).decode()
worker, topic = f"example-{os.getpid()}", sys.argv[1]


def call(path: str, body: dict[str, object]) -> list[dict[str, Any]]:
    """Ask the server something about external tasks."""
    headers = {"Authorization": f"Basic {login}", "Content-Type": "application/json"}
    request = urllib.request.Request(f"{server}/engine-rest/external-task{path}", json.dumps(body).encode(), headers)
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.loads(answer.read() or b"[]")


def work(task: dict[str, Any]) -> dict[str, object]:
    """Do a task; what it gives back are variables of the case."""
    amount = task["variables"]["amount"]["value"]
    return {"doubled": {"value": 2 * amount}}


while True:
    wanted = {"topicName": topic, "lockDuration": 60_000, "variables": ["amount"]}
    for task in call("/fetchAndLock", {"workerId": worker, "maxTasks": 5, "asyncResponseTimeout": 30_000, "topics": [wanted]}):
        try:
            call(f"/{task['id']}/complete", {"workerId": worker, "variables": work(task)})
        except (KeyError, TypeError) as problem:
            left = 2 if task["retries"] is None else task["retries"] - 1
            failure = {"errorMessage": repr(problem), "retries": left, "retryTimeout": 1_000}
            call(f"/{task['id']}/failure", {"workerId": worker, **failure})
        print(task["id"], flush=True)
