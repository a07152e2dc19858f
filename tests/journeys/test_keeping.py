"""Administrators keep units, posts and people: pages in both languages, two at once, and a person's first day."""

import json
import re

from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect

from linli.accounts.models import User
from linli.directory import queries as directory
from tests.journeys.conftest import CENTRE, DISTRICT, DISTRICT_CENTRE, PASSWORD, SANITATION, STATION, Enter, Hire
from tests.journeys.pages import SLUG, assert_sound, text
from tests.journeys.test_accessibility import looked_at
from tests.rooms.conftest import OTHER_TOWN, TOWN, Place

UNITS, PEOPLE = "/desk/admin/units/", "/desk/admin/people/"
UNIT = f"{UNITS}{SANITATION}/"
HANDLER = f"{SANITATION}.handler"


def administrator(enter: Enter, language: str = "zh-hans") -> Client:
    return enter(DISTRICT_CENTRE, "administrator", language=language)


def fields(client: Client, address: str) -> dict[str, str | list[str]]:
    """What a form on a page would send as it stands."""
    form = client.get(address).context["form"]
    return {name: "" if (value := form[name].value()) is None else value for name in form.fields}


def town_administrator(enter: Enter, hire: Hire, post: str = "duty_head") -> Client:
    """Somebody whose post administers one town, as a district may set it up."""
    from linli.core.territory import Function
    from linli.directory.models import Post

    client = enter(CENTRE, post)
    row = Post.objects.get(id=f"{CENTRE}.{post}")
    Post.objects.filter(id=row.id).update(functions=[*row.functions, Function.ADMINISTER.value])
    return client


def test_the_list_is_narrowed_and_marks_what_is_invented(enter: Enter, language: str) -> None:
    client = administrator(enter, language)
    index = client.get(UNITS)
    assert_sound(index)
    assert index.context["page"].paginator.count == len(directory.units(DISTRICT))
    found = client.get(UNITS, {"area": OTHER_TOWN, "type": "sanitation_office"})
    assert_sound(found)
    assert [row[0].id for row in found.context["rows"]] == [f"{OTHER_TOWN}.sanitation_office"]
    assert ("虚构" if language == "zh-hans" else "invented") in text(found)
    nothing = client.get(UNITS, {"words": "没有这样的单位"})
    assert_sound(nothing)
    assert nothing.context["page"].paginator.count == 0
    assert client.get(UNITS, {"page": "x", "words": "\x00"}).status_code == 200


def test_a_unit_is_found_read_and_changed_in_four_screens(enter: Enter, hire: Hire, language: str) -> None:
    hire(SANITATION, "handler")
    client = administrator(enter, language)
    assert_sound(client.get(UNIT))
    page = client.get(UNIT)
    assert "Officer" in text(page)
    assert "PostRow" not in page.content.decode()
    assert page.context["superior"][0] == CENTRE
    assert page.context["leads"] > 0
    listed = client.get("/desk/admin/catalogue/", {"lead": "sanitation_office"})
    assert len(listed.context["matters"]) == page.context["leads"]
    assert_sound(client.get(f"{UNIT}change/"))
    typed = fields(client, f"{UNIT}change/") | {"phone": "023-49800001", "hours": "24小时"}
    assert client.post(f"{UNIT}change/", typed).status_code == 302
    assert "023-49800001" in text(client.get(UNIT))


def test_what_would_not_do_is_said_beside_its_field_and_kept(enter: Enter, language: str) -> None:
    client = administrator(enter, language)
    typed = fields(client, f"{UNIT}change/") | {"phone": "13912345678", "name_zh": "环卫所（新）"}
    answer = client.post(f"{UNIT}change/", typed)
    assert_sound(answer)
    assert answer.status_code == 422
    assert "phone" in answer.context["form"].errors
    assert "环卫所（新）" in answer.content.decode()


