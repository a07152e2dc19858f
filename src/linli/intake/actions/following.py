"""Getting back to one's own case by number and code."""

from datetime import datetime, timedelta

from django.db import transaction

from linli.cases import queries as cases
from linli.core.actor import Actor, ActorKind
from linli.core.errors import Refusal
from linli.core.numbers import normalised
from linli.directory import queries as directory
from linli.intake import codes
from linli.intake.models import CodeTry, Report

WINDOW = timedelta(hours=1)
PER_NUMBER = 10
PER_SOURCE = 60
NO_CASE = "00000000-0000-0000-0000-000000000000"
"""Asked for where no case has the number, so that the answer takes as long as for a wrong code."""


@transaction.atomic
def follow(district: str, number: str, code: str, *, source: str, now: datetime) -> Actor | None:
    """The reporter of a case, as an actor who may see it and act on it; None when number and code don't belong.

    An unknown number and a wrong code are answered alike, and count alike: at most 10 wrong tries an hour for a
    number and 60 for a source (an address, kept as a keyed hash for the hour only).

    Raises:
        Refusal: ``too_many_tries``.
    """
    stored = normalised(number, directory.district(district).short_code)
    tried = codes.keyed_hash("try", "number", stored or number.strip()[:40])
    keys = {tried: PER_NUMBER, codes.keyed_hash("try", "source", source): PER_SOURCE}
    for row in CodeTry.objects.filter(key_hash__in=keys, since__gt=now - WINDOW):
        if row.count >= keys[row.key_hash]:
            raise Refusal("too_many_tries", {"minutes": int(WINDOW.total_seconds() // 60)})
    found = cases.by_number(district, stored) if stored else None
    case = found.state.id if found else NO_CASE
    expected = codes.code_hash(case, code)
    report = Report.objects.filter(district_id=district, case_id=case, code_hash=expected).first()
    if report is not None:
        return Actor(ActorKind.REPORTER, str(report.id), case=case)
    for key in sorted(keys):
        _count(key, now)
    return None


def _count(key: str, now: datetime) -> None:
    row, new = CodeTry.objects.select_for_update().get_or_create(key_hash=key, defaults={"since": now, "count": 1})
    if new:
        return
    fresh = row.since <= now - WINDOW
    row.since, row.count = (now, 1) if fresh else (row.since, row.count + 1)
    row.save(update_fields=["since", "count"])
