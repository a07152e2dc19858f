"""The board: the same numbers on the map, in the tables and in the lists; nobody sees more than their lists show."""

from typing import Any

import pytest
from django.test import Client

from linli.site.desk import board as boards
from tests.journeys.conftest import CENTRE, DISTRICT_CENTRE, SANITATION, STATION, Enter
from tests.journeys.pages import assert_sound, text
from tests.rooms.conftest import COMMUNITY, DISTRICT, OTHER_TOWN, TOWN, Place


@pytest.fixture(autouse=True)
def nothing_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every test counts anew."""
    monkeypatch.setattr(boards, "KEPT_SECONDS", 0.0)


def shown(client: Client, **asked: str) -> Any:
    page = client.get("/desk/board/", asked)
    assert page.status_code == 200
    assert_sound(page)
    return page.context["board"]


def numbers(lines: Any) -> dict[str, tuple[int, int]]:
    return {line.code: (line.tally.open, line.tally.late) for line in lines}


def test_it_counts_by_place_step_urgency_and_platform(district: Place, enter: Enter, language: str) -> None:
    district.report()
    district.report(area=f"{OTHER_TOWN}001")
    district.accept(district.report().case, "CM-006")
    client = enter(DISTRICT_CENTRE, "supervisor", language=language)

    board = shown(client)

    assert (board.whole.open, board.whole.late) == (3, 0)
    assert numbers(board.places) == {TOWN: (2, 0), OTHER_TOWN: (1, 0)}
    assert numbers(board.steps) == {"reported": (2, 0), "registered": (1, 0)}
    assert numbers(board.platforms) == {"EE": (1, 0), "": (2, 0)}
    town = shown(client, **{"in": TOWN})
    assert numbers(town.places) == {COMMUNITY: (2, 0)}
    assert client.get(f"/desk/board/{DISTRICT}/numbers.json").json()["areas"][TOWN]["open"] == 2


def test_it_narrows_one_table_by_another(district: Place, enter: Enter) -> None:
    district.report()
    district.accept(district.report().case, "CM-006")
    client = enter(CENTRE, "dispatcher")

    board = shown(client, step="registered")

    assert board.whole.open == 1
    assert numbers(board.places) == {COMMUNITY: (1, 0)}
    assert numbers(board.steps) == {"reported": (1, 0), "registered": (1, 0)}, "what one could choose instead stays"
    assert shown(client, platform="SV").whole.open == 0
    assert shown(client, step="nonsense", urgency="nonsense", platform="nonsense").whole.open == 2


def test_it_counts_as_late_what_has_passed_its_date(district: Place, enter: Enter) -> None:
    from datetime import timedelta

    district.now -= timedelta(days=20)
    district.report()
    paused = district.report().case
    district.bring_to(paused, "handling", matter="EE-009")
    board = shown(enter(CENTRE, "dispatcher"))
    assert (board.whole.open, board.whole.late) == (2, 2)
    assert shown(enter(CENTRE, "duty_head"), late="1").whole.open == 2


def test_it_counts_no_parts_beside_their_cases(district: Place, enter: Enter) -> None:
    case = district.report().case
    district.accept(case, "EE-009")
    district.dispatch(case, co_handlers=(f"{DISTRICT}.market_regulation",))
    district.act(case, "acknowledge")
    assert len(district.state(case).parts) == 1
    assert shown(enter(DISTRICT_CENTRE, "supervisor")).whole.open == 1


def test_it_shows_nobody_more_than_their_lists_do(district: Place, enter: Enter) -> None:
    district.report(complaint_targets=(CENTRE,))
    district.report()
    assert shown(enter(DISTRICT_CENTRE, "supervisor")).whole.open == 2
    assert shown(enter(CENTRE, "dispatcher")).whole.open == 1, "a case about oneself is not even counted"
    clerk = enter(STATION, "desk_clerk")
    assert clerk.get("/desk/board/", {"in": TOWN}).status_code == 404
    assert clerk.get(f"/desk/board/{DISTRICT}/numbers.json").status_code == 404
    handler = enter(SANITATION, "handler").get("/desk/board/")
    assert "board" not in handler.context
    assert_sound(handler)


def test_it_hangs_on_a_wall(district: Place, enter: Enter) -> None:
    district.report()
    page = enter(DISTRICT_CENTRE, "supervisor").get("/desk/board/", {"wall": "1"})
    assert_sound(page)
    assert 'class="wall"' in page.content.decode()
    assert text(page)


def test_it_asks_the_database_a_bounded_number_of_times(
    district: Place, enter: Enter, django_assert_max_num_queries: Any
) -> None:
    for _ in range(5):
        district.report()
    client = enter(CENTRE, "dispatcher")
    client.get("/desk/board/")
    with django_assert_max_num_queries(15):
        client.get("/desk/board/")
