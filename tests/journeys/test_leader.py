"""The leader's desk: each number is the length of the list behind it, and nobody's holds a case hidden from them."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils.translation import override
from msgspec import structs

from linli.cases import queries
from linli.cases import queries_overview as overview
from linli.cases.queries_overview import Standing
from linli.directory import queries as directory
from linli.site.desk import leader
from linli.site.desk.asking import Asking
from linli.site.naming import Names
from tests.journeys.conftest import CENTRE, DISTRICT_CENTRE, SANITATION, STATION, Enter
from tests.journeys.pages import assert_sound, text
from tests.rooms.conftest import COMMUNITY, DISTRICT, NEIGHBOUR, OTHER_TOWN, TOWN, Place


def seen(client: Client, **asked: str) -> Any:
    """What the page holds."""
    page = client.get("/desk/leader/", asked)
    assert page.status_code == 200
    assert_sound(page)
    return page.context


def behind(client: Client, address: str) -> Any:
    """The list behind a number."""
    page: HttpResponse = client.get(f"/desk/leader/cases/?{address}")
    assert page.status_code == 200
    assert_sound(page)
    return page.context["found"]  # type: ignore[attr-defined]


def made_late(district: Place, *areas: str, **changes: Any) -> list[str]:
    """Cases that nobody has touched for three weeks."""
    now, district.now = district.now, district.now - timedelta(days=21)
    cases = [district.report(area=area, **changes).case for area in areas]
    district.now = now
    return cases


def test_it_shows_nothing_where_nothing_is_wrong(district: Place, enter: Enter, language: str) -> None:
    district.report()
    client = enter(DISTRICT_CENTRE, "supervisor", language=language)
    shown = seen(client)
    assert (shown["late"], shown["stuck"], shown["growing"]) == (0, [], [])
    assert text(client.get("/desk/leader/"))


def test_it_counts_late_cases_by_place_and_unit_worst_first(district: Place, enter: Enter, language: str) -> None:
    made_late(district, COMMUNITY, f"{OTHER_TOWN}001", COMMUNITY, NEIGHBOUR)
    district.report()
    client = enter(DISTRICT_CENTRE, "supervisor", language=language)

    shown = seen(client)

    assert shown["late"] == 4
    assert [(line.below, line.number) for line in shown["places"].shown] == [(TOWN, 3), (OTHER_TOWN, 1)]
    assert [line.number for line in shown["units"].shown] == [2, 1, 1]
    lines = [*shown["places"].shown, *shown["units"].shown]
    assert [behind(client, line.address).total for line in lines] == [line.number for line in lines]
    assert len(behind(client, shown["late_address"]).rows) == 4
    town = seen(client, **{"in": TOWN})
    assert [(line.below, line.number) for line in town["places"].shown] == [(COMMUNITY, 2), (NEIGHBOUR, 1)]
    assert [behind(client, line.address).total for line in town["places"].shown] == [2, 1]
    assert seen(client, **{"in": COMMUNITY})["late"] == 2


def test_it_counts_what_is_known_no_nearer_under_the_area_itself(district: Place, enter: Enter) -> None:
    made_late(district, COMMUNITY)
    [nowhere] = made_late(district, None)  # type: ignore[arg-type]
    client = enter(DISTRICT_CENTRE, "supervisor")
    line = next(line for line in seen(client)["places"].shown if line.no_nearer)
    assert [row.id for row in behind(client, line.address).rows] == [nowhere]


def test_it_leaves_out_parts_and_paused_cases(district: Place, enter: Enter) -> None:
    now, district.now = district.now, district.now - timedelta(days=40)
    case = district.report().case
    district.accept(case, "EE-009")
    district.dispatch(case, co_handlers=("500118.market_regulation",))
    district.act(case, "acknowledge")
    district.now = now
    assert len(district.state(case).parts) == 1
    client = enter(DISTRICT_CENTRE, "supervisor")
    shown = seen(client)
    assert shown["late"] == 1
    assert [row.id for row in behind(client, shown["late_address"]).rows] == [case]


def test_it_says_why_a_case_is_stuck(district: Place, enter: Enter, language: str) -> None:
    silent = made_late(district, COMMUNITY)[0]
    disputed = district.report().case
    district.accept(disputed)
    district.dispatch(disputed)
    district.act(disputed, "return", ground="not_our_duty", words="不是我们的职责。")
    district.report()
    client = enter(DISTRICT_CENTRE, "supervisor", language=language)

    why = {one.row.id: one.reasons for one in seen(client)["stuck"]}

    zh = language == "zh-hans"
    assert why == {
        silent: ("至少 5 个工作日无人办理" if zh else "nobody has done anything for 5 working days or more",),
        disputed: ("已退单，归属尚未裁定" if zh else "returned, and nobody has ruled yet whose it is",),
    }


def test_it_has_words_for_everything_that_holds_a_case_up(district: Place, enter: Enter, language: str) -> None:
    state = district.state(district.report().case)
    assert state.clock is not None
    past = replace(state.clock, due=district.now - timedelta(days=1))
    troubled = structs.replace(
        state, step="parked", returns=1, ruled=True, extensions=2, reopened=1, not_solved=2, owner=SANITATION,
        clock=past,
    )  # fmt: skip
    line = queries.Line(
        state.id, state.number, "parked", "", state.urgency, SANITATION, COMMUNITY, TOWN,
        district.now - timedelta(days=1), state.opened_at, None,
    )  # fmt: skip
    asking = Asking(
        actor=district.person(CENTRE), info=directory.districts()[0], policy=district.policy,
        names=Names(DISTRICT, district.policy, language), now=district.now,
    )  # fmt: skip
    with override(language):
        said = leader.reasons(asking, Standing(line, troubled, district.now - timedelta(days=60)))
        talks = leader.reasons(asking, Standing(line, structs.replace(state, step="conference"), district.now))
        once = leader.reasons(asking, Standing(line, structs.replace(state, not_solved=1), district.now))
    assert (said, talks, once) == {
        "zh-hans": (
            ("曾被退单", "已挂账，复核到期", "已延期 2 次", "已重新办理 1 次", "2 次被反映未解决"),
            ("正在联席会议协调",),
            (),
        ),
        "en": (
            (
                "was returned once", "parked, and its review is due", "extended 2 times", "reopened 1 time",
                "said to be not solved 2 times",
            ),
            ("in a joint conference",),
            (),
        ),
    }[language]  # fmt: skip


def test_it_says_what_came_more_often_than_before(district: Place, enter: Enter, language: str) -> None:
    now = district.now
    for days, number in ((10, 5), (1, 7)):
        district.now = now - timedelta(days=days)
        for _ in range(number):
            district.accept(district.report().case, "CM-006")
    district.now = now - timedelta(days=1)
    for _ in range(4):
        district.accept(district.report(area=NEIGHBOUR).case, "CM-006")
    for _ in range(6):
        district.accept(district.report(area=NEIGHBOUR).case, "EE-009")
    client = enter(CENTRE, "duty_head", language=language)

    found = seen(client)["growing"]

    told = [(one.latest, one.before, one.mean) for one in found]
    assert told == [(7, 5, 1.2), (6, None, None)], "four in one place are too few, and so is what was before"
    assert [behind(client, one.address).total for one in found] == [7, 6]
    assert "5 → 7" in text(client.get("/desk/leader/"))
    fewer = "少于 5 → 6" if language == "zh-hans" else "fewer than 5 → 6"
    assert fewer in text(client.get("/desk/leader/"))


def test_it_never_counts_a_case_that_is_hidden(district: Place, enter: Enter) -> None:
    made_late(district, *[COMMUNITY] * 5)
    made_late(district, COMMUNITY, complaint_targets=(CENTRE,))
    whole, town = enter(DISTRICT_CENTRE, "supervisor"), enter(CENTRE, "duty_head")
    assert (seen(whole)["late"], len(seen(whole)["stuck"])) == (6, 6)
    assert (seen(town)["late"], len(seen(town)["stuck"])) == (5, 5)
    assert behind(town, seen(town)["late_address"]).total == 5


def test_it_is_only_for_whoever_supervises(district: Place, enter: Enter) -> None:
    clients = {"clerk": enter(STATION, "desk_clerk"), "dispatcher": enter(CENTRE, "dispatcher"),
               "handler": enter(SANITATION, "handler")}  # fmt: skip
    for client in clients.values():
        assert client.get("/desk/leader/").status_code == 404
        assert client.get("/desk/leader/cases/").status_code == 404
        assert "/desk/leader/" not in client.get("/desk/").content.decode()
    head = enter(CENTRE, "duty_head")
    assert "/desk/leader/" in head.get("/desk/").content.decode()
    for elsewhere in (OTHER_TOWN, "500118", "nonsense", f"{OTHER_TOWN}001"):
        assert head.get("/desk/leader/", {"in": elsewhere}).status_code == 404
        assert head.get("/desk/leader/cases/", {"in": elsewhere}).status_code == 404


@pytest.mark.parametrize(
    "asked", [{"what": "x"}, {"place": "x"}, {"place": OTHER_TOWN}, {"unit": "x"}, {"matter": "x"}]
)
def test_it_knows_no_list_of_unknown_codes(district: Place, enter: Enter, asked: dict[str, str]) -> None:
    del district
    assert enter(CENTRE, "duty_head").get("/desk/leader/cases/", asked).status_code == 404


def test_it_tells_how_many_of_a_long_list_it_shows(
    district: Place, enter: Enter, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    monkeypatch.setattr("linli.site.desk.leader_views.MOST_LISTED", 2)
    made_late(district, *[COMMUNITY] * 3)
    client = enter(CENTRE, "duty_head", language=language)
    page = client.get(f"/desk/leader/cases/?{seen(client)['late_address']}")
    assert (len(page.context["found"].rows), page.context["found"].total) == (2, 3)
    assert ("显示前 2 件" if language == "zh-hans" else "The first 2 are shown.") in text(page)


def test_it_looks_through_a_bounded_number_of_cases(
    district: Place, enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    made_late(district, *[COMMUNITY] * 4)
    monkeypatch.setattr(overview, "MOST_LOOKED_THROUGH", 2)
    client = enter(CENTRE, "duty_head")
    assert len(seen(client)["stuck"]) == 2
    monkeypatch.setattr(leader, "MOST_STUCK", 1)
    assert len(seen(client)["stuck"]) == 1


def test_it_asks_the_database_a_bounded_number_of_times(
    district: Place, enter: Enter, django_assert_max_num_queries: Any
) -> None:
    made_late(district, *[COMMUNITY] * 6)
    client = enter(CENTRE, "duty_head")
    client.get("/desk/leader/")
    with django_assert_max_num_queries(20):
        client.get("/desk/leader/")


def test_it_shows_the_worst_units_and_the_rest_a_click_away(
    district: Place, enter: Enter, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    monkeypatch.setattr("linli.site.desk.leader_views.MOST_LATE", 1)
    made_late(district, COMMUNITY, COMMUNITY, f"{OTHER_TOWN}001", NEIGHBOUR)
    client = enter(DISTRICT_CENTRE, "supervisor", language=language)
    units = seen(client)["units"]
    assert ([line.number for line in units.shown], units.more) == ([2], 2)
    assert ("还有 2 个" if language == "zh-hans" else "2 more") in text(client.get("/desk/leader/"))
    assert [line.number for line in seen(client, all="units")["units"].shown] == [2, 1, 1]
