"""What was understood of a report is told at once: the place that its words name or do not name, and the photos."""

import re
from html import unescape

import pytest
from django.db.models import F
from django.template.loader import render_to_string
from django.test import Client
from playwright.sync_api import Browser

from linli.cases import words
from linli.cases.models import Case
from linli.directory import actions as directory_actions
from linli.directory import queries as directory
from linli.directory.models import District, Unit
from linli.directory.queries import PointVerdict
from tests.journeys.browsing import PHONE
from tests.journeys.conftest import DISTRICT, DISTRICT_CENTRE, STATION, Enter
from tests.journeys.pages import assert_sound, text
from tests.journeys.test_portal import picture
from tests.journeys.test_reporting import REPORT, WORDS, hinted, opened
from tests.rooms.conftest import COMMUNITY, Place

NOWHERE = "火星社区"


@pytest.mark.parametrize(
    ("where", "said"),
    [
        ("甲社区", {"zh-hans": "我们理解为：中山路街道 甲社区", "en": "We take this for: 中山路街道 甲社区"}),
        ("中山路街道 火星社区", {"zh-hans": "我们理解为：中山路街道", "en": "We take this for: 中山路街道"}),
        (NOWHERE, {"zh-hans": "没有认出“火星社区”", "en": "“火星社区” is no town or community"}),
        ("甲社区或者丙社区", {"zh-hans": "提交时请您选定", "en": "Several places fit"}),
        (" ", {"zh-hans": "", "en": ""}),
    ],
)
def test_it_says_while_somebody_writes_what_it_takes_the_place_for(
    reader: Client, district: Place, language: str, where: str, said: dict[str, str]
) -> None:
    del district
    place = hinted(reader, detail="", where=where)["place"]
    assert said[language] in place
    assert bool(place) == bool(said[language])


def test_an_unknown_place_holds_nothing_up_and_the_receipt_says_that_staff_decide(
    reader: Client, district: Place, language: str
) -> None:
    del district
    receipt = reader.post(REPORT, {"key": "k", "detail": WORDS, "where": NOWHERE, "place": "东门口"})
    assert receipt.status_code == 201
    assert_sound(receipt)
    assert {"zh-hans": "没有认出“火星社区”", "en": "“火星社区” was not recognised"}[language] in text(receipt)
    followed = reader.get("/case/")
    assert {"zh-hans": "还不清楚属于哪个镇街", "en": "is not known yet"}[language] in text(followed)
    assert f"{NOWHERE} 东门口" in text(followed)


def test_the_receipt_names_the_place_that_was_understood_by_words_or_pin(visitor: Client, district: Place) -> None:
    directory_actions.invent_boundaries(DISTRICT, now=district.now)
    by_words = visitor.post(REPORT, {"key": "a", "detail": WORDS, "where": "甲社区"})
    assert "中山路街道 甲社区" in text(by_words)
    assert "没有" not in text(by_words).partition("地点")[2].partition("为什么")[0]
    point = directory.some_point(COMMUNITY, 1)
    assert point is not None
    pinned = visitor.post(REPORT, {"key": "b", "detail": WORDS, "where": NOWHERE, "lon": point[0], "lat": point[1]})
    assert "中山路街道 甲社区" in text(pinned)
    assert "没有认出“火星社区”" in text(pinned)
    unsaid = visitor.post(REPORT, {"key": "c", "detail": WORDS})
    assert "您没有说明是哪个镇街" in text(unsaid)


def test_the_desk_reads_that_no_place_was_recognised_until_it_has_chosen_one(
    visitor: Client, district: Place, enter: Enter
) -> None:
    del district
    visitor.post(REPORT, {"key": "k", "detail": WORDS, "where": NOWHERE})
    case = Case.objects.get()
    clerk = enter(DISTRICT_CENTRE)
    asked = "没有从反映内容中认出镇街或村（社区）"
    assert asked in text(clerk.get(f"/desk/case/{case.id}/"))
    accepted = {"matter": "CM-006", "urgency": "standard", "area": COMMUNITY, "expected": 1}
    done = clerk.post(f"/desk/case/{case.id}/act/accept/", accepted, follow=True)
    assert asked not in text(done)


def test_whoever_takes_a_call_reads_what_was_understood_and_can_ask_again(district: Place, enter: Enter) -> None:
    del district
    clerk = enter(STATION, "desk_clerk")
    call = clerk.post("/desk/calls/").headers["Location"]
    typed = {"detail": WORDS, "where": NOWHERE, "key": "k"}
    asked = clerk.post(call, typed | {"do": "similar"})
    assert "没有认出“火星社区”" in text(asked)
    assert "请向来电人再问" in text(asked)
    assert " data-bound" in asked.content.decode(), "the page has what was typed: nothing is to be restored over it"
    assert "没有认出镇街或村（社区）" in text(clerk.post(call, typed | {"do": "send"}))


