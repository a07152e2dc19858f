"""Residents on their pages: report, receipt, follow, act; every state says what to do, in both languages."""

import io
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from PIL import Image

from linli.cases import queries
from linli.vault import actions as vault
from linli.vault import queries as vaulted
from tests.journeys.conftest import CENTRE, DISTRICT, STATION
from tests.journeys.pages import assert_sound, text
from tests.rooms.conftest import COMMUNITY, FAR, TOWN, Place

REPORT = f"/report/{DISTRICT}/"
DETAIL = "楼下的垃圾堆了三天，我的电话是13812345678，请尽快清运。"


def key(client: Client) -> str:
    return str(client.get(REPORT).context["form"]["key"].value())


def send(client: Client, **fields: Any) -> HttpResponse:
    return client.post(REPORT, {"key": fields.pop("key", None) or key(client), "detail": DETAIL, "where": "", **fields})


def picture(name: str = "photo.png") -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), (200, 10, 10)).save(out, "PNG")
    return SimpleUploadedFile(name, out.getvalue(), "image/png")


def reported(client: Client, **fields: Any) -> tuple[str, str]:
    """Number and code of a fresh report."""
    answer = send(client, **fields)
    assert answer.status_code == 201, text(answer)
    found = re.findall(r'class="big-number">([^<]+)<', answer.content.decode())
    return found[0], found[1]


def following(client: Client, place: Place, step: str = "", matter: str = "CM-006") -> str:
    """A case brought to a step, which the client follows by number and code."""
    receipt = place.report()
    if step:
        place.bring_to(receipt.case, step, matter)
    answer = client.post("/follow/", {"number": receipt.number, "code": receipt.code})
    assert answer.status_code == 302, text(answer)
    return receipt.case


def test_its_home_page_gives_emergency_numbers_before_anything_else(reader: Client, district: Place) -> None:
    del district
    page = reader.get("/")
    assert_sound(page)
    body = page.content.decode()
    for number in ("110", "119", "120"):
        assert body.index(f'href="tel:{number}"') < body.index(f'href="{REPORT}"')


def test_its_report_page_gives_emergency_numbers_before_the_form(reader: Client, district: Place) -> None:
    del district
    page = reader.get(REPORT)
    assert_sound(page)
    body = page.content.decode()
    assert body.index('href="tel:110"') < body.index('name="detail"')
    assert body.index('name="detail"') < body.index('name="photos"') < body.index('name="matter"')


def test_every_page_of_the_portal_gives_the_emergency_numbers_first(reader: Client, district: Place) -> None:
    following(reader, district)
    for path in ("/", REPORT, "/follow/", "/case/", "/nothing-here/"):
        body = reader.get(path).content.decode().partition("<main")[2]
        for number in ("110", "119", "120"):
            assert f'href="tel:{number}"' in body.partition("<form")[0], path


def test_it_gives_the_receipt_also_where_too_many_wrong_codes_came_from(visitor: Client, district: Place) -> None:
    other = district.report().number
    for n in range(60):
        visitor.post("/follow/", {"number": f"{other[:-3]}{n:02d}-1", "code": "0" * 12})
    assert reported(visitor)
    assert visitor.get("/case/").status_code == 302


def test_it_says_what_to_do_when_a_form_comes_from_nowhere(district: Place) -> None:
    page = Client(enforce_csrf_checks=True).post(REPORT, {"detail": DETAIL})
    assert page.status_code == 403
    assert_sound(page)


def test_it_says_so_where_nothing_is_published_or_no_such_district_runs(reader: Client, db: None) -> None:
    assert_sound(reader.get("/"))
    assert reader.get("/report/999999/").status_code == 404


def test_it_takes_a_report_without_any_account_and_gives_number_code_and_what_happens_next(
    reader: Client, district: Place, language: str
) -> None:
    page = send(reader, where="中山路街道 甲社区", contact="13812345678")
    assert page.status_code == 201
    assert_sound(page)
    said = text(page)
    assert re.search(r"118-\d{7}-\d", said)
    assert re.search(r"[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){2}", said)
    assert ("甲社区综合信息工作站" if language == "zh-hans" else "Community information station") in said
    number = re.search(r"118-\d{7}-\d", said)
    assert number
    loaded = queries.by_number(DISTRICT, number[0])
    assert loaded is not None
    assert loaded.state.place.area == COMMUNITY
    assert loaded.state.channel == "portal"


def test_it_shows_the_receipt_again_and_makes_one_case_when_sent_twice(visitor: Client, district: Place) -> None:
    once = key(visitor)
    first, second = send(visitor, key=once), send(visitor, key=once)
    assert first.status_code == second.status_code == 201
    numbers = [re.findall(r'class="big-number">([^<]+)<', page.content.decode()) for page in (first, second)]
    assert numbers[0] == numbers[1]


