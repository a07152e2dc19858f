"""Reading intake."""

from collections.abc import Iterable

from linli.intake.models import ImportRun, Report


def reports_of(district: str, case: str) -> list[Report]:
    """The reports that became this case, oldest first."""
    return list(Report.objects.filter(district_id=district, case_id=case).order_by("received_at", "id"))


def known_numbers(district: str, source: str, numbers: Iterable[str]) -> frozenset[str]:
    """Which of these source numbers are in already."""
    found = Report.objects.filter(district_id=district, source=source, source_number__in=list(numbers))
    return frozenset(found.values_list("source_number", flat=True))


def import_run(digest: str) -> ImportRun | None:
    """How far an import of that file has come."""
    return ImportRun.objects.filter(digest=digest).first()
