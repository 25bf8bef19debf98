"""Where the built front end lies: names with a hash of their content, so that browsers may keep them for ever."""

from __future__ import annotations

import json
from pathlib import Path

from flask import Flask, url_for

_YEAR = 365 * 24 * 3600


class Assets:
    """Finds a built file by its plain name."""

    def __init__(self, folder: Path, *, watch: bool) -> None:
        """`watch`: read the manifest on each request, while the front end is worked on."""
        self._manifest = folder / "manifest.json"
        self._watch = watch
        self._names = self._read()

    def url(self, name: str) -> str:
        """The address of `page.js`, `page.css` and so on."""
        if self._watch:
            self._names = self._read()
        return url_for("static", filename=f"dist/{self._names.get(name, name)}")

    def _read(self) -> dict[str, str]:
        if not self._manifest.exists():  # tests without a browser need no front end
            return {}
        found: dict[str, str] = json.loads(self._manifest.read_text(encoding="utf-8"))
        return found


def set_up(app: Flask, *, watch: bool) -> None:
    """Give templates `asset('page.js')`, and built files their long life."""
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = 0 if watch else _YEAR
    assets = Assets(Path(app.static_folder or "") / "dist", watch=watch)
    app.jinja_env.globals["asset"] = assets.url
