"""Moments, spans and names as pages say them, also of what is no longer there."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import translation

from linli.site.naming import Names
from linli.ui.templatetags.ui import day, distance, moment
from tests.rooms.conftest import COMMUNITY, DISTRICT, Place

NOON = datetime(2026, 10, 10, 4, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("lang", "at", "on"),
    [
        ("zh-hans", "2026年10月10日（周六）12:00", "2026年10月10日（周六）"),
        ("en", "Sat 10 October 2026, 12:00", "Sat 10 October 2026"),
    ],
)
def test_it_says_moments_by_the_clock_of_the_place(lang: str, at: str, on: str) -> None:
    with translation.override(lang):
        assert moment(NOON) == at
        assert day(date(2026, 10, 10)) == on
        assert moment(None) == day(None) == ""


@pytest.mark.parametrize(
    ("span", "chinese", "english"),
    [
        (timedelta(), "0 分钟", "0 minutes"),
        (timedelta(minutes=1), "1 分钟", "1 minute"),
        (timedelta(minutes=59, seconds=59), "59 分钟", "59 minutes"),
        (timedelta(hours=1), "1 小时", "1 hour"),
        (timedelta(hours=47, minutes=59), "47 小时", "47 hours"),
        (timedelta(hours=48), "2 天", "2 days"),
        (timedelta(days=400), "400 天", "400 days"),
    ],
)
def test_it_says_spans_in_the_fitting_unit_in_either_direction(span: timedelta, chinese: str, english: str) -> None:
    for lang, said in (("zh-hans", chinese), ("en", english)):
        with translation.override(lang):
            assert distance(NOON + span, NOON) == distance(NOON, NOON + span) == said


def test_it_names_units_areas_and_matters_in_the_readers_language_and_admits_what_is_gone(district: Place) -> None:
    for lang, unit, gone in (
        ("zh-hans", "甲社区综合信息工作站", "已撤销的单位"),
        ("en", "Community information station, 甲社区", "a unit that no longer exists"),
    ):
        with translation.override(lang):
            names = Names(DISTRICT, district.policy, lang)
            assert names[f"{COMMUNITY}.community_station"] == unit
            assert names[COMMUNITY] == "甲社区"
            assert names.path(COMMUNITY) == "中山路街道 甲社区"
            assert names.unit("500118.closed_long_ago") == gone
            assert names.post("500118.closed_long_ago.head") == gone
            assert "999" not in names.area("999")
            assert "XX-000" not in names.matter("XX-000")
