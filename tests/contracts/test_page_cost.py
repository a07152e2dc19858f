"""What every page costs: statements to the database, equally many for few rows and for many, and bytes on the way.

An address without a row in either table fails, as one without a row in the table of permissions does.
"""

import gzip
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext
from uuid_utils.compat import uuid7

from linli.accounts import actions as accounts
from linli.accounts.models import User
from linli.cases import actions as cases
from linli.cases import queries
from linli.core.supervising import Ground
from linli.directory import queries as people
from linli.ledger.relay import relay_batch
from linli.site.desk import board
from linli.site.subscriptions import SUBSCRIPTIONS
from linli.supervision import actions as supervision
from linli.supervision.actions import Writing
from tests.contracts.test_permissions import ROWS, Cast, cast, send
from tests.rooms.conftest import COMMUNITY, DISTRICT
from tests.rooms.site.calling import CENTRE, DISTRICT_CENTRE, STATION

__all__ = ["cast"]

# Address · who asks · statements at most. What every page needs is in it: session, account, posts, which rules hold.
BUDGETS = """
/                                                              stranger  2
/report/<str:district>/                                        stranger  7
/follow/                                                       stranger  1
/case/                                                         reporter 13
/team/<str:district>/                                          stranger  8
/team/<str:district>/<str:area>/                               stranger  8
/map/areas/<str:area>.geojson                                  stranger  5
/account/login/                                                stranger  1
/components/                                                   stranger  1
/desk/                                                         clerk    18
/desk/                                                         head     17
/desk/board/                                                   head     15
/desk/board/<slug:area>/numbers.json                           head     11
/desk/leader/                                                  head     19
/desk/leader/check/                                            head     17
/desk/leader/cases/                                            head     15
/desk/visits/                                                  head     13
/desk/visits/new/                                              head     12
/desk/visits/<uuid:visit>/                                     head     14
/desk/supervision/orders/                                      head     14
/desk/supervision/orders/new/                                  head     12
/desk/supervision/orders/<uuid:order>/                         head     15
/desk/supervision/stuck/                                       head     15
/desk/supervision/problems/                                    head     13
/desk/supervision/problems/new/                                head     12
/desk/supervision/problems/<uuid:problem>/                     head     17
/desk/bulk/                                                    clerk    15
/desk/search/                                                  clerk    17
/desk/live/                                                    clerk    12
/desk/live/token/                                              clerk    10
/desk/case/<uuid:case>/                                        clerk    22
/desk/case/<uuid:case>/                                        head     22
/desk/case/<uuid:case>/beside/<uuid:other>/                    clerk    18
/desk/case/<uuid:case>/item/<uuid:item>/                       clerk    14
/desk/case/<uuid:case>/note/                                   clerk    16
/desk/mentions/                                                clerk    15
/desk/answers/                                                 admin    13
/desk/answers/new/                                             admin    12
/desk/answers/<uuid:answer>/                                   admin    13
/desk/saved/                                                   clerk    13
/desk/calls/                                                   clerk    12
/desk/calls/<uuid:call>/                                       clerk    13
/desk/admin/                                                   admin    12
/desk/admin/calendar/                                          admin    13
/desk/admin/state/                                             admin    18
/desk/admin/procedures/                                        admin    12
/desk/admin/procedures/<slug:name>/<int:version>/              admin    12
/desk/admin/catalogue/                                         admin    12
/desk/admin/catalogue/matter/<slug:code>/                      admin    12
/desk/admin/catalogue/history/                                 admin    15
/desk/admin/catalogue/history/<int:older>/<int:newer>/         admin    14
/account/password/                                             admin     2
/desk/admin/areas/                                             admin    14
/desk/admin/areas/<slug:area>/                                 admin    15
/desk/admin/areas/<slug:area>/grids.geojson                    admin    12
/desk/admin/areas/plan/<uuid:plan>/                            admin    20
/desk/admin/areas/plan/<uuid:plan>/publish/                    admin    22
/desk/admin/areas/plan/<uuid:plan>/shapes.geojson              admin    13
/desk/admin/catalogue/draft/                                   admin    14
/desk/admin/catalogue/draft/matter/<slug:code>/                admin    24
/desk/admin/catalogue/draft/matter/<slug:code>/questions/      admin    15
/desk/admin/catalogue/draft/new/                               admin    20
/desk/admin/catalogue/lists/                                   admin    12
/desk/admin/catalogue/lists/<slug:area>/                       admin    12
/desk/admin/catalogue/lists/<slug:area>/sheet/                 admin    10
/desk/admin/imports/                                           admin    15
/desk/admin/imports/<uuid:job>/                                admin    20
/desk/admin/imports/<uuid:job>/mapping/                        admin    12
/desk/admin/imports/new/<slug:kind>/                           admin    13
/desk/admin/people/                                            admin    14
/desk/admin/people/<uuid:person>/                              admin    25
/desk/admin/people/<uuid:person>/holdings/<uuid:holding>/end/  admin    19
/desk/admin/people/new/                                        admin    14
/desk/admin/posts/<str:post>/                                  admin    18
/desk/admin/units/                                             admin    14
/desk/admin/units/<str:unit>/                                  admin    19
/desk/admin/units/<str:unit>/change/                           admin    13
/desk/admin/units/<str:unit>/close/                            admin    18
/desk/admin/units/<str:unit>/roster/                           admin    18
/desk/admin/units/<str:unit>/posts/new/                        admin    14
/desk/admin/units/new/                                         admin    12
/desk/board/units/                                             head     13
/desk/places/                                                  admin    13
/desk/grid/<slug:area>/                                        worker   15
/desk/shift/                                                   head     14
/desk/notices/                                                 clerk    17
/desk/notices/count.json                                       clerk    11
/desk/notices/settings/                                        clerk    14
/desk/alerts/                                                  head     13
/desk/alerts/<uuid:alert>/                                     head     19
/desk/shift/<uuid:shift>/                                      head     13
"""
ROWS_OF_COST = [(address, role, int(most)) for address, role, most in map(str.split, BUDGETS.strip().splitlines())]
FEW, MANY = 3, 30
MOST_FILTERS = 10

