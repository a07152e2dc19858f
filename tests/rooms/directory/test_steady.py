"""Within a steady period the directory is read once and stays as it was; outside of one every change is seen."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from linli.directory import actions, queries

Write = Callable[..., Path]


@pytest.fixture
def district(db: None, write: Write, now: datetime, small_rows: list[str]) -> str:
    actions.import_areas(write(small_rows), now=now)
    actions.set_up_district("500118", now=now)
    return "500118"


def test_pins_and_territory_cost_no_query_after_the_first(district: str) -> None:
    with queries.steady():
        queries.territory(district), queries.judge_point(105.9, 29.3, district), queries.locate(105.9, 29.3, district)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            (
                queries.territory(district),
                queries.judge_point(105.9, 29.3, district),
                queries.locate(105.9, 29.3, district),
            )
    assert len(asked) == 0


def test_a_change_is_seen_in_the_next_period_and_outside_of_one(
    district: str, write: Write, now: datetime, small_rows: list[str]
) -> None:
    with queries.steady():
        before = queries.territory(district)
        actions.import_areas(write([*small_rows, "500118119,500118,4,新镇"]), now=now)
        assert queries.territory(district) is before
    with queries.steady():
        assert "500118119" in queries.territory(district).areas
    assert "500118119" in queries.territory(district).areas