def test_it_asks_whether_a_changed_form_is_a_second_report(visitor: Client, district: Place) -> None:
    once = key(visitor)
    send(visitor, key=once)
    page = send(visitor, key=once, detail="另一件事：路灯也坏了。")
    assert page.status_code == 422
    assert "另一件事：路灯也坏了。" in page.content.decode()
    fresh = page.context["form"]["key"].value()
    assert fresh != once
    assert send(visitor, key=fresh, detail="另一件事：路灯也坏了。").status_code == 201


def test_it_keeps_what_was_typed_and_says_beside_the_field_what_is_missing(reader: Client, district: Place) -> None:
    page = send(reader, where="甲社区或者丙社区", place="东门", contact="13812345678", photos=[picture()])
    assert page.status_code == 422
    assert_sound(page)
    form = page.context["form"]
    assert form["place"].value() == "东门"
    assert form["contact"].value() == "13812345678"
    assert form["area"].errors
    assert send(reader, detail="  ").context["form"]["detail"].errors
    assert form["photos"].errors, "a photo has to be chosen again, and the page says so"
    assert 'aria-invalid="true"' in page.content.decode()


def test_it_asks_which_place_is_meant_when_a_name_fits_several(visitor: Client, district: Place) -> None:
    page = send(visitor, where="甲社区或者丙社区")
    assert page.status_code == 422
    choices = [code for code, _name in page.context["form"].fields["area"].choices]
    assert set(choices) == {COMMUNITY, FAR, "none"}
    number, _code = reported(visitor, where="甲社区或者丙社区", area=FAR)
    loaded = queries.by_number(DISTRICT, number)
    assert loaded is not None
    assert loaded.state.place.area == FAR


def test_it_takes_a_place_in_words_when_none_of_the_areas_is_meant(visitor: Client, district: Place) -> None:
    for fields in ({"where": "甲社区或者丙社区", "area": "none"}, {"where": "老码头"}):
        number, _code = reported(visitor, **fields)
        loaded = queries.by_number(DISTRICT, number)
        assert loaded is not None
        assert loaded.state.place.area == DISTRICT
        words = vaulted.masked_by_case(DISTRICT, [loaded.state.id])[loaded.state.id]
        assert any(fields["where"] in each for each in words)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"lon": "29.35", "lat": "105.92"}, "lon"),
        ({"lon": "105.92"}, "lat"),
        ({"lon": "east", "lat": "29.35"}, "lon"),
        ({"lon": "1000", "lat": "29.35"}, "lon"),
    ],
)
def test_it_says_what_is_wrong_with_coordinates(
    visitor: Client, district: Place, fields: dict[str, str], field: str
) -> None:
    page = send(visitor, **fields)
    assert page.status_code == 422
    assert page.context["form"][field].errors
    assert_sound(page)


@pytest.mark.parametrize("content", [b"", b"GIF89a not a picture", b"<svg onload=alert(1)>"])
def test_it_says_that_a_photo_cannot_be_read(visitor: Client, district: Place, content: bytes) -> None:
    page = send(visitor, photos=[SimpleUploadedFile("x.jpg", content, "image/jpeg")])
    assert page.status_code == 422
    assert page.context["form"]["photos"].errors
    assert page.context["form"]["detail"].value() == DETAIL


def test_it_takes_six_photos_and_no_more(visitor: Client, district: Place) -> None:
    assert send(visitor, photos=[picture(f"{n}.png") for n in range(7)]).context["form"]["photos"].errors
    number, _code = reported(visitor, photos=[picture(f"{n}.png") for n in range(6)])
    loaded = queries.by_number(DISTRICT, number)
    assert loaded is not None
    kinds = [kind for _item, kind, _field in vaulted.kinds(DISTRICT, loaded.state.id)]
    assert kinds.count("photo") == 6


def test_it_keeps_a_unit_complained_about_out_and_asks_for_its_place(visitor: Client, district: Place) -> None:
    page = send(visitor, about="town:sanitation_office")
    assert page.status_code == 422
    assert page.context["form"]["about"].errors
    number, _code = reported(visitor, about="town:sanitation_office", where="甲社区")
    loaded = queries.by_number(DISTRICT, number)
    assert loaded is not None
    assert loaded.state.complaint_targets == (f"{TOWN}.sanitation_office",)


@pytest.mark.parametrize("text_", ["\x00", "a\x00b"])
def test_it_refuses_characters_that_cannot_be_kept_with_words(visitor: Client, district: Place, text_: str) -> None:
    page = send(visitor, detail=text_)
    assert page.status_code == 422
    assert page.context["form"]["detail"].errors