def test_the_second_of_two_sees_what_the_first_wrote_and_keeps_what_was_typed(enter: Enter, language: str) -> None:
    client = administrator(enter, language)
    typed = fields(client, f"{UNIT}change/")
    assert client.post(f"{UNIT}change/", typed | {"phone": "023-11111111"}).status_code == 302
    answer = client.post(f"{UNIT}change/", typed | {"phone": "023-22222222"})
    assert_sound(answer)
    assert answer.status_code == 409
    assert "023-11111111" in text(answer)
    assert 'value="023-22222222"' in answer.content.decode()
    assert directory.units(DISTRICT)[SANITATION].phone == "023-11111111"
    again = {name: answer.context["form"][name].value() for name in answer.context["form"].fields}
    assert client.post(f"{UNIT}change/", again).status_code == 302
    assert directory.units(DISTRICT)[SANITATION].phone == "023-22222222"


def test_a_new_unit_is_set_up_in_three_screens(enter: Enter, language: str) -> None:
    client = administrator(enter, language)
    assert_sound(client.get(f"{UNITS}new/"))
    area = client.get(f"{UNITS}new/", {"type": "lighting_authority", "find": "中山路"})
    assert_sound(area)
    links = [href for links in area.context["search"].groups.values() for href, _name in links]
    assert f"?type=lighting_authority&area={TOWN}" in links
    assert client.get(f"{UNITS}new/", {"type": "no_such", "area": TOWN}).status_code == 422
    address = f"{UNITS}new/?type=lighting_authority&area={TOWN}"
    second = client.get(address)
    assert_sound(second)
    typed = {name: second.context["form"][name].value() or "" for name in second.context["form"].fields}
    assert typed["name_zh"]
    made = client.post(address, typed)
    assert made.status_code == 302
    page = client.get(made.headers["location"])
    assert_sound(page)
    assert len(page.context["rows"]) == 2


def test_closing_shows_what_would_stop_before_anything_is_done(enter: Enter, language: str) -> None:
    client = administrator(enter, language)
    page = client.get(f"{UNIT}close/")
    assert_sound(page)
    assert page.context["harms"], "no other sanitation office serves the town"
    assert SANITATION in directory.units(DISTRICT)
    assert client.post(f"{UNIT}close/", {"seen": page.context["unit"].revision}).status_code == 302
    assert SANITATION not in directory.units(DISTRICT)
    closed = client.get(UNIT)
    assert_sound(closed)
    assert [row[0].id for row in client.get(UNITS, {"closed": "on"}).context["rows"]] == [SANITATION]
    assert client.post(f"{UNIT}open/", {"seen": closed.context["unit"].revision}).status_code == 302
    assert SANITATION in directory.units(DISTRICT)


def test_a_unit_with_a_case_stays_open_and_the_way_out_is_said(enter: Enter, district: Place, language: str) -> None:
    case = district.report("楼下的垃圾堆了三天没有人清运。").case
    district.bring_to(case, "dispatched")
    lead = district.state(case).roles.unit
    assert lead
    client = administrator(enter, language)
    address = f"{UNITS}{lead}/close/"
    page = client.get(address)
    assert_sound(page)
    assert page.context["open_cases"] == 1
    assert '<button class="btn btn-danger"' not in page.content.decode()
    answer = client.post(address, {"seen": page.context["unit"].revision})
    assert_sound(answer)
    assert answer.status_code == 409
    assert lead in directory.units(DISTRICT)


def test_posts_are_added_changed_and_closed(enter: Enter, language: str) -> None:
    client = administrator(enter, language)
    assert_sound(client.get(f"{UNIT}posts/new/"))
    assert client.post(f"{UNIT}posts/new/", {"title_zh": "夜班"}).status_code == 422
    added = {"title_zh": "夜班岗", "title_en": "Night post", "functions": ["handle"], "deputy": ""}
    assert client.post(f"{UNIT}posts/new/", added).status_code == 302
    post = f"/desk/admin/posts/{SANITATION}.night_post/"
    page = client.get(post)
    assert_sound(page)
    typed = fields(client, post) | {"title_zh": "晚班岗"}
    assert client.post(post, typed).status_code == 302
    stale = client.post(post, typed | {"title_zh": "早班岗"})
    assert_sound(stale)
    assert stale.status_code == 409
    assert client.post(post, {"do": "close", "seen": page.context["post"].revision}).status_code == 409
    seen = client.get(post).context["post"].revision
    assert client.post(post, {"do": "close", "seen": seen}).status_code == 302


