"""Corrections of the working calendar, and the note that open deadlines have been counted again under it."""

from collections.abc import Iterable
from datetime import datetime

from linli.catalogue.actions.publishing import STREAM, Published, publish, stream_of
from linli.catalogue.calendars import Correction
from linli.catalogue.queries_calendar import RECALCULATED
from linli.ledger import actions as ledger


def correct_calendar(
    corrections: Iterable[Correction], *, by: str, at: datetime, note: str, notice_years: Iterable[int] = ()
) -> Published:
    """Puts corrected days in force as a publication of its own; an open draft of the catalogue stays a draft.

    Open deadlines follow one by one, see :mod:`linli.site.recounting`.

    Raises:
        PublishError: the calendar has a hole, or nothing is published yet.
    """
    return publish(by=by, at=at, corrections=corrections, note=note, notice_years=notice_years, with_draft=False)


def note_recalculated(district: str, policy: int, version: str, *, moved: int, at: datetime) -> None:
    """Writes down that every open deadline of a district follows the calendar of a publication."""
    ledger.append_to(
        district, STREAM, str(stream_of(district)), RECALCULATED, {"policy": policy, "moved": moved},
        actor="clock", post="", policy=version, at=at,
    )  # fmt: skip
