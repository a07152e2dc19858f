"""What a deadline says of itself: enough to count it again by hand, in both languages."""

import re
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from clocks import ACTS, FLOOD, INSTANTS, LANGS, LIMITS, began, extended, lives, paused, resumed, started
from hypothesis import given, settings
from official_days import BERLIN, CHINA, OFFICE_HOURS, at

from linli.core import deadlines
from linli.core.calendar import Limit, LimitUnit, WorkCalendar


def test_it_lets_a_resident_count_again_by_hand() -> None:
    clock = started("2026-09-30 Wed 16:00", "3wd")
    assert deadlines.explain(clock, CHINA, "zh-hans") == (
        "时限：3 个工作日（依据：事项清单 EE-006 第 1 版）。",
        "自2026年9月30日（周三）16:00起算，当日不计入，从次日起数。",
        "10月1日至7日 国庆节放假（周四至周三），不计入。",
        "10月10日（周六）为调休上班日，计入。",
        "依次计入的 3 个工作日：10月8日（周四）、10月9日（周五）、10月10日（周六）。",
        "到最后一个工作日 18:00 止。",
        "到期：2026年10月10日（周六）18:00。",
    )
    assert deadlines.explain(clock, CHINA, "en") == (
        "Limit: 3 working days (from: matter EE-006, version 1).",
        "Counted from Wed 30 September 2026, 16:00; that day does not count, the next is the first.",
        "1 to 7 October, National Day holiday (Thu to Wed): not counted.",
        "Sat 10 October: make-up workday, counted.",
        "The working days counted (3): Thu 8 October; Fri 9 October; Sat 10 October.",
        "It ends at 18:00 on the last of them.",
        "Due: Sat 10 October 2026, 18:00.",
    )


def test_it_tells_each_pause_and_extension_with_before_and_after() -> None:
    clock = resumed(paused(started("2026-03-09 Mon 10:00", "5wd"), "2026-03-10 Tue 10:00"), "2026-03-12 Thu 10:00")
    clock = extended(clock, "1wd", "2026-03-13 Fri 09:30")
    said = deadlines.explain(clock, CHINA, "zh-hans", {"awaiting_material": "等待补充材料"})
    for sentence in (
        "原定到期：2026年3月16日（周一）18:00。",
        "2026年3月10日（周二）10:00至2026年3月12日（周四）10:00暂停计时（原因：等待补充材料）。",
        "暂停时剩余 4 个工作日，恢复后续算。",
        "到期由2026年3月16日（周一）18:00变为2026年3月18日（周三）18:00。",
        "2026年3月13日（周五）09:30批准延长 1 个工作日（原因：third_party_needed），从原到期时间续算。",
        "到期由2026年3月18日（周三）18:00变为2026年3月19日（周四）18:00。",
        "到期：2026年3月19日（周四）18:00。",
    ):
        assert sentence in said
    english = deadlines.explain(clock, CHINA, "en")
    assert "Due moved from Mon 16 March 2026, 18:00 to Wed 18 March 2026, 18:00." in english
    assert "Extended on Fri 13 March 2026, 09:30 by 1 working day (reason: third_party_needed), " in " ".join(english)


def test_it_tells_why_a_day_limit_rolled() -> None:
    text = " ".join(deadlines.explain(started("2026-09-03 Thu 10:00", "30d"), CHINA, "zh-hans"))
    assert "第 30 日为2026年10月3日（周六）" in text
    assert "10月3日至7日 国庆节放假（周六至周三）。" in text
    assert "顺延至休息结束后的第一个工作日2026年10月8日（周四）（《民法典》第二百零三条）" in text
    assert text.endswith("到期：2026年10月8日（周四）24:00。")
    english = " ".join(deadlines.explain(started("2026-09-03 Thu 10:00", "30d"), CHINA, "en"))
    assert "3 to 7 October, National Day holiday (Sat to Wed)." in english
    assert "Civil Code, article 203" in english


