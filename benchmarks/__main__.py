"""`python -m benchmarks NAME …`: measures, and prints one JSON line for each figure.

A benchmark is a module of this folder with a function `measure`, which takes a `Wish` and yields dictionaries. To each line the name of the
benchmark and the machine are added; a benchmark that measures a database says which one it is, with its durable settings.
"""

from __future__ import annotations

import argparse
import importlib
import json
import pkgutil
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import cast

import benchmarks
from benchmarks.kit.machine import machine
from benchmarks.kit.wish import KINDS, Wish

Measure = Callable[[Wish], Iterator[Mapping[str, object]]]


def names() -> list[str]:
    """All benchmarks that there are."""
    return sorted(it.name for it in pkgutil.iter_modules(benchmarks.__path__) if not it.ispkg and not it.name.startswith("_"))


def lines(name: str, wish: Wish) -> Iterator[dict[str, object]]:
    """The lines of one benchmark, as they come."""
    measure = cast("Measure", importlib.import_module(f"benchmarks.{name}").measure)
    for line in measure(wish):
        yield {"benchmark": name, **line, **({"quick": True} if wish.quick else {}), "machine": machine()}


def main(arguments: list[str]) -> int:
    """Run what is asked for."""
    parser = argparse.ArgumentParser("python -m benchmarks", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name", choices=[*names(), "all"])
    parser.add_argument("--quick", action="store_true", help="a small form, to see that all still runs; its figures mean nothing")
    parser.add_argument("--database", action="append", choices=KINDS, help="only this one; else both")
    parser.add_argument(
        "--only", action="append", default=[], metavar="PART", help="only this part of the benchmark; several times for several"
    )
    asked = parser.parse_args(arguments)
    wish = Wish(quick=asked.quick, databases=tuple(asked.database or KINDS), only=tuple(asked.only))
    for name in names() if asked.name == "all" else [asked.name]:
        for line in lines(name, wish):
            print(json.dumps(line, ensure_ascii=False), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
