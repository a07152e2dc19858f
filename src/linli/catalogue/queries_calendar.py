"""Reading the working calendar: the days that are in force, what was corrected, and whether deadlines follow it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from linli.catalogue.calendars import FIRST_YEAR, Correction, DayKind, chinese_calendar
from linli.catalogue.models import PolicyVersion
from linli.core.calendar import WorkCalendar
from linli.ledger import queries as ledger

RECALCULATED = "calendar.recalculated"


@dataclass(frozen=True, slots=True)
class InForce:
    """The calendar of the newest publication, what was corrected in it, and the years that were entered in full."""

    number: int
    calendar: WorkCalendar
    corrections: tuple[Correction, ...]
    notice_years: tuple[int, ...]


def calendar_in_force() -> InForce | None:
    """The calendar that holds; None where nothing is published."""
    row = PolicyVersion.objects.order_by("-number").first()
    if row is None:
        return None
    return InForce(
        row.number,
        WorkCalendar.from_data(row.document["calendar"], ZoneInfo),
        corrections_from(row.document),
        tuple(row.document.get("notice_years", ())),
    )


def corrections_from(document: Any) -> tuple[Correction, ...]:
    """The corrections frozen in a publication, in the order in which they were made."""
    return tuple(
        Correction(date.fromisoformat(day), DayKind(kind), name) for day, kind, name in document.get("corrections", ())
    )


def calendar_with(more: Iterable[Correction], years: Iterable[int], at: datetime) -> WorkCalendar:
    """The calendar as it would be with further corrections; nothing is changed.

    Raises:
        ValueError: nothing is published, or the years have a hole.
    """
    held = calendar_in_force()
    if held is None:
        raise ValueError("nothing is published yet")
    return chinese_calendar(
        range(FIRST_YEAR, at.year + 2),
        overrides=(*held.corrections, *more),
        published={*held.notice_years, *years},
    )


def followed(stream: str, district: str) -> int:
    """The number of the publication whose calendar all open deadlines of a district follow; 0 where none is noted."""
    entry = ledger.last_of_type(district, "catalogue", stream, RECALCULATED)
    return int(entry["policy"]) if entry else 0


def calendars_differ(since: int) -> bool:
    """Whether a publication after that number (or that one itself) has another calendar than the newest."""
    days = [
        _days(calendar)
        for calendar in PolicyVersion.objects.filter(number__gte=since)
        .order_by("number")
        .values_list("document__calendar", flat=True)
    ]
    return any(calendar != days[-1] for calendar in days)


def _days(calendar: dict[str, Any]) -> dict[str, Any]:
    """What of a calendar decides when a limit ends: its name does not."""
    return {key: value for key, value in calendar.items() if key != "name"}
