"""An administrator re-cuts the grids of a community: by forms alone, and by drawing on the map; cases follow."""

import json
import math
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import shapely
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from linli.cases import queries_places
from linli.directory import actions as directory_actions
from linli.directory import queries as directory
from linli.directory.plan_checks import judge
from linli.directory.queries import Plan
from linli.ledger import queries as ledger
from linli.site import recutting
from tests.journeys.browsing import DESKTOP, PHONE, serving
from tests.journeys.conftest import CENTRE, DISTRICT, DISTRICT_CENTRE, PASSWORD, Enter, Hire
from tests.journeys.pages import assert_sound, text
from tests.journeys.test_accessibility import looked_at
from tests.rooms.conftest import COMMUNITY, NEIGHBOUR, TOWN, Place

AREAS = "/desk/admin/areas/"


@pytest.fixture
def drawn(district: Place) -> Place:
    """The small district with invented outlines."""
    directory_actions.invent_boundaries(DISTRICT, now=district.now - timedelta(days=50))
    return district


@pytest.fixture
def admin(drawn: Place, enter: Enter) -> Client:
    del drawn
    return enter(DISTRICT_CENTRE, "administrator")


def codes(community: str = COMMUNITY) -> list[str]:
    return [grid.code for grid in directory.grids_of(community)]


def begin(client: Client, community: str = COMMUNITY) -> str:
    answer = client.post(f"{AREAS}{community}/plan/")
    assert answer.status_code == 302
    return str(answer["Location"])


def read(address: str) -> Plan:
    found = directory.plan(DISTRICT, address.rstrip("/").rpartition("/")[2])
    assert found is not None
    return found


def do(client: Client, address: str, deed: str, seen: int | None = None, **given: Any) -> Any:
    number = read(address).number if seen is None else seen
    return client.post(address, {"do": deed, "seen": number, **given})


def fresh_of(address: str) -> str:
    known = {grid.code for grid in read(address).base}
    return next(grid.code for grid in read(address).grids if grid.code not in known)


# --- looking


def test_an_administrator_walks_down_to_the_grids_of_a_community(drawn: Place, enter: Enter, language: str) -> None:
    client = enter(DISTRICT_CENTRE, "administrator", language=language)
    for address, link in ((AREAS, f"{AREAS}{TOWN}/"), (f"{AREAS}{TOWN}/", f"{AREAS}{COMMUNITY}/")):
        page = client.get(address)
        assert_sound(page)
        assert f'href="{link}"' in page.content.decode()
    page = client.get(f"{AREAS}{COMMUNITY}/")
    assert_sound(page)
    for grid in directory.grids_of(COMMUNITY):
        assert grid.name in text(page)
        assert grid.code in text(page)
    assert client.get(f"{AREAS}{codes()[0]}/").status_code == 404
    assert client.get(f"{AREAS}500119/").status_code == 404


def test_the_grids_of_a_community_can_be_taken_away_as_a_file(admin: Client) -> None:
    answer = admin.get(f"{AREAS}{COMMUNITY}/grids.geojson?download")
    assert "attachment" in answer["Content-Disposition"]
    features = json.loads(answer.content)["features"]
    assert [feature["properties"]["code"] for feature in features] == codes()
    assert admin.get(f"{AREAS}{TOWN}/grids.geojson").status_code == 404


# --- without the map


def test_by_forms_alone_a_grid_is_split_renamed_and_published(drawn: Place, enter: Enter, language: str) -> None:
    client = enter(DISTRICT_CENTRE, "administrator", language=language)
    address, one = begin(client), codes()[0]
    assert_sound(client.get(address))
    assert do(client, address, "split", grid=one, way="ns").status_code == 302
    assert ("已拆分" if language == "zh-hans" else "is split") in text(client.get(address))
    fresh = fresh_of(address)
    bad = do(client, address, "rename", **{grid.code: grid.name for grid in read(address).grids} | {fresh: "=1+1"})
    assert bad.status_code == 422
    assert fresh in bad.context["faulty"].errors
    names = {grid.code: grid.name for grid in read(address).grids} | {fresh: "河东网格"}
    assert do(client, address, "rename", **names).status_code == 302
    page = client.get(address)
    assert_sound(page)
    assert "河东网格" in text(page)
    review = client.get(f"{address}publish/")
    assert_sound(review)
    assert fresh not in codes()
    done = client.post(f"{address}publish/", {"do": "publish", "seen": read(address).number, "when": "now"})
    assert done.status_code == 302
    assert_sound(client.get(done["Location"]))
    assert fresh in codes()
    assert client.post(f"{address}publish/", {"do": "publish", "seen": 3, "when": "now"}).status_code == 409
    assert_sound(client.get(address))


