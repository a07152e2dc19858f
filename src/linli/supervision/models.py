"""Rows of supervision: visits and their follow-ups, shifts of command centres, supervision orders, problems.

Of places and units, never of a person.
"""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from linli.ledger.fields import code_field


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


class Shift(models.Model):
    """One shift of a coordinating unit: running, handed over in writing, and closed once somebody else took it over.

    ``report`` is what was open when it was handed over: numbers and case ids. ``words`` are masked before they come
    here. ``handed_by`` is the opaque id of who signed, because they may not take over from themselves.
    """

    id = models.UUIDField(primary_key=True)
    district_id = code_field(16)
    unit_id = code_field()
    began_at = models.DateTimeField()
    began_post = code_field()
    handed_at = models.DateTimeField(null=True)
    handed_by = code_field(default="")
    handed_post = code_field(default="")
    report = models.JSONField(null=True)
    words = models.TextField(default="")
    taken_at = models.DateTimeField(null=True)
    taken_post = code_field(default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["district_id", "id"], name="shift_in_district"),
            models.UniqueConstraint(
                fields=["district_id", "unit_id"], name="shift_one_at_a_time", condition=Q(taken_at__isnull=True)
            ),
            models.CheckConstraint(
                name="shift_taken_after_handed", condition=Q(taken_at__isnull=True) | Q(handed_at__isnull=False)
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["district_id", "unit_id", "-began_at"], name="shift_by_unit")]


class Order(models.Model):
    """A supervision order: a coordinating unit asks a unit below it to answer until a date, about a case or about none.

    The words of both sides are in the vault; the ledger names them, entry by entry. ``late`` says that an answer once
    came after its date, and stays. ``answered_by`` is the opaque id of who answered last, because nobody judges their
    own answer.
    """

    id = models.UUIDField(primary_key=True)
    district_id = code_field(16)
    issuer = code_field()
    unit_id = code_field()
    case_id = models.UUIDField(null=True)
    ground = code_field(24)
    state = code_field(16)
    version = models.PositiveIntegerField()
    due = models.DateTimeField()
    issued_at = models.DateTimeField()
    issued_post = code_field()
    answered_at = models.DateTimeField(null=True)
    answered_by = code_field(default="")
    late = models.BooleanField(default=False)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["district_id", "id"], name="order_in_district"),
            models.UniqueConstraint(
                fields=["district_id", "case_id", "issuer", "unit_id"],
                name="order_open_once",
                condition=Q(ended_at__isnull=True, case_id__isnull=False),
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["district_id", "unit_id", "due", "id"],
                name="order_asked_of",
                condition=Q(ended_at__isnull=True),
            ),
            models.Index(
                fields=["district_id", "issuer", "due", "id"],
                name="order_issued_by",
                condition=Q(ended_at__isnull=True),
            ),
            models.Index(
                fields=["district_id", "unit_id", "-ended_at", "-id"],
                name="order_asked_before",
                condition=Q(ended_at__isnull=False),
            ),
            models.Index(
                fields=["district_id", "issuer", "-ended_at", "-id"],
                name="order_issued_before",
                condition=Q(ended_at__isnull=False),
            ),
            models.Index(
                fields=["district_id", "case_id", "issued_at"], name="order_of_case", condition=Q(case_id__isnull=False)
            ),
        ]


class Problem(models.Model):
    """A problem on the list: who puts it right, who watches over that, until when. Its words are masked before storing.

    ``done_by`` is the opaque id of who reported it done, because they never check it.
    """

    id = models.UUIDField(primary_key=True)
    district_id = code_field(16)
    owner = code_field()
    supervisor = code_field()
    ground = code_field(24)
    title = models.CharField(max_length=120)
    words = models.TextField()
    due_on = models.DateField()
    state = code_field(16)
    version = models.PositiveIntegerField()
    raised_at = models.DateTimeField()
    raised_post = code_field()
    outcome = models.TextField(default="")
    remark = models.TextField(default="")
    done_by = code_field(default="")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["district_id", "id"], name="problem_in_district")]
        indexes: ClassVar = [
            models.Index(
                fields=["district_id", "owner", "due_on", "id"],
                name="problem_owned",
                condition=Q(ended_at__isnull=True),
            ),
            models.Index(
                fields=["district_id", "supervisor", "due_on", "id"],
                name="problem_supervised",
                condition=Q(ended_at__isnull=True),
            ),
            models.Index(fields=["district_id", "owner", "-ended_at", "-id"], name="problem_owned_before"),
            models.Index(fields=["district_id", "supervisor", "-ended_at", "-id"], name="problem_supervised_before"),
        ]


class ProblemCase(models.Model):
    """A case in which a problem shows itself."""

    id = models.UUIDField(primary_key=True)
    district_id = code_field(16)
    problem = models.ForeignKey(Problem, on_delete=models.PROTECT, related_name="cases")
    case_id = models.UUIDField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["district_id", "id"], name="problem_case_in_district"),
            models.UniqueConstraint(fields=["district_id", "problem", "case_id"], name="problem_case_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["district_id", "case_id"], name="problem_by_case")]
