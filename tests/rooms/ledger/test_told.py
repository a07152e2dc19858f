"""What the relay tells: once a batch, in the order of commits, and never a gap that a reader could overlook."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

import pytest

from linli.ledger import actions, queries
from linli.ledger.actions import KEPT
from linli.ledger.relay import News, relay_batch
from tests.rooms.conftest import DISTRICT, Place

NOON = datetime(2026, 11, 16, 4, 0, tzinfo=UTC)
CASE = "01890000-0000-7000-8000-00000000000{}"


def announce(*moved: tuple[int, int], district: str = DISTRICT, at: datetime = NOON) -> int:
    """Tells of cases by number; the new cursor."""
    actions.announce({(district, "case"): {CASE.format(n): seq for n, seq in moved}}, now=at)
    return queries.newest_told()


def moved(cursor: int, district: str | None = None) -> list[Mapping[str, int]]:
    return [batch.moved for batch in queries.told_after(cursor, district).batches]


@pytest.mark.django_db
def test_it_knows_nothing_before_the_first_batch() -> None:
    assert queries.newest_told() == 0
    assert queries.told_after(0) == queries.Heard((), 0, 0, True)


@pytest.mark.django_db
def test_it_gives_what_was_told_after_a_cursor() -> None:
    first = announce((1, 1), (2, 1))
    second = announce((1, 2))
    third = announce((3, 1), district="500119")
    assert moved(first) == [{CASE.format(1): 2}, {CASE.format(3): 1}]
    assert moved(first, DISTRICT) == [{CASE.format(1): 2}]
    assert moved(second, DISTRICT) == []
    heard = queries.told_after(second, DISTRICT)
    assert (heard.newest, heard.whole) == (third, True)  # other districts' news moves the cursor on


@pytest.mark.django_db
def test_it_says_when_something_may_be_missing() -> None:
    first = announce((1, 1))
    kept = announce((1, 2), at=NOON + timedelta(minutes=1))
    announce((2, 1), at=NOON + timedelta(minutes=2) + KEPT)
    assert queries.told_after(kept).whole
    assert not queries.told_after(first).whole  # what came after it was dropped
    assert not queries.told_after(queries.newest_told() + 1).whole  # a cursor of another time
    assert not queries.told_after(kept, limit=0).whole


@pytest.mark.django_db
def test_it_keeps_the_last_row_however_old() -> None:
    announce((1, 1))
    last = announce((1, 2), at=NOON + timedelta(days=3))
    assert queries.told_after(last).whole
    later = announce((1, 3), at=NOON + timedelta(days=9))
    assert queries.told_after(last).whole
    assert queries.told_after(later).oldest == last


def test_the_relay_announces_each_batch_once(place: Place) -> None:
    while relay_batch((), now=place.now):
        pass
    cursor = queries.newest_told()
    case = place.report("垃圾没人清").case
    place.accept(case)
    assert relay_batch((), now=place.now) == 2
    told = [batch for batch in queries.told_after(cursor).batches if batch.kind == "case"]
    assert [batch.moved for batch in told] == [{case: 2}]
    assert relay_batch((), now=place.now) == 0
    assert queries.newest_told() == told[-1].id


def test_it_tells_of_a_case_whose_projection_failed(place: Place) -> None:
    def broken(district: str, news: Sequence[News]) -> None:
        raise ValueError(district, news)

    case = place.report("垃圾没人清").case
    cursor = queries.newest_told()
    relay_batch((broken,), now=place.now)
    assert any(case in batch.moved for batch in queries.told_after(cursor).batches)
