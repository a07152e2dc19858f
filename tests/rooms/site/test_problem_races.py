"""One problem sent twice at once, on real connections to a database of its own where everything is committed."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from django.utils import timezone
from uuid_utils.compat import uuid7

from linli.catalogue import actions as catalogue_actions
from linli.core import supervising
from linli.core.supervising import Ground
from linli.directory import actions as directory_actions
from linli.ledger import queries as ledger
from linli.supervision import actions, queries
from linli.supervision.models import Problem
from tests.rooms.conftest import DISTRICT, DIVISIONS, Place
from tests.rooms.supervision.test_problems import CENTRE, SANITATION, by

TWICE = 2


@pytest.fixture
def place(own_database: None, tmp_path: Path) -> Place:
    """The small district, committed."""
    del own_database
    file = tmp_path / "divisions.csv"
    file.write_text(DIVISIONS, "utf-8")
    long_ago = timezone.now() - timedelta(days=60)
    directory_actions.import_areas(file, now=long_ago)
    directory_actions.set_up_district(DISTRICT, now=long_ago)
    catalogue_actions.import_matters(None, now=long_ago)
    catalogue_actions.publish(by="test", at=long_ago)
    return Place(now=timezone.now() - timedelta(hours=6))


def test_sent_twice_at_once_it_is_one_problem(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    looked = threading.Barrier(TWICE)

    def stands_over(*given: Any) -> bool:
        looked.wait(timeout=60)  # nobody writes before both have looked for the key, so that the race is certain
        return supervising.stands_over(*given)

    monkeypatch.setattr("linli.supervision.actions.problems.stands_over", stands_over)
    key, writing = str(uuid7()), by(place)
    due_on = place.policy.calendar.local(place.now).date() + timedelta(days=30)

    def send(_nth: int) -> str:
        try:
            return actions.raise_problem(
                writing, key, supervisor=CENTRE, owner=SANITATION, ground=Ground.DUTY, title="夜间清运",
                words="夜间无人清运。", due_on=due_on,
            )  # fmt: skip
        finally:
            connections.close_all()

    with ThreadPoolExecutor(TWICE) as pool:
        assert list(pool.map(send, range(TWICE))) == [key, key]
    assert Problem.objects.filter(id=key).count() == 1
    assert [entry.what for entry in queries.problem_history(DISTRICT, key)] == ["raised"]
    assert not any(isinstance(found, ledger.Fault) for found in ledger.verify(DISTRICT))