FIRST_LOAD = 200_000
"""Bytes of a page's first load, compressed as served: the page, its style sheet, scripts and pictures."""

WHEN_ASKED_FOR = {"map.js", "map.css", "maplibre-gl-worker.js"}
"""The parts of a map come only when a map is opened or shown, and do not count."""


def pages() -> set[str]:
    """Addresses that answer somebody with a page or with what a page asks for; the API is measured in the bench."""
    return {a for (method, a), told in ROWS.items() if method == "GET" and 200 in told.values() and "/api/" not in a}


def test_every_page_has_its_budget() -> None:
    assert {address for address, _role, _most in ROWS_OF_COST} == pages()
    for address, role, _most in ROWS_OF_COST:
        assert ROWS["GET", address][role] == 200, (address, role)


# Statements.


class World:
    """The cast's district, with more and more of everything that pages list."""

    def __init__(self, cast: Cast) -> None:
        self.cast, self.size = cast, 0
        self.cases: list[str] = [cast.receipt.case, cast.other]
        posts = {"clerk": f"{STATION}:desk_clerk:", "head": f"{DISTRICT_CENTRE}:duty_head:"}
        users = {role: str(User.objects.get(username__startswith=name).pk) for role, name in posts.items()}
        self.users = users
        self.clerk, self.head = (people.actor(users[role], cast.place.now) for role in ("clerk", "head"))

    def grow(self, size: int) -> None:
        """Until there are so many of each."""
        place, cast = self.cast.place, self.cast
        for number in range(self.size, size):
            case = place.report("路口的大石头挡住了盲道，三天了。").case
            self.cases.append(case)
            for noted in (case, cast.receipt.case):
                words = {"words": f"第 {number} 次核对。", "mention": (STATION, CENTRE)}
                cases.act(self.head, DISTRICT, noted, "note", words, now=place.now)
            accounts.save_filter(self.users["clerk"], f"清单 {number % MOST_FILTERS}", "step=reported")
            writing = Writing(self.head, DISTRICT, place.policy, place.now)
            today = place.now.date()
            visit = supervision.note_visit(writing, area=COMMUNITY, visited_on=today, units=(), findings="垃圾房已满。")
            for of in (visit, cast.visit):
                supervision.add_follow_up(writing, of, unit=DISTRICT_CENTRE, words="每天清运。", due_on=today)
            for about in (case, None):
                supervision.issue_order(
                    writing, str(uuid7()), issuer=DISTRICT_CENTRE, unit=CENTRE, ground=Ground.SILENT, words="请答复。",
                    due_on=today + timedelta(days=7), case=about,
                )  # fmt: skip
            problem = supervision.raise_problem(
                writing, str(uuid7()), supervisor=DISTRICT_CENTRE, owner=CENTRE, ground=Ground.DUTY, title="值守",
                words="夜间无人值守。", due_on=today + timedelta(days=30), case=case,
            )  # fmt: skip
            for named in (problem, cast.problem):
                supervision.add_case_to_problem(writing, named, case)
        self.size = size
        while relay_batch(SUBSCRIPTIONS, now=place.now):
            pass

    def ask(self, address: str, role: str) -> HttpResponse:
        """The page; the one for many cases is asked for all of them."""
        board._kept.clear()
        if address == "/desk/bulk/":
            self.cast.browser.cookies = self.cast.cookies[role]
            return self.cast.browser.get(address, {"case": self.cases, "act": "accept"})
        return send(self.cast, role, "GET", address)

    def statements(self) -> dict[tuple[str, str], int]:
        """How many statements every page says to the database now, once what is kept between requests is there."""
        found: dict[tuple[str, str], int] = {}
        for address, role, _most in ROWS_OF_COST:
            self.ask(address, role)
            with CaptureQueriesContext(connection) as said:
                assert self.ask(address, role).status_code == 200, (address, role)
            found[address, role] = len(said)
        return found


