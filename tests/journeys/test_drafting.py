"""Changing the catalogue: the draft with what follows from it, two who meet, and two who publish."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from unittest.mock import Mock

import pytest
from django.test import Client
from django.utils import timezone, translation

from linli.accounts import actions as accounts
from linli.catalogue import actions, matter_rows
from linli.catalogue import queries as catalogue
from linli.catalogue import queries_drafts as drafts
from linli.catalogue.actions import Preparing
from linli.catalogue.matter_rows import MatterRow
from linli.catalogue.models import Matter as Row
from linli.core.calendar import Limit
from linli.directory import actions as directory_actions
from linli.site.administration import consequences
from linli.site.naming import Names
from tests.journeys.conftest import DISTRICT, DISTRICT_CENTRE, PASSWORD, STATION, Enter, Hire
from tests.journeys.drafts import DRAFT, LAWFUL, REFUSE, administrator, filled, matter, send, settle
from tests.journeys.pages import assert_sound, text
from tests.rooms.conftest import Place


@pytest.fixture
def second(enter: Enter, hire: Hire, district: Place) -> Client:
    """Another administrator of the same district."""
    user = accounts.create_user("second", PASSWORD, "Second")
    post = f"{DISTRICT_CENTRE}.administrator"
    directory_actions.hold_posts([(str(user.id), post)], since=district.now - timedelta(days=1))
    client = Client(headers={"accept-language": "zh-hans"})
    assert client.login(username="second", password=PASSWORD)
    del enter, hire
    return client


# --- the draft


def test_two_who_edit_one_matter_meet_and_nothing_is_overwritten_unseen(enter: Enter, second: Client) -> None:
    first = administrator(enter)
    values = filled(second.get(f"{DRAFT}matter/{REFUSE}/"))
    assert send(first, REFUSE, handle_limit_amount="8").status_code == 302
    answer = second.post(f"{DRAFT}matter/{REFUSE}/", values | {"handle_limit_amount": "6"})
    assert answer.status_code == 409
    assert [(fact.before, fact.said) for fact in answer.context["moved"]] == [
        (Limit.parse("8wh").words("zh-hans"), Limit.parse("6wh").words("zh-hans"))
    ]
    assert str(matter(REFUSE).handle_limit) == "8wh"
    again = filled(answer)
    assert again["handle_limit_amount"] == "6"
    assert second.post(f"{DRAFT}matter/{REFUSE}/", again).status_code == 302
    assert str(matter(REFUSE).handle_limit) == "6wh", "knowingly put in its place"


def test_what_was_typed_over_a_matter_that_is_gone_is_not_lost(enter: Enter, second: Client) -> None:
    first = administrator(enter)
    new = replace(matter(REFUSE), code="EE-099", name_zh="新事项", name_en="New")
    keep = Preparing("u1", "", DISTRICT, "1", timezone.now())
    actions.keep_matter(keep, MatterRow(0, 1, new), "")
    values = filled(second.get(f"{DRAFT}matter/EE-099/")) | {"notes": "my own words"}
    first.post(f"{DRAFT}matter/EE-099/change/", {"do": "undo", "stamp": values["stamp"]})
    answer = second.post(f"{DRAFT}matter/EE-099/", values)
    assert answer.status_code == 409
    assert_sound(answer)
    assert second.post(f"{DRAFT}new/", filled(answer)).status_code == 302
    assert matter("EE-099").notes == "my own words"


def test_the_draft_says_what_would_change_for_open_cases_and_who_would_lead(
    enter: Enter, district: Place, language: str
) -> None:
    dispatched, waiting = district.report().case, district.report().case
    district.bring_to(dispatched, "handling")
    district.accept(waiting)
    client = administrator(enter, language)
    send(client, REFUSE, handle_limit_amount="8", lead_unit_type="city_management", normal_level="district")
    page = client.get(DRAFT)
    assert_sound(page)
    [changed] = page.context["changed"]
    assert {"zh-hans": "2 件未结案件，其中 1 件尚未派遣", "en": "2 open cases, 1 of them not dispatched"}[
        language
    ] in changed.consequence.cases
    assert len(changed.consequence.truths) == 2
    moved = {(one.places, len(one.towns)) for one in changed.consequence.moved}
    assert sum(places for places, _towns in moved) == 3, "every community of the small district"
    assert not changed.consequence.holes


def test_numbers_of_sensitive_cases_are_not_told_when_they_are_small(enter: Enter, district: Place) -> None:
    del district
    client = administrator(enter)
    code = next(code for code, each in catalogue.policy(DISTRICT).matters.items() if each.is_sensitive)
    send(client, code, notes="checked")
    [changed] = client.get(DRAFT).context["changed"]
    assert "少于五件" in changed.consequence.cases


def test_a_hole_that_would_appear_is_named_with_its_towns(enter: Enter, language: str) -> None:
    client = administrator(enter, language)
    missing = "park_office"
    known = drafts.standing()[REFUSE]
    policy = catalogue.policy(DISTRICT)
    then = replace(policy, matters=policy.matters | {REFUSE: replace(known.matter, lead_unit_type=missing)})
    asking = Mock(policy=policy, names=Names(DISTRICT, policy, language))
    translation.activate(language)
    before = policy.matters[REFUSE]
    holes = list(consequences.holes(before, then.matters[REFUSE], then, asking))
    assert [len(hole.towns) for hole in holes] == [2]
    assert list(consequences.holes(before, before, policy, asking)) == []
    del client


def test_one_change_is_undone_and_the_draft_is_thrown_away(enter: Enter) -> None:
    client = administrator(enter)
    send(client, REFUSE, handle_limit_amount="8")
    send(client, LAWFUL, notes="checked")
    stamp = drafts.standing()[REFUSE].stamp
    wrong = client.post(f"{DRAFT}matter/{REFUSE}/change/", {"do": "undo", "stamp": "old"})
    assert wrong.status_code == 409
    assert client.post(f"{DRAFT}matter/{REFUSE}/change/", {"do": "undo", "stamp": stamp}).status_code == 302
    assert [each.code for each in client.get(DRAFT).context["changed"]] == [LAWFUL]
    assert client.post(f"{DRAFT}settle/", {"do": "discard", "revision": "1"}).status_code == 409
    assert settle(client, "discard").status_code == 302
    assert client.get(DRAFT).context["draft"] is None
    assert client.post(f"{DRAFT}settle/", {"do": "else"}).status_code == 404
    gone = client.post(f"{DRAFT}settle/", {"do": "publish", "revision": "2", "note": "my own words"})
    assert (gone.status_code, "my own words" in text(gone)) == (409, True)
    assert client.post(f"{DRAFT}settle/", {"do": "publish", "revision": "x" * 400}).status_code == 409


def test_a_draft_from_a_file_says_so(enter: Enter, tmp_path: Path) -> None:
    client = administrator(enter)
    header, *rows = (Path(matter_rows.__file__).parent / "data" / "matters.csv").read_text("utf-8").splitlines()
    row = next(r for r in rows if r.startswith(REFUSE)).replace(",1wh,4wh,", ",1wh,8wh,")
    (tmp_path / "new.csv").write_text(f"{header}\n{row}\n", encoding="utf-8")
    actions.import_matters(tmp_path / "new.csv", now=timezone.now())
    page = client.get(DRAFT)
    assert_sound(page)
    assert "new.csv" in text(page)
    assert page.context["changed"][0].by == "命令行"


# --- publishing


def test_two_publish_and_the_history_says_who_and_why_and_goes_back(enter: Enter, second: Client) -> None:
    first = administrator(enter)
    send(first, REFUSE, handle_limit_amount="8")
    page = first.get(DRAFT)
    assert not page.context["may_publish"]
    assert settle(first, "publish").status_code == 422
    assert settle(first, "propose", " ").status_code == 422
    assert settle(first, "propose").status_code == 302
    assert not first.get(DRAFT).context["may_publish"]
    seen = second.get(DRAFT)
    assert_sound(seen)
    assert (seen.context["may_publish"], seen.context["note"]) == (True, "按新标准")
    assert settle(second, "publish").headers["location"] == "/desk/admin/catalogue/history/"
    assert str(catalogue.policy(DISTRICT).matters[REFUSE].handle_limit) == "8wh"
    page = second.get("/desk/admin/catalogue/history/")
    assert_sound(page)
    newest, older = page.context["publications"]
    assert (newest.by, newest.proposed_by, newest.note) == ("Second", "Officer", "按新标准")
    assert "按新标准" in text(page)
    changed = second.get(f"/desk/admin/catalogue/history/{older.number}/{newest.number}/")
    assert_sound(changed)
    assert [(step.code, step.by) for step in changed.context["steps"]] == [(REFUSE, "Officer")]
    assert "按新标准" in text(changed)
    assert (older.by, newest.same, older.same) == ("某人", True, False)
    copied = second.post(f"/desk/admin/catalogue/history/{older.number}/copy/")
    assert copied.status_code == 302
    assert str(matter(REFUSE).handle_limit) == "4wh"
    assert second.post(f"/desk/admin/catalogue/history/{older.number}/copy/").status_code == 409
    assert second.post("/desk/admin/catalogue/history/999999/copy/").status_code in (404, 409)


def test_a_draft_with_problems_says_which_and_is_not_published(enter: Enter, language: str) -> None:
    client = administrator(enter, language)
    send(client, REFUSE, handle_limit_amount="8")
    Row.objects.filter(catalogue_number=drafts.draft().number, code=REFUSE).update(accept_limit="9wh")  # type: ignore[union-attr]
    page = client.get(DRAFT)
    assert_sound(page)
    assert page.context["changed"][0].problems
    answer = settle(client, "publish")
    assert answer.status_code == 422
    assert_sound(answer)
    assert [REFUSE in each for each in answer.context["problems"]] == [True]
    assert "按新标准" in answer.content.decode(), "the note is kept"


def test_what_is_retired_is_offered_to_nobody_from_then_on(enter: Enter, visitor: Client, district: Place) -> None:
    client = administrator(enter)

    def offered() -> str:
        return visitor.get(f"/report/{DISTRICT}/").content.decode()

    assert f'value="{REFUSE}"' in offered()
    assert (
        client.post(
            f"{DRAFT}matter/{REFUSE}/change/", {"do": "retire", "stamp": drafts.standing()[REFUSE].stamp}
        ).status_code
        == 302
    )
    page = client.get(DRAFT)
    assert_sound(page)
    assert page.context["changed"][0].kind == "retired"
    assert f'value="{REFUSE}"' in offered()
    assert settle(client, "publish").status_code == 302
    assert f'value="{REFUSE}"' not in offered()
    for address in (f"/desk/admin/catalogue/matter/{REFUSE}/", f"{DRAFT}matter/{REFUSE}/", "/desk/admin/catalogue/"):
        page = client.get(address)
        assert_sound(page)
        assert "停用" in text(page)
    clerk, case = enter(STATION, "desk_clerk"), district.report().case
    assert f'value="{REFUSE}"' not in clerk.get(f"/desk/case/{case}/?act=accept").content.decode()
    client.post(f"{DRAFT}matter/{REFUSE}/change/", {"do": "restore", "stamp": drafts.standing()[REFUSE].stamp})
    assert client.get(DRAFT).context["changed"][0].kind == "restored"
