"""System checks of the site. Each has a number that stays, and a hint that says what to do."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg.conninfo import conninfo_to_dict

OLDEST = 15
"""The oldest PostgreSQL: the first whose schema ``public`` nobody may write to without a grant."""
LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]"})
DISTINCT_BYTES = 16
"""Of 32 random bytes fewer are different about once in 10^16 keys."""


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


@register(Tags.security, deploy=True)
def check_database_is_a_server(**unused: Any) -> list[CheckMessage]:
    """``linli.E003``: a site that others reach runs on the embedded database."""
    del unused
    public = [host for host in settings.ALLOWED_HOSTS if host not in LOOPBACK]
    if not settings.EMBEDDED or not public:
        return []
    return [
        Error(
            f"The site is served as {', '.join(public)} from the embedded database, which is made for one machine.",
            hint="Name a PostgreSQL server in DATABASE_URL and DATABASE_OWNER_URL, with back-ups of its own.",
            id="linli.E003",
        )
    ]


@register(Tags.security, deploy=True)
def check_keys_differ(**unused: Any) -> list[CheckMessage]:
    """``linli.E004``: two secrets are one, or a secret is no random bytes."""
    del unused
    keys = [bytes.fromhex(settings.SECRET_KEY), settings.CODE_KEY, *settings.VAULT_KEYS.values()]
    if len(set(keys)) == len(keys) and all(len(set(key)) >= DISTINCT_BYTES for key in keys):
        return []
    return [
        Error(
            "LINLI_SECRET_KEY, LINLI_VAULT_KEY and LINLI_CODE_KEY are not three random keys.",
            hint="Make each with: python3 -c 'import secrets; print(secrets.token_hex(32))'. Keep the vault's old key "
            "until everything is wrapped anew: what it wraps is lost without it.",
            id="linli.E004",
        )
    ]


@register(Tags.database, deploy=True)
def check_ledger_is_guarded(*, databases: Sequence[str] | None = None, **unused: Any) -> list[CheckMessage]:
    """``linli.E005``: the role that the site runs with could change the ledger, or nothing would stop it."""
    del unused
    holes = [hole for alias in databases or () for hole in holes_in_the_ledger(connections[alias])]
    if not holes:
        return []
    return [
        Error(
            f"The ledger is not append-only for the site: {', '.join(holes)}.",
            hint="Run `linli migrate` with the owner's address in DATABASE_OWNER_URL: it gives DATABASE_URL's role "
            "INSERT and SELECT there and no more. That role must be neither owner nor superuser.",
            id="linli.E005",
        )
    ]


def holes_in_the_ledger(connection: BaseDatabaseWrapper) -> list[str]:
    """By what the connected role could change entries: rights, ownership, or a trigger that is off."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('ledger_entry') IS NOT NULL")
        if not cursor.fetchone()[0]:
            return ["its table is missing"]
        cursor.execute(_RIGHTS)
        holes = [f"{current} may {right}" for current, right, held in cursor.fetchall() if held]
        cursor.execute(_TRIGGERS)
        return holes + [f"trigger {name} is off" for (name,) in cursor.fetchall()]


def role_of(url: str) -> str:
    """The role that an address of a database names; empty when it names none."""
    return str(conninfo_to_dict(url).get("user") or "")


_RIGHTS = """
SELECT current_user, right_, has_table_privilege(current_user, 'ledger_entry', right_)
FROM unnest(ARRAY['DELETE', 'TRUNCATE', 'TRIGGER']) AS right_
UNION ALL SELECT current_user, 'UPDATE', has_any_column_privilege(current_user, 'ledger_entry', 'UPDATE')
UNION ALL SELECT current_user, 'act as its owner', pg_has_role(current_user, relowner, 'MEMBER')
FROM pg_class WHERE oid = 'ledger_entry'::regclass
"""
_TRIGGERS = """
SELECT wanted FROM unnest(ARRAY['ledger_no_change', 'ledger_no_truncate']) AS wanted WHERE NOT EXISTS (
    SELECT 1 FROM pg_trigger WHERE tgrelid = 'ledger_entry'::regclass AND tgname = wanted AND tgenabled IN ('O', 'A')
)
"""