def test_a_new_person_is_made_in_two_screens_and_manages_nothing_more(enter: Enter, language: str) -> None:
    client = administrator(enter, language)
    assert_sound(client.get(PEOPLE))
    assert_sound(client.get(f"{PEOPLE}new/"))
    typed = {"username": "wang.yi", "name": "王一", "post": HANDLER}
    sent = client.post(f"{PEOPLE}new/", typed)
    assert sent.status_code == 302
    kept = json.dumps(dict(client.session))
    made = client.get(sent["Location"])
    assert_sound(made)
    password = re.search(r'id="one-time">([^<]+)<', made.content.decode())
    assert password
    assert User.objects.get(username="wang.yi").check_password(password[1])
    assert password[1] not in kept, "on its way it is sealed"
    again = client.get(sent["Location"])
    assert_sound(again)
    assert password[1] not in again.content.decode()
    assert ("只显示一次" if language == "zh-hans" else "shown once") in text(again)
    assert 'value="renew"' in again.content.decode()
    assert User.objects.get(username="wang.yi").check_password(password[1]), "a reload changes nothing"
    assert client.post(f"{PEOPLE}new/", typed).status_code == 422, "the name is taken"
    person = User.objects.get(username="wang.yi").id
    page = client.get(f"{PEOPLE}{person}/")
    assert_sound(page)
    assert password[1] not in page.content.decode()
    assert [row[0].username for row in client.get(PEOPLE, {"words": "王一"}).context["page"]] == ["wang.yi"]


def test_a_post_is_given_ended_and_an_absence_noted(enter: Enter, hire: Hire, language: str) -> None:
    username = hire(SANITATION, "handler")
    person = User.objects.get(username=username).id
    client = administrator(enter, language)
    address = f"{PEOPLE}{person}/"
    nothing = client.post(f"{address}give/?unit={SANITATION}", {"post": ""})
    assert nothing.status_code == 422
    assert f'value="{SANITATION}.head"' in nothing.content.decode()  # the unit is still chosen
    nowhere = client.post(f"{address}give/", {"post": ""})
    assert nowhere.status_code == 422
    assert f'href="{address}?find=' in nowhere.content.decode()  # its links lead to a page that there is
    assert client.post(f"{address}give/", {"post": HANDLER}).status_code == 422, "held already"
    assert client.post(f"{address}give/", {"post": f"{SANITATION}.head", "since": "2099-13-01"}).status_code == 422
    for far in ({"until": "9999-12-31"}, {"since": "0001-01-01"}):
        assert client.post(f"{address}give/", {"post": f"{SANITATION}.head", **far}).status_code == 422
    assert client.post(f"{address}give/", {"post": f"{SANITATION}.head"}).status_code == 302
    held = {h.post: h.id for h in directory.holdings_of_people(DISTRICT, [str(person)])}
    end = f"{address}holdings/{held[HANDLER]}/end/"
    assert_sound(client.get(end))
    assert client.post(end, {}).status_code == 302
    assert client.post(end, {}).status_code == 409
    today = timezone.localdate().isoformat()
    assert client.post(f"{address}away/", {"since": today, "until": "2020-01-01"}).status_code == 422
    assert client.post(f"{address}away/", {"since": today, "until": today}).status_code == 302
    page = client.get(address)
    assert_sound(page, meant=SLUG.findall(username))
    (absence,) = page.context["absences"]
    assert len(page.context["past"]) == 1
    assert client.post(f"{address}away/{absence.id}/end/").status_code == 302


