"""Each user's main job takes no more than docs/reference/jobs.md states: screens, fields, clicks; in a browser.

A screen is a page on which something is done before the job is done; the page that says that it is done is none.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page

from linli.cases.models import Case
from tests.journeys.browsing import DESKTOP, PHONE, SCREENSHOTS, serving
from tests.journeys.conftest import CENTRE, DISTRICT, PASSWORD, SANITATION, STATION, Hire
from tests.journeys.test_photos import camera
from tests.rooms.conftest import Place

ROOT = Path(__file__).resolve().parents[2]
MOST = {"report": (4, 2, 3), "triage": (3, 0, 6), "dispatch": (3, 0, 3), "report back": (3, 2, 6)}
"""Job -> most screens, fields that must be typed or chosen in (a photo too), and clicks."""


@dataclass
class Work:
    """One person at a job: everything that they do goes through here and is counted."""

    page: Page
    screens: list[str] = field(default_factory=list)
    fields: int = 0
    clicks: int = 0

    def open(self, path: str) -> None:
        self.page.on("domcontentloaded", lambda: self.screens.append(self.page.url))
        self.page.goto(path)

    def click(self, what: str | Locator) -> None:
        found = self.page.locator(what) if isinstance(what, str) else what
        found.click()
        self.clicks += 1

    def fill(self, what: str, text: str) -> None:
        self.page.locator(what).fill(text)
        self.fields += 1

    def choose_file(self, what: str, file: Any) -> None:
        self.page.locator(what).set_input_files(file)
        self.fields += 1

    def done(self, job: str) -> None:
        """Sees that the job, whose last page is shown now, took no more than is stated."""
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=str(SCREENSHOTS / f"job-{job.replace(' ', '-')}.png"), full_page=True)
        screens, fields, clicks = MOST[job]
        took = (len(self.screens) - 1, self.fields, self.clicks)
        assert took[0] <= screens, (took, self.screens)
        assert took[1] <= fields, took
        assert took[2] <= clicks, took


@contextmanager
def at_work(browser: Browser, size: tuple[int, int], username: str = "") -> Iterator[Work]:
    """A browser, logged in where a name is given: that is done once a day and belongs to no job."""
    with serving() as address:
        width, height = size
        context = browser.new_context(base_url=address, viewport={"width": width, "height": height}, locale="zh-CN")
        context.set_default_timeout(30_000)
        page = context.new_page()
        if username:
            page.goto("/account/login/")
            page.locator("[name=username]").fill(username)
            page.locator("[name=password]").fill(PASSWORD)
            page.locator("main button").last.click()
            page.wait_for_selector("[data-who]")
        yield Work(page)
        context.close()


def test_a_resident_reports_with_a_photo(browser: Browser, district: Place) -> None:
    del district
    with at_work(browser, PHONE) as work:
        work.open("/")
        work.click(f"main a[href='/report/{DISTRICT}/']")
        work.fill("[name=detail]", "楼下的垃圾堆了好几天没有人清运，味道很大。")
        work.choose_file("[name=photos]", camera(800, 600))
        work.page.wait_for_selector(".photos img")
        work.click("main form > button")
        work.page.wait_for_selector(".slip")
        work.done("report")
        assert Case.objects.count() == 1


def test_a_clerk_triages_fifty_cases(browser: Browser, district: Place, hire: Hire) -> None:
    for _ in range(50):
        district.report()
    with at_work(browser, DESKTOP, hire(STATION, "desk_clerk")) as work:
        work.open("/desk/")
        work.click("input[data-select-all]")
        work.click("[data-selection-bar] button")
        work.click("main button[name=act][value=accept]")
        work.click("form.act-form > button.btn-primary")
        work.page.wait_for_selector("h1[data-arrived]")
        work.done("triage")
        assert Case.objects.filter(step="registered").count() == 50


def test_a_dispatcher_dispatches(browser: Browser, district: Place, hire: Hire) -> None:
    case = district.report().case
    district.accept(case)
    with at_work(browser, PHONE, hire(CENTRE, "dispatcher")) as work:
        work.open("/desk/")
        work.click("a[data-row-link]")
        work.click("#acts a[href*='act=dispatch']")
        work.click("#acts form > button.btn-primary")
        work.page.wait_for_selector("main > .alert-success")
        work.done("dispatch")
        assert district.state(case).step == "dispatched"


@pytest.mark.parametrize("with_photo", [True, False], ids=["photo", "words"])
def test_a_handler_reports_back_on_a_phone(browser: Browser, district: Place, hire: Hire, with_photo: bool) -> None:
    case = district.report().case
    district.bring_to(case, "handling")
    with at_work(browser, PHONE, hire(SANITATION, "handler")) as work:
        work.open("/desk/")
        work.click("a[data-row-link]")
        work.click("#acts a[href*='act=report_back']")
        work.click(work.page.locator("[name=result]").first)
        work.fill("[name=what_was_done]", "今天上午已经清运。")
        work.click(work.page.locator("[name=reporter_contacted]").first)
        if with_photo:
            work.choose_file("[name=evidence]", camera(800, 600))
            work.page.wait_for_selector(".photos img")
        work.click("#acts form > button.btn-primary")
        work.page.wait_for_selector("main > .alert-success")
        work.done("report back")
        assert district.state(case).step == "done"


def test_what_is_stated_is_what_is_held_to() -> None:
    page = (ROOT / "docs/reference/jobs.md").read_text("utf-8")
    for job, (screens, fields, clicks) in MOST.items():
        assert f"| {job} |" in page
        line = next(line for line in page.splitlines() if f"| {job} |" in line)
        assert f"| {screens} | {fields} | {clicks} |" in line, line
