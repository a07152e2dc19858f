"""Reading intake."""

from collections.abc import Iterable

from django.db import connection

from linli.core.actor import Actor
from linli.intake.models import Call, ImportRun, Report


def reports_of(district: str, case: str) -> list[Report]:
    """The reports that became this case, oldest first."""
    return list(Report.objects.filter(district_id=district, case_id=case).order_by("received_at", "id"))


def known_numbers(district: str, source: str, numbers: Iterable[str]) -> frozenset[str]:
    """Which of these source numbers are in already."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT source_number FROM intake_report "
            "WHERE district_id = %s AND source = %s AND source_number = ANY(%s)",
            [district, source, list(numbers)],
        )
        return frozenset(number for (number,) in cursor.fetchall())


def import_run(digest: str) -> ImportRun | None:
    """How far an import of that file has come."""
    return ImportRun.objects.filter(digest=digest).first()


def call_of(actor: Actor, district: str, call: str) -> Call | None:
    """A call that the actor took; None for anybody else's."""
    return Call.objects.filter(district_id=district, id=call, actor=actor.id).first()