def test_photos_that_arrived_are_counted_for_whoever_sent_them_and_for_the_desk(
    reader: Client, district: Place, enter: Enter, language: str
) -> None:
    del district
    said = {"zh-hans": "收到照片 2 张", "en": "2 photos received"}[language]
    receipt = reader.post(REPORT, {"key": "k", "detail": WORDS, "where": "甲社区", "photos": [picture(), picture()]})
    slip = receipt.content.decode().partition('class="slip"')[2].partition("</section>")[0]
    assert said in slip  # the part that is printed
    assert said in text(reader.get("/case/"))
    page = text(enter(STATION, language=language).get(f"/desk/case/{Case.objects.get().id}/"))
    assert said in page
    assert {"zh-hans": "照片 2", "en": "Photos 2"}[language] in page


def test_of_photos_that_never_came_nothing_is_said(visitor: Client, district: Place) -> None:
    del district
    assert "照片" not in text(visitor.post(REPORT, {"key": "k", "detail": WORDS, "where": "甲社区"}))


def test_the_coordinates_that_stand_as_an_example_lie_in_the_district(visitor: Client, district: Place) -> None:
    District.objects.update(version=F("version") + 1_000_000)
    assert "例如" not in text(visitor.get(REPORT)).partition("单位为度")[2][:40]
    directory_actions.invent_boundaries(DISTRICT, now=district.now)
    District.objects.update(version=F("version") + 2_000_000)  # no other test has kept this version
    found = re.search(r"例如 ([\d.]+) 和 ([\d.]+)", text(visitor.get(REPORT)))
    assert found
    verdict, _lies_in = directory.judge_point(float(found[1]), float(found[2]), DISTRICT)
    assert verdict is PointVerdict.INSIDE


def test_duty_hours_are_said_in_the_readers_language(reader: Client, district: Place, language: str) -> None:
    del district
    Unit.objects.filter(id=STATION).update(phone="023-1", hours="24 h", invented=False)
    District.objects.update(version=F("version") + 1)
    page = text(reader.get(f"/team/{DISTRICT}/{COMMUNITY}/"))
    assert {"zh-hans": "24 小时", "en": "24 hours"}[language] in page
    assert "24 h " not in page


def test_no_two_types_of_unit_in_one_chooser_are_called_the_same(visitor: Client, district: Place) -> None:
    del district
    chooser = visitor.get(REPORT).content.decode().partition('name="about"')[2].partition("</select>")[0]
    names = [unescape(name).strip() for name in re.findall(r"<option[^>]*>([^<]+)", chooser)]
    assert len(names) > 20
    assert sorted(names) == sorted(set(names))
    assert words.label("unit_type", "village_supervision_committee", "zh-hans").startswith("村（居）")


def test_the_page_for_our_own_faults_asks_for_nothing_that_might_be_missing_too() -> None:
    page = render_to_string("500.html")
    assert re.findall(r'(?:href|src)="([^"]+)"', page) == ["data:,"]  # without an icon browsers ask for one


def test_the_stages_break_no_word_on_a_phone(browser: Browser, district: Place) -> None:
    with opened(browser) as page:
        page.context.set_extra_http_headers({"accept-language": "en"})
        page.goto(REPORT)
        page.fill("[name=detail]", WORDS)
        page.click("form button.btn-primary")
        page.click("a.btn-primary")
        assert page.viewport_size == {"width": PHONE[0], "height": PHONE[1]}
        broken = page.evaluate(
            """() => [...document.querySelectorAll(".stages li > span")].flatMap(label => {
                 const node = label.firstChild, words = [...node.data.matchAll(/\\S+/g)];
                 return words.filter(word => {
                   const range = document.createRange();
                   range.setStart(node, word.index);
                   range.setEnd(node, word.index + word[0].length);
                   return range.getClientRects().length > 1 || range.getBoundingClientRect().right > innerWidth;
                 }).map(word => word[0]);
               })"""
        )
        assert page.locator(".stages li").count() == 6
        assert broken == []


def test_matters_are_named_with_full_width_brackets(visitor: Client, district: Place) -> None:
    del district
    chooser = visitor.get(REPORT).content.decode().partition('name="matter"')[2].partition("</select>")[0]
    assert "村（居）务公开问题反映" in chooser
    assert not re.search(r"[\u4e00-\u9fff]\(", chooser)
