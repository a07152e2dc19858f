"""``linli check --deploy``: each thing that keeps a site from going live is found, and said with its remedy."""

from collections.abc import Iterator
from typing import Any

import pytest
from click.testing import CliRunner, Result
from django.conf import settings as configured
from django.db import connection
from psycopg.conninfo import conninfo_to_dict

from linli.site import checks, grants
from linli.site.checks import role_of
from linli.site.cli.check import check
from tests.rooms.site.calling import use_database

KEYS = [bytes(range(number, number + 32)) for number in (0, 40, 80)]


@pytest.fixture(scope="module")
def granted(own_database: None) -> None:
    """A migrated database of its own, with the grants that ``linli migrate`` gives."""
    if role_of(configured.DATABASE_URL) == role_of(configured.DATABASE_OWNER_URL):
        pytest.skip("DATABASE_URL and DATABASE_OWNER_URL name one role, so there is nothing to tell apart")
    grants.apply()


@pytest.fixture
def as_site(granted: None) -> Iterator[None]:
    """Connections with the role that the site runs with."""
    before = {key: connection.settings_dict[key] for key in ("USER", "PASSWORD")}
    url = conninfo_to_dict(configured.DATABASE_URL)
    use_database(USER=url["user"], PASSWORD=url.get("password") or "")
    yield
    use_database(**before)


@pytest.fixture
def live(settings: Any) -> Any:
    """Settings of a site that is fit to go live."""
    settings.DEBUG, settings.EMBEDDED = False, False
    settings.ALLOWED_HOSTS = ["linli.example"]
    settings.SECRET_KEY, settings.CODE_KEY, settings.VAULT_KEYS = KEYS[0].hex(), KEYS[1], {"v1": KEYS[2]}
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_HSTS_SECONDS = 31_536_000
    settings.DATABASE_URL, settings.DATABASE_OWNER_URL = "postgresql://app@/linli", "postgresql://owner@/linli"
    return settings


def run() -> Result:
    return CliRunner().invoke(check, ["--deploy"])


@pytest.mark.usefixtures("as_site", "live")
def test_it_passes_a_site_that_is_fit() -> None:
    result = run()
    assert (result.exit_code, result.output) == (0, "Fit to go live.\n")


FAULTS: dict[str, tuple[dict[str, Any], str, str]] = {
    "debugging": ({"DEBUG": True}, "security.W018", "LINLI_DEBUG=false"),
    "no HTTPS": ({"SECURE_SSL_REDIRECT": False}, "security.W008", "LINLI_HTTPS=true"),
    "cookies over HTTP": ({"SESSION_COOKIE_SECURE": False}, "security.W012", "LINLI_HTTPS=true"),
    "no host": ({"ALLOWED_HOSTS": []}, "security.W020", "LINLI_HOSTS"),
    "a weak secret": ({"SECRET_KEY": "00" * 32}, "security.W009", "LINLI_SECRET_KEY"),
    "one role": ({"DATABASE_OWNER_URL": "postgresql://app@/linli"}, "linli.E002", "Make two roles"),
    "the embedded database": ({"EMBEDDED": True}, "linli.E003", "DATABASE_URL"),
    "one key for two things": ({"CODE_KEY": KEYS[0]}, "linli.E004", "secrets.token_hex"),
    "a key that is no chance": ({"VAULT_KEYS": {"v1": b"\0" * 32}}, "linli.E004", "secrets.token_hex"),
}


@pytest.mark.usefixtures("as_site")
@pytest.mark.parametrize(("change", "number", "remedy"), FAULTS.values(), ids=list(FAULTS))
def test_it_fails_over_a_setting(live: Any, change: dict[str, Any], number: str, remedy: str) -> None:
    for name, value in change.items():
        setattr(live, name, value)
    result = run()
    assert result.exit_code == 1
    assert number in result.output
    assert remedy in result.output


def test_it_lets_a_laptop_have_the_embedded_database(live: Any) -> None:
    live.EMBEDDED, live.ALLOWED_HOSTS = True, ["localhost", "127.0.0.1"]
    assert checks.check_database_is_a_server() == []


@pytest.mark.usefixtures("live", "granted")
def test_it_fails_where_the_site_connects_as_the_owner() -> None:
    result = run()
    assert result.exit_code == 1
    assert "linli.E005" in result.output
    assert "may act as its owner" in result.output


@pytest.mark.parametrize("right", ["UPDATE", "DELETE", "TRUNCATE", "UPDATE (payload)"])
def test_it_fails_where_the_site_may_change_the_ledger(granted: None, right: str) -> None:
    name = role_of(configured.DATABASE_URL)
    with connection.cursor() as cursor:
        cursor.execute(f"GRANT {right} ON ledger_entry TO {name}")
    try:
        assert _holes(name) == [f"{name} may {right.partition(' ')[0]}"]
    finally:
        grants.apply()
        with connection.cursor() as cursor:
            cursor.execute(f"REVOKE {right} ON ledger_entry FROM {name}")
    assert _holes(name) == []


def _holes(name: str) -> list[str]:
    """What the check finds when the site's role is connected."""
    before = {key: connection.settings_dict[key] for key in ("USER", "PASSWORD")}
    url = conninfo_to_dict(configured.DATABASE_URL)
    assert url["user"] == name
    use_database(USER=name, PASSWORD=url.get("password") or "")
    try:
        return checks.holes_in_the_ledger(connection)
    finally:
        use_database(**before)


@pytest.mark.parametrize("trigger", ["ledger_no_change", "ledger_no_truncate"])
def test_it_fails_where_a_guard_of_the_ledger_is_off(granted: None, trigger: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE ledger_entry DISABLE TRIGGER {trigger}")
    try:
        assert f"trigger {trigger} is off" in checks.holes_in_the_ledger(connection)
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE ledger_entry ENABLE TRIGGER {trigger}")


def test_it_says_that_nothing_was_migrated(granted: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET search_path TO pg_catalog")
    try:
        assert checks.holes_in_the_ledger(connection) == ["its table is missing"]
    finally:
        connection.close()
