"""When it was said, as exports write it; and invented times for a demonstration."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from linli.directory.tables import RowError
from linli.intake import instants

NOW = datetime(2026, 11, 16, 1, 0, tzinfo=UTC)
SHANGHAI = ZoneInfo("Asia/Shanghai")


def read(text: str, *formats: str, zone: ZoneInfo = SHANGHAI) -> datetime:
    return instants.said_at(text, formats, zone, now=NOW, lang="en")


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-02 09:05", "2026-3-2 9:05:00", "2026/3/2 9:05", "2026.03.02 09:05:00.123", "2026年3月2日 9时5分",
        "2026年3月2日9点5分0秒", "20260302 0905", "202603020905", "20260302090500", "2026-03-02T09:05:00+08:00",
        "2026-03-02T01:05:00Z",
    ],
)  # fmt: skip
def test_every_common_way_of_writing_a_time_is_read(text: str) -> None:
    assert read(text).replace(microsecond=0) == datetime(2026, 3, 2, 1, 5, tzinfo=UTC)


def test_a_day_without_a_time_is_its_midnight() -> None:
    assert read("2026年3月2日") == datetime(2026, 3, 1, 16, tzinfo=UTC)


def test_an_order_that_would_be_a_guess_needs_a_format() -> None:
    with pytest.raises(RowError) as refused:
        read("03/04/2026 10:00")
    assert refused.value.code == "date_unreadable"
    assert "give its format under said_at" in refused.value.reason
    assert read("03/04/2026 10:00", "%m/%d/%Y %H:%M", zone=ZoneInfo("UTC")) == datetime(2026, 3, 4, 10, tzinfo=UTC)


def test_several_formats_are_tried_in_turn() -> None:
    assert read("2026|3|2", "%Y-%m-%d", "%Y|%m|%d") == datetime(2026, 3, 1, 16, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "formats", "code"),
    [
        ("2026-02-30 10:00", (), "date_impossible"),
        ("2026年13月1日", (), "date_impossible"),
        ("2026-03-02 25:00", (), "date_impossible"),
        ("2026-02-30", ("%Y-%m-%d",), "date_impossible"),
        ("2026-03-02T25:00:00Z", (), "date_impossible"),
        ("下周二", (), "date_unreadable"),
        ("45123.5", (), "date_unreadable"),
        ("2026-03-02", ("%d.%m.%Y",), "date_unreadable"),
        ("2026-11-16 09:30", (), "date_in_future"),
        ("2062-01-01", (), "date_in_future"),
        ("1900-01-00", (), "date_impossible"),
        ("1900-01-01", (), "date_too_old"),
    ],
)
def test_a_wrong_time_is_refused_with_its_code(text: str, formats: tuple[str, ...], code: str) -> None:
    with pytest.raises(RowError) as refused:
        read(text, *formats)
    assert refused.value.code == code


def test_the_clock_of_another_system_may_be_a_little_ahead() -> None:
    assert read("2026-11-16 09:05") == NOW + timedelta(minutes=5)


def test_invented_times_depend_on_the_key_only_and_fall_into_the_last_days_and_not_into_the_night() -> None:
    keys = [f"hotline\x1f{number}" for number in range(2000)]
    made = [instants.spread(key, 14, SHANGHAI, now=NOW) for key in keys]
    assert made == [instants.spread(key, 14, SHANGHAI, now=NOW) for key in keys]
    assert all(NOW - timedelta(days=15) < instant < NOW for instant in made)
    assert {instant.astimezone(SHANGHAI).hour for instant in made} == set(range(7, 24))
    assert len({instant.astimezone(SHANGHAI).date() for instant in made}) >= 14
