"""Who answers for my grid: found by name, list or pin; units and their lines, emergency numbers first."""

from collections.abc import Iterator

import pytest
from django.db.models import F
from django.test import Client
from playwright.sync_api import Browser, Page

from linli.directory import actions as directory_actions
from linli.directory import queries as directory
from linli.directory.models import District, Unit
from tests.journeys.browsing import DESKTOP, PHONE, serving
from tests.journeys.conftest import DISTRICT, STATION
from tests.journeys.pages import assert_sound, text
from tests.journeys.test_accessibility import looked_at
from tests.rooms.conftest import COMMUNITY, FAR, TOWN, Place

FIND = f"/team/{DISTRICT}/"


@pytest.fixture
def mapped(district: Place) -> Place:
    """The small district with invented outlines and duty lines."""
    directory_actions.invent_boundaries(DISTRICT, now=district.now)
    directory_actions.invent_duty_lines(DISTRICT)
    return district


def test_it_is_found_from_the_home_page_and_gives_emergency_numbers_first(reader: Client, mapped: Place) -> None:
    del mapped
    assert f'href="{FIND}"' in reader.get("/").content.decode()
    for path in (FIND, f"{FIND}{TOWN}/", f"{FIND}{COMMUNITY}/"):
        page = reader.get(path)
        assert_sound(page)
        main = page.content.decode().partition("<main")[2]
        assert 'href="tel:110"' in main.partition("<form")[0].partition("plain-list")[0]


def test_a_name_leads_to_the_community_and_one_that_fits_several_asks(visitor: Client, mapped: Place) -> None:
    del mapped
    answer = visitor.post(FIND, {"where": "中山路街道 甲社区"})
    assert answer.headers["Location"] == f"{FIND}{COMMUNITY}/"
    asked = visitor.post(FIND, {"where": "甲社区或者丙社区"})
    assert {f"{FIND}{COMMUNITY}/", f"{FIND}{FAR}/"} <= {a for _, a in asked.context["candidates"]}
    for nothing in ("", "老码头"):
        refused = visitor.post(FIND, {"where": nothing})
        assert refused.status_code == 422
        assert_sound(refused)


def test_a_pin_leads_to_its_grid_without_telling_the_server_in_an_address(visitor: Client, mapped: Place) -> None:
    del mapped
    point = directory.some_point(COMMUNITY, 2)
    assert point is not None
    address = visitor.post(FIND, {"where": "", "lon": point[0], "lat": point[1]}).headers["Location"]
    page, _, grid = address.partition("#area-")
    assert page == f"{FIND}{COMMUNITY}/"
    assert grid.startswith(COMMUNITY)
    assert len(grid) > len(COMMUNITY)
    assert f'id="area-{grid}"' in visitor.get(page).content.decode()


def test_it_shows_units_with_their_lines_and_marks_what_is_invented(visitor: Client, mapped: Place) -> None:
    del mapped
    Unit.objects.filter(id=STATION).update(phone="023-49000001", invented=False)
    Unit.objects.filter(id=f"{COMMUNITY}.residents_or_village_committee").update(phone="")
    District.objects.update(version=F("version") + 1_000_000)  # what was kept of the units is out of date
    page = visitor.get(f"{FIND}{COMMUNITY}/")
    body, said = page.content.decode(), text(page)
    assert 'href="tel:023-49000001"' in body
    assert "（虚构号码）" in said
    assert 'href="tel:000' not in body
    assert "还没有值班电话，请拨打 12345。" in said
    assert "第1网格" in said


def test_it_knows_no_place_of_another_kind_or_district(visitor: Client, mapped: Place) -> None:
    del mapped
    for path in (f"{FIND}{DISTRICT}/", f"{FIND}50/", f"{FIND}500118999/", "/team/999999/", f"/team/999999/{TOWN}/"):
        assert visitor.get(path).status_code == 404


@pytest.fixture
def page(browser: Browser, mapped: Place) -> Iterator[Page]:
    del mapped
    with serving() as address:
        context = browser.new_context(base_url=address, locale="en-GB", color_scheme="dark")
        context.set_default_timeout(20_000)
        yield context.new_page()
        context.close()


def test_it_is_fit_for_everybody_on_phone_and_desktop(page: Page) -> None:
    faults = []
    for name, (width, height) in {"phone": PHONE, "desktop": DESKTOP}.items():
        page.set_viewport_size({"width": width, "height": height})
        page.goto(FIND)
        page.locator("[data-place-open]").click()
        page.wait_for_selector("[data-map=ready]")
        faults += looked_at(page, f"find-team-{name}", "en", "dark")
        page.locator("canvas").click()
        page.wait_for_selector("[data-place-said]:has-text('社区')")
        page.locator("main form > button").click()
        page.wait_for_selector("#inside-title")
        faults += looked_at(page, f"team-{name}", "en", "dark")
    assert faults == []
