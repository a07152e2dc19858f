"""The sweep dies between any two of its statements, on a database of its own where everything is committed."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from linli.cases import replay
from linli.catalogue import actions as catalogue_actions
from linli.directory import actions as directory_actions
from linli.site.sweeping import sweep_once
from tests.rooms.conftest import DISTRICT, DIVISIONS, MONDAY, Place
from tests.rooms.site.test_sweeping import clock_acts, heal, many, poison, settle

Execute = Callable[[str, Any, bool, Mapping[str, Any]], Any]
NOT_ACCEPTED = {"reason": "outside_remit", "words": "不属于受理范围。", "right_channel": "court"}


@pytest.fixture(scope="module")
def district(own_database: None, tmp_path_factory: pytest.TempPathFactory) -> None:
    """The small district."""
    file: Path = tmp_path_factory.mktemp("crashes") / "divisions.csv"
    file.write_text(DIVISIONS, "utf-8")
    long_ago = MONDAY - timedelta(days=60)
    directory_actions.import_areas(file, now=long_ago)
    directory_actions.set_up_district(DISTRICT, now=long_ago)
    catalogue_actions.import_matters(None, now=long_ago)
    catalogue_actions.publish(by="test", at=long_ago)


@pytest.fixture
def place(district: None) -> Place:
    """The small district, its days going on from test to test."""
    return Place()


def latest_due(place: Place, *found: str) -> datetime:
    return max(clock.due for clock in (place.state(case).clock for case in found) if clock)


class Crash(BaseException):
    """The process dies here."""


class DiesAt:
    """Lets so many statements through and then dies, before or after the next one is carried out."""

    def __init__(self, statements: int, *, after: bool) -> None:
        self.left, self.after = statements, after

    def __call__(self, execute: Execute, statement: str, given: Any, many: bool, context: Mapping[str, Any]) -> Any:
        self.left -= 1
        if self.left >= 0:
            return execute(statement, given, many, context)
        if self.after:
            execute(statement, given, many, context)
        raise Crash


@pytest.mark.parametrize("after", [False, True])
def test_a_crash_between_any_two_statements_loses_and_doubles_no_act(place: Place, after: bool) -> None:
    """Each crash is followed by a sweep that lives; every case then has the acts it would have had without."""
    crashes = 0
    while True:
        expected = many(place, 2)
        poisoned = place.report("这一件出了错。").case
        place.now = latest_due(place, *expected, poisoned) + timedelta(minutes=1)
        poison(poisoned)
        try:
            with connection.execute_wrapper(DiesAt(crashes, after=after)):
                sweep_once(lambda: place.now)
        except Crash:
            crashes += 1
        else:
            crashes = -crashes
        connection.close()
        settle(place, batch=500)
        for case in expected:
            assert clock_acts(case) == ["expedite"], (crashes, clock_acts(case))
        heal(poisoned)
        place.later(minutes=10)  # the fault's first pause is over
        settle(place, batch=500)
        assert clock_acts(poisoned)[0] == "expedite"
        if crashes <= 0:
            break
        for case in (*expected, poisoned):  # out of the way of the next sweep
            place.act(case, "decline", **NOT_ACCEPTED)
    assert -crashes > 12, "the sweep of three cases says more statements than that"
    assert [found for found in replay.compare(DISTRICT) if found] == []