def test_a_line_given_as_text_cuts_like_one_that_was_drawn(admin: Client) -> None:
    address, one = begin(admin), codes()[0]
    shape = directory.grids_of(COMMUNITY)[0].shape
    assert shape is not None
    x, (_, south, _, north) = shape.representative_point().x, shape.bounds
    line = f"{x:.7f}， {south - 0.01:.7f}\n{x:.7f}, {north + 0.01:.7f}\n"
    assert do(admin, address, "split", grid=one, way="line", line=line).status_code == 302
    assert len(read(address).grids) == len(codes()) + 1


@pytest.mark.parametrize(
    ("deed", "given"),
    [
        ("split", {"way": "line", "line": "105.9"}),
        ("split", {"way": "line", "line": ""}),
        ("split", {"way": "line", "line": '{"type": "LineString"'}),
        ("split", {"way": "line", "line": "29.3, 105.9\n29.4, 105.9"}),
        ("split", {"way": "line", "line": "116.9, 29.3\n116.9, 29.4"}),
        ("split", {"way": "sideways"}),
        ("redraw", {"outline": "105.9, 29.3\n105.9, 29.4"}),
        ("redraw", {"outline": ""}),
        ("redraw", {"outline": "116.9, 29.3\n116.9, 29.4\n116.8, 29.4"}),
        ("merge", {}),
        ("rename", {}),
        ("retire", {"grid": "x"}),
        ("undo", {}),
    ],
)
def test_what_does_not_fit_is_said_and_what_was_typed_stays(
    drawn: Place, enter: Enter, deed: str, given: dict[str, str], language: str
) -> None:
    client = enter(DISTRICT_CENTRE, "administrator", language=language)
    address, one = begin(client), codes()[0]
    page = do(client, address, deed, **({"grid": one, "keep": one} | given))
    assert page.status_code == 422
    assert_sound(page)
    assert 'role="alert"' in page.content.decode()
    for typed in (given[name] for name in ("line", "outline") if name in given):
        assert typed in page.content.decode().replace("&quot;", '"')
    assert read(address).number == 1


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"{}", b'{"features": [7]}', b"x" * 5_000_001])
def test_a_file_that_does_not_fit_is_refused_in_words(admin: Client, content: bytes) -> None:
    address = begin(admin)
    page = do(admin, address, "upload", datum="wgs84", file=SimpleUploadedFile("grids.geojson", content))
    assert page.status_code == 422
    assert_sound(page)
    assert read(address).number == 1


def test_a_file_that_was_taken_away_and_changed_comes_back(admin: Client) -> None:
    address = begin(admin)
    made = json.loads(admin.get(f"{address}shapes.geojson").content)
    made["features"][0]["properties"]["name"] = "改了名的网格"
    file = SimpleUploadedFile("grids.geojson", json.dumps(made).encode())
    assert do(admin, address, "upload", datum="wgs84", file=file).status_code == 302
    assert [change.kind for change in read(address).changes] == ["renamed"]


def test_of_two_administrators_the_second_is_told_and_keeps_what_they_typed(drawn: Place, enter: Enter) -> None:
    one = enter(DISTRICT_CENTRE, "administrator")
    address, grid = begin(one), codes()[0]
    seen = read(address).number
    do(one, address, "split", grid=grid, way="ns")
    names = {each: each for each in codes()} | {grid: "东门网格"}
    late = do(one, address, "rename", seen=seen, **names)
    assert late.status_code == 409
    assert_sound(late)
    assert "东门网格" in late.content.decode()
    assert [step.deed for step in read(address).steps] == ["began", "split"]
    late = one.post(f"{address}publish/", {"do": "publish", "seen": seen, "when": "now"})
    assert late.status_code == 409
    assert_sound(late)


