"""Rows of the directory. Small enough to be reference tables on Citus; keys of district rows name the district.

Codes and ids have collation C: compared byte by byte, so that prefixes and order are the same on every machine.
"""

import uuid_utils.compat
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import CheckConstraint, Index, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from linli.core.territory import AreaKind, Function

AREA_KINDS = [(kind.value, kind.value) for kind in AreaKind]


def functions_field() -> "ArrayField[list[str], list[str]]":
    """What a unit or post may do: values of :class:`linli.core.territory.Function`."""
    return ArrayField(models.CharField(max_length=20), default=list, blank=True)


def known_functions(name: str) -> CheckConstraint:
    """No function that the rulebook doesn't know."""
    return CheckConstraint(name=name, condition=Q(functions__contained_by=[function.value for function in Function]))


class Area(models.Model):
    """One area at its newest version. The level columns repeat the beginning of the code for indexed reads.

    A retired area keeps its row, because cases name it; its code is never given again.
    """

    code = models.CharField(max_length=80, db_collation="C", primary_key=True)
    kind = models.CharField(max_length=12, choices=AREA_KINDS)
    parent_code = models.CharField(max_length=80, db_collation="C", null=True)
    name = models.CharField(max_length=120)
    placeholder = models.BooleanField(default=False)
    invented = models.BooleanField(_("invented"), default=False)
    district_code = models.CharField(max_length=80, db_collation="C", null=True)
    town_code = models.CharField(max_length=80, db_collation="C", null=True)
    community_code = models.CharField(max_length=80, db_collation="C", null=True)
    effective_from = models.DateTimeField()
    retired_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("area")
        verbose_name_plural = _("areas")
        indexes = [
            Index(fields=["district_code", "kind"], name="area_district_kind"),
            Index(fields=["parent_code"], name="area_parent"),
        ]
        constraints = [
            CheckConstraint(name="area_kind_known", condition=Q(kind__in=[kind.value for kind in AreaKind])),
            CheckConstraint(name="area_parent_differs", condition=~Q(parent_code=models.F("code"))),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class Boundary(models.Model):
    """The outline of one area: polygon or multipolygon as WKB in WGS 84, with its bounding box in degrees."""

    area_code = models.CharField(max_length=80, db_collation="C", primary_key=True)
    district_code = models.CharField(max_length=80, db_collation="C", null=True)
    shape = models.BinaryField()
    west = models.FloatField()
    south = models.FloatField()
    east = models.FloatField()
    north = models.FloatField()
    source = models.CharField(max_length=200)
    datum = models.CharField(_("datum it came in"), max_length=8)
    invented = models.BooleanField(_("invented"), default=False)
    effective_from = models.DateTimeField()

    class Meta:
        verbose_name = _("boundary")
        verbose_name_plural = _("boundaries")
        indexes = [Index(fields=["district_code"], name="boundary_district")]

    def __str__(self) -> str:
        return self.area_code


class District(models.Model):
    """A district that runs here. ``version`` grows with every change of its areas, boundaries, units or posts.

    Versions come from a sequence of the database, which a rollback doesn't turn back: a version number never stands
    for two different contents, so processes may cache by it.
    """

    code = models.CharField(max_length=80, db_collation="C", primary_key=True)
    short_code = models.CharField(max_length=6, unique=True, db_collation="C")
    name_zh = models.CharField(max_length=60)
    name_en = models.CharField(max_length=80)
    version = models.BigIntegerField()

    class Meta:
        verbose_name = _("district")
        verbose_name_plural = _("districts")

    def __str__(self) -> str:
        return f"{self.code} {self.name_zh}"


class Unit(models.Model):
    """A unit that can own a case. ``phone`` is the unit's duty line, never a person's."""

    id = models.CharField(max_length=80, db_collation="C", primary_key=True)
    district_code = models.CharField(max_length=80, db_collation="C")
    type = models.CharField(max_length=80, db_collation="C")
    area_code = models.CharField(max_length=80, db_collation="C")
    parent_id = models.CharField(max_length=80, db_collation="C", null=True)
    name_zh = models.CharField(max_length=120)
    name_en = models.CharField(max_length=160)
    functions = functions_field()
    phone = models.CharField(_("duty phone"), max_length=40, blank=True)
    hours = models.CharField(_("duty hours"), max_length=120, blank=True)
    company = models.BooleanField(default=False)
    invented = models.BooleanField(_("invented"), default=False)
    active = models.BooleanField(default=True)

    class Meta:
        verbose_name = _("unit")
        verbose_name_plural = _("units")
        indexes = [Index(fields=["district_code", "type"], name="unit_district_type")]
        constraints = [
            UniqueConstraint(fields=["district_code", "id"], name="unit_district_id"),
            known_functions("unit_functions_known"),
        ]

    def __str__(self) -> str:
        return self.id


class Post(models.Model):
    """A named function inside a unit; it holds the permissions, a person holds it."""

    id = models.CharField(max_length=80, db_collation="C", primary_key=True)
    district_code = models.CharField(max_length=80, db_collation="C")
    unit_id = models.CharField(max_length=80, db_collation="C")
    title_zh = models.CharField(max_length=60)
    title_en = models.CharField(max_length=80)
    functions = functions_field()
    deputy_id = models.CharField(max_length=80, db_collation="C", null=True)
    invented = models.BooleanField(_("invented"), default=False)
    active = models.BooleanField(default=True)

    class Meta:
        verbose_name = _("post")
        verbose_name_plural = _("posts")
        indexes = [
            Index(fields=["district_code", "unit_id"], name="post_unit"),
            Index(fields=["deputy_id"], name="post_deputy"),
        ]
        constraints = [
            UniqueConstraint(fields=["district_code", "id"], name="post_district_id"),
            known_functions("post_functions_known"),
        ]

    def __str__(self) -> str:
        return self.id


class Holding(models.Model):
    """A person holds a post from an instant until another (open: until ended). Rows are ended, not deleted."""

    id = models.UUIDField(primary_key=True, default=uuid_utils.compat.uuid7, editable=False)
    district_code = models.CharField(max_length=80, db_collation="C")
    user_id = models.CharField(max_length=80, db_collation="C")
    post_id = models.CharField(max_length=80, db_collation="C")
    held_from = models.DateTimeField()
    held_until = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("holding")
        verbose_name_plural = _("holdings")
        indexes = [
            Index(fields=["user_id"], name="holding_user"),
            Index(fields=["district_code", "post_id"], name="holding_post"),
        ]
        constraints = [
            UniqueConstraint(fields=["district_code", "id"], name="holding_district_id"),
            UniqueConstraint(
                fields=["district_code", "user_id", "post_id"],
                condition=Q(held_until__isnull=True),
                name="holding_open_once",
            ),
            CheckConstraint(
                name="holding_ends_after_start",
                condition=Q(held_until__isnull=True) | Q(held_until__gte=models.F("held_from")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} @ {self.post_id}"


class PastArea(models.Model):
    """An area as it was from one instant until another, kept when its row changed or was retired."""

    id = models.UUIDField(primary_key=True, default=uuid_utils.compat.uuid7, editable=False)
    district_code = models.CharField(max_length=80, db_collation="C", null=True)
    code = models.CharField(max_length=80, db_collation="C")
    kind = models.CharField(max_length=12, choices=AREA_KINDS)
    parent_code = models.CharField(max_length=80, db_collation="C", null=True)
    name = models.CharField(max_length=120)
    effective_from = models.DateTimeField()
    effective_until = models.DateTimeField()

    class Meta:
        verbose_name = _("former area")
        verbose_name_plural = _("former areas")
        indexes = [
            Index(fields=["code", "effective_until"], name="past_area_code"),
            Index(fields=["parent_code", "effective_until"], name="past_area_parent"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class PastBoundary(models.Model):
    """An outline as it was from one instant until another, as WKB in WGS 84."""

    id = models.UUIDField(primary_key=True, default=uuid_utils.compat.uuid7, editable=False)
    district_code = models.CharField(max_length=80, db_collation="C", null=True)
    area_code = models.CharField(max_length=80, db_collation="C")
    shape = models.BinaryField()
    source = models.CharField(max_length=200)
    datum = models.CharField(max_length=8)
    invented = models.BooleanField(_("invented"), default=False)
    effective_from = models.DateTimeField()
    effective_until = models.DateTimeField()

    class Meta:
        verbose_name = _("former boundary")
        verbose_name_plural = _("former boundaries")
        indexes = [Index(fields=["area_code", "effective_until"], name="past_boundary_code")]

    def __str__(self) -> str:
        return self.area_code


class AreaPlan(models.Model):
    """A plan of changes to the grids of one community, from the first draft until it is in force or withdrawn.

    ``based_on`` is a digest of the grids it was begun upon: a plan takes effect on these or not at all. Once it is in
    force, open cases are moved one by one; ``settled_at`` says when none was left.
    """

    DRAFT, SCHEDULED, IN_FORCE, WITHDRAWN = "draft", "scheduled", "in_force", "withdrawn"
    STATES = (DRAFT, SCHEDULED, IN_FORCE, WITHDRAWN)

    id = models.UUIDField(primary_key=True, default=uuid_utils.compat.uuid7, editable=False)
    district_code = models.CharField(max_length=80, db_collation="C")
    parent_code = models.CharField(max_length=80, db_collation="C")
    state = models.CharField(max_length=12, db_collation="C", default=DRAFT)
    based_on = models.CharField(max_length=64, db_collation="C")
    begun_by = models.CharField(max_length=80, db_collation="C")
    begun_at = models.DateTimeField()
    published_by = models.CharField(max_length=80, db_collation="C", default="")
    published_post = models.CharField(max_length=80, db_collation="C", default="")
    published_at = models.DateTimeField(null=True)
    effective_at = models.DateTimeField(null=True)
    took_effect_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    fault = models.CharField(max_length=40, db_collation="C", default="")

    class Meta:
        verbose_name = _("plan of grids")
        verbose_name_plural = _("plans of grids")
        indexes = [
            Index(fields=["district_code", "state", "effective_at"], name="area_plan_state"),
            Index(fields=["parent_code", "begun_at"], name="area_plan_parent"),
        ]
        constraints = [
            UniqueConstraint(fields=["district_code", "id"], name="area_plan_district_id"),
            UniqueConstraint(
                fields=["district_code", "parent_code"],
                condition=Q(state__in=["draft", "scheduled"]),
                name="area_plan_open_once",
            ),
            CheckConstraint(
                name="area_plan_state_known", condition=Q(state__in=["draft", "scheduled", "in_force", "withdrawn"])
            ),
        ]

    def __str__(self) -> str:
        return f"{self.parent_code} {self.state}"


class AreaPlanStep(models.Model):
    """One step of a plan: what was done, and all grids as they were then. The newest step is the plan as it is.

    ``grids`` is a list of objects with code, name, shape (WKB as hexadecimal, or null), retired, into and invented.
    Steps are added only: going back adds one with the older content.
    """

    id = models.UUIDField(primary_key=True, default=uuid_utils.compat.uuid7, editable=False)
    district_code = models.CharField(max_length=80, db_collation="C")
    plan_id = models.UUIDField()
    number = models.PositiveIntegerField()
    deed = models.CharField(max_length=16, db_collation="C")
    named = ArrayField(models.CharField(max_length=80, db_collation="C"), default=list)
    grids = models.JSONField()
    by = models.CharField(max_length=80, db_collation="C")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("step of a plan")
        verbose_name_plural = _("steps of a plan")
        constraints = [UniqueConstraint(fields=["district_code", "plan_id", "number"], name="area_plan_step_number")]

    def __str__(self) -> str:
        return f"{self.plan_id} {self.number}"


class Absence(models.Model):
    """A person is away for a time, so that the deputies of their posts stand in. No reason is asked for or kept."""

    id = models.UUIDField(primary_key=True, default=uuid_utils.compat.uuid7, editable=False)
    district_code = models.CharField(max_length=80, db_collation="C")
    user_id = models.CharField(max_length=80, db_collation="C")
    away_from = models.DateTimeField()
    away_until = models.DateTimeField()

    class Meta:
        verbose_name = _("absence")
        verbose_name_plural = _("absences")
        indexes = [Index(fields=["user_id", "away_until"], name="absence_user")]
        constraints = [
            UniqueConstraint(fields=["district_code", "id"], name="absence_district_id"),
            CheckConstraint(name="absence_ends_after_start", condition=Q(away_until__gte=models.F("away_from"))),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.away_from} - {self.away_until}"


class Duty(models.Model):
    """A post or a person is on duty for a unit from an instant until another. Rows are taken out, not deleted."""

    id = models.UUIDField(primary_key=True, default=uuid_utils.compat.uuid7, editable=False)
    district_code = models.CharField(max_length=80, db_collation="C")
    unit_id = models.CharField(max_length=80, db_collation="C")
    shift = models.CharField(_("shift"), max_length=40)
    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    post_id = models.CharField(max_length=80, db_collation="C", default="")
    user_id = models.CharField(max_length=80, db_collation="C", default="")
    deputy_id = models.CharField(max_length=80, db_collation="C", default="")
    removed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("duty")
        verbose_name_plural = _("duties")
        indexes = [
            Index(fields=["district_code", "unit_id", "begins_at"], name="duty_unit"),
            Index(fields=["district_code", "user_id", "begins_at"], name="duty_user"),
        ]
        constraints = [
            UniqueConstraint(fields=["district_code", "id"], name="duty_district_id"),
            UniqueConstraint(
                fields=["district_code", "unit_id", "begins_at", "ends_at", "post_id", "user_id"],
                condition=Q(removed_at__isnull=True),
                name="duty_once",
            ),
            CheckConstraint(name="duty_ends_after_start", condition=Q(ends_at__gt=models.F("begins_at"))),
            CheckConstraint(name="duty_has_one_who", condition=Q(post_id="") ^ Q(user_id="")),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.begins_at}"
