"""After a calendar correction: every open deadline follows, one recorded act a case, until all have.

Publishing and following are apart on purpose: the publication is one transaction, the cases come after it one by one,
and whatever is interrupted is done by the next round. What is begun meanwhile follows the new calendar already.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from linli.cases import actions as cases
from linli.catalogue import actions as catalogue_actions
from linli.catalogue import queries as catalogue
from linli.catalogue import queries_calendar as calendars

_settled: dict[str, int] = {}
"""By district, the publication up to which this process knows that deadlines follow."""


@dataclass(frozen=True, slots=True)
class Recount:
    """What one round did: cases whose date moved, and cases that could not be counted again."""

    moved: int = 0
    failed: int = 0


def run_due(district: str, clock: Callable[[], datetime]) -> Recount:
    """Has open deadlines follow the calendar in force, where it changed; several processes may do it at once."""
    number = catalogue.in_force_number()
    if not number or _settled.get(district) == number:
        return Recount()
    if not calendars.calendars_differ(calendars.followed(str(catalogue_actions.stream_of(district)), district)):
        _settled[district] = number
        return Recount()
    catalogue.look_again()  # another process may have published: its calendar is the one to follow
    moved = failed = 0
    for recounted in cases.recalculate_open(district, clock=clock):
        moved, failed = moved + recounted.moved, failed + bool(recounted.fault)
    if not failed:
        version = catalogue.policy(district).version
        catalogue_actions.note_recalculated(district, number, version, moved=moved, at=clock())
        _settled[district] = number
    return Recount(moved, failed)
