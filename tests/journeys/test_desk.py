"""Officers at the desk: lists, cases, forms, refusals and races, for every role and in both languages."""

import io
import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from PIL import Image

from linli.cases import actions as cases
from linli.vault import queries as vaulted
from tests.journeys.conftest import (
    CENTRE,
    DISTRICT,
    DISTRICT_CENTRE,
    ENFORCEMENT,
    PASSWORD,
    SANITATION,
    STATION,
    Enter,
    Hire,
)
from tests.journeys.pages import assert_sound, text
from tests.rooms.conftest import COMMUNITY, OTHER_TOWN, TOWN, Place

STEPS = ("registered", "dispatched", "handling", "done", "verified", "replied", "closed")


def page_of(client: Client, case: str, act: str = "") -> HttpResponse:
    return client.get(f"/desk/case/{case}/", {"act": act} if act else {})


def take(client: Client, place: Place, case: str, action: str, **form: Any) -> HttpResponse:
    version = form.pop("expected", place.state(case).version)
    return client.post(f"/desk/case/{case}/act/{action}/", {"expected": version, **form})


# --- at the door


def test_it_lets_nobody_in_without_logging_in(district: Place) -> None:
    case = district.report().case
    for path in ("/desk/", "/desk/search/", f"/desk/case/{case}/"):
        assert Client().get(path).headers["Location"] == f"/account/login/?next={path}"
    assert Client().post(f"/desk/case/{case}/act/accept/").status_code == 302
    assert district.state(case).version == 1


def test_it_logs_in_and_leads_to_the_page_that_was_asked_for(hire: Hire, language: str) -> None:
    client = Client(headers={"accept-language": language})
    username = hire(STATION, "desk_clerk", language="en")
    assert_sound(client.get("/account/login/"))
    wrong = client.post("/account/login/", {"username": username, "password": "no"})
    assert wrong.status_code == 422
    assert_sound(wrong)
    answer = client.post("/account/login/", {"username": username, "password": PASSWORD, "next": "/desk/search/"})
    assert answer.headers["Location"] == "/desk/search/"
    assert "Search" in text(client.get("/desk/search/")), "the person's own language, where none was chosen"


def test_it_leads_nobody_to_another_site_after_the_login(hire: Hire) -> None:
    form = {"username": hire(STATION, "desk_clerk"), "password": PASSWORD, "next": "https://elsewhere.example/"}
    assert Client().post("/account/login/", form).headers["Location"] == "/desk/"


def test_it_logs_out(enter: Enter) -> None:
    client = enter(STATION, "desk_clerk")
    assert client.get("/account/logout/").status_code == 405
    assert client.post("/account/logout/").headers["Location"] == "/"
    assert client.get("/desk/").status_code == 302


def test_it_says_to_somebody_without_a_post_what_to_do(district: Place) -> None:
    from linli.accounts import actions as accounts

    accounts.create_user("nobody", PASSWORD, "Nobody")
    client = Client()
    client.login(username="nobody", password=PASSWORD)
    page = client.get("/desk/")
    assert page.status_code == 403
    assert_sound(page)


# --- lists


def test_its_list_is_sound_for_every_role(district: Place, enter: Enter, language: str) -> None:
    district.report()
    district.bring_to(district.report().case, "done")
    for unit in (STATION, CENTRE, SANITATION, DISTRICT_CENTRE):
        client = enter(unit, language=language)
        page = client.get("/desk/")
        assert page.status_code == 200
        assert_sound(page)
        for tab, _name in page.context["tabs"]:
            assert_sound(client.get("/desk/", {"in": tab.key}))


def test_it_lists_what_ones_units_own_and_what_lies_in_ones_area(district: Place, enter: Enter) -> None:
    waiting = district.report().case
    far = district.report(area=f"{OTHER_TOWN}001").case
    registered = district.report().case
    district.accept(registered)

    def listed(client: Client, key: str = "") -> set[str]:
        return {row.id for row in client.get("/desk/", {"in": key}).context["rows"]}

    clerk, centre = enter(STATION, "desk_clerk"), enter(CENTRE, "dispatcher")
    assert listed(clerk) == {waiting}
    assert listed(clerk, COMMUNITY) == {waiting, registered}
    assert listed(centre) == {registered}
    assert listed(centre, TOWN) == {waiting, registered}
    assert far not in listed(centre, TOWN)
    assert clerk.get("/desk/", {"in": TOWN}).status_code == 404, "an area that is not theirs"


