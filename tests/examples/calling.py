"""One call of the REST interface of a running server, by HTTP Basic."""

from __future__ import annotations

import base64
import json
import urllib.request
from typing import Any

from tests.browser.serving import Site

JSON = "application/json"


def call(site: Site, person: str, path: str, body: object = None, kind: str = JSON, method: str | None = None) -> Any:
    """What the server answers: JSON as what it says, anything else as a text. `body`: bytes as they are, anything else as JSON."""
    sent = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
    login = base64.b64encode(f"{person}:demo".encode()).decode()
    request = urllib.request.Request(
        f"{site.url}/engine-rest{path}", sent, {"Authorization": f"Basic {login}", "Content-Type": kind}, method=method
    )
    with urllib.request.urlopen(request) as answer:
        said = answer.read()
        return json.loads(said or b"null") if answer.headers["Content-Type"] in {None, JSON} else said.decode()
