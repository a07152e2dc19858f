"""Makes, and drops, what the suite needs on the machine's own PostgreSQL: two roles and a database.

database.py create    prints shell lines that point the suite there, or nothing when no server lets us in
database.py drop      removes database and roles again
"""

import secrets
import sys

import psycopg
from psycopg import sql

ADDRESS = "host=127.0.0.1 port=5432 dbname=postgres connect_timeout=5"
DATABASE, TEST_DATABASE, OWNER, APP = "linli_ci", "linli_ci_test", "linli_ci_owner", "linli_ci_app"
KEYS = ("LINLI_SECRET_KEY", "LINLI_VAULT_KEY", "LINLI_CODE_KEY")


def administrator() -> psycopg.Connection | None:
    """A connection that may make roles, without a password; None when no server gives one."""
    for user in ("postgres", "root"):
        try:
            connection = psycopg.connect(f"{ADDRESS} user={user}", autocommit=True)
        except psycopg.OperationalError:
            continue
        if connection.info.parameter_status("is_superuser") == "on":
            return connection
        connection.close()
    return None


def create(server: psycopg.Connection) -> None:
    """Makes everything afresh and prints the environment of a suite that uses it."""
    drop(server)
    password = secrets.token_urlsafe(18)
    for role, rights in ((OWNER, "CREATEDB"), (APP, "")):
        statement = sql.SQL("CREATE ROLE {} LOGIN {} PASSWORD {}")
        server.execute(statement.format(sql.Identifier(role), sql.SQL(rights), sql.Literal(password)))
    server.execute(
        sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0 ENCODING 'UTF8'").format(
            sql.Identifier(DATABASE), sql.Identifier(OWNER)
        )
    )
    place = f"127.0.0.1:5432/{DATABASE}"
    settings = {
        "DATABASE_URL": f"postgresql://{APP}:{password}@{place}",
        "DATABASE_OWNER_URL": f"postgresql://{OWNER}:{password}@{place}",
        "LINLI_TEST_DATABASE": TEST_DATABASE,
        "LINLI_CI_VERSION": str(server.info.server_version // 10_000),
        **{name: secrets.token_hex(32) for name in KEYS},
    }
    for name, value in settings.items():
        print(f"export {name}={value}")


def drop(server: psycopg.Connection) -> None:
    """Removes what an earlier run left."""
    for database in (DATABASE, TEST_DATABASE):
        server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database)))
    for role in (APP, OWNER):
        server.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(role)))


def main() -> None:
    """Does what the argument says."""
    server = administrator()
    if server is None:
        return
    with server:
        {"create": create, "drop": drop}[sys.argv[1]](server)


main()