def test_a_session_ends_the_moment_its_account_is_switched_off(enter: Enter, language: str) -> None:
    worker = enter(STATION, "desk_clerk", language=language)
    client = administrator(enter, language)
    assert worker.get("/desk/").status_code == 200
    person = User.objects.get(username=f"{STATION}.desk_clerk").id
    assert client.post(f"{PEOPLE}{person}/account/", {"do": "off"}).status_code == 302
    assert worker.get("/desk/").status_code == 302
    assert not Client().login(username=f"{STATION}.desk_clerk", password=PASSWORD)
    assert client.post(f"{PEOPLE}{person}/account/", {"do": "off"}).status_code == 409
    again = client.post(f"{PEOPLE}{person}/account/", {"do": "on"}, follow=True)
    assert_sound(again, meant=SLUG.findall(f"{STATION}.desk_clerk"))
    assert b'id="one-time"' in again.content
    assert client.post(f"{PEOPLE}{person}/account/", {"do": "anything"}).status_code == 404


def test_who_keeps_one_town_sees_nothing_of_another(enter: Enter, hire: Hire) -> None:
    hire(f"{OTHER_TOWN}.sanitation_office", "handler")
    hire(DISTRICT_CENTRE, "handler")
    client = town_administrator(enter, hire)
    shown = client.get(UNITS).context
    assert shown["page"].paginator.count == sum(u.area.startswith(TOWN) for u in directory.units(DISTRICT).values())
    hidden, missing = f"{OTHER_TOWN}.sanitation_office", f"{OTHER_TOWN}.no_such_unit"
    for path in ("", "change/", "close/", "posts/new/"):
        answers = {client.get(f"{UNITS}{unit}/{path}").status_code for unit in (hidden, missing)}
        assert answers == {404}
    assert client.post(f"{UNITS}{hidden}/close/", {"seen": ""}).status_code == 404
    assert client.get(f"/desk/admin/posts/{hidden}.handler/").status_code == 404
    for username in (f"{hidden}.handler", f"{DISTRICT_CENTRE}.handler"):
        person = User.objects.get(username=username).id
        assert client.get(f"{PEOPLE}{person}/").status_code == 404
        assert client.post(f"{PEOPLE}{person}/account/", {"do": "renew"}).status_code == 404
    assert username not in client.get(PEOPLE).content.decode()
    found = client.get(f"{PEOPLE}new/", {"find": "环卫"}).context["search"].groups
    assert [href for links in found.values() for href, _name in links] == [f"?unit={SANITATION}"]
    for unit in (hidden, missing):
        assert "form" not in client.get(f"{PEOPLE}new/", {"unit": unit}).context
        assert client.post(f"{PEOPLE}new/?unit={unit}", {"username": "x", "name": "x"}).status_code == 422


def test_one_cannot_manage_oneself(enter: Enter, language: str) -> None:
    client = administrator(enter, language)
    me = User.objects.get(username=f"{DISTRICT_CENTRE}.administrator").id
    page = client.get(f"{PEOPLE}{me}/")
    assert_sound(page, meant=SLUG.findall(f"{DISTRICT_CENTRE}.administrator"))
    assert client.post(f"{PEOPLE}{me}/account/", {"do": "off"}).status_code == 422
    assert client.post(f"{PEOPLE}{me}/give/", {"post": HANDLER}).status_code == 422


