from __future__ import annotations

import threading
from datetime import timedelta
from pathlib import Path

import pytest

from app.clock import MovableClock, SystemClock, move, read_offset


def test_the_clock_moves_by_what_the_file_says(tmp_path: Path):
    file = tmp_path / "clock"
    clock = MovableClock(file)
    assert abs(clock.now() - SystemClock().now()) < timedelta(seconds=5)
    assert move(file, "+3d") == timedelta(days=3)
    assert timedelta(days=2, hours=23) < clock.now() - SystemClock().now() < timedelta(days=3, hours=1)
    assert move(file, "-2h") == timedelta(days=2, hours=22)
    assert move(file, "0") == timedelta(0)
    assert clock.offset == timedelta(0)


@pytest.mark.parametrize("text", ["3d", "+3", "+3y", "+d", "++3d", "+3d; rm", "+9999999d"])
def test_a_step_that_cannot_be_read_is_refused(tmp_path: Path, text: str):
    with pytest.raises(ValueError, match="not a step of the clock"):
        move(tmp_path / "clock", text)


def test_a_broken_file_means_the_real_time(tmp_path: Path):
    file = tmp_path / "clock"
    file.write_text("tomorrow")
    assert read_offset(file) == timedelta(0)


def test_a_move_is_told_at_once(tmp_path: Path):
    told = threading.Event()
    clock = MovableClock(tmp_path / "clock", told.set)
    clock.watch()
    move(tmp_path / "clock", "+1h")
    assert told.wait(10)
    clock.stop()
