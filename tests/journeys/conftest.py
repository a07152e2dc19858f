"""The small district with people who can log in, and browsers for them."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, Page

from linli.accounts import actions as accounts
from linli.directory import actions as directory_actions
from linli.directory import queries as directory
from tests.journeys.browsing import PHONE, browser, serving
from tests.rooms.conftest import COMMUNITY, DISTRICT, TOWN, Place, place

__all__ = ["browser", "place"]

PASSWORD = "a long one for tests 7"
STATION = f"{COMMUNITY}.community_station"
CENTRE = f"{TOWN}.command_centre"
DISTRICT_CENTRE = f"{DISTRICT}.district_centre"
SANITATION = f"{TOWN}.sanitation_office"
ENFORCEMENT = f"{TOWN}.town_enforcement_team"


@pytest.fixture(autouse=True)
def plain_static_files(settings: Any) -> None:
    """Pages name their style sheet without a manifest, so that nothing need be collected first."""
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    settings.WHITENOISE_AUTOREFRESH = settings.WHITENOISE_USE_FINDERS = True
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def district(place: Place) -> Place:
    """The small district, some hours ago by the real clock, which the pages go by."""
    place.now = timezone.now() - timedelta(hours=3)
    return place


Hire = Callable[..., str]
Enter = Callable[..., Client]


@pytest.fixture
def hire(district: Place) -> Hire:
    """Gives a post to a new person and answers with their user name, which is the post's id."""

    def hired(unit: str, *posts: str, language: str = "zh-hans") -> str:
        known = [post.id for post in directory.posts(DISTRICT, unit)]
        wanted = [f"{unit}.{post}" for post in posts] or known
        assert set(wanted) <= set(known), (wanted, known)
        user = accounts.create_user(wanted[0], PASSWORD, "Officer", language=language)
        directory_actions.hold_posts([(str(user.id), post) for post in wanted], since=district.now - timedelta(days=1))
        return wanted[0]

    return hired


@pytest.fixture
def enter(hire: Hire) -> Enter:
    """A client that is logged in as somebody holding posts of a unit."""

    def entered(unit: str, *posts: str, language: str = "zh-hans") -> Client:
        client = Client(headers={"accept-language": language})
        assert client.login(username=hire(unit, *posts, language=language), password=PASSWORD)
        return client

    return entered


@pytest.fixture(params=["zh-hans", "en"])
def language(request: pytest.FixtureRequest) -> str:
    """Both languages, one after the other."""
    return str(request.param)


@pytest.fixture
def visitor() -> Client:
    """Somebody without an account, reading Chinese."""
    return Client(headers={"accept-language": "zh-hans"})


@pytest.fixture
def reader(language: str) -> Client:
    """Somebody without an account, reading one language after the other."""
    return Client(headers={"accept-language": language})


@pytest.fixture(params=[("zh-hans", "light"), ("en", "dark")], ids=["zh-light", "en-dark"])
def seen(request: pytest.FixtureRequest) -> tuple[str, str]:
    """Language and colours."""
    found: tuple[str, str] = request.param
    return found


@pytest.fixture
def page(browser: Browser, district: Place, seen: tuple[str, str]) -> Iterator[Page]:
    """A phone."""
    del district
    language, scheme = seen
    with serving() as address:
        context = browser.new_context(
            base_url=address,
            viewport={"width": PHONE[0], "height": PHONE[1]},
            color_scheme=scheme,  # type: ignore[arg-type]
            locale="zh-CN" if language == "zh-hans" else "en-GB",
        )
        context.set_default_timeout(20_000)
        yield context.new_page()
        context.close()
