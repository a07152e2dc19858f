"""A corrected calendar: one publication, then every open deadline follows once, as an entry of its case."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from linli.cases import queries_calendar as previews
from linli.cases import replay
from linli.catalogue import actions as catalogue_actions
from linli.catalogue import queries as catalogue
from linli.catalogue import queries_calendar as calendars
from linli.catalogue import queries_drafts as drafts
from linli.catalogue.calendars import Correction, DayKind
from linli.ledger import queries as ledger
from linli.site import recounting
from linli.site.sweeping import sweep_once
from tests.rooms.conftest import DISTRICT, Place

WEDNESDAY = date(2026, 11, 18)
FLOOD = Correction(WEDNESDAY, DayKind.HOLIDAY, "防汛停工 / Flood closure")
BACK = Correction(WEDNESDAY, DayKind.ORDINARY)


@pytest.fixture(autouse=True)
def as_a_fresh_process() -> Iterator[None]:
    recounting._settled.clear()
    yield
    recounting._settled.clear()
    catalogue.look_again()


def correct(place: Place, *days: Correction, **more: tuple[int, ...]) -> bool:
    done = catalogue_actions.correct_calendar(days, by="officer", at=place.now, note="渝府办〔2026〕1号", **more)
    catalogue.look_again()
    return done.new


def recounted(case: str) -> int:
    types = [entry.type for entry in ledger.stream(DISTRICT, "case", case)]
    return types.count("case.deadlines_recalculated")


def due(place: Place, case: str) -> date:
    clock = place.state(case).clock
    assert clock is not None
    return place.policy.calendar.local(clock.due).date()


def handling(place: Place) -> str:
    case = place.report().case
    place.bring_to(case, "handling", "EE-009")
    return case


def test_every_open_deadline_follows_once_and_those_that_stay_get_no_entry(place: Place) -> None:
    case, ended = handling(place), place.report("路边的井盖不见了。").case
    place.bring_to(ended, "closed")
    before = due(place, case)
    assert correct(place, FLOOD)

    done = sweep_once(lambda: place.now)
    assert (done.recounted, done.uncounted) == (1, 0)
    assert due(place, case) > before
    assert (recounted(case), recounted(ended)) == (1, 0)
    assert "1 deadlines moved with the calendar" in str(done)

    recounting._settled.clear()  # another process, or this one after a restart
    assert sweep_once(lambda: place.now).recounted == 0
    assert recounted(case) == 1
    assert [found for found in replay.compare(DISTRICT) if found] == []


def test_taking_a_correction_back_brings_the_date_back(place: Place) -> None:
    case = handling(place)
    before = due(place, case)
    correct(place, FLOOD)
    sweep_once(lambda: place.now)
    assert correct(place, BACK)
    sweep_once(lambda: place.now)
    assert due(place, case) == before
    assert recounted(case) == 2


def test_it_follows_before_the_clock_acts_by_the_old_date(place: Place) -> None:
    case = handling(place)
    clock = place.state(case).clock
    assert clock is not None
    place.now = clock.due + timedelta(minutes=1)
    correct(place, FLOOD)
    sweep_once(lambda: place.now)
    assert "case.expedite" not in [entry.type for entry in ledger.stream(DISTRICT, "case", case)]


def test_what_is_interrupted_is_done_by_the_next_round(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = handling(place), handling(place)
    correct(place, FLOOD)
    real = recounting.cases.recalculate_open

    def dies_after_one(district: str, **options: object) -> Iterator[object]:
        yield next(iter(real(district, **options)))  # type: ignore[arg-type]
        raise SystemExit

    monkeypatch.setattr(recounting.cases, "recalculate_open", dies_after_one)
    with pytest.raises(SystemExit):
        sweep_once(lambda: place.now)
    monkeypatch.setattr(recounting.cases, "recalculate_open", real)
    assert recounted(first) + recounted(second) == 1
    sweep_once(lambda: place.now)
    assert (recounted(first), recounted(second)) == (1, 1)


def test_a_case_that_cannot_be_counted_is_tried_again_and_holds_up_no_other(place: Place) -> None:
    from tests.rooms.site.test_sweeping import heal, poison

    first, second = handling(place), handling(place)
    poison(first)
    correct(place, FLOOD)
    done = sweep_once(lambda: place.now)
    assert (done.recounted, done.uncounted) == (1, 1)
    assert recounted(second) == 1
    heal(first)
    assert sweep_once(lambda: place.now).recounted == 1
    assert recounted(first) == 1


def test_the_preview_says_what_will_come_and_changes_nothing(place: Place) -> None:
    case = handling(place)
    number, before = place.state(case).number, due(place, case)
    calendar = calendars.calendar_with((FLOOD,), (), place.now)
    found = previews.preview(DISTRICT, place.policy, calendar, now=place.now)
    assert (found.looked, found.moved, found.more) == (1, 1, False)
    assert found.shifts[0].number == number
    assert due(place, case) == before

    correct(place, FLOOD)
    sweep_once(lambda: place.now)
    clock = place.state(case).clock
    assert clock is not None
    assert clock.due == found.shifts[0].after


def test_a_draft_of_the_catalogue_stays_a_draft(place: Place) -> None:
    who = catalogue_actions.Preparing("admin", "post", DISTRICT, place.policy.version, place.now)
    catalogue_actions.retire_matter(who, "CM-006", drafts.standing()["CM-006"].stamp, retired=True)
    number = catalogue.draft_number()
    assert number is not None
    correct(place, FLOOD)
    assert catalogue.draft_number() == number
    assert not catalogue.policy(DISTRICT).matters["CM-006"].retired


def test_a_year_whose_notice_was_entered_counts_as_known(place: Place) -> None:
    held = calendars.calendar_in_force()
    assert held is not None
    year = held.calendar.last.year + 1
    place.now = place.now.replace(year=year - 1)  # whatever the library holds by now
    day = Correction(date(year, 2, 8), DayKind.HOLIDAY, "春节 / Spring Festival")
    correct(place, day, notice_years=(year,))
    held = calendars.calendar_in_force()
    assert held is not None
    assert held.calendar.last == date(year, 12, 31)
    assert not held.calendar.is_workday(date(year, 2, 8))


def test_saying_the_same_again_moves_no_deadline(place: Place) -> None:
    assert correct(place, FLOOD)
    number, days = catalogue.in_force_number(), calendars.calendar_in_force()
    assert days is not None
    sweep_once(lambda: place.now)
    correct(place, FLOOD)
    again = calendars.calendar_in_force()
    assert again is not None
    assert again.calendar.holidays == days.calendar.holidays
    case = handling(place)
    assert sweep_once(lambda: place.now).recounted == 0
    assert recounted(case) == 0
    assert catalogue.in_force_number() >= number
