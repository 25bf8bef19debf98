from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from tests.app.conftest import Site
from tests.app.pages import send, sign_in


@pytest.fixture
def admin(client: FlaskClient) -> FlaskClient:
    """The administrator at a browser."""
    sign_in(client, "admin")
    return client


@pytest.fixture
def second(site: Site) -> FlaskClient:
    """Another administrator at another browser: Song Yu, who is given the right."""
    organisation = site.services.engine.organisation
    organisation.load(site.services.actor("admin"), {"people": [{**_SONG, "roles": ["admin"]}]})
    other = site.client()
    sign_in(other, "song-yu")
    return other


_SONG = {
    "id": "song-yu",
    "name": "Song Yu",
    "name_zh": "宋瑜",
    "email": "song-yu@harbour.example",
    "memberships": [{"department": "management", "roles": ["process-owner"]}],
}


def seen_in(page: str) -> str:
    """The version that a form carries."""
    found = re.search(r'name="seen" value="(\d+)"', page)
    assert found, page[:500]
    return found[1]


def change(client: FlaskClient, path: str, page: str, **fields: object):
    """Send a form of a page, with the version that it shows."""
    return send(client, path, page=page, **{"seen": seen_in(client.get(page).text), **fields})
