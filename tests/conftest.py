"""Wiring of the tests that need Django: the embedded server, or the one that DATABASE_URL names."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings as hypothesis_settings
from pytest_django.plugin import DjangoDbBlocker

hypothesis_settings.register_profile("linli", deadline=None)  # a busy machine is no fault of ours
hypothesis_settings.load_profile("linli")


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> None:
    """Starts the embedded server before the first test that needs a database."""
    from django.conf import settings

    from linli.site import embedded

    if settings.EMBEDDED:
        embedded.ensure(settings.DATA)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Ends what a server or a process of a test left connected, so that the database can be dropped."""
    yield
    from django.db import connection

    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid() AND usename = current_user"
        )


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real input; tests that need it are skipped where it is absent."""
    from django.conf import settings

    if not settings.SHARED_DATA.is_dir():
        pytest.skip("the real data is not here: set LINLI_SHARED_DATA to its folder")
    return settings.SHARED_DATA