def test_it_takes_emoji_and_other_scripts_as_they_are(visitor: Client, district: Place) -> None:
    reported(visitor, detail="路灯坏了😡 ཀྲུང 𠮷")
    assert "😡 ཀྲུང 𠮷" in text(visitor.get("/case/"))


def test_it_shows_markup_in_a_report_as_plain_characters(visitor: Client, district: Place) -> None:
    reported(visitor, detail="<script>alert(1)</script> & more")
    assert "<script>alert" not in visitor.get("/case/").content.decode()


def test_it_answers_a_wrong_code_and_an_unknown_number_alike(visitor: Client, district: Place) -> None:
    receipt = district.report()
    wrong = visitor.post("/follow/", {"number": receipt.number, "code": "0000-0000-0000"})
    unknown = visitor.post("/follow/", {"number": "118-9999999-9", "code": receipt.code})
    assert wrong.status_code == unknown.status_code == 422
    assert wrong.context["form"].errors == unknown.context["form"].errors
    assert_sound(wrong)


def test_it_stops_guessing_after_some_tries_and_says_for_how_long(visitor: Client, district: Place) -> None:
    receipt = district.report()
    answers = [visitor.post("/follow/", {"number": receipt.number, "code": "0" * 12}) for _ in range(11)]
    assert "60" in text(answers[-1])
    good = visitor.post("/follow/", {"number": receipt.number, "code": receipt.code})
    assert good.status_code == 422


def test_it_forgives_how_number_and_code_are_typed(visitor: Client, district: Place) -> None:
    receipt = district.report()
    typed = {"number": receipt.number.replace("-", " "), "code": f" {receipt.code.lower().replace('-', '')} "}
    assert visitor.post("/follow/", typed).status_code == 302
    assert receipt.number in text(visitor.get("/case/"))


def test_it_sends_people_who_follow_nothing_to_the_form_for_number_and_code(visitor: Client, district: Place) -> None:
    for answer in (visitor.get("/case/"), visitor.post("/case/act/withdraw/", {"expected": 1})):
        assert (answer.status_code, answer.headers["Location"]) == (302, "/follow/")


def test_it_forgets_the_case_on_this_device(visitor: Client, district: Place) -> None:
    following(visitor, district)
    visitor.post("/case/leave/")
    assert visitor.get("/case/").status_code == 302


def test_its_case_page_says_who_has_it_until_when_and_why(reader: Client, district: Place, language: str) -> None:
    following(reader, district, "dispatched")
    page = reader.get("/case/")
    assert_sound(page)
    said = text(page)
    unit, limit = ("中山路街道环卫所", "工作小时") if language == "zh-hans" else ("Sanitation office", "working hours")
    assert unit in said
    assert limit in said
    assert re.search(r"2\d{3}", said)


@pytest.mark.parametrize("step", ["registered", "dispatched", "handling", "done", "verified", "replied", "closed"])
def test_its_case_page_is_sound_in_every_step_of_the_loop(reader: Client, district: Place, step: str) -> None:
    following(reader, district, step)
    page = reader.get("/case/")
    assert page.status_code == 200
    assert_sound(page)


def test_it_shows_the_answer_and_keeps_officers_words_inside(visitor: Client, district: Place) -> None:
    following(visitor, district, "replied")
    said = text(visitor.get("/case/"))
    assert "已清运完毕。" in said, "the reply is written to the reporter"
    assert "已清运。" not in said.replace("已清运完毕。", ""), "what the unit told the verifier is not"


def test_it_shows_why_a_report_was_not_accepted_and_where_to_go(reader: Client, district: Place, language: str) -> None:
    case = following(reader, district)
    district.act(case, "decline", reason="in_court", right_channel="court", words="法院正在审理此事，请等待判决。")
    page = reader.get("/case/")
    assert_sound(page)
    said = text(page)
    assert "法院正在审理此事，请等待判决。" in said
    assert ("人民法院" if language == "zh-hans" else "Court") in said
    assert "contest" in [offer["name"] for offer in page.context["offers"]]


def test_it_masks_what_identifies_a_person_also_for_the_reporter(visitor: Client, district: Place) -> None:
    reported(visitor)
    page = visitor.get("/case/").content.decode()
    assert "13812345678" not in page
    assert "[电话]" in page


def test_it_lists_who_looked_at_the_originals_and_why(reader: Client, district: Place, language: str) -> None:
    case = following(reader, district)
    item = next(item for item, _kind, field in vaulted.kinds(DISTRICT, case) if field == "detail")
    clerk = district.person(STATION)
    vault.reveal(clerk, district=DISTRICT, case=case, item=item, reason="核实地点", now=district.now)
    said = text(reader.get("/case/"))
    assert "核实地点" in said
    assert ("甲社区综合信息工作站" if language == "zh-hans" else "Community information station") in said


