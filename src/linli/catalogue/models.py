"""Rows of the catalogue. What is published is frozen: triggers refuse to change it (see the migration)."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

DRAFT, PUBLISHED = "draft", "published"
CHANGES = ("edited", "added", "retired", "restored", "undone", "imported", "copied")
"""What may happen to a draft; ``copied`` begins it from an older version."""
STATES = [(DRAFT, _("draft")), (PUBLISHED, _("published"))]


class CatalogueVersion(models.Model):
    """One version of the list of matters. There is at most one draft.

    ``base`` is the version that the draft was copied from (0: none), ``source`` the file that it came from, empty where
    it was made on the page. ``revision`` counts the changes of the draft; whoever proposes it for publication stands
    by exactly that revision, so a later change takes the proposal back.
    """

    number = models.BigIntegerField(primary_key=True)
    state = models.CharField(max_length=10, choices=STATES, default=DRAFT)
    base = models.BigIntegerField(default=0)
    source = models.CharField(max_length=200, blank=True)
    revision = models.PositiveIntegerField(default=0)
    proposed_at = models.DateTimeField(null=True)
    proposed_by = models.CharField(max_length=80, blank=True)
    note = models.TextField(blank=True)
    made_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)
    published_by = models.CharField(max_length=80, blank=True)

    class Meta:
        verbose_name = _("catalogue version")
        verbose_name_plural = _("catalogue versions")
        constraints: ClassVar = [
            CheckConstraint(name="catalogue_state_known", condition=Q(state__in=[DRAFT, PUBLISHED])),
            UniqueConstraint(fields=["state"], condition=Q(state=DRAFT), name="catalogue_one_draft"),
        ]

    def __str__(self) -> str:
        return f"{self.number} ({self.state})"


class Matter(models.Model):
    """One matter in one version of the catalogue; columns as in ``matters.csv``. ``id`` is ``VERSION.CODE``.

    ``questions`` is a document as :func:`linli.core.asked.read` reads it.
    """

    id = models.CharField(primary_key=True, max_length=40, db_collation="C")
    catalogue_number = models.BigIntegerField()
    code = models.CharField(max_length=12, db_collation="C")
    wave = models.PositiveSmallIntegerField()
    platform = models.CharField(max_length=2)
    domain = models.CharField(max_length=40)
    name_zh = models.CharField(max_length=120)
    name_en = models.CharField(max_length=200)
    case_kinds = ArrayField(models.CharField(max_length=20))
    normal_level = models.CharField(max_length=12)
    lead_unit_type = models.CharField(max_length=40)
    co_unit_types = ArrayField(models.CharField(max_length=40))
    urgency_default = models.CharField(max_length=10)
    accept_limit = models.CharField(max_length=12)
    handle_limit = models.CharField(max_length=12)
    limit_source = models.CharField(max_length=20)
    legal_basis = models.CharField(max_length=300, blank=True)
    label = models.CharField(max_length=40, blank=True)
    sensitivity = models.CharField(max_length=10)
    guards = ArrayField(models.CharField(max_length=30))
    notes = models.TextField(blank=True)
    retired = models.BooleanField(default=False)
    questions = models.JSONField(default=list, blank=True)

    class Meta:
        verbose_name = _("matter")
        verbose_name_plural = _("matters")
        constraints: ClassVar = [UniqueConstraint(fields=["catalogue_number", "code"], name="matter_once_a_version")]

    def __str__(self) -> str:
        return self.id


class DraftChange(models.Model):
    """One change of a draft: who changed which matter, how and when. ``id`` is ``VERSION.REVISION``.

    ``what`` is one of :data:`CHANGES`; ``code`` is empty where it concerns the draft as a whole. Rows are only added.
    """

    id = models.CharField(primary_key=True, max_length=40, db_collation="C")
    catalogue_number = models.BigIntegerField()
    revision = models.PositiveIntegerField()
    code = models.CharField(max_length=12, db_collation="C", blank=True)
    what = models.CharField(max_length=12)
    by = models.CharField(max_length=80)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("change of a draft")
        verbose_name_plural = _("changes of drafts")
        constraints: ClassVar = [
            UniqueConstraint(fields=["catalogue_number", "revision"], name="draft_change_in_order"),
            CheckConstraint(name="draft_change_known", condition=Q(what__in=CHANGES)),
        ]

    def __str__(self) -> str:
        return self.id


class ProcedureVersion(models.Model):
    """One version of a procedure document. ``id`` is ``NAME.VERSION``."""

    id = models.CharField(primary_key=True, max_length=60, db_collation="C")
    name = models.CharField(max_length=40)
    version = models.PositiveIntegerField()
    document = models.JSONField()
    state = models.CharField(max_length=10, choices=STATES, default=DRAFT)
    made_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("procedure version")
        verbose_name_plural = _("procedure versions")
        constraints: ClassVar = [UniqueConstraint(fields=["name", "version"], name="procedure_once_a_version")]

    def __str__(self) -> str:
        return self.id


class PolicyVersion(models.Model):
    """One publication: which catalogue and procedures, with limits, settings, calendar and rule tables in ``document``.

    Rows are only ever added; the one with the greatest number is in force. ``note`` says why it was published;
    ``proposed_by`` is who asked for it, where a second person put it in force.
    """

    number = models.BigIntegerField(primary_key=True)
    catalogue_number = models.BigIntegerField()
    document = models.JSONField()
    published_at = models.DateTimeField()
    published_by = models.CharField(max_length=80)
    proposed_by = models.CharField(max_length=80, blank=True)
    note = models.TextField(blank=True)

    class Meta:
        verbose_name = _("policy version")
        verbose_name_plural = _("policy versions")

    def __str__(self) -> str:
        return str(self.number)
