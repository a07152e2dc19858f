"""Rows of notices: they hold codes, ids and instants; the words of an alert are masked, addresses are encrypted."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from linli.ledger.fields import code_field

WAITING, SENT, FAILED = "waiting", "sent", "failed"


class Alert(models.Model):
    """One call to several units at once. ``words`` are masked before they come here; ``post`` is who called."""

    id = models.UUIDField(primary_key=True)
    district_id = code_field(16)
    unit_id = code_field()
    post = code_field()
    case_id = models.UUIDField(null=True)
    units = ArrayField(code_field())
    words = models.TextField()
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["district_id", "id"], name="alert_in_district")]
        indexes: ClassVar = [models.Index(fields=["district_id", "unit_id", "-at"], name="alert_by_unit")]


class Notice(models.Model):
    """One person is told one thing about one entry of a case, or by one alert, on a post of a unit.

    ``duty`` says that the person was on duty then, or that nobody was, so that it is theirs to react.
    """

    id = models.UUIDField(primary_key=True)
    district_id = code_field(16)
    user_id = code_field(64)
    unit_id = code_field()
    post = code_field()
    kind = code_field(24)
    case_id = models.UUIDField(null=True)
    seq = models.PositiveIntegerField(default=0)
    action = code_field(40, default="")
    alert_id = models.UUIDField(null=True)
    urgency = code_field(16)
    duty = models.BooleanField()
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["district_id", "id"], name="notice_in_district"),
            models.UniqueConstraint(
                fields=["district_id", "case_id", "seq", "kind", "unit_id", "user_id"],
                name="notice_once_an_entry",
                condition=Q(case_id__isnull=False, alert_id__isnull=True),
            ),
            models.UniqueConstraint(
                fields=["district_id", "alert_id", "unit_id", "user_id"],
                name="notice_once_an_alert",
                condition=Q(alert_id__isnull=False),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["district_id", "user_id", "-at", "-id"], name="notice_by_user"),
            models.Index(
                fields=["district_id", "user_id", "case_id"], name="notice_unread", condition=Q(read_at__isnull=True)
            ),
            models.Index(fields=["at"], name="notice_by_age"),
        ]


class Delivery(models.Model):
    """One notice on its way over one channel, with the log of what became of it.

    A try is written down before it is made, with the moment of the next one: whatever dies in between is tried again.
    ``send_at`` is the earliest moment by the person's wishes, ``due_at`` that of the next try.
    """

    id = models.UUIDField(primary_key=True)
    district_id = code_field(16)
    notice_id = models.UUIDField()
    user_id = code_field(64)
    channel = code_field(16)
    state = code_field(16, default=WAITING)
    send_at = models.DateTimeField()
    due_at = models.DateTimeField()
    attempts = models.PositiveIntegerField(default=0)
    fault = models.CharField(max_length=200, default="")
    reference = models.CharField(max_length=120, default="")
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["district_id", "id"], name="delivery_in_district"),
            models.UniqueConstraint(fields=["district_id", "notice_id", "channel"], name="delivery_once_a_channel"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["district_id", "due_at"], name="delivery_waiting", condition=Q(state=WAITING)),
            models.Index(fields=["district_id", "-send_at"], name="delivery_failed", condition=Q(state=FAILED)),
            models.Index(fields=["district_id", "user_id", "-send_at"], name="delivery_by_user"),
        ]


class Wish(models.Model):
    """What a person wants outside the desk: from which urgency on which channel, quiet hours, the hour of e-mails."""

    user_id = code_field(64, primary_key=True)
    least = models.JSONField(default=dict)
    quiet_from = models.PositiveSmallIntegerField(default=0)
    quiet_until = models.PositiveSmallIntegerField(default=0)
    digest_at = models.PositiveSmallIntegerField(null=True)


class Address(models.Model):
    """Where a person is reached on a channel, encrypted under a data key of its own as items of the vault are."""

    id = models.UUIDField(primary_key=True)
    user_id = code_field(64)
    channel = code_field(16)
    key_id = code_field(32)
    wrapped_key = models.BinaryField()
    nonce = models.BinaryField()
    sealed = models.BinaryField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user_id", "channel"], name="address_once_a_channel"),
        ]
