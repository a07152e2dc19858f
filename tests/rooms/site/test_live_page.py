"""What a page gets so that it can listen, and the poll, which says the same as the stream."""

import os
import subprocess
import sys
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from linli.accounts.models import User
from linli.core.actor import Actor, ActorKind
from linli.directory import queries as directory
from linli.ledger.queries import newest_told
from linli.ledger.relay import relay_batch
from linli.site.cli.demo import live_environment
from linli.site.live.changes import Recent, answer, gather
from linli.site.live.scope import Scope, read
from tests.rooms.conftest import COMMUNITY, DISTRICT, FAR, NEIGHBOUR, TOWN, Place
from tests.rooms.site.calling import STATION, hire

AWAY = "https://live.example:8443/live"


def told(place: Place) -> int:
    """Everything that happened so far is told; the cursor then."""
    while relay_batch((), now=place.now):
        pass
    return newest_told()


@pytest.fixture
def clerk(district: Place) -> Client:
    """A browser of a clerk of the community's desk."""
    browser = Client()
    browser.force_login(User.objects.get(id=hire(district, STATION, ["desk_clerk"]).user))
    return browser


def test_the_poll_tells_what_moved_and_from_where_to_go_on(district: Place, clerk: Client) -> None:
    case = district.report("路灯坏了", area=COMMUNITY).case
    district.report("路灯坏了", area=FAR)
    since = told(district)
    assert clerk.get("/desk/live/", {"since": since}).json() == {"since": since, "refetch": False, "cases": []}
    district.accept(case)
    now = told(district)
    got = clerk.get("/desk/live/", {"since": since})
    assert got.json() == {"since": now, "refetch": False, "cases": [{"id": case, "version": 2}]}
    assert "no-store" in got.headers["Cache-Control"]


@pytest.mark.parametrize("cursor", ["", "0", "-1", "x", "9" * 18, "9" * 40, "٣"])
def test_the_poll_lets_a_page_without_a_good_cursor_read_again(district: Place, clerk: Client, cursor: str) -> None:
    district.report("路灯坏了", area=COMMUNITY)
    now = told(district)
    assert clerk.get("/desk/live/", {"since": cursor}).json() == {"since": now, "refetch": True, "cases": []}


@hypothesis_settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_poll_and_stream_say_the_same(busy: tuple[Place, list[int]], data: st.DataObject) -> None:
    place, cursors = busy
    units = data.draw(st.lists(st.sampled_from(sorted(place.policy.territory.units)), max_size=2, unique=True))
    posts = tuple(post for unit in units for post in place.person(unit).posts)
    scope = Scope.of(Actor(ActorKind.PERSON, "someone", posts), DISTRICT)
    cursor = data.draw(st.sampled_from(cursors))
    recent = Recent()
    recent.begin(gather(gather(0).oldest))
    news = gather(cursor, DISTRICT)
    assert recent.after(cursor, scope) == answer(scope, news.changes, since=news.newest, whole=news.whole)


@pytest.fixture
def busy(district: Place) -> tuple[Place, list[int]]:
    """Cases in several places that moved several times, and the cursors between."""
    cursors = [told(district), told(district) + 1]
    for area in (COMMUNITY, NEIGHBOUR, FAR):
        case = district.report("垃圾没人清", area=area).case
        cursors.append(told(district))
        about = {"complaint_about": "unit_named", "complaint_targets": (f"{TOWN}.town_enforcement_team",)}
        district.accept(case, "SL-007" if area == FAR else "CM-006", **(about if area == NEIGHBOUR else {}))
        cursors.append(told(district))
    return district, cursors


def test_a_page_is_given_all_it_needs_to_listen(district: Place, clerk: Client) -> None:
    since = told(district)
    given_ = clerk.get("/desk/").context["live"]
    assert {**given_, "token": ""} == {
        "stream": "", "poll": "/desk/live/", "renew": "/desk/live/token/", "token": "", "lasts": 300, "since": since,
    }  # fmt: skip
    user = User.objects.get(username__startswith=STATION)
    now = timezone.now()
    assert read(given_["token"], now=now).scope == Scope.of(directory.actor(str(user.id), now), DISTRICT)


def test_a_token_is_renewed_for_who_one_is_by_now(district: Place, clerk: Client) -> None:
    first, second = (clerk.get("/desk/live/token/").json()["token"] for _ in range(2))
    assert first != second
    for token in (first, second):
        assert read(token, now=timezone.now()).scope.works == {STATION}


def test_a_page_may_speak_to_the_live_process_and_nobody_else(plain_site: None, settings: Any) -> None:
    for address, beside in (("", ""), (AWAY, f" {AWAY}"), ("/desk/live/", "")):
        settings.LIVE_URL = address
        limits = Client().get("/account/login/").headers["Content-Security-Policy"].split("; ")
        assert [limit for limit in limits if limit.startswith("connect-src")] == [f"connect-src 'self'{beside}"]


@pytest.mark.parametrize("address", ["/desk/live/", AWAY, "http://127.0.0.1:8001/live", "http://[::1]:8001/live", ""])
def test_a_good_address_of_the_live_process_is_taken(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from linli.site import settings as source

    monkeypatch.setenv("LINLI_LIVE_URL", address)
    assert source._live_url("LINLI_LIVE_URL") == address


@pytest.mark.parametrize(
    "address",
    ["live", "//elsewhere.example/live", "https://a.example", "https://a/live; script-src *", "https://a/live *",
     "javascript:alert(1)", "https://a/live?x=1", "https://u@a/live", "/live\n", "wss://a/live"],
)  # fmt: skip
def test_any_other_address_stops_the_start(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from linli.site import settings as source

    monkeypatch.setenv("LINLI_LIVE_URL", address)
    with pytest.raises(ImproperlyConfigured, match="LINLI_LIVE_URL"):
        source._live_url("LINLI_LIVE_URL")


def test_the_demo_tells_its_pages_where_to_listen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LINLI_LIVE_URL", raising=False)
    monkeypatch.setenv("LINLI_ORIGINS", "https://mine.example")
    assert live_environment("127.0.0.1", 8000, 8001) == {
        "LINLI_LIVE_URL": "http://127.0.0.1:8001/live",
        "LINLI_ORIGINS": "https://mine.example,http://127.0.0.1:8000,http://localhost:8000",
    }
    assert live_environment("0.0.0.0", 8000, 8001) == {}
    monkeypatch.setenv("LINLI_LIVE_URL", AWAY)
    assert live_environment("127.0.0.1", 8000, 8001) == {}


def test_the_live_process_loads_no_views_and_no_web_framework_of_the_site() -> None:
    """It stays small: pages, forms and the API are not loaded beside it."""
    code = (
        "import django, sys; django.setup(); import linli.site.live.process; "
        "print([m for m in sys.modules if m in ('ninja', 'linli.site.urls', 'linli.site.desk.views', "
        "'linli.site.live.views', 'linli.site.api')])"
    )
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "linli.site.settings"}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
