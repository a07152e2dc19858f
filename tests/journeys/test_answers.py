"""Standard answers beside a form, with and without scripts, and the pages on which they are kept."""

import html
import re

from linli.cases import actions as cases
from linli.cases import queries
from linli.core import answers
from tests.journeys.conftest import CENTRE, DISTRICT, DISTRICT_CENTRE, SANITATION, STATION, Enter
from tests.journeys.pages import assert_sound, text
from tests.rooms.conftest import Place

GOOD = {
    "place": "report_back.what_was_done", "owner": SANITATION, "only": "", "title_zh": "已清理", "title_en": "Cleared",
    "text_zh": "已到{place}清理。", "text_en": "Cleared at {place}.",
}  # fmt: skip

PLACES = {f"{{{place}}}" for place in answers.PLACES}


def test_it_is_offered_beside_the_form_and_fills_it_without_scripts(
    district: Place, enter: Enter, language: str
) -> None:
    cases.load_answers(DISTRICT, now=district.now)
    case = district.report().case
    district.bring_to(case, "verified")
    client = enter(STATION, "desk_clerk", language=language)

    page = client.get(f"/desk/case/{case}/", {"act": "reply"})
    assert_sound(page)
    assert len(page.context["answers"]) == 4
    body = page.content.decode()
    assert 'data-fill="reply-reason"' in body
    [link] = [a for a in re.findall(r'href="([^"]+answer=[^"]+)"', body) if page.context["answers"][0].id in a]

    filled = client.get(html.unescape(link))
    assert_sound(filled)
    words = filled.context["form"]["reason"].value()
    assert district.state(case).number in words
    assert "{" not in words
    assert html.escape(words, quote=False)[:30] in html.unescape(filled.content.decode())


def test_it_leaves_the_form_empty_for_an_answer_that_is_not_there_or_not_for_it(district: Place, enter: Enter) -> None:
    cases.load_answers(DISTRICT, now=district.now)
    case = district.report().case
    other = next(known.id for known in queries.answers_of(DISTRICT) if known.wording.action == "park")
    client = enter(STATION, "desk_clerk")

    for answer in ("nonsense", other):
        page = client.get(f"/desk/case/{case}/", {"act": "decline", "answer": answer})
        assert page.status_code == 200
        assert page.context["form"]["words"].value() is None


def test_it_is_no_fold_where_nothing_is_offered(district: Place, enter: Enter) -> None:
    case = district.report().case
    page = enter(STATION, "desk_clerk").get(f"/desk/case/{case}/", {"act": "decline"})

    assert 'class="answers"' not in page.content.decode()


def test_a_head_keeps_those_of_the_unit_on_its_pages(district: Place, enter: Enter, language: str) -> None:
    client = enter(SANITATION, "head", language=language)
    assert_sound(client.get("/desk/answers/"))
    form = client.get("/desk/answers/new/")
    assert_sound(form, PLACES)
    assert [owner for owner, _name in form.context["form"].fields["owner"].choices] == [SANITATION]

    wrong = client.post("/desk/answers/new/", GOOD | {"text_en": "Dear {name}", "title_zh": ""})
    assert wrong.status_code == 422
    assert "{name}" in wrong.content.decode()

    assert client.post("/desk/answers/new/", GOOD).headers["Location"] == "/desk/answers/"
    [known] = queries.answers_of(DISTRICT)
    changed = client.post(
        f"/desk/answers/{known.id}/", GOOD | {"title_zh": "已清运", "title_en": "Carried off"}, follow=True
    )
    assert ("清运" if language == "zh-hans" else "Carried off") in text(changed)
    assert_sound(client.get(f"/desk/answers/{known.id}/"), PLACES)
    assert client.post(f"/desk/answers/{known.id}/remove/", follow=True).context["kept"] == []


def test_an_administrator_keeps_those_of_the_district_and_sees_those_of_its_units(
    district: Place, enter: Enter
) -> None:
    enter(SANITATION, "head").post("/desk/answers/new/", GOOD)
    client = enter(DISTRICT_CENTRE, "administrator")

    assert client.post("/desk/answers/new/", GOOD | {"owner": ""}).status_code == 302
    lines = client.get("/desk/answers/").context["kept"]
    assert {(line.owner != "", line.mine) for line in lines} == {(True, True), (False, True)}


def test_others_read_the_districts_and_their_own_and_change_none(district: Place, enter: Enter) -> None:
    cases.load_answers(DISTRICT, now=district.now)
    enter(SANITATION, "head").post("/desk/answers/new/", GOOD)
    clerk = enter(STATION, "desk_clerk")

    page = clerk.get("/desk/answers/")
    assert page.context["kept"]
    assert not any(line.mine or line.owner for line in page.context["kept"])
    assert clerk.get("/desk/answers/new/").status_code == 404
    assert "已清理。" not in text(page)
    known = queries.answers_of(DISTRICT)[0]
    assert enter(CENTRE, "dispatcher").post(f"/desk/answers/{known.id}/", GOOD).status_code == 404
