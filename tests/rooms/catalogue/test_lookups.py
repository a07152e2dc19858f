"""A web server asks whether rules or directory changed once in a while, not several times in every request."""

from collections.abc import Iterator

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from linli.catalogue import queries as catalogue
from linli.directory import queries as directory
from linli.directory.actions.versions import grow
from tests.rooms.conftest import DISTRICT, Place


@pytest.fixture
def kept() -> Iterator[None]:
    directory.keep_lookups(seconds=3600)
    yield
    directory.keep_lookups(seconds=0)


def test_it_sees_a_change_at_once_where_nothing_is_kept(place: Place) -> None:
    before = catalogue.policy(DISTRICT).version
    grow([DISTRICT])
    assert catalogue.policy(DISTRICT).version != before


def test_it_asks_the_database_nothing_within_the_time_that_look_ups_are_kept(place: Place, kept: None) -> None:
    before = catalogue.policy(DISTRICT), directory.district(DISTRICT), directory.districts()
    with CaptureQueriesContext(connection) as said:
        assert (catalogue.policy(DISTRICT), directory.district(DISTRICT), directory.districts()) == before
    assert said.captured_queries == []


def test_it_sees_the_change_once_that_time_is_over(place: Place, kept: None) -> None:
    before = catalogue.policy(DISTRICT).version
    grow([DISTRICT])
    assert catalogue.policy(DISTRICT).version == before
    directory.keep_lookups(seconds=0)
    assert catalogue.policy(DISTRICT).version != before