def test_a_published_plan_waits_for_its_date_and_can_be_taken_back(admin: Client) -> None:
    address, one = begin(admin), codes()[0]
    do(admin, address, "split", grid=one, way="we")
    fresh, review = fresh_of(address), f"{address}publish/"
    seen = read(address).number
    for when in ({"on": ""}, {"on": "2020-01-01T00:00"}, {"on": "soon"}, {"on": "9999-12-31T23:59"}):
        page = admin.post(review, {"do": "publish", "seen": seen, "when": "on", **when})
        assert page.status_code == 422
        assert_sound(page)
    ahead = (timezone.localtime() + timedelta(days=3)).strftime("%Y-%m-%dT%H:%M")
    assert admin.post(review, {"do": "publish", "seen": seen, "when": "on", "on": ahead}).status_code == 302
    assert_sound(admin.get(review))
    assert fresh not in codes()
    assert do(admin, address, "undo").status_code == 409
    assert admin.post(review, {"do": "take_back", "seen": seen}).status_code == 302
    assert do(admin, address, "undo").status_code == 302
    assert do(admin, address, "discard").status_code == 302
    assert read(address).state == "withdrawn"


def test_errors_bar_the_way_to_publishing(admin: Client) -> None:
    address, one = begin(admin), codes()[0]
    do(admin, address, "retire", grid=one)
    page = admin.get(f"{address}publish/")
    assert_sound(page)
    assert page.context["blocked"]
    refused = admin.post(f"{address}publish/", {"do": "publish", "seen": 2, "when": "now"})
    assert refused.status_code == 409
    assert_sound(refused)
    assert one in codes()


def test_grids_can_be_looked_up_as_they_were(admin: Client) -> None:
    address, one = begin(admin), codes()[0]
    before = {grid.code: grid.name for grid in directory.grids_of(COMMUNITY)}
    do(admin, address, "rename", **(before | {one: "新名网格"}))
    admin.post(f"{address}publish/", {"do": "publish", "seen": 2, "when": "now"})
    yesterday = (timezone.localdate() - timedelta(days=1)).isoformat()
    page = admin.get(f"{AREAS}{COMMUNITY}/?at={yesterday}")
    assert_sound(page)
    assert [name for _code, name, _size in page.context["past"]] == list(before.values())
    assert "新名网格" in text(page)
    assert_sound(admin.get(f"{AREAS}{COMMUNITY}/?at=nonsense"))


# --- cases


def case_in(place: Place, address: str, grid: str) -> str:
    shape = next(each.shape for each in read(address).grids if each.code == grid)
    assert shape is not None
    point = shape.representative_point()
    return place.report(area=None, lon=point.x, lat=point.y).case


def test_affected_cases_are_shown_before_and_moved_after_and_a_person_chooses_the_rest(
    drawn: Place, enter: Enter, language: str
) -> None:
    client = enter(DISTRICT_CENTRE, "administrator", "duty_head", language=language)
    address, one = begin(client), codes()[0]
    do(client, address, "split", grid=one, way="ns")
    fresh = fresh_of(address)
    pinned, plain = case_in(drawn, address, fresh), drawn.report(area=one, place="老槐树旁边").case
    review = client.get(f"{address}publish/")
    assert_sound(review)
    counts = review.context["counts"]
    assert (counts.all, counts.outline, counts.pin, counts.unsure, counts.unseen) == (2, 0, 1, 1, 0)
    for case in (pinned, plain):
        assert drawn.state(case).number in text(review)
        assert drawn.state(case).place.grid == one
    done = client.post(f"{address}publish/", {"do": "publish", "seen": 2, "when": "now"})
    assert (done.status_code, done["Location"]) == (302, f"{address}publish/")
    for _time in range(2):
        report = client.get(done["Location"])
        assert_sound(report)
        assert (report.context["went"]["moved"], report.context["went"]["unsure"]) == (1, 1)
        assert drawn.state(pinned).number in text(report)
    assert drawn.state(pinned).place.grid == fresh
    assert ledger.stream(DISTRICT, "case", pinned)[-1].type == "case.place_moved"

    centre = enter(CENTRE, language=language)
    page = centre.get(f"/desk/case/{plain}/")
    assert_sound(page)
    assert '/desk/places/"' in page.content.decode()
    waiting = centre.get("/desk/places/")
    assert_sound(waiting)
    assert "老槐树旁边" in text(waiting)
    seen = f"{plain}:{drawn.state(plain).version}"
    stale = centre.post("/desk/places/", {"seen": f"{plain}:1", f"area-{plain}": fresh})
    assert stale.status_code == 409
    assert_sound(stale)
    chosen = centre.post("/desk/places/", {"seen": seen, f"area-{plain}": fresh})
    assert chosen.status_code == 200
    assert_sound(chosen)
    assert drawn.state(plain).place.grid == fresh
    assert queries_places.astray(DISTRICT) == []
    report = client.get(f"{address}publish/")
    assert (report.context["went"]["moved"], report.context["went"]["unsure"]) == (2, 0)
    story = centre.get(f"/desk/case/{plain}/")
    assert_sound(story)
    assert next(grid.name for grid in directory.grids_of(COMMUNITY) if grid.code == fresh) in text(story)


