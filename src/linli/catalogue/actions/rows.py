"""Rows of a draft: how one begins, how a matter is written into it, and who changed what."""

from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from datetime import datetime
from typing import Any

from django.db import connection

from linli.catalogue.matter_rows import MatterRow
from linli.catalogue.models import DRAFT, CatalogueVersion, DraftChange, Matter
from linli.catalogue.queries import newest_catalogue

VALUES = tuple(field.name for field in Matter._meta.fields if field.name not in ("id", "catalogue_number"))


def next_number() -> int:
    """A number for a catalogue or policy version that was never given before."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('catalogue_number_seq')")
        (number,) = cursor.fetchone()
    return int(number)


def locked_draft() -> CatalogueVersion | None:
    """The draft, locked until the end of the transaction; None where there is none.

    Lock: the row of the draft, or else that of the newest published version, so that two persons who would begin a
    draft at the same moment come one after the other.
    """
    found = CatalogueVersion.objects.select_for_update().filter(state=DRAFT).first()
    if found is None and CatalogueVersion.objects.select_for_update().filter(number=newest_catalogue()).first():
        found = CatalogueVersion.objects.select_for_update().filter(state=DRAFT).first()
    return found


def begun(*, now: datetime) -> CatalogueVersion:
    """A new draft with every matter as it is published."""
    base = newest_catalogue()
    draft = CatalogueVersion.objects.create(number=next_number(), base=base, made_at=now)
    put(draft, rows_of(base).values())
    return draft


def rows_of(number: int) -> dict[str, Matter]:
    """The rows of one version by code."""
    return {row.code: row for row in Matter.objects.filter(catalogue_number=number).order_by("code")}


def put(draft: CatalogueVersion, rows: Iterable[Matter]) -> None:
    """Writes rows into a draft in the place of those with the same codes; the rows given stay as they are."""
    made = [copy(row) for row in rows]
    for row in made:
        row.id, row.catalogue_number = f"{draft.number}.{row.code}", draft.number
        row._state.adding = True
    Matter.objects.filter(catalogue_number=draft.number, code__in=[row.code for row in made]).delete()
    Matter.objects.bulk_create(made)


def note(draft: CatalogueVersion, changes: Sequence[tuple[str, str]], *, by: str, at: datetime) -> None:
    """Counts changes (code, what) of a draft and writes down whose they are; a proposal to publish it is void."""
    first = draft.revision + 1
    DraftChange.objects.bulk_create(
        DraftChange(
            id=f"{draft.number}.{revision}", catalogue_number=draft.number, revision=revision, code=code, what=what,
            by=by, at=at,
        )
        for revision, (code, what) in enumerate(changes, first)
    )  # fmt: skip
    draft.revision += len(changes)
    draft.proposed_at, draft.proposed_by, draft.note = None, "", ""
    draft.save(update_fields=["source", "revision", "proposed_at", "proposed_by", "note"])


def written(before: Matter | None, made: MatterRow) -> Matter:
    """A row with what was judged; columns that a file has no name for stay as they were."""
    row = copy(before) if before else Matter(code=made.matter.code)
    for name, value in _columns(made).items():
        setattr(row, name, value)
    return row


def same(one: Matter, other: Matter) -> bool:
    """Whether two rows say the same."""
    return all(getattr(one, name) == getattr(other, name) for name in VALUES)


def _columns(made: MatterRow) -> Mapping[str, Any]:
    matter = made.matter
    return {
        "wave": made.wave,
        "platform": matter.platform,
        "domain": matter.domain,
        "name_zh": matter.name_zh,
        "name_en": matter.name_en,
        "case_kinds": list(matter.case_kinds),
        "normal_level": matter.normal_level.value,
        "lead_unit_type": matter.lead_unit_type,
        "co_unit_types": list(matter.co_unit_types),
        "urgency_default": matter.urgency.value,
        "accept_limit": str(matter.accept_limit),
        "handle_limit": str(matter.handle_limit),
        "limit_source": str(matter.limit_source),
        "legal_basis": matter.legal_basis,
        "label": matter.label,
        "sensitivity": matter.sensitivity,
        "guards": sorted(guard.value for guard in matter.guards),
        "notes": matter.notes,
    }
