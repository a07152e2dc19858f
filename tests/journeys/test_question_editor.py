"""What a matter asks is written in the administration, published, and asked of a resident; no code, no import."""

from typing import Any

from django.test import Client

from linli.catalogue import actions as catalogue_actions
from linli.catalogue import asked_files
from linli.catalogue import queries as catalogue
from linli.catalogue import queries_drafts as drafts
from tests.journeys.conftest import DISTRICT, DISTRICT_CENTRE, Enter
from tests.journeys.pages import assert_sound, text
from tests.rooms.conftest import Place

MATTER = "CM-001"
EDITOR = f"/desk/admin/catalogue/draft/matter/{MATTER}/questions/"
MEANT = {
    "city_management", "all_dark", "where_cover", "how_many", "other", *(
        question.key for questions in asked_files.shipped().values() for question in questions
    ), *(
        option.code
        for questions in asked_files.shipped().values()
        for question in questions
        for option in question.options
    ),
}  # fmt: skip
"""Keys and codes are what an administrator writes here."""
CHOICE = {
    "title_zh": "井盖在哪里？", "title_en": "Where is the cover?", "key": "where_cover",
    "type": "one", "need": "required",
    "option-TOTAL_FORMS": "3", "option-INITIAL_FORMS": "0",
    "option-0-code": "road", "option-0-title_zh": "车行道", "option-0-title_en": "Carriageway",
    "option-0-raises": "emergency",
    "option-1-code": "footway", "option-1-title_zh": "人行道", "option-1-title_en": "Footway",
    "option-2-code": "", "option-2-title_zh": "", "option-2-title_en": "",
}  # fmt: skip
NUMBER = {
    "title_zh": "有几个？", "title_en": "How many?", "key": "how_many", "type": "number", "most": "50",
    "option-TOTAL_FORMS": "0", "option-INITIAL_FORMS": "0",
}  # fmt: skip


def keys() -> list[str]:
    return [question.key for question in drafts.standing()[MATTER].matter.questions]


def stamp() -> str:
    return drafts.standing()[MATTER].stamp


def emptied(client: Client) -> None:
    for key in keys():
        assert client.post(EDITOR, {"do": "remove", "key": key, "stamp": stamp()}).status_code in (302, 422)
    while keys():  # those on which others depended go last
        client.post(EDITOR, {"do": "remove", "key": keys()[-1], "stamp": stamp()})


def kept(client: Client, asked: dict[str, str], **changes: Any) -> Any:
    return client.post(EDITOR, asked | {"do": "keep", "stamp": stamp()} | changes)


def test_a_question_is_written_put_in_order_and_asked_once_it_is_published(
    district: Place, enter: Enter, language: str
) -> None:
    admin = enter(DISTRICT_CENTRE, "administrator", language=language)
    assert_sound(admin.get(EDITOR), MEANT)
    emptied(admin)
    assert kept(admin, CHOICE).status_code == 302
    assert kept(admin, NUMBER, shown_when=["where_cover=road"]).status_code == 302
    assert keys() == ["where_cover", "how_many"]

    page = admin.get(EDITOR)
    assert_sound(page, MEANT)
    assert ("车行道" if language == "zh-hans" else "Carriageway") in text(page)
    assert_sound(admin.get(EDITOR, {"edit": "where_cover"}), MEANT)
    assert kept(admin, CHOICE, was="where_cover", title_zh="井盖在路面何处？").status_code == 302
    assert keys() == ["where_cover", "how_many"]
    draft = admin.get("/desk/admin/catalogue/draft/")
    assert_sound(draft)
    assert ("井盖在路面何处？" if language == "zh-hans" else "Where is the cover?") in text(draft)

    assert catalogue.policy(DISTRICT).matters[MATTER].questions != drafts.standing()[MATTER].matter.questions
    catalogue_actions.publish(by="operator", at=district.later())
    asked = catalogue.policy(DISTRICT).matters[MATTER].questions
    assert [question.title["zh"] for question in asked] == ["井盖在路面何处？", "有几个？"]
    assert asked[1].shown_when == ("where_cover", ("road",))


def test_what_does_not_fit_is_said_and_what_was_typed_is_kept(enter: Enter, language: str) -> None:
    admin = enter(DISTRICT_CENTRE, "administrator", language=language)
    emptied(admin)
    kept(admin, CHOICE)
    wrong: tuple[dict[str, Any], ...] = (
        CHOICE,
        CHOICE | {"key": "Where"},
        CHOICE | {"key": "other", "title_zh": "谁干的？"},
        CHOICE | {"key": "other", "option-1-code": ""},
        CHOICE | {"key": "other", "option-1-code": "road"},
        CHOICE | {"key": "other", "option-1-title_en": ""},
        NUMBER | {"most": "many"},
        NUMBER | {"help_zh": "只有中文"},
        NUMBER | {"shown_when": ["nothing=road"]},
    )
    for asked in wrong:
        page = kept(admin, asked)
        assert page.status_code == 422, asked
        assert_sound(page, MEANT)
        assert asked["title_zh"] in page.content.decode()
    assert keys() == ["where_cover"]


def test_a_condition_stays_behind_the_question_it_depends_on(enter: Enter) -> None:
    admin = enter(DISTRICT_CENTRE, "administrator")
    emptied(admin)
    kept(admin, CHOICE)
    kept(admin, NUMBER, shown_when=["where_cover=road"])
    for act in ({"do": "up", "key": "how_many"}, {"do": "remove", "key": "where_cover"}):
        page = admin.post(EDITOR, act | {"stamp": stamp()})
        assert page.status_code == 422
        assert "显示条件" in text(page)
    assert admin.post(EDITOR, {"do": "up", "key": "where_cover", "stamp": stamp()}).status_code == 404
    assert keys() == ["where_cover", "how_many"]


def test_two_who_change_the_same_questions_are_told(enter: Enter) -> None:
    admin = enter(DISTRICT_CENTRE, "administrator")
    emptied(admin)
    before = stamp()
    kept(admin, CHOICE)
    page = kept(admin, NUMBER, stamp=before)
    assert page.status_code == 409
    assert_sound(page, MEANT)
    assert "有几个？" in page.content.decode()
    assert keys() == ["where_cover"]
    again = NUMBER | {"do": "keep", "stamp": page.context["form"]["stamp"].value()}
    assert admin.post(EDITOR, again).status_code == 302
    assert keys() == ["where_cover", "how_many"]


def test_the_matters_own_form_leaves_its_questions_alone(enter: Enter) -> None:
    admin = enter(DISTRICT_CENTRE, "administrator")
    emptied(admin)
    kept(admin, CHOICE)
    page = admin.get(f"/desk/admin/catalogue/draft/matter/{MATTER}/")
    assert_sound(page, MEANT)
    assert EDITOR in page.content.decode()
    form = page.context["form"]
    data = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    data |= {"name_en": "Missing manhole cover", "stamp": stamp()}
    for name in ("accept_limit", "handle_limit"):
        amount, unit = form[name].field.widget.decompress(form[name].value())
        del data[name]
        data |= {f"{name}_0": amount, f"{name}_1": unit}
    admin.post(f"/desk/admin/catalogue/draft/matter/{MATTER}/", data)
    assert keys() == ["where_cover"]
