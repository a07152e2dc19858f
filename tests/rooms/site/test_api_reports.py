"""What a report over HTTP may say of itself, and the words of its receipt and its deadlines."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from tests.rooms.conftest import COMMUNITY
from tests.rooms.site.calling import API, CENTRE, HERE, SANITATION, STATION, Caller, Hire

REPORT = {"detail": "小区门口的垃圾三天没有清运", "area": COMMUNITY}


def report(caller: Caller, **changes: Any) -> Any:
    return caller.post(f"{API}/reports", REPORT | changes)


@pytest.mark.usefixtures("district")
@pytest.mark.parametrize("channel", ["portal", "wechat_mini", "api"])
def test_anybody_reports_by_the_open_channels(stranger: Caller, channel: str) -> None:
    assert report(stranger, channel=channel).status == 201


@pytest.mark.usefixtures("district")
@pytest.mark.parametrize("channel", ["sensor", "hotline", "patrol", "walk_in", "mailbox"])
def test_a_stranger_may_not_say_that_a_report_came_by_another_way(stranger: Caller, channel: str) -> None:
    answer = report(stranger, channel=channel)

    assert (answer.status, answer.code) == (422, "channel_needs_login")
    assert answer.body["facts"]["known"] == ["portal", "wechat_mini", "api"]
    assert "Web page, WeChat mini program, Other system" in answer.body["detail"]


@pytest.mark.usefixtures("district")
def test_a_wrong_token_opens_no_channel(stranger: Caller) -> None:
    stranger.token = "linli_wrong"

    assert report(stranger, channel="sensor").code == "channel_needs_login"


def test_whoever_has_a_token_may_name_any_channel(hired: Hire) -> None:
    assert report(hired(STATION, "desk_clerk"), channel="sensor").status == 201


@pytest.mark.usefixtures("district")
@pytest.mark.parametrize(("language", "intake"), [("en", "the district's default "), ("zh-hans", "本区默认")])
def test_a_receipt_says_units_and_limits_in_the_readers_language(stranger: Caller, language: str, intake: str) -> None:
    stranger.language = language
    receipt = report(stranger).body

    assert intake in " ".join(receipt["why_due"])
    assert receipt["owner_name"].startswith("Community information station") == (language == "en")


@pytest.mark.parametrize(("language", "reason"), [("en", "weather"), ("zh-hans", "天气")])
def test_staff_read_the_reason_of_a_pause_in_words(hired: Hire, stranger: Caller, language: str, reason: str) -> None:
    clerk, dispatcher = hired(STATION, "desk_clerk"), hired(CENTRE, "dispatcher")
    worker = hired(SANITATION, "handler", language=language)
    case = report(stranger).body["case"]
    clerk.act(case, "accept", matter="CM-006", urgency="standard", area=COMMUNITY)
    dispatcher.act(case, "dispatch", lead=SANITATION)
    worker.act(case, "acknowledge")
    paused = worker.act(
        case,
        "pause",
        reason="weather",
        until=(timezone.localtime() + timedelta(days=5)).date().isoformat(),
        words="暴雨",
    )
    assert paused.status == 200, paused.body
    said = " ".join(worker.get(f"{HERE}/cases/{case}").body["why_due"])

    assert reason in said.lower()
    assert language == "en" or "weather" not in said


@pytest.mark.usefixtures("district")
@pytest.mark.parametrize("text", ["\u200b\u200d", "\ufeff", "\u3164\u2800"])
def test_a_text_of_which_nothing_can_be_seen_is_no_report(stranger: Caller, text: str) -> None:
    assert report(stranger, detail=text).code == "detail_missing"


@pytest.mark.usefixtures("district")
def test_a_photo_that_is_no_base64_is_told_so(stranger: Caller) -> None:
    answer = report(stranger, photos=["data:image/png;base64,AAAA"])

    assert (answer.status, answer.code) == (422, "photo_not_base64")
    assert "encoded as base64" in answer.body["detail"]
    assert "JPEG" in answer.body["detail"]


@pytest.mark.usefixtures("district")
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_resident_is_not_told_of_posts(stranger: Caller, language: str) -> None:
    receipt = report(stranger).body
    stranger.language = language
    sent = {"number": receipt["number"], "code": receipt["code"], "form": {}}
    answer = stranger.post(f"{HERE}/followed/actions/accept", sent)

    assert (answer.status, answer.code) == (403, "not_for_reporter")
    assert "post" not in answer.body["detail"].lower()
    assert "岗位" not in answer.body["detail"]
