"""The sheet of a grid, and what a grid worker does with a task that is not theirs."""

from datetime import timedelta
from typing import Any

from tests.journeys.conftest import CENTRE, DISTRICT_CENTRE, SANITATION, STATION, Enter
from tests.journeys.pages import assert_sound, text
from tests.rooms.conftest import COMMUNITY, OTHER_TOWN, Place

GRID = f"{COMMUNITY}001"
SHEET = f"/desk/grid/{GRID}/"
TEAM = f"{COMMUNITY}.grid_team"


def counted(page: Any) -> list[tuple[int, int | None, int | None, int | None]]:
    return [(each.days, each.found, each.settled, each.rated) for each in page.context["came"]]


def test_it_tells_who_answers_for_what_and_what_came_of_it(district: Place, enter: Enter, language: str) -> None:
    head = enter(CENTRE, "duty_head", language=language)
    page = head.get(SHEET)
    assert_sound(page)
    assert counted(page) == [(30, None, None, None), (90, None, None, None)], "nothing is told of too few"
    now = district.now
    district.now = now - timedelta(days=60)
    for _ in range(5):
        district.bring_to(district.report(area=GRID).case, "closed")
    district.now = now
    for _ in range(5):
        district.report(area=GRID)

    page = head.get(SHEET)

    assert_sound(page)
    assert counted(page) == [(30, 5, None, None), (90, 10, 5, 5)]
    units = [each.unit.id for each in page.context["serving"]]
    assert {TEAM, STATION, CENTRE} <= set(units)
    assert units.index(STATION) < units.index(CENTRE), "the nearest first"
    assert SANITATION not in units
    duties = page.context["duties"]
    assert duties
    assert all(duty.accept and duty.handle for duty in duties)
    assert ("空缺" if language == "zh-hans" else "vacant") in text(page)


def test_it_is_there_for_whoever_works_around_the_grid_only(district: Place, enter: Enter) -> None:
    del district
    assert enter(DISTRICT_CENTRE, "duty_head").get(SHEET).status_code == 200
    assert enter(f"{OTHER_TOWN}.sanitation_office", "handler").get(SHEET).status_code == 404
    clerk = enter(STATION, "desk_clerk")
    assert clerk.get(SHEET).status_code == 200
    for nothing in (COMMUNITY, f"{COMMUNITY}999", "nonsense"):
        assert clerk.get(f"/desk/grid/{nothing}/").status_code == 404
    assert SHEET in clerk.get("/desk/board/units/").content.decode()


def test_a_grid_worker_refuses_a_task_with_a_ground_in_two_taps(district: Place, enter: Enter, language: str) -> None:
    case = district.report(area=GRID).case
    district.accept(case)
    dispatcher = district.person(CENTRE)
    district.act(case, "dispatch", dispatcher, lead=TEAM, co_handlers=())
    worker = enter(TEAM, "grid_worker", language=language)

    tasks = worker.get("/desk/")
    assert_sound(tasks)
    assert f"/desk/case/{case}/" in tasks.content.decode()  # the first tap
    page = worker.get(f"/desk/case/{case}/")
    assert f"/desk/case/{case}/?act=return" in page.content.decode()  # the second opens the form
    form = worker.get(f"/desk/case/{case}/", {"act": "return"})
    assert_sound(form)
    asked = {"ground": "not_our_duty", "words": "不在网格工作事项之内。", "expected": district.state(case).version}
    assert worker.post(f"/desk/case/{case}/act/return/", asked).status_code == 302
    state = district.state(case)
    assert (state.step, state.owner != TEAM) == ("disputed", True)
