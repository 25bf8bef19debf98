"""What the figures were measured on."""

from __future__ import annotations

import os
import platform
from functools import cache
from pathlib import Path

import psutil

_GIGABYTE = 1024**3


@cache
def machine() -> dict[str, object]:
    """Processor, cores that this process may use, memory, system and Python; nothing that names the machine."""
    return {
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "memory_gb": round(psutil.virtual_memory().total / _GIGABYTE),
        "system": _system(),
        "python": platform.python_version(),
    }


def cpu_seconds(pid: int) -> float:
    """The processor time that a process and its children, living ones and those it waited for, have used until now."""
    found = psutil.Process(pid)
    return sum(_used(process) for process in (found, *found.children(recursive=True)))


class Meter:
    """Counts the processor time of processes with their children, from now on. Each by a name of its own."""

    def __init__(self, **pids: int) -> None:
        self._pids = pids
        self._before = {name: cpu_seconds(pid) for name, pid in pids.items()}

    def used(self) -> dict[str, float]:
        """The seconds since."""
        return {name: cpu_seconds(pid) - self._before[name] for name, pid in self._pids.items()}


def _used(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.NoSuchProcess:  # it ended meanwhile: its parent counts it
        return 0.0
    return float(times.user + times.system + times.children_user + times.children_system)


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _system() -> str:
    try:
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    except (OSError, KeyError):
        return f"{platform.system()} {platform.release()}"
