"""What a page is told when it comes back: everything since its cursor, once, or that it must read again."""

from hypothesis import given
from hypothesis import strategies as st

from linli.cases.queries import Sighting
from linli.site.live.changes import MOST, Answer, Change, News, Recent, answer
from linli.site.live.scope import Scope

HERE, THERE = "500118001", "500118002"
SCOPE = Scope("500118", frozenset({HERE}), frozenset(), frozenset({"500118001.team"}))


def change(batch: int, case: int, version: int = 1, area: str = HERE, recused: str = "") -> Change:
    about = frozenset({recused} - {""})
    return Change(batch, version, Sighting(str(case), "500118", frozenset({area}), frozenset(), about, False))


def news(*changes: Change, newest: int, oldest: int = 1) -> News:
    return News(changes, oldest, newest, True)


def following(*told: News, most: int = 100) -> Recent:
    recent = Recent(most)
    recent.begin(News((), 1, 1, True))
    for one in told:
        recent.add(one)
    return recent


def test_it_tells_what_came_after_the_cursor_once_with_the_newest_version() -> None:
    recent = following(
        news(change(2, 1), change(2, 2), newest=2), news(change(3, 1, 2), change(3, 9, area=THERE), newest=4)
    )
    assert recent.after(1, SCOPE) == Answer(4, False, {"2": 1, "1": 2})
    assert recent.after(2, SCOPE) == Answer(4, False, {"1": 2})
    assert recent.after(4, SCOPE) == Answer(4, False, {})


def test_it_lets_a_page_read_again_when_it_was_away_too_long_or_comes_from_another_time() -> None:
    recent = following(news(*(change(n, n) for n in range(2, 8)), newest=7), most=3)
    assert recent.after(3, SCOPE) == Answer(7, True, {})
    assert recent.after(4, SCOPE) == Answer(7, False, {"5": 1, "6": 1, "7": 1})
    assert recent.after(8, SCOPE).refetch
    assert recent.after(0, SCOPE).refetch


def test_it_begins_from_now_when_what_is_written_down_is_too_much() -> None:
    recent = Recent()
    recent.begin(News((change(2, 1),), 1, 9, whole=False))
    assert recent.after(8, SCOPE).refetch
    assert recent.after(9, SCOPE) == Answer(9, False, {})


def test_a_case_that_was_closed_to_a_unit_is_no_longer_told_to_it() -> None:
    recent = following(news(change(2, 1), newest=2), news(change(3, 1, 2, recused="500118001.team"), newest=3))
    assert recent.after(1, SCOPE) == Answer(3, False, {})


def test_many_cases_are_not_named_one_by_one() -> None:
    few, many = ([change(2, n) for n in range(size)] for size in (MOST, MOST + 1))
    assert len(answer(SCOPE, few, since=2).cases) == MOST
    assert answer(SCOPE, many, since=2) == Answer(2, True, {})


batches = st.lists(st.lists(st.tuples(st.integers(0, 6), st.booleans()), max_size=4), max_size=8)


@given(batches, st.integers(0, 10), st.integers(1, 8))
def test_who_comes_back_knows_as_much_as_who_stayed(told: list[list[tuple[int, bool]]], left: int, most: int) -> None:
    """Whatever the cursor and however little is kept: told to read again, or told all that a witness heard."""
    recent, heard, version = following(most=most), dict[str, int](), 0
    for number, batch in enumerate(told, start=2):
        changes = []
        for case, here in dict(batch).items():
            version += 1
            changes.append(change(number, case, version, HERE if here else THERE))
        one = news(*changes, newest=number)
        recent.add(one)
        if number > left:
            last = {c.sighting.case for c in changes}
            heard = {case: v for case, v in heard.items() if case not in last} | answer(
                SCOPE, changes, since=number
            ).cases
    back = recent.after(left, SCOPE)
    assert back.since == recent.newest
    assert back.refetch or back.cases == heard
