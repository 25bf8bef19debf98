"""Somebody who is signed in and looks at pages."""

from __future__ import annotations

import time
from typing import Self

import httpx

from app.auth.passwords import DEMO
from tests.app.pages import token_in


class Browser:
    """Keeps the session of a person of the sample company."""

    def __init__(self, port: int, person: str) -> None:
        self._client = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60, trust_env=False)
        token = token_in(self._client.get("/sign-in").text)
        self._client.post("/sign-in", data={"csrf_token": token, "person": person, "password": DEMO})

    def seconds(self, path: str) -> float:
        """How long a page takes."""
        begun = time.perf_counter()
        self._client.get(path).raise_for_status().read()
        return time.perf_counter() - begun

    def cookie(self) -> str:
        """The session as a `Cookie` header says it, for whoever opens a stream in its name."""
        return "; ".join(f"{name}={value}" for name, value in self._client.cookies.items())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        """Close the connection."""
        self._client.close()