@pytest.mark.parametrize(
    ("step", "action", "form", "after"),
    [
        ("replied", "satisfied", {"rating": "4", "words": "谢谢"}, "closed"),
        ("replied", "not_solved", {}, "handling"),
        ("", "withdraw", {}, "withdrawn"),
        ("registered", "escalate", {"words": "一直没有人处理"}, "registered"),
        ("closed", "reopen", {"words": "又堆起来了"}, "registered"),
        ("closed", "contest", {"words": "没有解决"}, "registered"),
    ],
)
def test_it_lets_the_reporter_do_what_the_procedure_allows(
    visitor: Client, district: Place, step: str, action: str, form: dict[str, str], after: str
) -> None:
    case = following(visitor, district, step)
    version = district.state(case).version
    answer = visitor.post(f"/case/act/{action}/", {"expected": version, **form})
    assert answer.status_code == 302, text(answer)
    assert district.state(case).step == after
    page = visitor.get("/case/")
    assert_sound(page)
    for value in form.values():
        assert value in text(page), "their own words are shown to the reporter"


def test_it_keeps_the_words_of_an_act_that_was_refused(visitor: Client, district: Place) -> None:
    case = following(visitor, district, "closed")
    page = visitor.post("/case/act/contest/", {"expected": district.state(case).version, "words": ""})
    assert page.status_code == 422
    assert_sound(page)
    assert next(offer for offer in page.context["offers"] if offer["open"])["form"]["words"].errors


def test_it_says_what_changed_when_somebody_was_faster(reader: Client, district: Place) -> None:
    case = following(reader, district, "registered")
    seen = district.state(case).version
    district.dispatch(case)
    page = reader.post("/case/act/escalate/", {"expected": seen, "words": "请上级来办"})
    assert page.status_code == 409
    assert "请上级来办" in page.content.decode()
    assert_sound(page)
    assert district.state(case).step == "dispatched"


def test_it_offers_no_act_of_officers_and_takes_none(visitor: Client, district: Place) -> None:
    case = following(visitor, district)
    version = district.state(case).version
    answer = visitor.post(
        "/case/act/accept/", {"expected": version, "matter": "CM-006", "urgency": "standard", "area": COMMUNITY}
    )
    assert answer.status_code == 422
    assert district.state(case).version == version
    assert visitor.post("/case/act/nothing/", {"expected": version}).status_code == 404


def test_it_says_where_a_merged_report_goes_on_without_the_others_words(visitor: Client, district: Place) -> None:
    other = district.report("别人的原话：垃圾没人管。")
    case = following(visitor, district)
    district.act(case, "merge", into=other.case)
    page = visitor.get("/case/")
    assert_sound(page)
    assert page.context["merged"]["owner"]
    assert "别人的原话" not in text(page)
    district.bring_to(other.case, "replied")
    page = visitor.get("/case/")
    assert "已清运完毕。" in text(page), "the answer is for everybody who reported it"
    assert "别人的原话" not in text(page)


def test_it_marks_a_borrowed_text_on_the_case_page(reader: Client, district: Place, language: str) -> None:
    receipt = district.report(origin="demo")
    reader.post("/follow/", {"number": receipt.number, "code": receipt.code})
    page = reader.get("/case/")
    assert ("演示内容" if language == "zh-hans" else "Demo text") in text(page)
    assert 'class="banner"' in page.content.decode(), "and that units of the district are invented"


def test_it_switches_language_and_comes_back_to_the_page(district: Place) -> None:
    client = Client()
    answer = client.post("/i18n/setlang/", {"language": "en", "next": REPORT})
    assert answer.headers["Location"] == REPORT
    assert "What happened?" in text(client.get(REPORT))
    client.post("/i18n/setlang/", {"language": "zh-hans", "next": REPORT})
    assert "发生了什么" in text(client.get(REPORT))


def test_no_cache_keeps_a_page_of_a_case(visitor: Client, district: Place) -> None:
    following(visitor, district)
    assert "no-store" in visitor.get("/case/").headers["Cache-Control"]


def test_its_pages_ask_the_database_a_bounded_number_of_times(
    visitor: Client, district: Place, django_assert_max_num_queries: Any
) -> None:
    following(visitor, district, "closed")
    visitor.get("/case/"), visitor.get(REPORT)
    with django_assert_max_num_queries(3):
        visitor.get("/")
    with django_assert_max_num_queries(12):
        visitor.get(REPORT)
    with django_assert_max_num_queries(14):
        visitor.get("/case/")


def test_it_ends_a_stranger_at_the_door_of_the_desk(visitor: Client, district: Place) -> None:
    assert visitor.get("/desk/").headers["Location"].startswith("/account/login/")
    assert_sound(visitor.get("/account/login/"))
    assert CENTRE