def test_every_page_asks_the_database_equally_often_for_few_rows_and_for_many_and_within_its_budget(
    cast: Cast,
) -> None:
    world = World(cast)
    world.grow(FEW)
    few = world.statements()
    world.grow(MANY)
    many = world.statements()
    grown = {page: (few[page], many[page]) for page in few if many[page] > few[page]}
    assert grown == {}, "statements for few rows and for many"
    budgets = {(address, role): most for address, role, most in ROWS_OF_COST}
    over = [f"{page}: {said} of {budgets[page]}" for page, said in many.items() if said > budgets[page]]
    assert over == [], "\n".join(over)
    assert queries.Case.objects.count() > MANY


# Bytes.

LINKED = re.compile(
    r"""<(?:link[^>]*rel="(?:stylesheet|icon|modulepreload)"[^>]*href|script[^>]*src|img[^>]*src)="([^"]+)\""""
)
IMPORTED = re.compile(r"""(?:\bfrom|\bimport)\s*["']\./([\w.-]+\.js)["']""")


def test_every_page_loads_less_than_200_kb(cast: Cast) -> None:
    heavy = {}
    for address, role, _most in ROWS_OF_COST:
        answer = send(cast, role, "GET", address)
        if answer.headers["Content-Type"].startswith("text/html"):
            parts = dict(weighed(answer))
            assert any(name.endswith(".css") for name in parts), (address, "its style sheet was not found")
            if sum(parts.values()) >= FIRST_LOAD:
                heavy[address, role] = parts
    assert heavy == {}


def weighed(answer: HttpResponse) -> Iterator[tuple[str, int]]:
    """Every part of a page's first load with its bytes: the page as it is served, files as WhiteNoise keeps them."""
    yield "page", len(answer.content)
    waiting, seen = LINKED.findall(answer.content.decode()), set[str]()
    while waiting:
        name = waiting.pop().removeprefix(f"/{settings.STATIC_URL.strip('/')}/").split("?")[0]
        if name in seen or name.startswith("data:"):
            continue
        seen.add(name)
        content = static(name)
        yield name, len(gzip.compress(content, 9)) if name.endswith((".js", ".css", ".svg")) else len(content)
        if name.endswith(".js"):
            folder = name.rpartition("/")[0]
            imported = IMPORTED.findall(content.decode())
            waiting += [f"{folder}/{other}" for other in imported if other not in WHEN_ASKED_FOR]


def static(name: str) -> bytes:
    from django.contrib.staticfiles import finders

    found: Any = finders.find(name)
    assert found, f"{name} is not there"
    return Path(found).read_bytes()


@pytest.mark.parametrize("part", sorted(WHEN_ASKED_FOR))
def test_what_does_not_count_is_really_asked_for_only_with_a_map(part: str) -> None:
    first = [static(f"ui/built/{name}").decode() for name in ("app.js", "portal.js", "board.js", "theme.js")]
    assert not any(re.search(rf"""(?:from|import)\s*["']\./{re.escape(part)}["']""", script) for script in first)
