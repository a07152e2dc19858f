"""Wiring of the tests that need Django: the embedded server, or the one that DATABASE_URL names."""

from pathlib import Path

import pytest
from hypothesis import settings as hypothesis_settings

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
def shared_data() -> Path:
    """The folder of real input; tests that need it are skipped where it is absent."""
    from django.conf import settings

    if not settings.SHARED_DATA.is_dir():
        pytest.skip("the real data is not here: set LINLI_SHARED_DATA to its folder")
    return settings.SHARED_DATA
