"""Many cases at once: each its own entry, each that could not be done with its reason, nothing done by half."""

from typing import Any

from django.http import HttpResponse
from django.test import Client

from linli.ledger import queries as ledger
from tests.journeys.conftest import CENTRE, DISTRICT, SANITATION, STATION, Enter
from tests.journeys.pages import assert_sound, text
from tests.rooms.conftest import COMMUNITY, Place

GARBAGE, LAMP = "楼下的垃圾堆了三天没有人清运。", "东门的路灯坏了好几天。"


def chosen(client: Client, cases: list[str], act: str = "") -> HttpResponse:
    return client.get("/desk/bulk/", {"case": cases, **({"act": act} if act else {})})


def taken(client: Client, place: Place, cases: list[str], action: str, **form: Any) -> HttpResponse:
    seen = form.pop("seen", [f"{case}:{place.state(case).version}" for case in cases])
    return client.post(f"/desk/bulk/{action}/", {"case": cases, "seen": seen, **form})


def steps(place: Place, cases: list[str]) -> list[str]:
    return [place.state(case).step for case in cases]


def test_it_accepts_each_case_with_its_own_suggestion(district: Place, enter: Enter, language: str) -> None:
    cases = [district.report(words).case for words in (GARBAGE, LAMP, GARBAGE)]
    clerk = enter(STATION, "desk_clerk", language=language)
    page = chosen(clerk, cases, "accept")
    assert_sound(page)

    answer = taken(clerk, district, cases, "accept")

    assert answer.status_code == 200
    assert_sound(answer)
    assert steps(district, cases) == ["registered"] * 3
    matters = [district.state(case).matter for case in cases]
    assert matters[0] == matters[2] != matters[1]
    assert all(len(ledger.stream(DISTRICT, "case", case)) == 2 for case in cases), "one entry for each"


def test_it_takes_what_is_filled_in_for_all(district: Place, enter: Enter) -> None:
    cases = [district.report(words).case for words in (GARBAGE, LAMP)]
    taken(enter(STATION, "desk_clerk"), district, cases, "accept", matter="CM-006", urgency="urgent")
    assert {(district.state(case).matter, district.state(case).urgency) for case in cases} == {("CM-006", "urgent")}


def test_it_dispatches_each_case_along_its_own_route(district: Place, enter: Enter) -> None:
    cases = [district.report().case for _ in range(3)]
    for case in cases:
        district.accept(case, "CM-006")
    answer = taken(enter(CENTRE, "dispatcher"), district, cases, "dispatch")
    assert answer.status_code == 200
    assert {district.state(case).roles.unit for case in cases} == {SANITATION}


def test_it_says_of_each_case_why_it_was_left_alone_and_does_the_rest(district: Place, enter: Enter) -> None:
    fine, moved, guarded = (district.report().case for _ in range(3))
    clerk = enter(STATION, "desk_clerk")
    seen = [f"{case}:1" for case in (fine, moved, guarded)]
    district.act(moved, "escalate", district.reporter(moved))

    answer = taken(clerk, district, [fine, moved, guarded], "accept", seen=seen, matter="PL-001")

    assert [one.state.id for one in answer.context["refused"]] == [fine, guarded], "a complaint must say about whom"
    assert steps(district, [fine, moved, guarded]) == ["reported"] * 3
    again = taken(clerk, district, [fine, guarded], "accept", matter="CM-006")
    assert [one.state.id for one in again.context["done"]] == [fine, guarded]


def test_it_leaves_alone_what_changed_since_it_was_seen(district: Place, enter: Enter) -> None:
    first, second = district.report().case, district.report().case
    clerk = enter(STATION, "desk_clerk")
    answer = taken(clerk, district, [first, second], "accept", seen=[f"{first}:1", f"{second}:7"], matter="CM-006")
    assert [one.state.id for one in answer.context["done"]] == [first]
    assert [one.state.id for one in answer.context["refused"]] == [second]
    assert district.state(second).version == 1


