"""Dates as `camunda:datePattern` writes them."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from engine.bpmn.date_patterns import date_pattern

MOMENT = datetime(2026, 5, 3, 13, 7, 9, 45_000)  # noqa: DTZ001  a pattern has no zone


@pytest.mark.parametrize(
    ("pattern", "text", "read", "written"),
    [
        ("dd/MM/yyyy", "1/2/2026", date(2026, 2, 1), "03/05/2026"),
        ("yyyyMMdd", "20260131", date(2026, 1, 31), "20260503"),
        ("dd.MM.yy", "01.02.26", date(2026, 2, 1), "03.05.26"),
        ("d MMM yyyy", "3 mar 2026", date(2026, 3, 3), "3 May 2026"),
        ("MMMM d, yyyy h:mm a", "May 3, 2026 12:05 am", datetime(2026, 5, 3, 0, 5), "May 3, 2026 1:07 PM"),  # noqa: DTZ001
        ("yyyy-MM-dd'T'HH:mm:ss.SSS", "2026-01-31T10:11:12.5", datetime(2026, 1, 31, 10, 11, 12, 5_000), "2026-05-03T13:07:09.045"),  # noqa: DTZ001
        ("yyyy ''MM", "2026 '03", date(2026, 3, 1), "2026 '05"),
    ],
)
def test_dates_are_read_and_written(pattern: str, text: str, read: date, written: str):
    found = date_pattern(pattern)
    assert (found.read(text), found.write(MOMENT)) == (read, written)
    assert found.has_time is isinstance(read, datetime)


@pytest.mark.parametrize("text", ["31/02/2026", "01/13/2026", "01/02/2026 x", "01-02-2026", "", "٠١/02/2026"])
def test_what_is_no_date_is_refused(text: str):
    with pytest.raises(ValueError, match=r"not written so|must be in|day is"):
        date_pattern("dd/MM/yyyy").read(text)


@pytest.mark.parametrize("pattern", ["EEE dd", "dd 'x", "dd Z"])
def test_what_is_not_understood_is_refused(pattern: str):
    with pytest.raises(ValueError, match="not"):
        date_pattern(pattern)
