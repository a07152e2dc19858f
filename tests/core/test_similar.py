"""Offering the same trouble: only where the words agree, never on a word or two."""

from datetime import UTC, datetime, timedelta

from linli.core.searching import bigrams
from linli.core.similar import OFFERED, Candidate, alike

AT = datetime(2026, 11, 16, tzinfo=UTC)
RUBBISH = "楼下的垃圾堆了三天没有人清运"


def candidate(name: str, text: str, days: int = 0) -> Candidate:
    return Candidate(name, "CM-006", AT - timedelta(days=days), frozenset(bigrams(text)))


def names(text: str, *candidates: Candidate) -> list[str]:
    return [found.case for found in alike(text, candidates)]


def test_it_offers_what_is_told_in_much_the_same_words() -> None:
    assert names("楼下垃圾堆了好几天都没人清运", candidate("same", RUBBISH)) == ["same"]


def test_it_offers_nothing_for_other_words() -> None:
    assert names("半夜工地施工噪音太大睡不着", candidate("rubbish", RUBBISH)) == []


def test_it_offers_nothing_before_enough_is_written() -> None:
    assert names("", candidate("same", RUBBISH)) == []
    assert names("垃圾堆", candidate("same", RUBBISH)) == []


def test_it_offers_few_the_nearest_first_and_the_newer_of_equals() -> None:
    found = [candidate("old", RUBBISH, 9), candidate("new", RUBBISH, 1), candidate("less", "楼下的垃圾桶满了三天", 0)]
    more = [candidate(f"more{n}", RUBBISH, 20 + n) for n in range(5)]
    assert names(RUBBISH, *found, *more)[:2] == ["new", "old"]
    assert len(names(RUBBISH, *found, *more)) == OFFERED


def test_it_knows_a_case_by_its_matter_and_age_and_nothing_of_a_person() -> None:
    assert set(Candidate.__slots__) == {"case", "matter", "opened_at", "terms"}
