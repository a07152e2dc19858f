"""Rows of cases: a cache of what folding the ledger gives, with the columns that lists need."""

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

OPEN = Q(ended_at__isnull=True)
TROUBLED = '"(returns|raised|extensions|reopened|not_solved)":[1-9]'
"""What stands in the state of a case that was handed back or up, extended, reopened or said to be not solved.

The state is JSON of codes and numbers, and holds only what is not nothing; no free text of anybody is in it.
"""
WHOLE = Q(parent_id__isnull=True)
PLAIN = Q(sensitive=False, recused=[])
"""Cases that everybody sees who reads their area; see :mod:`linli.cases.queries_counts`."""
OTHER = Q(sensitive=True) | ~Q(recused=[])


def code_field(max_length: int = 64, **options: Any) -> "models.CharField[str, str]":
    """A code or id: compared byte by byte."""
    return models.CharField(max_length=max_length, db_collation="C", **options)


class Case(models.Model):
    """One case. ``state`` is the folded state as canonical JSON; every other column is taken from it.

    ``hash`` is that of the stream's last entry, so that the next one chains without a look-up. Work lists run on
    (scope, step, due, id) over open cases only; a list without a step filter unites the few steps. The four indexes of
    plain and other cases hold what is counted over whole areas, so that counting reads no rows.
    """

    id = models.UUIDField(primary_key=True)
    district_id = code_field(max_length=16)
    number = code_field(max_length=32)
    parent_id = models.UUIDField(null=True)
    procedure = code_field()
    kind = code_field(max_length=24)
    channel = code_field(max_length=24)
    step = code_field(max_length=32)
    version = models.PositiveIntegerField()
    hash = models.BinaryField()
    state = models.TextField()
    matter = code_field(max_length=16, default="")
    urgency = code_field(max_length=16)
    sensitive = models.BooleanField(default=False)
    owner = code_field(max_length=120, default="")
    lead = code_field(max_length=120, default="")
    town_id = code_field(max_length=24, default="")
    community_id = code_field(max_length=24, default="")
    grid_id = code_field(max_length=24, default="")
    involved = ArrayField(code_field(max_length=120))
    recused = ArrayField(code_field(max_length=120))
    title_item = models.UUIDField(null=True)
    opened_at = models.DateTimeField()
    due = models.DateTimeField(null=True)
    next_wake = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["district_id", "id"], name="case_in_district"),
            models.UniqueConstraint(fields=["district_id", "number"], name="case_number_in_district"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["district_id", "owner", "step", "due", "id"], name="case_by_owner", condition=OPEN),
            models.Index(fields=["community_id", "step", "due", "id"], name="case_by_community", condition=OPEN),
            models.Index(fields=["town_id", "step", "due", "id"], name="case_by_town", condition=OPEN),
            models.Index(fields=["district_id", "step", "due", "id"], name="case_by_district", condition=OPEN),
            models.Index(fields=["district_id", "next_wake", "id"], name="case_by_wake", condition=OPEN),
            models.Index(fields=["parent_id"], name="case_parts", condition=Q(parent_id__isnull=False)),
            models.Index(
                fields=[
                    "district_id",
                    "due",
                    "step",
                    "town_id",
                    "community_id",
                    "owner",
                    "urgency",
                    "matter",
                    "parent_id",
                    "id",
                ],
                name="case_open_plain",
                condition=OPEN & PLAIN,
            ),
            models.Index(
                fields=["district_id", "due", "step", "town_id"], name="case_open_other", condition=OPEN & OTHER
            ),
            models.Index(
                fields=["district_id", "opened_at", "town_id", "community_id", "matter"],
                name="case_opened_plain",
                condition=WHOLE & PLAIN,
            ),
            models.Index(
                fields=["district_id", "opened_at", "town_id"], name="case_opened_other", condition=WHOLE & OTHER
            ),
            models.Index(
                fields=["district_id", "opened_at", "id"],
                name="case_troubled",
                condition=OPEN & Q(parent_id__isnull=True, state__regex=TROUBLED),
            ),
        ]


class SearchEntry(models.Model):
    """What a case can be found by: bigrams of its working texts and scope tokens, kept up by the relay."""

    case_id = models.UUIDField(primary_key=True)
    district_id = code_field(max_length=16)
    opened_at = models.DateTimeField()
    terms = ArrayField(models.TextField(db_collation="C"))

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["district_id", "case_id"], name="search_in_district")]
        indexes: ClassVar = [GinIndex(fields=["terms"], name="search_by_terms", fastupdate=True)]


class Mention(models.Model):
    """A unit that a note on a case calls on, until somebody of the unit answers with a note or says it is done.

    A list of mentions read from the ledger would walk every stream, so this row is written in the note's own
    statement, not by the relay: whoever wrote the note finds it listed at once, and no act costs more that mentions
    nobody. It holds units and instants only; the words are in the vault. One row a case and unit: called on again, the
    row is open again.
    """

    id = models.UUIDField(primary_key=True)
    district_id = code_field(max_length=16)
    unit_id = code_field(max_length=120)
    case_id = models.UUIDField()
    at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["district_id", "id"], name="mention_in_district"),
            models.UniqueConstraint(fields=["district_id", "case_id", "unit_id"], name="mention_once_a_unit"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["district_id", "unit_id", "at", "id"],
                name="mention_waiting",
                condition=Q(done_at__isnull=True),
            ),
        ]


class StandardAnswer(models.Model):
    """A text that officers start from when they fill in one field of one action; see :mod:`linli.core.answers`.

    It belongs to the whole district (no unit) or to one unit. ``matter`` or ``domain`` narrow where it is offered.
    ``code`` names one that came with the package, so that loading the package's again adds no second; removing keeps
    the row, so that it does not come back.
    """

    id = models.UUIDField(primary_key=True)
    district_id = code_field(max_length=16)
    unit_id = code_field(max_length=120, default="")
    code = code_field(default="")
    action = code_field(max_length=32)
    field = code_field(max_length=32)
    matter = code_field(max_length=16, default="")
    domain = code_field(max_length=40, default="")
    title_zh = models.CharField(max_length=80)
    title_en = models.CharField(max_length=80)
    text_zh = models.TextField()
    text_en = models.TextField()
    written_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["district_id", "id"], name="answer_in_district"),
            models.UniqueConstraint(fields=["district_id", "code"], name="answer_code_once", condition=~Q(code="")),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["district_id", "action", "field"], name="answer_by_field", condition=Q(removed_at__isnull=True)
            ),
        ]


class WakeFault(models.Model):
    """A case whose clock act failed: shown on the fault list and tried again later, so that it never starves others."""

    case_id = models.UUIDField(primary_key=True)
    district_id = code_field(max_length=16)
    what = models.TextField()
    attempts = models.PositiveIntegerField(default=1)
    retry_at = models.DateTimeField()
    first_at = models.DateTimeField()