def test_a_one_time_password_opens_nothing_but_its_own_change(enter: Enter, language: str) -> None:
    client = administrator(enter, language)
    made = client.post(f"{PEOPLE}new/", {"username": "wang.yi", "name": "王一", "post": HANDLER}, follow=True)
    password = made.context["password"]
    fresh = Client(headers={"accept-language": language})
    assert fresh.post("/account/login/", {"username": "wang.yi", "password": password}).status_code == 302
    for address in ("/desk/", "/desk/board/", "/desk/live/token/", "/desk/procedures/"):
        answer = fresh.get(address)
        assert address == "/desk/procedures/" or answer.headers["location"] == "/account/password/", address
    assert fresh.get(f"/api/v1/{DISTRICT}/cases").status_code == 403
    page = fresh.get("/account/password/")
    assert_sound(page)
    new = "四个词在一起 only mine"
    for old, one, two in (
        ("wrong", new, new),
        (password, new, "other"),
        (password, password, password),
        (password, "1", "1"),
    ):
        typed = {"old_password": old, "new_password1": one, "new_password2": two}
        assert fresh.post("/account/password/", typed).status_code == 422
    typed = {"old_password": password, "new_password1": new, "new_password2": new}
    assert fresh.post("/account/password/", typed).status_code == 302
    assert fresh.get("/desk/").status_code == 200
    assert not Client().login(username="wang.yi", password=password)
    User.objects.filter(username="wang.yi").update(one_time_until=timezone.now())
    assert Client().post("/account/login/", {"username": "wang.yi", "password": new}).status_code == 422


def test_a_new_person_logs_in_chooses_a_password_and_sees_the_units_list(
    page: Page, hire: Hire, seen: tuple[str, str], district: Place
) -> None:
    """The administrator: three screens. The person: log in, choose, read."""
    case = district.report("楼下的垃圾堆了三天没有人清运。").case
    district.bring_to(case, "dispatched")
    lead = district.state(case).roles.unit or ""
    username = hire(DISTRICT_CENTRE, "administrator", language=seen[0])
    english = seen[0] == "en"
    log_in(page, username, PASSWORD)
    faults: list[str] = []

    def look(name: str) -> None:
        faults.extend(looked_at(page, name, *seen))

    page.goto(f"{UNITS}{lead}/")
    look("unit")
    page.get_by_role("link", name="New person" if english else "新增人员").first.click()
    page.locator("[name=username]").fill("wang.yi")
    page.locator("[name=name]").fill("王一")
    page.get_by_role("button", name="Make the account" if english else "建立账号").click()
    password = page.locator("#one-time").inner_text()
    look("one-time")
    page.get_by_role("button", name="Log out" if english else "退出").first.click()
    log_in(page, "wang.yi", password)
    expect(page).to_have_url(re.compile("/account/password/"))
    look("own-password")
    page.goto("/desk/")
    expect(page).to_have_url(re.compile("/account/password/"))
    page.locator("[name=old_password]").fill(password)
    page.locator("[name=new_password1]").fill("four words of mine 7")
    page.locator("[name=new_password2]").fill("four words of mine 7")
    page.get_by_role("button", name="Change the password" if english else "修改密码").click()
    expect(page).to_have_url(re.compile("/desk/"))
    expect(page.get_by_text(district.state(case).number, exact=True)).to_be_visible()
    assert faults == []


def log_in(page: Page, username: str, password: str) -> None:
    page.goto("/account/login/?next=/desk/")
    page.locator("[name=username]").fill(username)
    page.locator("[name=password]").fill(password)
    page.locator("main form button").first.click()
    page.wait_for_load_state()


def test_the_directory_is_left_as_it_was_by_reading_it(enter: Enter) -> None:
    before = directory.version(DISTRICT)
    client = administrator(enter)
    for address in (UNITS, UNIT, f"{UNIT}close/", PEOPLE):
        assert client.get(address).status_code == 200
    assert directory.version(DISTRICT) == before


def test_a_unit_serves_an_area_of_its_types_level_only(enter: Enter, language: str) -> None:
    client = administrator(enter, language)
    address = f"{UNITS}new/?type=community_station&area={DISTRICT}"
    page = client.get(address)
    assert page.status_code == 200
    typed = {name: page.context["form"][name].value() or "" for name in page.context["form"].fields}
    page = client.post(address, typed | {"name_zh": "某站", "name_en": "Some station"})
    assert page.status_code == 422
    assert_sound(page)
    assert ("一级" if language == "zh-hans" else "level") in text(page)
    assert "某站" in page.content.decode()