def test_it_names_the_hours_that_count() -> None:
    said = deadlines.explain(started("2026-09-30 Wed 17:00", "4wh"), CHINA, "zh-hans")
    assert "自2026年9月30日（周三）17:00起算，只计工作日的工作时间（9:00-12:00、14:00-18:00）。" in said
    assert "计入的时段：2026年9月30日（周三）17:00-18:00、2026年10月8日（周四）09:00-12:00。" in said


def test_it_says_that_clock_hours_run_through() -> None:
    said = deadlines.explain(started("2026-09-30 Wed 16:00", "24h"), CHINA, "zh-hans")
    assert "自2026年9月30日（周三）16:00起连续计时，夜间、周末和节假日都计入。" in said
    assert said[-1] == "到期：2026年10月1日（周四）16:00。"


def test_it_merges_a_holiday_of_two_names_over_its_weekend() -> None:
    text = " ".join(deadlines.explain(started("2025-09-30 Tue 10:00", "3wd"), CHINA, "zh-hans"))
    assert "10月1日至8日 国庆节、中秋节放假（周三至周三），不计入。" in text
    assert "10月11日（周六）为调休上班日，计入。" in text


def test_it_bridges_the_weekend_of_a_holiday_listed_by_weekdays_only() -> None:
    weekdays = {day: name for day, name in CHINA.holidays.items() if day.weekday() < 5}
    text = " ".join(deadlines.explain(started("2026-09-30 Wed 16:00", "3wd"), replace(CHINA, holidays=weekdays), "en"))
    assert "1 to 7 October, National Day holiday (Thu to Wed): not counted." in text


def test_it_lists_plain_weekends_and_the_year_where_it_changes() -> None:
    text = " ".join(deadlines.explain(started("2025-12-26 Fri 10:00", "6wd"), CHINA, "zh-hans"))
    assert "周末：12月27日至28日（周六至周日），不计入。" in text
    assert "2026年1月1日至3日 元旦放假（周四至周六），不计入。" in text
    assert "2026年1月4日（周日）为调休上班日，计入。" in text


@pytest.mark.parametrize("limit", ["5wd", "20wh", "3d"])
def test_it_says_when_the_holidays_of_a_year_are_not_yet_published(limit: str) -> None:
    clock = started("2026-12-30 Wed 10:00", limit)
    chinese, english = (deadlines.explain(clock, CHINA, lang)[-1] for lang in ("zh-hans", "en"))
    assert chinese.startswith("2027 年的放假和调休安排尚未公布，2026年12月31日（周四）之后暂按周一至周五上班")
    assert english.startswith("The holidays of 2027 are not yet published; after Thu 31 December 2026")


@pytest.mark.parametrize(("start", "limit"), [("2026-12-28 Mon 10:00", "3wd"), ("2026-12-31 Thu 10:00", "24h")])
def test_it_says_nothing_of_unpublished_holidays_where_they_make_no_difference(start: str, limit: str) -> None:
    assert "尚未公布" not in " ".join(deadlines.explain(started(start, limit), CHINA, "zh-hans"))


def test_it_says_when_a_count_began_before_the_calendar() -> None:
    assert "未收录 2023 年" in " ".join(deadlines.explain(started("2023-12-28 Thu 10:00", "3wd"), CHINA, "zh-hans"))


def test_it_says_that_a_correction_is_not_yet_counted_in() -> None:
    clock = started("2026-03-09 Mon 10:00", "5wd")
    assert "节假日安排在此之后有更正" in " ".join(deadlines.explain(clock, FLOOD, "zh-hans"))
    counted = deadlines.recalculate(clock, FLOOD)
    assert "更正" not in " ".join(deadlines.explain(counted, FLOOD, "zh-hans"))
    assert "Wed 11 March, Flood closure holiday: not counted." in deadlines.explain(counted, FLOOD, "en")


