"""What tests do with pages: take the token out of a form, sign in, send a form."""

from __future__ import annotations

import html
import re

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"|name="csrf-token" content="([^"]+)"')


def token_of(response: TestResponse) -> str:
    """The CSRF token of a page."""
    return token_in(response.text)


def token_in(page: str) -> str:
    """The CSRF token in the text of a page."""
    found = _TOKEN.search(page)
    assert found, page[:500]
    return html.unescape(found[1] or found[2])


def send(client: FlaskClient, path: str, page: str = "/sign-in", **fields: str) -> TestResponse:
    """Send a form as a browser does, with the token of `page`."""
    return client.post(path, data={"csrf_token": token_of(client.get(page)), **fields})


def sign_in(client: FlaskClient, person: str, password: str = "demo", **fields: str) -> TestResponse:  # noqa: S107
    """Sign in by the form of the sign-in page."""
    return send(client, "/sign-in", person=person, password=password, **fields)
