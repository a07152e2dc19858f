"""Rows of intake. What was said lies in the vault; here is only how it came in and how its reporter gets back to it."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
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


class ImportJob(models.Model):
    """One uploaded file on its way through check, preview, run and report; the row stays as the record of it.

    What the file holds lies in :class:`ImportPart` and goes at ``expires_at``. ``version`` rises with every act of a
    person, so that two at one job meet a conflict. The counts are those of the dry run until the job runs, then its
    own; ``rows_done`` is how far the present work has come.
    """

    id = models.UUIDField(primary_key=True)
    district_id = models.CharField(max_length=16, db_collation="C")
    kind = models.CharField(max_length=12, db_collation="C")
    state = models.CharField(max_length=12, db_collation="C")
    version = models.PositiveIntegerField(default=1)
    file_name = models.CharField(max_length=120)
    lang = models.CharField(max_length=8, db_collation="C")
    datum = models.CharField(max_length=8, db_collation="C", default="")
    actor = models.CharField(max_length=64, db_collation="C")
    post = models.CharField(max_length=120, db_collation="C")
    within = ArrayField(models.CharField(max_length=18, db_collation="C"))
    digest = models.CharField(max_length=64, db_collation="C")
    problem = models.CharField(max_length=32, db_collation="C", default="")
    attempts = models.PositiveSmallIntegerField(default=0)
    cancel_asked = models.BooleanField(default=False)
    rows_done = models.PositiveIntegerField(default=0)
    rows_expected = models.PositiveIntegerField(null=True)
    read = models.PositiveIntegerField(default=0)
    new = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    made_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["district_id", "id"], name="import_job_in_district")]
        indexes: ClassVar = [
            models.Index(fields=["district_id", "-made_at"], name="import_job_by_time"),
            models.Index(fields=["made_at"], name="import_job_waiting", condition=Q(state__in=["checking", "running"])),
        ]


class ImportPart(models.Model):
    """A part of an import, encrypted under a data key of its own: its file, preview, mapping or refused rows.

    It may hold what residents wrote, so the row is deleted with its wrapped key: the file and its preview when the
    import has ended, everything else a day later, all of it a day after the upload if nobody came back.
    """

    id = models.UUIDField(primary_key=True)
    job = models.ForeignKey(ImportJob, on_delete=models.CASCADE, related_name="parts")
    part = models.CharField(max_length=12, db_collation="C")
    key_id = models.CharField(max_length=32, db_collation="C")
    wrapped_key = models.BinaryField()
    nonce = models.BinaryField()
    sealed = models.BinaryField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["job", "part"], name="import_part_once")]


class SavedMapping(models.Model):
    """A mapping of columns that a district keeps for its next export, as in a mapping file."""

    id = models.UUIDField(primary_key=True)
    district_id = models.CharField(max_length=16, db_collation="C")
    name = models.CharField(max_length=60)
    document = models.JSONField()
    saved_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["district_id", "name"], name="mapping_named_once")]
