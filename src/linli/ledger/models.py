"""Rows of the ledger. An entry is never updated or deleted: grants and triggers refuse it (see the migration)."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Entry(models.Model):
    """One event. The key of four is the optimistic lock of a stream."""

    pk = models.CompositePrimaryKey("district_id", "stream_kind", "stream_id", "seq")
    district_id = models.CharField(max_length=16, db_collation="C")
    stream_kind = models.CharField(max_length=24, db_collation="C")
    stream_id = models.UUIDField()
    seq = models.PositiveIntegerField()
    type = models.CharField(max_length=64, db_collation="C")
    version = models.PositiveSmallIntegerField()
    payload = models.TextField(db_collation="C")
    actor = models.CharField(max_length=64, db_collation="C")
    post = models.CharField(max_length=120, db_collation="C")
    policy = models.CharField(max_length=32, db_collation="C")
    at = models.DateTimeField()
    previous = models.BinaryField()
    hash = models.BinaryField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["district_id", "at"], name="ledger_by_time")]


class Outgoing(models.Model):
    """An entry that rooms above have not been told of yet. The relay takes rows from here and deletes them."""

    id = models.BigAutoField(primary_key=True)
    district_id = models.CharField(max_length=16, db_collation="C")
    stream_kind = models.CharField(max_length=24, db_collation="C")
    stream_id = models.UUIDField()
    seq = models.PositiveIntegerField()
    type = models.CharField(max_length=64, db_collation="C")
    attempts = models.PositiveSmallIntegerField(default=0)
    retry_at = models.DateTimeField(null=True)
    fault = models.TextField(default="")


class Told(models.Model):
    """Streams that moved, as the relay told it: a row for each batch, district and kind, kept for minutes.

    Ids are given in the order of commits (see ``actions.announce``), so that a reader who remembers the last id it
    saw misses nothing that comes later.
    """

    id = models.BigAutoField(primary_key=True)
    district_id = models.CharField(max_length=16, db_collation="C")
    stream_kind = models.CharField(max_length=24, db_collation="C")
    streams = ArrayField(models.UUIDField())
    seqs = ArrayField(models.PositiveIntegerField())
    at = models.DateTimeField()
