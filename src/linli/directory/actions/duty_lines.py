"""Inventing duty lines for invented units, where a demo has none: numbers that nobody can be called by."""

from django.db import transaction

from linli.directory.actions.versions import grow
from linli.directory.models import Unit

AREA_CODE = "000"
"""No exchange has it, so a number that is dialled by mistake rings nowhere."""


@transaction.atomic
def invent_duty_lines(district: str) -> int:
    """Gives every invented unit of the district without a duty line an invented one; how many. Others keep theirs.

    Lock: the district's row, in :func:`grow`.
    """
    grow([district])
    rows = list(Unit.objects.filter(district_code=district, invented=True, phone="").order_by("id"))
    for number, row in enumerate(rows, 1):
        row.phone = f"{AREA_CODE}-{number:08d}"
    Unit.objects.bulk_update(rows, ["phone"], batch_size=1000)
    return len(rows)
