"""Rows of intake. What was said lies in the vault; here is only how it came in and how its reporter gets back to it."""

from typing import ClassVar

from django.db import models
from django.db.models import Q


class Report(models.Model):
    """One report and the case it became. ``id`` is the reporter's opaque actor id; ``code_hash`` is keyed."""

    id = models.UUIDField(primary_key=True)
    district_id = models.CharField(max_length=16, db_collation="C")
    case_id = models.UUIDField()
    channel = models.CharField(max_length=24, db_collation="C")
    source = models.CharField(max_length=40, db_collation="C", default="")
    source_number = models.CharField(max_length=80, db_collation="C", default="")
    code_hash = models.CharField(max_length=64, db_collation="C", default="")
    origin = models.CharField(max_length=24, db_collation="C", default="")
    said_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["district_id", "id"], name="report_in_district"),
            models.UniqueConstraint(
                fields=["district_id", "source", "source_number"],
                condition=~Q(source=""),
                name="report_once_per_source",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["district_id", "case_id"], name="report_by_case")]


class Answered(models.Model):
    """The answer to a request with an idempotency key, encrypted, kept for 24 hours."""

    key_hash = models.CharField(max_length=64, primary_key=True, db_collation="C")
    body_hash = models.CharField(max_length=64, db_collation="C")
    nonce = models.BinaryField()
    sealed = models.BinaryField()
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["at"], name="answered_by_age")]


class CodeTry(models.Model):
    """Wrong codes within the running hour, per case number and per source; keys are keyed hashes."""

    key_hash = models.CharField(max_length=64, primary_key=True, db_collation="C")
    since = models.DateTimeField()
    count = models.PositiveIntegerField()


class ImportRun(models.Model):
    """One file of reports on its way in: how far it came, so that an interrupted import goes on where it stopped."""

    digest = models.CharField(max_length=64, primary_key=True, db_collation="C")
    district_id = models.CharField(max_length=16, db_collation="C")
    source = models.CharField(max_length=40, db_collation="C")
    rows_done = models.PositiveIntegerField(default=0)
    cases_made = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)


class Call(models.Model):
    """One telephone call that an officer takes: who took it and when, whether the caller consented, what came of it.

    Nothing about the caller: no number, no hash, no tag. No query lists or counts calls by caller, so the tenth call is
    taken like the first (rights R19).
    """

    id = models.UUIDField(primary_key=True)
    district_id = models.CharField(max_length=16, db_collation="C")
    actor = models.CharField(max_length=64, db_collation="C")
    post = models.CharField(max_length=120, db_collation="C")
    started_at = models.DateTimeField()
    consent_at = models.DateTimeField(null=True)
    looks = models.PositiveSmallIntegerField(default=0)
    ended_at = models.DateTimeField(null=True)
    case_id = models.UUIDField(null=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["district_id", "id"], name="call_in_district")]