def test_addresses_that_name_nothing_are_not_there(enter: Enter) -> None:
    client = administrator(enter)
    for address in (
        "/desk/admin/units/%00/", "/desk/admin/posts/a%00b/",
        "/desk/admin/areas/500118001001/grids.geojson?at=2026-13-45",
    ):  # fmt: skip
        assert client.get(address).status_code == 404, address
    assert client.get("/desk/admin/units/?area=%00&type=%00").status_code == 200


def test_too_short_a_password_is_said_in_the_readers_language(enter: Enter, language: str) -> None:
    client = administrator(enter, language)
    page = client.post("/account/password/", {"old_password": PASSWORD, "new_password1": "123", "new_password2": "123"})
    assert page.status_code == 422
    assert ("密码太短" if language == "zh-hans" else "too short") in text(page)
    assert list(page.context["form"].errors) == ["new_password1"]
    typed = {"old_password": PASSWORD, "new_password1": "four words of mine 7", "new_password2": "four words of mine 8"}
    assert list(client.post("/account/password/", typed).context["form"].errors) == ["new_password2"]


def test_a_unit_is_found_by_words_before_one_of_its_posts_is_chosen(enter: Enter, hire: Hire, language: str) -> None:
    person = User.objects.get(username=hire(STATION, "desk_clerk")).id
    client = administrator(enter, language)
    for address in (f"{PEOPLE}new/", f"{PEOPLE}{person}/"):
        first = client.get(address)
        assert_sound(first, meant=SLUG.findall(f"{STATION}.desk_clerk"))
        assert first.content.decode().count("<option") < 20, "nobody looks for a line among thousands"
        none = client.get(address, {"find": "没有这样的单位"})
        assert ("没有" if language == "zh-hans" else "Nothing fits") in text(none)
        found = client.get(address, {"find": "胜利路 环卫" if language == "zh-hans" else "胜利路 sanitation"})
        links = [href for links in found.context["search"].groups.values() for href, _name in links]
        query = f"?unit={OTHER_TOWN}.sanitation_office"
        assert [href.partition("#")[0].removeprefix(address) for href in links] == [query]
        chosen = client.get(f"{address}{query}")
        assert_sound(chosen, meant=SLUG.findall(f"{STATION}.desk_clerk"))
        form = chosen.context["give" if "give" in chosen.context else "form"]
        assert [post for post, _title in form.fields["post"].choices][1:] == [
            f"{OTHER_TOWN}.sanitation_office.{post}" for post in ("handler", "head")
        ]
        assert client.get(address, {"find": "\x00", "unit": "\x00"}).status_code == 200


def test_units_to_report_to_are_grouped_by_area(enter: Enter, language: str) -> None:
    groups = administrator(enter, language).get(f"{UNIT}change/").context["form"].fields["parent"].choices[1:]
    assert len(groups) > 1
    assert CENTRE in dict(groups[0][1]), "the nearest first"
    assert SANITATION not in {unit for _area, units in groups for unit, _name in units}


def test_an_account_without_a_password_is_not_said_to_be_in_use(enter: Enter, language: str) -> None:
    from linli.accounts import actions as accounts
    from linli.directory import actions

    user = accounts.create_user("wang.yi", None, "王一")
    actions.hold_posts([(str(user.id), HANDLER)], since=timezone.now())
    client = administrator(enter, language)
    without = "尚未发放密码" if language == "zh-hans" else "no password issued yet"
    assert without in text(client.get(PEOPLE, {"words": "王一"}))
    page = client.get(f"{PEOPLE}{user.id}/")
    assert_sound(page)
    assert without in text(page)
    assert client.get(f"{PEOPLE}{user.id}/password/").status_code == 302
    client.post(f"{PEOPLE}{user.id}/account/", {"do": "renew"})
    assert without not in text(client.get(f"{PEOPLE}{user.id}/"))
    User.objects.filter(id=user.id).update(one_time_until=timezone.now())
    assert ("已过期" if language == "zh-hans" else "run out") in text(client.get(f"{PEOPLE}{user.id}/"))