def test_it_says_that_it_is_paused_and_how_much_is_left() -> None:
    clock = paused(started("2026-03-09 Mon 10:00", "4wh"), "2026-03-09 Mon 11:30")
    said = deadlines.explain(clock, CHINA, "zh-hans", {"awaiting_material": "等待补充材料"})
    assert any("起暂停计时（原因：等待补充材料），剩余 2 小时 30 分钟（工作时间）" in sentence for sentence in said)


def test_it_names_the_source_of_a_limit() -> None:
    for source, chinese, english in (
        ("matter:EE-006@3", "事项清单 EE-006 第 3 版", "matter EE-006, version 3"),
        ("profile:default", "默认时限方案 default", "the default limits, profile default"),
        ("part_of_lead", "按主办单位时限折算的协办时限", "the co-handler's share of the lead's limit"),
        ("ruling", "ruling", "ruling"),
    ):
        clock = replace(started("2026-03-09 Mon 10:00", "5wd"), source=source)
        assert chinese in deadlines.explain(clock, CHINA, "zh-hans")[0]
        assert english in deadlines.explain(clock, CHINA, "en")[0]


def test_it_has_no_words_in_another_language() -> None:
    with pytest.raises(ValueError, match="zh-hans or en"):
        deadlines.explain(started("2026-03-09 Mon 10:00", "5wd"), CHINA, "de")


def test_it_explains_itself_by_the_wall_clock_of_the_place() -> None:
    berlin = WorkCalendar("b", BERLIN, OFFICE_HOURS, frozenset(range(5)), {}, {}, date(2026, 1, 1), date(2026, 12, 31))
    clock = deadlines.start(
        "handle",
        Limit.parse("1wd"),
        at=at("2026-03-27 Fri 10:00", BERLIN),
        calendar=berlin,
        source="x",
        remind_share=None,
    )
    assert deadlines.explain(clock, berlin, "en")[-1] == "Due: Mon 30 March 2026, 18:00."


# --- laws


@settings(max_examples=50, deadline=None)
@given(INSTANTS, LIMITS, ACTS, LANGS)
def test_it_always_explains_itself_with_weekdays(
    start: datetime, limit: Limit, acts: list[tuple[timedelta, str, Limit]], lang: str
) -> None:
    clock = lives(start, limit, acts)[-1]
    said = deadlines.explain(clock, CHINA, lang)
    assert all(sentence.endswith(("。", ".")) for sentence in said)
    last = CHINA.last_day(clock.due)
    weekday = f"{last:%a}" if lang == "en" else f"周{'一二三四五六日'[last.weekday()]}"
    assert any(weekday in sentence and re.match("到期：|Due:", sentence) for sentence in said)
    assert len([s for s in said if re.search("暂停计时|Paused ", s)]) == len(clock.pauses) + bool(clock.paused_at)
    assert len([s for s in said if re.search("批准延长|Extended on", s)]) == len(clock.extensions)


@settings(max_examples=50, deadline=None)
@given(INSTANTS, LIMITS, LANGS)
def test_it_names_every_holiday_and_worked_weekend_that_it_skips_or_counts(
    start: datetime, limit: Limit, lang: str
) -> None:
    clock = began(start, limit)
    text = " ".join(deadlines.explain(clock, CHINA, lang))
    first, last = CHINA.local(start).date(), CHINA.last_day(clock.due)
    if limit.unit is LimitUnit.HOURS:
        return
    if limit.unit is LimitUnit.DAYS:
        first, last = first + timedelta(days=int(limit.amount) - 1), last - timedelta(days=1)
    for day, name in CHINA.holidays.items():
        if first < day <= last:
            assert name.split(" / ")[lang == "en"] in text
    for day in CHINA.makeup_workdays:
        if first < day <= last and limit.unit is not LimitUnit.DAYS:
            assert (f"{day:%a} {day.day} " if lang == "en" else f"{day.month}月{day.day}日（周") in text
