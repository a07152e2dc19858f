"""The small district for callers of the API."""

import secrets
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.conf import settings as configured
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone
from psycopg import sql

from linli.catalogue import actions as catalogue_actions
from linli.directory import actions as directory_actions
from tests.rooms.conftest import DISTRICT, DIVISIONS, Place
from tests.rooms.site.calling import Caller, Hire, hire, use_database


@pytest.fixture(scope="module")
def small_district(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    """The small district of ``tests/rooms/conftest.py``, set up once for a module."""
    del django_db_setup
    file = tmp_path_factory.mktemp("small") / "divisions.csv"
    file.write_text(DIVISIONS, "utf-8")
    long_ago = timezone.now() - timedelta(days=60)
    with django_db_blocker.unblock(), transaction.atomic():
        directory_actions.import_areas(file, now=long_ago)
        directory_actions.set_up_district(DISTRICT, now=long_ago)
        catalogue_actions.import_matters(None, now=long_ago)
        catalogue_actions.publish(by="test", at=long_ago)
        yield
        transaction.set_rollback(True)


@pytest.fixture
def plain_site(settings: Any) -> None:
    """The site without collected files, and with passwords that cost nothing."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    files = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = settings.STORAGES | {"staticfiles": files}
    settings.WHITENOISE_AUTOREFRESH = settings.WHITENOISE_USE_FINDERS = True


@pytest.fixture
def district(small_district: None, db: None, plain_site: None) -> Place:
    """The small district, some hours ago by the real clock, which the API goes by; what a test does there is undone."""
    return Place(now=timezone.now() - timedelta(hours=6))


@pytest.fixture
def hired(district: Place) -> Hire:
    """Hires people of the small district."""

    def hired_(unit: str, *posts: str, language: str = "en") -> Caller:
        return hire(district, unit, posts, language=language)

    return hired_


@pytest.fixture
def stranger(plain_site: None) -> Caller:
    """Somebody without an account."""
    return Caller()


@pytest.fixture(scope="module")
def own_database(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """A migrated database for this module; it is dropped, because the ledger's rows can't be deleted."""
    name = f"linli_races_{secrets.token_hex(4)}"
    with django_db_blocker.unblock(), psycopg.connect(configured.DATABASE_OWNER_URL, autocommit=True) as server:
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        before = {key: connection.settings_dict[key] for key in ("NAME", "OPTIONS")}
        pool = {"min_size": 1, "max_size": 20, "timeout": 30}
        use_database(NAME=name, OPTIONS=before["OPTIONS"] | {"pool": pool})
        try:
            call_command("migrate", verbosity=0)
            yield
        finally:
            use_database(**before)
            server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
