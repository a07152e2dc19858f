"""System checks of the site. Each has a number that stays, and a hint that says what to do."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections
from psycopg.conninfo import conninfo_to_dict

OLDEST = 15
"""The oldest PostgreSQL: the first whose schema ``public`` nobody may write to without a grant."""


@register(Tags.database)
def check_postgres_version(*, databases: Sequence[str] | None = None, **unused: Any) -> list[CheckMessage]:
    """``linli.E001``: the database server is too old. Runs where a command names the databases that it uses."""
    del unused
    return [fault for alias in databases or () for fault in too_old(connections[alias].pg_version)]  # type: ignore[attr-defined]


def too_old(version: int) -> list[CheckMessage]:
    """The finding for a server's version number (as PostgreSQL counts: 150019 is 15.19)."""
    if version >= OLDEST * 10_000:
        return []
    return [
        Error(
            f"The database is PostgreSQL {version // 10_000}.{version % 10_000}, but Linli needs {OLDEST} or newer.",
            hint="Upgrade the server, or unset DATABASE_URL to use the one that comes with Linli.",
            id="linli.E001",
        )
    ]


@register(Tags.security, deploy=True)
def check_roles_differ(**unused: Any) -> list[CheckMessage]:
    """``linli.E002``: the site runs with the role that owns the tables, so nothing but triggers guards the ledger."""
    del unused
    if role_of(settings.DATABASE_URL) != role_of(settings.DATABASE_OWNER_URL):
        return []
    return [
        Error(
            "The site would run with the database role that owns its tables, so it could rewrite the ledger.",
            hint="Make two roles. Give the owner's address in DATABASE_OWNER_URL (used by `linli migrate` only) and "
            "the other's in DATABASE_URL.",
            id="linli.E002",
        )
    ]


def role_of(url: str) -> str:
    """The role that an address of a database names; empty when it names none."""
    return str(conninfo_to_dict(url).get("user") or "")
