"""Rows of accounts. A user's id is the opaque actor id of the ledger."""

import uuid
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from uuid_utils.compat import uuid7


def new_id() -> uuid.UUID:
    """A fresh, time-ordered id."""
    return uuid7()


class User(AbstractBaseUser):
    """Somebody who can log in. Rights come from posts, never from flags on a user.

    ``one_time_until`` is there while the password was given by somebody else: until then it opens only the page on
    which it is changed, and nothing afterwards.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    username = models.CharField(max_length=80, unique=True)
    display_name = models.CharField(max_length=80)
    language = models.CharField(max_length=10, default="zh-hans")
    is_active = models.BooleanField(default=True)
    invented = models.BooleanField(default=False)
    one_time_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = BaseUserManager["User"]()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = []


class ApiToken(models.Model):
    """A bearer token of a user for the API: only its SHA-256 is kept, it expires, and it can be revoked."""

    token_hash = models.CharField(max_length=64, primary_key=True, db_collation="C")
    user = models.ForeignKey(User, on_delete=models.CASCADE)
    name = models.CharField(max_length=80)
    expires_at = models.DateTimeField()
    created_at = models.DateTimeField()


class SavedFilter(models.Model):
    """A work list that a user comes back to: its name, and the address's known parts. Deleted with the user."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE)
    name = models.CharField(max_length=40)
    query = models.CharField(max_length=300, db_collation="C")
    position = models.PositiveIntegerField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["user", "name"], name="filter_name_once")]
        indexes: ClassVar = [models.Index(fields=["user", "position"], name="filter_in_order")]
