"""Stamps: a file that holds the content hash of what something was made from. Same hash: nothing to do."""

from __future__ import annotations

import fcntl
import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tools.terminal import ROOT, say


def digest(paths: Iterable[Path], *extra: str) -> str:
    """The hash over names and contents of these files and the files in these folders, and over some more words."""
    total = hashlib.sha256()
    for path in sorted(files(paths)):
        total.update(str(path.relative_to(ROOT)).encode() + b"\0")
        total.update(hashlib.sha256(path.read_bytes()).digest())
    for word in extra:
        total.update(word.encode() + b"\0")
    return total.hexdigest()


def files(paths: Iterable[Path]) -> Iterator[Path]:
    """The files among these paths and below the folders among them; what was installed or built is left out."""
    for path in paths:
        if path.is_dir():
            yield from files(child for child in path.iterdir() if child.name not in {"node_modules", "dist", "__pycache__"})
        elif path.is_file():
            yield path


def is_current(stamp: Path, value: str) -> bool:
    """Whether the stamp says that this very content was worked up."""
    return stamp.is_file() and stamp.read_text() == value


def write(stamp: Path, value: str) -> None:
    """Note that the work is done: written last, so that an interrupted run starts again."""
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(value)


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Two commands at once in one folder prepare it one after the other."""
    lock = ROOT / "var" / "setup.lock"
    lock.parent.mkdir(exist_ok=True)
    with lock.open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Waiting for another command that prepares this folder …")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