def test_it_narrows_the_list_to_a_step(district: Place, enter: Enter) -> None:
    district.report()
    registered = district.report().case
    district.accept(registered)
    client = enter(CENTRE, "dispatcher", "duty_head")
    page = client.get("/desk/", {"in": TOWN, "step": "registered"})
    assert [row.id for row in page.context["rows"]] == [registered]
    empty = client.get("/desk/", {"in": TOWN, "step": "parked"})
    assert empty.context["rows"] == []
    assert_sound(empty)


def test_it_says_so_where_nothing_waits(district: Place, enter: Enter, language: str) -> None:
    page = enter(SANITATION, "handler", language=language).get("/desk/")
    assert page.context["rows"] == []
    assert_sound(page)
    assert ("这里没有待办案件" if language == "zh-hans" else "Nothing is waiting here") in text(page)


def test_it_turns_pages_without_losing_or_repeating_a_case(
    district: Place, enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    from linli.cases import queries

    real = queries.work_list
    monkeypatch.setattr("linli.site.desk.views.cases.work_list", lambda *a, **k: real(*a, **k, size=3))
    made = [district.report().case for _ in range(7)]
    client = enter(STATION, "desk_clerk")
    seen: list[str] = []
    address = "/desk/"
    for _ in range(4):
        page = client.get(address)
        seen += [row.id for row in page.context["rows"]]
        found = re.findall(r'href="([^"]*after=[^"]*)"', page.content.decode())
        if not found:
            break
        address = found[0].replace("&amp;", "&")
    assert sorted(seen) == sorted(made)
    assert client.get("/desk/", {"after": "nonsense"}).headers["Location"] == "/desk/"


def test_it_marks_what_is_overdue_in_words_and_by_a_sign(district: Place, enter: Enter, language: str) -> None:
    district.now -= timedelta(days=40)
    district.report()
    page = enter(STATION, "desk_clerk", language=language).get("/desk/")
    assert page.context["rows"][0].late
    assert ("超期" if language == "zh-hans" else "overdue") in text(page)
    assert "<svg" in page.content.decode()


def test_it_finds_a_case_by_its_number_however_it_is_typed(district: Place, enter: Enter) -> None:
    receipt = district.report()
    client = enter(STATION, "desk_clerk")
    for typed in (receipt.number, receipt.number.replace("-", ""), f"  {receipt.number} "):
        assert client.get("/desk/search/", {"q": typed}).headers["Location"] == f"/desk/case/{receipt.case}/"
    wrong = receipt.number[:-1] + str((int(receipt.number[-1]) + 1) % 10)
    assert client.get("/desk/search/", {"q": wrong}).status_code == 200


def test_it_finds_cases_by_words_within_what_one_may_see(district: Place, enter: Enter) -> None:
    mine = district.report("东门的路灯坏了三天").case
    district.report("西门的路灯坏了", area=f"{OTHER_TOWN}001")
    from linli.cases.models import Case

    cases.index_cases(DISTRICT, [str(case) for case in Case.objects.values_list("id", flat=True)])
    client = enter(STATION, "desk_clerk")
    page = client.get("/desk/search/", {"q": "路灯"})
    assert_sound(page)
    assert [row.id for row in page.context["rows"]] == [mine]
    for query in ("没有这样的话", "", "一", "x" * 300):
        assert_sound(client.get("/desk/search/", {"q": query}))


# --- one case


def test_its_case_page_is_sound_in_every_step_and_for_every_action(
    district: Place, enter: Enter, language: str
) -> None:
    """Every form that the procedure can offer is drawn once, with words for every field and choice."""
    case = district.report("楼下的垃圾堆了三天没有人清运。", place="东门", contact="13812345678").case
    clients = [enter(unit, language=language) for unit in (STATION, CENTRE, SANITATION, DISTRICT_CENTRE)]
    drawn: set[str] = set()
    for step in ("", *STEPS):
        if step:
            _one_step(district, case, step)
        for client in clients:
            page = page_of(client, case)
            if page.status_code == 404:
                continue
            assert_sound(page)
            for offer in page.context["file"].offers:
                if offer.name not in drawn:
                    drawn.add(offer.name)
                    assert_sound(page_of(client, case, offer.name))
    assert {"accept", "decline", "merge", "divert", "dispatch", "return", "report_back", "pause", "ask_extension",
            "open_part", "verify", "rework", "reply", "evaluate", "contest", "park", "escalate"} <= drawn  # fmt: skip


def _one_step(place: Place, case: str, step: str) -> None:
    moves = {
        "registered": lambda: place.accept(case),
        "dispatched": lambda: place.dispatch(case),
        "handling": lambda: place.act(case, "acknowledge"),
        "done": lambda: place.act(
            case, "report_back", result="solved", what_was_done="已清运。", reporter_contacted="yes"
        ),
        "verified": lambda: place.act(case, "verify", finding="confirmed_on_site"),
        "replied": lambda: place.act(case, "reply", decision="supported", reason="已清运完毕。", remedy="done"),
        "closed": lambda: place.act(case, "satisfied", place.reporter(case), rating=5),
    }
    moves[step]()


def test_it_answers_hidden_and_missing_cases_alike(district: Place, enter: Enter) -> None:
    case = district.report(area=f"{OTHER_TOWN}001").case
    client = enter(STATION, "desk_clerk")
    missing = "00000000-0000-7000-8000-000000000000"
    item = next(item for item, _kind, field in vaulted.kinds(DISTRICT, case) if field == "detail")
    for known in (case, missing):
        assert page_of(client, known).status_code == 404
        assert client.post(f"/desk/case/{known}/act/accept/", {"expected": 1}).status_code == 404
        assert client.get(f"/desk/case/{known}/item/{item}/").status_code == 404
    assert_bodies_equal(page_of(client, case), page_of(client, missing))


def assert_bodies_equal(one: HttpResponse, other: HttpResponse) -> None:
    def plain(page: HttpResponse) -> str:
        return re.sub(r'(value|href|action)="[^"]*"', "", page.content.decode())

    assert plain(one) == plain(other)


def test_it_shows_nothing_of_a_complaint_to_the_unit_complained_about(district: Place, enter: Enter) -> None:
    case = district.report("环卫所三天不来。", complaint_targets=(SANITATION,)).case
    client = enter(SANITATION)
    assert page_of(client, case).status_code == 404
    assert client.get("/desk/").context["rows"] == []
    named = page_of(enter(CENTRE), case)
    assert named.status_code == 200
    assert_sound(named)


def test_it_offers_exactly_what_the_procedure_allows(district: Place, enter: Enter) -> None:
    case = district.report().case
    district.bring_to(case, "handling")
    handler = page_of(enter(SANITATION, "handler"), case)
    assert {offer.name for offer in handler.context["file"].offers} == {
        "report_back", "open_part", "ask_extension", "pause"
    }  # fmt: skip
    clerk = page_of(enter(STATION, "desk_clerk"), case)
    assert clerk.context["file"].offers == []
    assert_sound(clerk)


def test_it_fills_the_suggestion_in_and_never_lowers_the_urgency(district: Place, enter: Enter) -> None:
    case = district.report("小区的垃圾堆了三天没有人清运，暴露垃圾很多。", matter="CM-006").case
    form = page_of(enter(STATION, "desk_clerk"), case, "accept").context["form"]
    assert form["area"].value() == COMMUNITY
    state, suggested = district.state(case), form["matter"].value()
    assert suggested in district.policy.matters
    ranks = ["extended", "standard", "urgent", "emergency"]
    assert ranks.index(form["urgency"].value()) >= ranks.index(state.urgency)
    assert ranks.index(form["urgency"].value()) >= ranks.index(district.policy.matters[suggested].urgency)


def test_it_proposes_the_routed_lead_and_co_handlers_and_lists_only_units_that_serve_the_place(
    district: Place, enter: Enter
) -> None:
    case = district.report().case
    district.accept(case, "EE-009")
    form = page_of(enter(CENTRE, "dispatcher"), case, "dispatch").context["form"]
    assert form["lead"].value() == ENFORCEMENT
    assert f"{DISTRICT}.market_regulation" in form["co_handlers"].value()
    offered = [unit for _group, options in form.fields["lead"].choices[1:] for unit, _name in options]
    assert not [unit for unit in offered if unit.startswith(OTHER_TOWN)]
    assert len(offered) == len(set(offered))


def test_it_carries_a_case_by_its_forms_alone(district: Place, enter: Enter) -> None:
    case = district.report().case
    clerk, centre = enter(STATION, "desk_clerk"), enter(CENTRE, "dispatcher")
    handler, verifier = enter(SANITATION, "handler"), enter(CENTRE, "verifier")
    out = io.BytesIO()
    Image.new("RGB", (30, 30)).save(out, "JPEG")
    acts: list[tuple[Client, str, dict[str, Any]]] = [
        (clerk, "accept", {"matter": "CM-006", "urgency": "standard", "area": COMMUNITY}),
        (centre, "dispatch", {"lead": SANITATION}),
        (handler, "acknowledge", {}),
        (handler, "report_back", {
            "result": "solved", "what_was_done": "已清运。", "reporter_contacted": "yes",
            "evidence": SimpleUploadedFile("x.jpg", out.getvalue()),
        }),
        (verifier, "verify", {"finding": "confirmed_on_site"}),
        (clerk, "reply", {"decision": "supported", "reason": "已清运完毕。", "remedy": "done"}),
    ]  # fmt: skip
    for client, action, form in acts:
        answer = take(client, district, case, action, **form)
        assert answer.status_code == 302, text(answer)
    assert district.state(case).step == "replied"
    assert "photo" in [kind for _item, kind, _field in vaulted.kinds(DISTRICT, case)]


@pytest.mark.parametrize(
    ("unit", "step", "action", "form", "field"),
    [
        (STATION, "", "accept", {"urgency": "standard", "area": COMMUNITY}, "matter"),
        (STATION, "", "accept", {"matter": "CM-999", "urgency": "standard", "area": COMMUNITY}, "matter"),
        (STATION, "", "accept", {"matter": "PL-001", "urgency": "standard", "area": COMMUNITY}, "complaint_targets"),
        (STATION, "", "decline", {"reason": "in_court", "right_channel": "court", "words": " "}, "words"),
        (STATION, "", "decline", {"reason": "in_court", "right_channel": "court", "words": "\x00"}, "words"),
        (STATION, "", "merge", {"into": "118-0000000-0"}, "into"),
        (STATION, "", "divert", {"service": "110", "handed_over_at": "tomorrow"}, "handed_over_at"),
        (CENTRE, "registered", "dispatch", {"lead": ""}, "lead"),
        (CENTRE, "registered", "dispatch", {"lead": SANITATION, "co_handlers": [SANITATION]}, "co_handlers"),
        (SANITATION, "handling", "pause", {"reason": "weather", "words": "雨", "until": "2020-01-01"}, "until"),
        (SANITATION, "handling", "pause", {"reason": "weather", "words": "雨", "until": "2199-01-01"}, "until"),
        (SANITATION, "handling", "ask_extension", {"reason": "weather", "words": "雨", "amount": "99"}, "amount"),
        (SANITATION, "handling", "ask_extension", {"reason": "weather", "words": "雨", "amount": "x"}, "amount"),
    ],
)
def test_it_says_beside_the_field_what_is_wrong_and_keeps_the_rest(
    district: Place, enter: Enter, unit: str, step: str, action: str, form: dict[str, Any], field: str
) -> None:
    case = district.report().case
    if step:
        district.bring_to(case, step)
    before = district.state(case).version
    page = take(enter(unit), district, case, action, **form)
    assert page.status_code == 422
    assert_sound(page)
    shown = page.context["form"]
    assert shown[field].errors
    for name, value in form.items():
        if isinstance(value, str) and value.strip("\x00 "):
            assert shown[name].value() == value
    assert district.state(case).version == before


def test_it_says_what_another_did_meanwhile_and_keeps_the_words(district: Place, enter: Enter, language: str) -> None:
    case = district.report().case
    district.bring_to(case, "handling")
    client = enter(SANITATION, "handler", language=language)
    seen = district.state(case).version
    district.act(case, "ask_extension", reason="complex", words="需要吊车", amount=1)
    form = {"result": "solved", "what_was_done": "写了很久的话", "reporter_contacted": "yes", "expected": seen}
    page = take(client, district, case, "report_back", **form)
    assert page.status_code == 409
    assert_sound(page)
    assert len(page.context["changed"]) == 1
    assert "写了很久的话" in page.content.decode()
    assert page.context["form"]["expected"].value() == str(district.state(case).version)
    again = take(client, district, case, "report_back", **{**form, "expected": district.state(case).version})
    assert again.status_code == 302


def test_it_keeps_the_words_for_copying_when_the_action_is_no_longer_open(district: Place, enter: Enter) -> None:
    case = district.report().case
    district.bring_to(case, "handling")
    client = enter(SANITATION, "handler")
    seen = district.state(case).version
    district.act(case, "report_back", result="solved", what_was_done="同事已报。", reporter_contacted="yes")
    form = {"result": "solved", "what_was_done": "写了很久的话", "reporter_contacted": "yes", "expected": seen}
    page = take(client, district, case, "report_back", **form)
    assert page.status_code == 409
    assert_sound(page)
    assert "写了很久的话" in text(page)
    assert not page.context["form_open"]


def test_it_makes_one_act_of_a_form_that_was_sent_twice(district: Place, enter: Enter) -> None:
    case = district.report().case
    client = enter(STATION, "desk_clerk")
    form = {"matter": "CM-006", "urgency": "standard", "area": COMMUNITY, "expected": 1}
    assert take(client, district, case, "accept", **form).status_code == 302
    assert take(client, district, case, "accept", **form).status_code == 409
    assert district.state(case).version == 2


def test_it_takes_no_action_that_is_not_this_persons(district: Place, enter: Enter) -> None:
    case = district.report().case
    district.bring_to(case, "done")
    page = take(enter(SANITATION), district, case, "verify", finding="confirmed_on_site")
    assert page.status_code == 422
    assert_sound(page)
    assert district.state(case).step == "done", "whoever handled never verifies"
    assert take(enter(CENTRE), district, case, "nothing_like_this").status_code == 404


def test_it_merges_into_another_case_by_its_number(district: Place, enter: Enter) -> None:
    case, other = district.report().case, district.report()
    answer = take(enter(STATION, "desk_clerk"), district, case, "merge", into=other.number.replace("-", ""))
    assert answer.status_code == 302, text(answer)
    assert district.state(case).merged_into == other.case


def test_it_shows_parts_to_the_lead_and_the_parent_to_the_part(district: Place, enter: Enter) -> None:
    case = district.report().case
    district.accept(case, "EE-009")
    district.dispatch(case, co_handlers=(f"{DISTRICT}.market_regulation",))
    district.act(case, "acknowledge")
    lead, helper = enter(ENFORCEMENT, "handler"), enter(f"{DISTRICT}.market_regulation", "handler")
    page = page_of(lead, case)
    assert_sound(page)
    (part, _unit, _step), *_ = page.context["parts"]
    assert "还没有完成。请先确认或取消协办" in text(page), "why the result cannot be reported yet"
    mine = page_of(helper, part.id)
    assert_sound(mine)
    assert "还没有完成" not in text(mine)
    assert mine.context["file"].parent.id == case
    assert "楼下的垃圾堆了三天没有人清运" in text(mine), "who helps reads what was reported"
    assert [row.id for row in helper.get("/desk/").context["rows"]] == [part.id]
    assert take(helper, district, part.id, "acknowledge").status_code == 302


def test_it_opens_an_original_for_a_reason_only_and_shows_contacts_to_the_identity_post_only(
    district: Place, enter: Enter, language: str
) -> None:
    case = district.report("路灯坏了，电话13812345678。", contact="13912345678").case
    district.accept(case)
    items = {field: item for item, _kind, field in vaulted.kinds(DISTRICT, case)}
    clerk = enter(CENTRE, "dispatcher", language=language)
    address = f"/desk/case/{case}/item/{items['detail']}/"
    assert_sound(clerk.get(address))
    assert clerk.post(address, {"reason": " "}).status_code == 422
    assert not vaulted.reveals(DISTRICT, case)
    opened = clerk.post(address, {"reason": "回电核实"})
    assert_sound(opened)
    assert "13812345678" in text(opened)
    contact = f"/desk/case/{case}/item/{items['contact']}/"
    refused = clerk.post(contact, {"reason": "回电核实"})
    assert refused.status_code == 422
    assert "13912345678" not in text(refused)
    assert_sound(refused)
    officer = enter(CENTRE, "identity_officer", language=language)
    assert "13912345678" in text(officer.post(contact, {"reason": "回电核实"}))
    assert [look.reason for look in vaulted.reveals(DISTRICT, case)] == ["回电核实", "回电核实"]


def test_it_shows_a_photo_only_after_a_reason(district: Place, enter: Enter) -> None:
    out = io.BytesIO()
    Image.new("RGB", (30, 30)).save(out, "PNG")
    case = district.report(photos=(out.getvalue(),)).case
    item = next(item for item, kind, _field in vaulted.kinds(DISTRICT, case) if kind == "photo")
    client = enter(STATION, "desk_clerk")
    page = client.post(f"/desk/case/{case}/item/{item}/", {"reason": "看现场"})
    assert "data:image/jpeg;base64," in page.content.decode()
    assert "data:image" not in page_of(client, case).content.decode()


def test_it_says_on_the_case_page_that_a_text_was_borrowed_or_invented(district: Place, enter: Enter) -> None:
    client = enter(STATION, "desk_clerk")
    assert "演示内容" in text(page_of(client, district.report(origin="demo-lent").case))
    assert "演示内容" not in text(page_of(client, district.report().case))


def test_it_shows_the_deadline_with_the_way_to_count_it_again(district: Place, enter: Enter, language: str) -> None:
    case = district.report().case
    district.bring_to(case, "dispatched")
    said = text(page_of(enter(SANITATION, "handler", language=language), case))
    assert ("计入的时段" if language == "zh-hans" else "Hours counted") in said
    assert ("承办单位是怎样确定的" if language == "zh-hans" else "How the unit was found") in said


def test_its_pages_ask_the_database_a_bounded_number_of_times_however_much_they_show(
    district: Place, enter: Enter, django_assert_max_num_queries: Any
) -> None:
    client = enter(CENTRE, "dispatcher", "duty_head")
    case = district.report().case
    for _ in range(30):
        district.report()
    district.bring_to(case, "closed")
    client.get("/desk/"), page_of(client, case)
    with django_assert_max_num_queries(17):
        assert len(client.get("/desk/", {"in": TOWN}).context["rows"]) == 30
    with django_assert_max_num_queries(19):
        page_of(client, case)
    with django_assert_max_num_queries(20):  # with the standard answers beside the form
        page_of(client, case, "contest")


def test_no_cache_keeps_a_page_of_the_desk(enter: Enter) -> None:
    assert "no-store" in enter(STATION, "desk_clerk").get("/desk/").headers["Cache-Control"]


def test_it_goes_by_the_clock_of_the_place(district: Place, enter: Enter) -> None:
    district.report()
    page = enter(STATION, "desk_clerk", language="en").get("/desk/")
    due = timezone.localtime(page.context["rows"][0].due)
    assert f"{due:%H:%M}" in text(page)


# --- sent when one was logged out


def test_it_leads_back_to_the_form_when_a_sent_one_found_nobody_logged_in(district: Place, hire: Hire) -> None:
    case = district.report().case
    client = Client()
    answer = client.post(f"/desk/case/{case}/act/accept/", {"expected": 1})
    assert answer.headers["Location"] == f"/account/login/?next=/desk/case/{case}/%3Fact%3Daccept"
    form = {"username": hire(STATION, "desk_clerk"), "password": PASSWORD, "next": f"/desk/case/{case}/?act=accept"}
    page = client.post("/account/login/", form, follow=True)
    assert page.status_code == 200
    assert page.context["form_open"]


def test_it_shows_the_form_where_its_address_is_asked_for(district: Place, enter: Enter) -> None:
    case = district.report().case
    client = enter(STATION, "desk_clerk")
    assert client.get(f"/desk/case/{case}/act/accept/").headers["Location"] == f"/desk/case/{case}/?act=accept"
    assert client.get("/desk/bulk/accept/").headers["Location"] == "/desk/"


def test_it_says_in_words_that_an_address_takes_forms_only(enter: Enter) -> None:
    page = enter(STATION, "desk_clerk").get("/account/logout/")
    assert page.status_code == 405
    assert page.headers["Allow"]
    assert_sound(page)
