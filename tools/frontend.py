"""The built parts of the application: the JavaScript islands and the compiled translations. Made once, renewed when a source changes."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

from tools import environment, stamps
from tools.terminal import ROOT, must, say

SOURCES = ROOT / "app" / "frontend"
BUILT = ROOT / "app" / "static" / "dist"
PACKAGES = SOURCES / "node_modules"
TRANSLATIONS = ROOT / "app" / "translations"


def ensure() -> None:
    """See that what a page needs besides Python is there and as new as its sources."""
    ensure_islands()
    ensure_translations()


def ensure_islands() -> None:
    """Install the locked npm packages and bundle the islands, with the Node of the environment."""
    locks = [SOURCES / "package.json", SOURCES / "package-lock.json"]
    packages = stamps.digest(locks)
    built = stamps.digest([SOURCES])
    if stamps.is_current(BUILT / ".stamp", built):
        return
    begun = time.monotonic()
    tools = environment.path_with_tools()
    if not stamps.is_current(PACKAGES / ".stamp", packages):
        say("Installing the locked npm packages …")
        npm: list[str | Path] = [environment.BIN / "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
        must(npm, "installing the npm packages", folder=SOURCES, environment=tools)
        stamps.write(PACKAGES / ".stamp", packages)
    say("Building the front end …")
    shutil.rmtree(BUILT, ignore_errors=True)
    must([environment.BIN / "node", "build.mjs"], "building the front end", folder=SOURCES, environment=tools)
    stamps.write(BUILT / ".stamp", built)
    say(f"Front end ready after {time.monotonic() - begun:.0f} s.")


def ensure_translations() -> None:
    """Compile the catalogues of our own words."""
    catalogues = sorted(TRANSLATIONS.glob("*/LC_MESSAGES/*.po"))
    value = stamps.digest(catalogues)
    stamp = ROOT / "var" / "translations.stamp"
    if stamps.is_current(stamp, value) and all(path.with_suffix(".mo").exists() for path in catalogues):
        return
    say("Compiling the translations …")
    for path in catalogues:
        command: list[str | Path] = [environment.PYTHON, "-m", "babel.messages.frontend", "compile", "--input-file", path]
        must([*command, "--output-file", path.with_suffix(".mo")], f"compiling {path.relative_to(ROOT)}")
    stamps.write(stamp, value)
