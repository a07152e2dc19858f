"""The problem list on its pages: from a case, by the owner, and checked off by whoever supervises."""

from datetime import timedelta
from typing import Any

from django.test import Client
from uuid_utils.compat import uuid7

from tests.journeys.conftest import CENTRE, SANITATION, Enter
from tests.journeys.pages import assert_sound, text
from tests.rooms.conftest import Place

LIST, NEW = "/desk/supervision/problems/", "/desk/supervision/problems/new/"


def day(district: Place, days: int) -> str:
    return (district.policy.calendar.local(district.now).date() + timedelta(days=days)).isoformat()


def form(district: Place, **changes: Any) -> dict[str, Any]:
    return {
        "key": str(uuid7()), "supervisor": CENTRE, "owner": SANITATION, "ground": "duty", "title": "夜间清运",
        "words": "夜间无人清运。", "due_on": day(district, 30),
    } | changes  # fmt: skip


def put(district: Place, client: Client, case: str = "", **changes: Any) -> str:
    answer = client.post(f"{NEW}?case={case}" if case else NEW, form(district, **changes))
    assert answer.status_code == 302, text(answer)
    return str(answer.headers["Location"])


def offers(client: Client, problem: str) -> list[str]:
    page = client.get(problem)
    assert_sound(page)
    return [offer.act for offer in page.context["offers"]]


def test_a_problem_goes_from_a_case_to_the_owner_and_is_checked_by_another(
    district: Place, enter: Enter, language: str
) -> None:
    case = district.report().case
    district.bring_to(case, "handling")
    number = district.state(case).number
    head = enter(CENTRE, "duty_head", language=language)
    handler = enter(SANITATION, "handler", language=language)
    assert_sound(head.get(LIST))
    page = head.get(f"{NEW}?case={case}")
    assert_sound(page)
    assert page.context["form"]["owner"].value() == SANITATION

    problem = put(district, head, case)
    for client in (head, handler):
        assert_sound(client.get(LIST))
        assert problem in client.get(LIST).content.decode()
        assert number in text(client.get(problem))
    assert (offers(head, problem), offers(handler, problem)) == ([], ["begin"])

    assert handler.post(problem, {"do": "begin", "expected": 1}).status_code == 302
    empty = handler.post(problem, {"do": "report_done", "expected": 2, "words": ""})
    assert empty.status_code == 422
    assert_sound(empty)
    assert handler.post(problem, {"do": "report_done", "expected": 2, "words": "已排班。"}).status_code == 302
    assert offers(head, problem) == ["send_back", "check"]
    late = handler.post(problem, {"do": "report_done", "expected": 2, "words": "又写了一遍。"})
    assert late.status_code in (409, 422)
    assert "又写了一遍。" in late.content.decode()  # nothing that was typed is lost
    assert head.post(problem, {"do": "check", "expected": 3}).status_code == 302
    ended = head.get(f"{LIST}?which=ended")
    assert_sound(ended)
    assert problem in ended.content.decode()
    assert offers(head, problem) == offers(handler, problem) == []


def test_a_second_case_is_named_with_a_problem_that_is_there(district: Place, enter: Enter) -> None:
    first, second = district.report().case, district.report("垃圾桶满了两天没有清运。").case
    for case in (first, second):
        district.bring_to(case, "handling")
    head = enter(CENTRE, "duty_head")
    problem = put(district, head, first)
    assert_sound(head.get(f"{NEW}?case={second}"))
    named = head.post(f"{NEW}?case={second}", {"problem": problem.rstrip("/").rpartition("/")[2]})
    assert named.status_code == 302
    page = head.get(problem)
    assert {row.id for row in page.context["rows"]} == {first, second}


def test_what_does_not_fit_is_said_and_kept(district: Place, enter: Enter) -> None:
    head = enter(CENTRE, "duty_head")
    page = head.post(NEW, form(district, due_on=day(district, -3), words="夜间无人清运，周边居民反映多次。"))
    assert page.status_code == 422
    assert_sound(page)
    assert "due_on" in page.context["form"].errors
    assert "周边居民反映多次" in page.content.decode()
    assert enter(SANITATION, "handler").get(NEW).status_code == 404
