"""Columns that tables of every room have."""

from typing import Any

from django.db import models


def code_field(max_length: int = 120, **options: Any) -> "models.CharField[str, str]":
    """A code or id, as long as that of a post may be: compared byte by byte."""
    return models.CharField(max_length=max_length, db_collation="C", **options)
