"""The finder of stuck cases in the browser's terms: each list with its reasons in words, and from there to an order."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from django.test import Client

from linli.cases import rows
from linli.cases.models import Case
from linli.core.case.state import CaseState
from linli.site.desk import stuck
from tests.journeys.conftest import CENTRE, DISTRICT_CENTRE, SANITATION, STATION, Enter
from tests.journeys.pages import assert_sound, text
from tests.rooms.conftest import DISTRICT, OTHER_TOWN, TOWN, Place

FINDER = "/desk/supervision/stuck/"


def suffered(case: str, **changes: Any) -> str:
    """A case as its row says it after such troubles."""
    row = Case.objects.get(id=case)
    state: CaseState = msgspec.structs.replace(rows.decode(row.state), **changes)
    Case.objects.filter(id=case).update(**{name: rows.columns(state)[name] for name in rows.CHANGING})
    return case


def late(place: Place, case: str) -> Any:
    """The clock of a case, run out a while ago."""
    clock = place.state(case).clock
    assert clock is not None
    return replace(clock, due=place.now - timedelta(days=2))


def listed(client: Client, why: str, **asked: str) -> dict[str, tuple[str, ...]]:
    page = client.get(FINDER, {"why": why, **asked})
    assert page.status_code == 200
    assert_sound(page)
    return {one.row.id: one.reasons for one in page.context["stuck"]}


def test_each_list_holds_its_cases_with_every_reason_in_words(district: Place, enter: Enter, language: str) -> None:
    place = district
    now, place.now = place.now, place.now - timedelta(days=30)
    silent = place.report().case
    place.now = now
    fine, around, extended, again, unsolved, ladder, parked = (place.report().case for _ in range(7))
    suffered(around, returns=1, raised=1, extensions=1)
    suffered(extended, extensions=1)
    suffered(again, reopened=2)
    suffered(unsolved, not_solved=1)
    place.bring_to(ladder, "handling")
    suffered(ladder, rung=2, clock=late(place, ladder))
    place.bring_to(parked, "handling")
    suffered(parked, step="parked", clock=late(place, parked))
    client = enter(DISTRICT_CENTRE, "supervisor", language=language)
    zh = language == "zh-hans"
    once = "已延期 1 次" if zh else "extended 1 time"
    handed = "被退单或提级 2 次" if zh else "returned or passed up 2 times"
    assert listed(client, "returned") == {around: (handed, once)}
    assert listed(client, "extended") == {around: (handed, once), extended: (once,)}
    assert listed(client, "reopened") == {
        again: ("已重新办理 2 次" if zh else "reopened 2 times",),
        unsolved: ("1 次被反映未解决" if zh else "said to be not solved",),
    }
    assert listed(client, "silent") == {
        silent: ("至少 5 个工作日无人办理" if zh else "nobody has done anything for 5 working days or more",)
    }
    said = "已逾期，提醒和提级均已用完" if zh else "past its date, and every reminder and escalation was given"
    assert listed(client, "overdue") == {ladder: (said,)}
    assert listed(client, "parked") == {parked: ("已挂账，复核到期" if zh else "parked, and its review is due",)}
    every = {case for why in stuck.LISTS for case in listed(client, why)}
    assert fine not in every


def test_it_leads_to_an_order_with_the_case_and_the_ground(district: Place, enter: Enter) -> None:
    case = district.report().case
    district.bring_to(case, "handling")
    suffered(case, extensions=1)
    client = enter(CENTRE, "duty_head")
    page = client.get(FINDER, {"why": "extended"})
    link = f"/desk/supervision/orders/new/?case={case}&amp;ground=extended"
    assert link in page.content.decode()
    form = client.get(link.replace("&amp;", "&")).context["form"]
    assert (form["ground"].value(), form["unit"].value()) == ("extended", SANITATION)


def test_it_goes_on_a_page_at_a_time(district: Place, enter: Enter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stuck, "SIZE", 2)
    cases = [suffered(district.report().case, extensions=1) for _ in range(3)]
    client = enter(DISTRICT_CENTRE, "supervisor")
    first = client.get(FINDER, {"why": "extended"})
    assert [one.row.id for one in first.context["stuck"]] == cases[:2]
    second = client.get(FINDER, {"why": "extended", "after": first.context["after"]})
    assert_sound(second)
    assert [one.row.id for one in second.context["stuck"]] == cases[2:]
    assert second.context["after"] is None
    assert client.get(FINDER, {"after": "nonsense"}).status_code == 302


def test_it_is_for_whoever_supervises_the_area_and_names_no_hidden_case(district: Place, enter: Enter) -> None:
    hidden = suffered(district.report(complaint_targets=(CENTRE,)).case, extensions=1)
    seen = suffered(district.report().case, extensions=1)
    head = enter(CENTRE, "duty_head")
    assert set(listed(head, "extended")) == {seen}
    assert set(listed(enter(DISTRICT_CENTRE, "supervisor"), "extended")) == {hidden, seen}
    for area in (DISTRICT, OTHER_TOWN, "nonsense"):
        assert head.get(FINDER, {"in": area}).status_code == 404
    assert head.get(FINDER, {"why": "nonsense"}).status_code == 404
    assert head.get(FINDER, {"in": TOWN}).status_code == 200
    clerk = enter(STATION, "desk_clerk")
    assert clerk.get(FINDER).status_code == 404
    assert FINDER not in clerk.get("/desk/supervision/orders/").content.decode()


def test_it_shows_nothing_of_the_reporter(district: Place, enter: Enter) -> None:
    report = district.report("我是王小明，电话13812345678，垃圾没人管。", contact="13812345678")
    suffered(report.case, extensions=1)
    said = text(enter(CENTRE, "duty_head").get(FINDER, {"why": "extended"}))
    for secret in ("13812345678", "王小明", report.code):
        assert secret not in said
