"""What the application role may do: everything on ordinary tables, only INSERT and SELECT on the ledger."""

from django.conf import settings
from django.db import connection, transaction
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

APPEND_ONLY = ("ledger_entry",)


def application_role() -> str:
    """The name of the role that the running site uses."""
    return str(conninfo_to_dict(settings.DATABASE_URL).get("user") or "")


def apply() -> None:
    """Grants the application role its rights; needs the owner's connection. Repeating it is harmless."""
    role = application_role()
    owner = str(conninfo_to_dict(settings.DATABASE_OWNER_URL).get("user") or "")
    if not role or role == owner:
        return
    name = sql.Identifier(role)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(name))
        cursor.execute(
            sql.SQL("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {}").format(name)
        )
        cursor.execute(sql.SQL("GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {}").format(name))
        for table in APPEND_ONLY:
            cursor.execute(sql.SQL("REVOKE UPDATE, DELETE, TRUNCATE ON {} FROM {}").format(sql.Identifier(table), name))
