"""Rows of supervision: visits to places, and what is to follow from them. Of places and units, never of a person."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q


def code_field(max_length: int = 120) -> "models.CharField[str, str]":
    """A code or id: compared byte by byte."""
    return models.CharField(max_length=max_length, db_collation="C")


class Visit(models.Model):
    """A field visit. ``path`` holds the area's code and those above it; ``findings`` are masked before they come here.

    ``post`` is the post that wrote it; who held it stands in the ledger.
    """

    id = models.UUIDField(primary_key=True)
    district_id = code_field(16)
    area = code_field(24)
    path = ArrayField(code_field(24))
    visited_on = models.DateField()
    units = ArrayField(code_field())
    findings = models.TextField()
    post = code_field()
    noted_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["district_id", "id"], name="visit_in_district")]
        indexes: ClassVar = [models.Index(fields=["district_id", "-visited_on", "-id"], name="visit_by_day")]


class FollowUp(models.Model):
    """Something that a unit is to do after a visit, until a day; ``words`` are masked before they come here."""

    id = models.UUIDField(primary_key=True)
    district_id = code_field(16)
    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="follow_ups")
    unit_id = code_field()
    words = models.TextField()
    due_on = models.DateField()
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["district_id", "id"], name="follow_up_in_district")]
        indexes: ClassVar = [
            models.Index(
                fields=["district_id", "due_on", "id"], name="follow_up_open", condition=Q(done_at__isnull=True)
            ),
            models.Index(fields=["district_id", "unit_id"], name="follow_up_by_unit"),
        ]
