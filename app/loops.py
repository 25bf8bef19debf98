"""What lives on the event loop of the server and is told things by other threads."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


class OnLoop:
    """Runs calls of any thread on a loop; before there is one, and after its end, they are left out."""

    _loop: asyncio.AbstractEventLoop | None = None

    def bind(self, loop: asyncio.AbstractEventLoop) -> None:
        """Run on this loop from now on."""
        self._loop = loop

    def _on_loop(self, call: Callable[..., object], *arguments: object) -> None:
        loop = self._loop
        if loop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(call, *arguments)
