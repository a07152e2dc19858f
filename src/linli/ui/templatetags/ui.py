"""Filters that every page uses: moments and days in the reader's language, and addresses with one thing changed."""

from collections.abc import Mapping
from datetime import date, datetime
from urllib.parse import urlencode

from django import forms, template
from django.forms import BoundField
from django.utils import timezone, translation
from django.utils.translation import ngettext

from linli.core.duty import hours_words

register = template.Library()

WEEKDAYS_ZH = "一二三四五六日"
WEEKDAYS_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS_EN = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
             "November", "December")  # fmt: skip


@register.filter
def moment(at: datetime | None) -> str:
    """``2026年10月10日（周六）18:00`` or ``Sat 10 October 2026, 18:00`` by the clock of the place; empty for None."""
    if at is None:
        return ""
    local = timezone.localtime(at)
    return f"{day(local.date())}{'' if _chinese() else ', '}{local:%H:%M}"


@register.filter
def day(on: date | None) -> str:
    """A date with its weekday; empty for None."""
    if on is None:
        return ""
    if _chinese():
        return f"{on.year}年{on.month}月{on.day}日（周{WEEKDAYS_ZH[on.weekday()]}）"
    return f"{WEEKDAYS_EN[on.weekday()]} {on.day} {MONTHS_EN[on.month - 1]} {on.year}"


@register.filter
def distance(at: datetime, now: datetime) -> str:
    """How far apart two moments are, rounded down: minutes up to an hour, hours up to two days, then days."""
    minutes = int(abs(at - now).total_seconds() // 60)
    if minutes < 60:
        return ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes}
    if minutes < 48 * 60:
        return ngettext("%(count)d hour", "%(count)d hours", minutes // 60) % {"count": minutes // 60}
    days = minutes // (24 * 60)
    return ngettext("%(count)d day", "%(count)d days", days) % {"count": days}


@register.filter
def duty_hours(text: str) -> str:
    """Duty hours in the reader's language, where they are written in a way that can be read."""
    return hours_words(text, "zh-hans" if _chinese() else "en")


@register.simple_tag
def colon() -> str:
    """What stands between a name and its value, as the reader's language writes it."""
    return "：" if _chinese() else ": "


@register.simple_tag
def with_query(known: Mapping[str, str], **changes: str) -> str:
    """Parts of an address with some of them changed; what is empty is left out."""
    return urlencode({key: value for key, value in {**known, **changes}.items() if value})


@register.simple_tag
def with_query_key(known: Mapping[str, str], key: str, value: str) -> str:
    """The same, where the part to change has its name in a variable."""
    return with_query(known, **{key: value})


@register.filter
def control(field: BoundField) -> str:
    """The field's input with the kit's class for its kind; rows of choices and inputs of several parts bring theirs."""
    widget = field.field.widget
    if isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple | forms.MultiWidget):
        return field.as_widget()
    kind = "form-select" if isinstance(widget, forms.Select) else "form-control"
    return field.as_widget(attrs={"class": kind})


def _chinese() -> bool:
    return (translation.get_language() or "zh-hans").startswith("zh")
