"""Why a clock ends when it ends, in sentences: Simplified Chinese (``zh-hans``) and English (``en``)."""

from collections.abc import Mapping
from datetime import datetime

from linli.core.calendar import LimitUnit, WorkCalendar
from linli.core.calendar_words import (
    count_words,
    due_words,
    moment_words,
    pick,
    source_words,
    unpublished_words,
)
from linli.core.clock import Clock, Extension, Pause, acts


def explanation(
    clock: Clock, calendar: WorkCalendar, lang: str, labels: Mapping[str, str], *, outdated: bool
) -> tuple[str, ...]:
    """The sentences behind ``linli.core.deadlines.explain``.

    ``outdated``: the calendar has been corrected since the clock was counted, which is then said.

    Raises:
        ValueError: another language.
    """
    done = acts(clock)
    dues = [*(act.due_before for act in done), clock.due]
    source = source_words(clock.source, lang, labels)
    said = [
        pick(
            lang,
            f"时限：{clock.limit.words(lang)}（依据：{source}）。",
            f"Limit: {clock.limit.words(lang)} (from: {source}).",
        ),
        *count_words(calendar, clock.started_at, clock.limit, dues[0], lang),
    ]
    if done:
        said.append(_due_words(calendar, dues[0], lang, "原定到期", "First due"))
    for act, due in zip(done, dues[1:], strict=True):
        reason = labels.get(act.reason, act.reason)
        if isinstance(act, Extension):
            said += _extension_words(act, due, calendar, lang, reason)
        else:
            said += _pause_words(act, due, calendar, lang, reason)
    return (*said, *_closing_words(clock, calendar, lang, labels, outdated))


def _due_words(calendar: WorkCalendar, due: datetime, lang: str, chinese: str, english: str) -> str:
    text = due_words(calendar, due, lang)
    return pick(lang, f"{chinese}：{text}。", f"{english}: {text}.")


def _extension_words(act: Extension, due: datetime, calendar: WorkCalendar, lang: str, reason: str) -> list[str]:
    at, amount = moment_words(calendar, act.granted_at, lang), act.amount.words(lang)
    return [
        pick(
            lang,
            f"{at}批准延长 {amount}（原因：{reason}），从原到期时间续算。",
            f"Extended on {at} by {amount} (reason: {reason}), counted on from the earlier due date.",
        ),
        *count_words(calendar, act.due_before, act.amount, due, lang, prolonged=True),
        _moved_words(calendar, act.due_before, due, lang),
    ]


def _moved_words(calendar: WorkCalendar, before: datetime, after: datetime, lang: str) -> str:
    old, new = due_words(calendar, before, lang), due_words(calendar, after, lang)
    return pick(lang, f"到期由{old}变为{new}。", f"Due moved from {old} to {new}.")


def _pause_words(act: Pause, due: datetime, calendar: WorkCalendar, lang: str, reason: str) -> list[str]:
    began, ended = moment_words(calendar, act.start, lang), moment_words(calendar, act.end, lang)
    paused = pick(
        lang,
        f"{began}至{ended}暂停计时（原因：{reason}）。",
        f"Paused from {began} to {ended} (reason: {reason}).",
    )
    unchanged = due_words(calendar, due, lang)
    if act.left is None:
        passed = (
            f"暂停时已过到期时间，到期不变：{unchanged}。",
            f"It had passed before, so due is unchanged: {unchanged}.",
        )
        return [paused, pick(lang, *passed)]
    left = act.left.words(lang)
    if due == act.due_before:
        same = (
            f"暂停时剩余 {left}，到期不变：{unchanged}。",
            f"{left} left at the pause; due is unchanged: {unchanged}.",
        )
        return [paused, pick(lang, *same)]
    return [
        paused,
        pick(lang, f"暂停时剩余 {left}，恢复后续算。", f"{left} left at the pause, counted on from the resumption."),
        *count_words(calendar, act.end, act.left, due, lang),
        _moved_words(calendar, act.due_before, due, lang),
    ]


def _closing_words(
    clock: Clock, calendar: WorkCalendar, lang: str, labels: Mapping[str, str], outdated: bool
) -> list[str]:
    said = []
    if clock.paused_at is not None:
        said.append(_paused_words(clock, calendar, lang, labels))
    if outdated:
        said.append(
            pick(
                lang,
                "节假日安排在此之后有更正，下列到期时间尚未按更正后的日历重新计算。",
                "The holidays have been corrected since; the due date below is not yet counted again with them.",
            )
        )
    said.append(_due_words(calendar, clock.due, lang, "到期", "Due"))
    if any(limit.unit is not LimitUnit.HOURS for limit in (clock.limit, *(act.amount for act in clock.extensions))):
        last = calendar.last_day(clock.due)
        first = last if clock.limit.unit is LimitUnit.DAYS else calendar.local(clock.started_at).date()
        said += unpublished_words(calendar, first, last, lang)
    return said


def _paused_words(clock: Clock, calendar: WorkCalendar, lang: str, labels: Mapping[str, str]) -> str:
    at = moment_words(calendar, clock.paused_at or clock.due, lang)
    reason = labels.get(clock.paused_reason or "", clock.paused_reason or "")
    if clock.left is None:
        rest = "此前已过到期时间", "it had passed before"
    else:
        left = clock.left.words(lang)
        rest = f"剩余 {left}，恢复后续算，到期相应后移", f"{left} left; due moves on when it is resumed"
    return pick(
        lang, f"{at}起暂停计时（原因：{reason}），{rest[0]}。", f"Paused since {at} (reason: {reason}); {rest[1]}."
    )