def test_its_reporter_reads_where_the_case_stands_now(drawn: Place, admin: Client, reader: Client) -> None:
    address, one = begin(admin), codes()[0]
    do(admin, address, "split", grid=one, way="ns")
    fresh = fresh_of(address)
    case = case_in(drawn, address, fresh)
    admin.post(f"{address}publish/", {"do": "publish", "seen": 2, "when": "now"})
    number = drawn.state(case).number
    reader.post("/follow/", {"number": number, "code": drawn.codes[case]})
    page = reader.get("/case/")
    assert_sound(page)
    assert next(grid.name for grid in directory.grids_of(COMMUNITY) if grid.code == fresh) in text(page)


def test_who_only_administers_counts_cases_and_reads_none(drawn: Place, admin: Client) -> None:
    address, one = begin(admin), codes()[0]
    case = drawn.report(area=one).case
    do(admin, address, "split", grid=one, way="ns")
    page = admin.get(f"{address}publish/")
    assert page.context["counts"].all == page.context["counts"].unseen == 1
    assert drawn.state(case).number not in text(page)
    assert case not in page.content.decode()
    admin.post(f"{address}publish/", {"do": "publish", "seen": 2, "when": "now"})
    report = admin.get(f"{address}publish/")
    assert report.context["went"]["unseen"] == 1
    assert drawn.state(case).number not in text(report)
    assert case not in report.content.decode()


