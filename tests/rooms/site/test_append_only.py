"""The ledger is append-only: the role that runs may not change it, and even the role that owns it is refused."""

import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.core.checks import run_checks
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.errors import InsufficientPrivilege

from linli.site import checks, embedded
from linli.site.embedded import Server

ENTRY = (
    "INSERT INTO ledger_entry (district_id, stream_kind, stream_id, seq, type, version, payload, actor, post, policy, "
    "at, previous, hash) VALUES ('500118', 'case', gen_random_uuid(), 1, 'case.opened', 1, '{}', 'somebody', '', "
    "'1.1', now(), '\\x00', '\\x00')"
)
CHANGES = (
    "UPDATE ledger_entry SET payload = 'other'",
    "DELETE FROM ledger_entry",
    "TRUNCATE ledger_entry",
    "TRUNCATE ledger_entry CASCADE",
    "INSERT INTO ledger_entry SELECT * FROM ledger_entry ON CONFLICT (district_id, stream_kind, stream_id, seq) "
    "DO UPDATE SET payload = 'other'",
)


@pytest.fixture(scope="module")
def migrated() -> Iterator[Server]:
    """A database of its own that ``linli migrate`` made, with two roles, on the server that the tests run on."""
    if settings.EMBEDDED:
        yield from _embedded()
    elif checks.role_of(settings.DATABASE_URL) == checks.role_of(settings.DATABASE_OWNER_URL):
        pytest.skip("DATABASE_URL and DATABASE_OWNER_URL name one role, so there is nothing to tell apart")
    else:
        yield from _beside()


def _embedded() -> Iterator[Server]:
    folder = Path(tempfile.mkdtemp(prefix="linli-"))
    folder.chmod(0o755)
    try:
        _migrate(LINLI_DATA=str(folder / "data"))
        yield embedded.ensure(folder / "data")
    finally:
        embedded.stop(folder / "data")
        shutil.rmtree(folder, ignore_errors=True)


def _beside() -> Iterator[Server]:
    name = f"linli_append_only_{secrets.token_hex(4)}"
    known = (settings.DATABASE_URL, settings.DATABASE_OWNER_URL)
    urls = [make_conninfo(**conninfo_to_dict(url) | {"dbname": name}) for url in known]
    owner = sql.Identifier(checks.role_of(settings.DATABASE_OWNER_URL))
    with psycopg.connect(settings.DATABASE_OWNER_URL, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(name), owner))
        try:
            _migrate(DATABASE_URL=urls[0], DATABASE_OWNER_URL=urls[1])
            yield Server(*urls)
        finally:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _migrate(**where: str) -> None:
    left_out = ("LINLI_AS_OWNER",)
    environment = {name: value for name, value in os.environ.items() if name not in left_out} | where
    done = subprocess.run(
        [sys.executable, "-m", "linli", "migrate"], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def entries(server: Server) -> list[str]:
    with psycopg.connect(server.app_url) as connection:
        return [payload for (payload,) in connection.execute("SELECT payload FROM ledger_entry")]


def attempt(url: str, statement: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute(statement.encode())


@pytest.fixture
def written(migrated: Server) -> Server:
    """The ledger with one more entry in it."""
    with psycopg.connect(migrated.app_url) as connection:
        connection.execute(ENTRY)
    return migrated


@pytest.mark.parametrize("change", CHANGES)
def test_it_gives_the_running_role_no_way_to_change_an_entry(written: Server, change: str) -> None:
    before = entries(written)
    with pytest.raises(InsufficientPrivilege, match="permission denied"):
        attempt(written.app_url, change)
    assert entries(written) == before


@pytest.mark.parametrize("change", CHANGES)
def test_it_refuses_the_owner_too(written: Server, change: str) -> None:
    before = entries(written)
    with pytest.raises(InsufficientPrivilege, match="the ledger is append-only"):
        attempt(written.owner_url, change)
    assert entries(written) == before


@pytest.mark.parametrize(
    "change",
    [
        "ALTER TABLE ledger_entry DISABLE TRIGGER ALL",
        "DROP TRIGGER ledger_no_change ON ledger_entry",
        "DROP TABLE ledger_entry",
        "CREATE OR REPLACE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
        "SET session_replication_role = replica",
        "CREATE TABLE beside (number int)",
    ],
)
def test_it_gives_the_running_role_no_way_around(written: Server, change: str) -> None:
    with pytest.raises(InsufficientPrivilege):
        attempt(written.app_url, change)


def test_it_lets_the_running_role_do_its_work(written: Server) -> None:
    with psycopg.connect(written.app_url) as connection:
        row = connection.execute("INSERT INTO django_session VALUES ('k', 'd', now()) RETURNING session_key").fetchone()
        assert row == ("k",)
        connection.execute("DELETE FROM django_session")


def test_it_migrates_twice_without_harm(migrated: Server) -> None:
    before = entries(migrated)
    where = {"DATABASE_URL": migrated.app_url, "DATABASE_OWNER_URL": migrated.owner_url}
    keys = {name: "00" * 32 for name in ("LINLI_SECRET_KEY", "LINLI_VAULT_KEY", "LINLI_CODE_KEY")}
    _migrate(**where, **keys)
    assert entries(migrated) == before


# --- system checks


@pytest.mark.parametrize(("version", "said"), [(140_011, ["linli.E001"]), (150_000, []), (150_019, []), (180_004, [])])
def test_it_refuses_a_server_older_than_15(version: int, said: list[str]) -> None:
    found = checks.too_old(version)
    assert [fault.id for fault in found] == said
    assert all("DATABASE_URL" in str(fault.hint) for fault in found)


@pytest.mark.django_db
def test_it_accepts_the_server_that_the_tests_run_on() -> None:
    assert [
        fault for fault in run_checks(tags=["database"], databases=["default"]) if (fault.id or "").startswith("linli")
    ] == []


def test_it_tells_before_going_live_that_both_roles_are_one(settings: object) -> None:
    settings.DATABASE_URL = settings.DATABASE_OWNER_URL = "postgresql://one@/linli"  # type: ignore[attr-defined]
    found = run_checks(tags=["security"], include_deployment_checks=True)
    assert [str(fault.hint) for fault in found if fault.id == "linli.E002"] != []
    settings.DATABASE_URL = "postgresql://other@/linli"  # type: ignore[attr-defined]
    assert [
        fault for fault in run_checks(tags=["security"], include_deployment_checks=True) if fault.id == "linli.E002"
    ] == []
