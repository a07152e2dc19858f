"""A real browser on the pages of this process: one server thread that shares the test's transaction."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import axe_playwright_python
import pytest
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.servers.basehttp import ThreadedWSGIServer
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, connections
from django.test.testcases import LiveServerThread
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
SCREENSHOTS = ROOT / "var" / "screenshots"
AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js")
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
PHONE, DESKTOP = (390, 844), (1440, 900)

Opened = Callable[..., Page]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The machine's own Chromium, for one module of journeys and not beyond it.

    Playwright's synchronous interface keeps an event loop in this thread, which Django takes for asynchronous code
    unless it is told otherwise; both end with the module, so that what runs afterwards runs as on a site.
    """
    found = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if found is None:
        pytest.skip("no Chromium here: apt-get install chromium fonts-noto-cjk")
    with pytest.MonkeyPatch.context() as environment, sync_playwright() as playwright:
        environment.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield browser
        browser.close()


class SharingServer(ThreadedWSGIServer):
    """Leaves the shared connection open when a request's thread ends."""

    def _close_connections(self) -> None:
        pass


class SharingThread(LiveServerThread):
    server_class = SharingServer


@contextmanager
def serving() -> Iterator[str]:
    """The site at an address of this machine. Its threads use the test's own connection, and see what it wrote."""
    connection = connections["default"]
    thread = SharingThread("127.0.0.1", StaticFilesHandler, connections_override={"default": connection})
    thread.daemon = True
    connection.inc_thread_sharing()
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)  # would close the connection, because it is inside a transaction
    thread.start()
    thread.is_ready.wait()
    try:
        if thread.error:
            raise thread.error
        yield f"http://127.0.0.1:{thread.port}"
    finally:
        thread.terminate()
        connection.dec_thread_sharing()
        for signal in (request_started, request_finished):
            signal.connect(close_old_connections)


def settled(page: Page) -> None:
    """Waits until no form is on its way: one with words first asks whether the site answers, and only then is sent."""
    page.locator("form[data-sending]").first.wait_for(state="detached")


@dataclass
class Window:
    """One person's browser window: opens pages and keeps a picture of each that matters."""

    context: BrowserContext
    address: str
    folder: Path
    count: Callable[[], int]
    page: Page = field(init=False)

    def __post_init__(self) -> None:
        self.page = self.context.new_page()

    def open(self, path: str) -> Page:
        self.page.goto(f"{self.address}{path}")
        return self.page

    def picture(self, name: str) -> None:
        """Keeps the whole page as it is once what was sent is there, and sees that nothing runs out of it sideways."""
        settled(self.page)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=str(self.folder / f"{self.count():02d}-{name}.png"), full_page=True)

    def choose(self, label: str, option: str) -> None:
        self.page.get_by_label(label, exact=False).select_option(label=option)