def test_the_clock_puts_a_plan_in_force_and_the_page_says_so(drawn: Place, admin: Client) -> None:
    address, one = begin(admin), codes()[0]
    do(admin, address, "split", grid=one, way="ns")
    ahead = (timezone.localtime() + timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M")
    admin.post(f"{address}publish/", {"do": "publish", "seen": 2, "when": "on", "on": ahead})
    fresh = fresh_of(address)
    case = case_in(drawn, address, fresh)
    assert recutting.run_due(DISTRICT, now=timezone.now() + timedelta(hours=3)) == recutting.Round(1, 1, 0)
    page = admin.get(f"{address}publish/")
    assert_sound(page)
    assert page.context["counts"].all == 0
    assert drawn.state(case).place.grid == fresh


# --- in a browser

LATE = "new Promise(done => setTimeout(done, 300))"


@pytest.fixture
def opened(browser: Browser, drawn: Place, hire: Hire) -> Iterator[Callable[..., Page]]:
    del drawn
    pages: list[Page] = []
    with serving() as address:

        def open_page(language: str, scheme: str = "light", size: tuple[int, int] = DESKTOP) -> Page:
            context = browser.new_context(
                base_url=address,
                viewport={"width": size[0], "height": size[1]},
                color_scheme=scheme,  # type: ignore[arg-type]
                locale="zh-CN" if language == "zh-hans" else "en-GB",
            )
            context.set_default_timeout(20_000)
            page = context.new_page()
            pages.append(page)
            page.goto("/account/login/")
            page.locator("[name=username]").fill(hire(DISTRICT_CENTRE, "administrator", "duty_head", language=language))
            page.locator("[name=password]").fill(PASSWORD)
            page.locator("main button").last.click()
            return page

        yield open_page
        for page in pages:
            page.context.close()


def spot(page: Page, share_x: float, share_y: float) -> tuple[float, float]:
    box = page.locator("[data-recut-map] canvas").first.bounding_box()
    assert box is not None
    return box["x"] + box["width"] * share_x, box["y"] + box["height"] * share_y


def test_a_grid_is_split_by_a_line_drawn_on_the_map_and_its_case_moves(
    opened: Callable[..., Page], drawn: Place, language: str
) -> None:
    page = opened(language)
    page.goto(f"{AREAS}{COMMUNITY}/")
    page.locator("main form.acts button").click()
    page.wait_for_selector("[data-recut-tools=ready]")
    page.wait_for_selector("[data-recut-map][data-map=ready]")
    page.locator("[data-recut-mode=line]").click()
    # Straight down through the middle of the community, from outside to outside.
    for share in (0.01, 0.5, 0.99):
        page.mouse.click(*spot(page, 0.5, share))
        page.evaluate(LATE)
    page.mouse.click(*spot(page, 0.5, 0.99))
    form = page.locator("[data-recut-form=split]")
    expect(form.locator("[name=line]")).not_to_have_value("")
    code = form.locator("[name=grid]").input_value()
    assert code in codes()
    form.locator("button").click()
    page.wait_for_url("**/#main")
    address = page.url.removesuffix("#main")
    fresh = fresh_of(address)
    case = case_in(drawn, address, fresh)
    assert drawn.state(case).place.grid == code
    page.goto(f"{address}publish/")
    expect(page.locator("main")).to_contain_text(drawn.state(case).number)
    page.locator("main form button").last.click()
    expect(page.locator(".alert-success")).to_be_visible()
    assert fresh in codes()
    assert drawn.state(case).place.grid == fresh


def test_a_click_on_a_grid_chooses_it_in_the_forms(opened: Callable[..., Page], drawn: Place) -> None:
    page = opened("zh-hans")
    page.goto(f"{AREAS}{COMMUNITY}/")
    page.locator("main form.acts button").click()
    page.wait_for_selector("[data-recut-tools=ready]")
    page.wait_for_selector("[data-recut-map][data-map=ready]")
    last = directory.grids_of(COMMUNITY)[-1]
    assert last.shape is not None
    point = last.shape.representative_point()
    page.mouse.click(*on_screen(page, point.x, point.y))
    for form, name in (("split", "grid"), ("redraw", "grid"), ("retire", "grid"), ("merge", "keep")):
        expect(page.locator(f"[data-recut-form={form}] [name={name}]")).to_have_value(last.code)


def test_a_new_grid_is_drawn_and_neighbours_give_way(opened: Callable[..., Page], drawn: Place) -> None:
    page = opened("zh-hans")
    page.goto(f"{AREAS}{COMMUNITY}/")
    page.locator("main form.acts button").click()
    page.wait_for_selector("[data-recut-tools=ready]")
    page.locator("[data-recut-mode=outline]").click()
    assert page.locator("[data-recut-mode=outline]").get_attribute("aria-pressed") == "true"
    for corner in [(0.42, 0.42), (0.58, 0.42), (0.58, 0.58), (0.42, 0.58), (0.42, 0.42)]:
        page.mouse.click(*spot(page, *corner))
        page.evaluate(LATE)
    form = page.locator("[data-recut-form=redraw]")
    expect(form.locator("[name=outline]")).not_to_have_value("")
    form.locator("[name=grid]").select_option("new")
    form.locator("[name=new_name]").fill("中心网格")
    form.locator("button").click()
    page.wait_for_url("**/#main")
    address = page.url.removesuffix("#main")
    assert [grid.name for grid in read(address).grids if grid.code == fresh_of(address)] == ["中心网格"]
    expect(page.locator("section[aria-labelledby=findings-title] .badge-urgent")).to_have_count(0)


def on_screen(page: Page, lon: float, lat: float) -> tuple[float, float]:
    """Where a place is drawn: the map shows the whole community, with 24 pixels around it."""
    shape = directory.shape_of(COMMUNITY)
    assert shape is not None
    west, south, east, north = shapely.geometry.shape(shape[0]).bounds
    box = page.locator("[data-recut-map] canvas").first.bounding_box()
    assert box is not None

    def up(latitude: float) -> float:
        return math.degrees(math.asinh(math.tan(math.radians(latitude))))

    scale = min((box["width"] - 48) / (east - west), (box["height"] - 48) / (up(north) - up(south)))
    x = box["x"] + box["width"] / 2 + (lon - (west + east) / 2) * scale
    return x, box["y"] + box["height"] / 2 - (up(lat) - (up(north) + up(south)) / 2) * scale


def test_a_corner_dragged_on_the_map_moves_the_border_of_all_who_share_it(
    opened: Callable[..., Page], drawn: Place
) -> None:
    page = opened("zh-hans")
    page.goto(f"{AREAS}{COMMUNITY}/")
    page.locator("main form.acts button").click()
    page.wait_for_selector("[data-recut-tools=ready]")
    page.wait_for_selector("[data-recut-map][data-map=ready]")
    grids = {grid.code: grid.shape for grid in directory.grids_of(COMMUNITY) if grid.shape is not None}
    outline = directory.surroundings(DISTRICT, COMMUNITY).outline
    assert outline is not None
    code, corner = next(
        (code, shapely.Point(found))
        for code, shape in grids.items()
        for found in shapely.get_coordinates(shape)
        if outline.boundary.distance(shapely.Point(found)) > 0.005
    )
    page.locator("#do-redraw summary").click()
    page.locator("[data-recut-form=redraw] [name=grid]").select_option(code)
    page.locator("[data-recut-mode=corners]").click()
    page.evaluate(LATE)
    x, y = on_screen(page, corner.x, corner.y)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 15, y + 10, steps=5)
    page.mouse.move(x + 30, y + 20, steps=5)
    page.mouse.up()
    form = page.locator("[data-recut-form=redraw]")
    expect(form.locator("[name=outline]")).not_to_have_value("")
    form.locator("button").click()
    page.wait_for_url("**/#main")
    found = read(page.url.removesuffix("#main"))
    changed = [change.after.code for change in found.changes]
    assert code in changed
    assert len(changed) >= 2
    assert judge(found.grids, directory.surroundings(DISTRICT, COMMUNITY)) == ()


