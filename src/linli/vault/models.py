"""Rows of the vault. Erasing a row (with its wrapped key) leaves nothing to read, also with an old backup."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Item(models.Model):
    """One text, contact, photo or point of one case.

    ``digest`` = SHA-256(salt ‖ bytes) stands in the ledger too; ``masked`` is the working text, plain and erasable.
    ``lookup`` is a keyed hash of the telephone number in a contact, so that a caller's own cases can be found during
    their call; it is erased with the row.
    """

    id = models.UUIDField(primary_key=True)
    district_id = models.CharField(max_length=16, db_collation="C")
    case_id = models.UUIDField()
    kind = models.CharField(max_length=12, db_collation="C")
    field = models.CharField(max_length=32, db_collation="C")
    key_id = models.CharField(max_length=32, db_collation="C")
    wrapped_key = models.BinaryField()
    nonce = models.BinaryField()
    sealed = models.BinaryField()
    salt = models.BinaryField()
    digest = models.CharField(max_length=64, db_collation="C")
    masked = models.TextField(default="")
    created_at = models.DateTimeField()
    lookup = models.CharField(max_length=64, db_collation="C", default="", db_default="")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["district_id", "id"], name="vault_item_in_district")]
        indexes: ClassVar = [
            models.Index(fields=["district_id", "case_id"], name="vault_item_by_case"),
            models.Index(fields=["district_id", "lookup"], name="vault_item_by_lookup", condition=~models.Q(lookup="")),
        ]


class Reveal(models.Model):
    """One reading of an original: who, on which post, why. The person can ask who looked (rights R10).

    With a ``call_id`` nothing was opened: the caller's number led to the contact during that call.
    """

    id = models.UUIDField(primary_key=True)
    district_id = models.CharField(max_length=16, db_collation="C")
    case_id = models.UUIDField()
    item_id = models.UUIDField()
    actor = models.CharField(max_length=64, db_collation="C")
    posts = ArrayField(models.CharField(max_length=120, db_collation="C"))
    reason = models.CharField(max_length=200)
    call_id = models.UUIDField(null=True)
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["district_id", "case_id", "at"], name="vault_reveal_by_case")]