def test_it_merges_the_chosen_into_one_of_them(district: Place, enter: Enter) -> None:
    cases = [district.report().case for _ in range(3)]
    answer = taken(enter(STATION, "desk_clerk"), district, cases, "merge", into=cases[0])
    assert answer.status_code == 200
    assert steps(district, cases) == ["reported", "merged", "merged"]
    assert district.state(cases[0]).joined == tuple(cases[1:])


def test_it_asks_again_when_the_form_is_not_filled_in(district: Place, enter: Enter) -> None:
    cases = [district.report().case for _ in range(2)]
    clerk = enter(STATION, "desk_clerk")
    answer = taken(clerk, district, cases, "decline", reason="unclear", right_channel="court", words="")
    assert answer.status_code == 422
    assert_sound(answer)
    assert steps(district, cases) == ["reported", "reported"]
    done = taken(clerk, district, cases, "decline", reason="unclear", right_channel="court", words="请写明地点。")
    assert len(done.context["done"]) == 2


def test_it_passes_over_what_stands_elsewhere(district: Place, enter: Enter) -> None:
    waiting, further = district.report().case, district.report().case
    clerk = enter(STATION, "desk_clerk")
    district.bring_to(further, "handling")
    page = chosen(clerk, [waiting, further], "accept")
    assert [item["open"] for item in page.context["selected"]] == [True, False]
    answer = taken(clerk, district, [waiting, further], "accept", matter="CM-006")
    assert [case.state.id for case, _step in answer.context["passed_over"]] == [further]


def test_it_shows_and_changes_nothing_that_is_not_theirs(district: Place, enter: Enter) -> None:
    mine, about_us = district.report().case, district.report(complaint_targets=(STATION,)).case
    clerk = enter(STATION, "desk_clerk")
    asked = [mine, about_us, "01890000-0000-7000-8000-000000000000", "nonsense"]
    assert [item["case"].state.id for item in chosen(clerk, asked).context["selected"]] == [mine]
    assert clerk.get("/desk/bulk/", {"case": [about_us]}).headers["Location"] == "/desk/"
    clerk.post("/desk/bulk/accept/", {"case": [about_us], "seen": [f"{about_us}:1"], "matter": "CM-006"})
    assert district.state(about_us).version == 1
    assert clerk.post("/desk/bulk/nothing/", {"case": [mine]}).status_code == 409


def test_it_asks_the_database_a_bounded_number_of_times(
    district: Place, enter: Enter, django_assert_max_num_queries: Any
) -> None:
    cases = [district.report().case for _ in range(20)]
    clerk = enter(STATION, "desk_clerk")
    chosen(clerk, cases[:1], "accept")
    with django_assert_max_num_queries(15):
        chosen(clerk, cases, "accept")


# --- narrowing the list


def test_it_narrows_the_list_and_drops_what_it_does_not_know(district: Place, enter: Enter, language: str) -> None:
    urgent = district.report("燃气泄漏，味道很大，快来人！").case
    plain = district.report(GARBAGE).case
    client = enter(STATION, "desk_clerk", language=language)

    def listed(**asked: str) -> set[str]:
        page = client.get("/desk/", asked)
        assert page.status_code == 200
        assert_sound(page)
        return {row.id for row in page.context["rows"]}

    urgency = district.state(urgent).urgency
    assert urgency in ("urgent", "emergency")
    assert listed() == {urgent, plain}
    assert listed(urgency=urgency) == {urgent}
    assert listed(urgency="nonsense", step="nonsense", matter="nonsense", place="nonsense") == {urgent, plain}
    assert listed(matter="CM-006") == set(), "nobody has settled a matter yet"
    district.accept(plain, "CM-006")
    assert listed(**{"in": COMMUNITY}, matter="CM-006") == {plain}
    assert listed(late="1") <= {urgent}


def test_it_counts_what_waits_at_ones_own_units(district: Place, enter: Enter) -> None:
    for _ in range(3):
        district.report()
    page = enter(STATION, "desk_clerk").get("/desk/")
    assert [(name, count) for name, _title, count, _query in page.context["counts"]] == [("reported", 3)]
    assert "3" in text(page)
