"""Reading imports that were uploaded: jobs, what they sealed, and the mappings that a district keeps."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from linli.core.actor import Actor
from linli.core.territory import Function
from linli.intake import mapping
from linli.intake.mapping import ColumnMap
from linli.intake.models import ImportJob, ImportPart, SavedMapping
from linli.vault.sealing import VaultLocked, unseal

WAITING = ("checking", "running")
"""States in which a job has work to do."""
WHOLE_DISTRICT = ("areas", "boundaries", "matters", "reports")
"""Kinds that only those may import who administer the whole district."""


@dataclass(frozen=True, slots=True)
class MappingInfo:
    """A mapping that the district keeps."""

    id: str
    name: str
    columns: ColumnMap
    saved_at: datetime


def administered(actor: Actor) -> tuple[str, ...]:
    """Codes of the areas that the person administers."""
    return tuple(sorted({post.area for post in actor.posts if Function.ADMINISTER in post.functions}))


def may_import(actor: Actor, district: str, kind: str) -> bool:
    """Whether the person may import that kind: units and staff of one's own areas, all else for the whole district."""
    areas = administered(actor)
    return district in areas or (bool(areas) and kind not in WHOLE_DISTRICT)


def jobs(actor: Actor, district: str, *, size: int = 50) -> list[ImportJob]:
    """Imports of the district, newest first: all of them for who administers the district, else one's own."""
    return list(_visible(actor, district).order_by("-made_at", "-id")[:size])


def job(actor: Actor, district: str, job_id: str) -> ImportJob | None:
    """One import; None when it is missing or not for this person."""
    return _visible(actor, district).filter(id=job_id).first()


def _visible(actor: Actor, district: str) -> QuerySet[ImportJob]:
    areas = administered(actor)
    found = ImportJob.objects.filter(district_id=district)
    if district in areas:
        return found
    return found.filter(actor=actor.id) if areas else found.none()


def part(job: ImportJob, name: str) -> bytes | None:
    """A part of a job in plain; None when it is not there or its key is gone."""
    found = ImportPart.objects.filter(job=job, part=name).first()
    if found is None:
        return None
    try:
        return unseal(str(found.id), found.key_id, bytes(found.wrapped_key), bytes(found.nonce), bytes(found.sealed))
    except VaultLocked:
        return None


def has_part(job: ImportJob, name: str) -> bool:
    """Whether a part is there still."""
    return ImportPart.objects.filter(job=job, part=name).exists()


def preview(job: ImportJob) -> dict[str, Any]:
    """What the check of a job found: the look, sample values and refused rows; empty when it is gone."""
    found = part(job, "preview")
    return json.loads(found) if found else {}


def columns_of(job: ImportJob) -> ColumnMap | None:
    """The mapping of a job; None where there is none yet, or no more."""
    found = part(job, "mapping")
    return mapping.read(json.loads(found), job.file_name) if found else None


def mappings(district: str) -> Sequence[MappingInfo]:
    """The mappings that the district keeps, by name."""
    return [_mapping(row) for row in SavedMapping.objects.filter(district_id=district).order_by("name")]


def saved_mapping(district: str, mapping_id: str) -> MappingInfo | None:
    """One mapping of the district."""
    row = SavedMapping.objects.filter(district_id=district, id=mapping_id).first()
    return _mapping(row) if row else None


def _mapping(row: SavedMapping) -> MappingInfo:
    return MappingInfo(str(row.id), row.name, mapping.read(row.document, row.name), row.saved_at)