def test_its_pages_are_fit_for_everybody(opened: Callable[..., Page], drawn: Place, seen: tuple[str, str]) -> None:
    language, scheme = seen
    faults: list[str] = []
    page = opened(language, scheme, PHONE)
    case = drawn.report(area=codes()[0]).case
    page.goto(AREAS)
    faults += looked_at(page, "areas", language, scheme)
    page.goto(f"{AREAS}{COMMUNITY}/")
    page.wait_for_selector("[data-recut-map][data-map=ready]")
    faults += looked_at(page, "areas-community", language, scheme)
    page.locator("main form.acts button").click()
    page.wait_for_selector("[data-recut-tools=ready]")
    address = page.url
    page.locator("#do-retire summary").click()
    page.locator("[data-recut-form=retire] button").click()
    page.wait_for_selector(".alert-success")
    page.wait_for_selector("[data-recut-tools=ready]")
    page.evaluate("document.querySelectorAll('details.fold').forEach(fold => fold.open = true)")
    faults += looked_at(page, "areas-plan-error", language, scheme)
    page.goto(f"{address}publish/")
    faults += looked_at(page, "areas-publish-blocked", language, scheme)
    page.goto(address)
    page.locator("main form:has([value=undo]) button").click()
    page.locator("[data-recut-form=split] [name=way]").select_option("ns")
    page.locator("[data-recut-form=split] [name=grid]").select_option(codes()[0])
    page.locator("[data-recut-form=split] button").click()
    page.wait_for_selector("[data-recut-tools=ready]")
    faults += looked_at(page, "areas-plan", language, scheme)
    page.goto(f"{address}publish/")
    faults += looked_at(page, "areas-publish", language, scheme)
    page.locator("main form button").last.click()
    page.wait_for_selector(".alert-success")
    faults += looked_at(page, "areas-published", language, scheme)
    page.goto("/desk/places/")
    faults += looked_at(page, "places", language, scheme)
    assert drawn.state(case).place_candidates
    page.set_viewport_size({"width": DESKTOP[0], "height": DESKTOP[1]})
    for name, path in (
        ("wide-areas", AREAS),
        ("wide-community", f"{AREAS}{COMMUNITY}/"),
        ("wide-places", "/desk/places/"),
    ):
        page.goto(path)
        faults += looked_at(page, name, language, scheme)
    page.goto(f"{AREAS}{NEIGHBOUR}/")
    page.locator("main form.acts button").click()
    page.wait_for_selector("[data-recut-tools=ready]")
    page.wait_for_selector("[data-recut-map][data-map=ready]")
    faults += looked_at(page, "wide-plan", language, scheme)
    assert faults == [], "\n".join(faults)
