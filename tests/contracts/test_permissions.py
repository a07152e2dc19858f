"""Who gets what at every address: pages and API, one row each. An address or a method without a row fails."""

import copy
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone
from uuid_utils.compat import uuid7

from linli.accounts import actions as accounts
from linli.accounts.models import ApiToken, User
from linli.cases import actions as cases
from linli.cases import queries
from linli.catalogue import actions as catalogue_actions
from linli.catalogue import queries as catalogue
from linli.catalogue import queries_drafts as drafts
from linli.core.actor import Actor
from linli.directory import queries as people
from linli.directory.models import Absence
from linli.intake import actions as intake
from linli.intake.report import Receipt
from linli.ledger.relay import relay_batch
from linli.site.api import api
from linli.site.subscriptions import SUBSCRIPTIONS
from linli.vault import queries as vault
from tests.contracts.deeds import GRID, called, handed_over, listed, ordered, planned, uploaded, visited
from tests.contracts.who_gets_what import TABLE
from tests.rooms.conftest import COMMUNITY, DISTRICT, OTHER_TOWN, TOWN, Place
from tests.rooms.site.calling import DISTRICT_CENTRE, NOBODYS, STATION, hire

HEADER, *LINES = (line.split() for line in TABLE.strip().splitlines())
ROLES = HEADER[2:]
ROWS = {(method, address): dict(zip(ROLES, map(int, statuses), strict=True)) for method, address, *statuses in LINES}
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
ACCEPT = {"matter": "CM-006", "urgency": "standard", "area": COMMUNITY}

ANSWER = {
    "place": "reply.reason", "owner": "", "only": "", "title_zh": "已办结", "title_en": "Done",
    "text_zh": "编号 {number} 已办结。", "text_en": "Number {number} is done.",
}  # fmt: skip


@dataclass
class Cast:
    """Everybody, with the case that they look at."""

    place: Place
    receipt: Receipt
    item: str
    other: str
    answer: str
    call: str = ""
    older: str = ""
    newer: str = ""
    plan: str = ""
    visit: str = ""
    shift: str = ""
    alert: str = ""
    follow_up: str = ""
    order: str = ""
    problem: str = ""
    job: str = ""
    person: str = ""
    holding: str = ""
    absence: str = ""
    browser: Client = field(default_factory=lambda: Client(raise_request_exception=False))
    cookies: dict[str, SimpleCookie] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)

    @property
    def code(self) -> dict[str, str]:
        return {"number": self.receipt.number, "code": self.receipt.code}


@pytest.fixture
def cast(district: Place) -> Cast:
    receipt = district.report("路口的大石头挡住了盲道。", contact="13812345678")
    while relay_batch(SUBSCRIPTIONS, now=district.now):
        pass
    items = {field: item for item, _kind, field in vault.kinds(DISTRICT, receipt.case)}
    assert cases.load_answers(DISTRICT, now=district.now) > 0
    cast = Cast(
        district,
        receipt,
        items["detail"],
        district.report("路边的井盖不见了。").case,
        queries.answers_of(DISTRICT)[0].id,
    )
    newest = catalogue_actions.publish(by="operator", at=district.now, profile="sc2025").number
    cast.newer, cast.older = str(newest), str(catalogue.publications()[1].number)
    posts = {
        "worker": (f"{COMMUNITY}.grid_team", "grid_worker"),
        "clerk": (STATION, "desk_clerk"),
        "officer": (f"{OTHER_TOWN}.sanitation_office", "handler"),
        "head": (DISTRICT_CENTRE, "duty_head"),
        "admin": (DISTRICT_CENTRE, "administrator"),
    }
    now = timezone.now()
    cast.plan = planned(now)
    for role in ROLES:
        cast.browser.cookies = cast.cookies[role] = SimpleCookie()
        if role in posts:
            unit, post = posts[role]
            caller = hire(district, unit, [post])
            user, token = User.objects.get(id=caller.user), caller.token
        elif role in ("nopost", "expired"):
            user = accounts.create_user(role, None, role)
            token = accounts.create_token(user, "test", now=now)
        else:
            continue
        if role == "expired":
            ApiToken.objects.filter(user=user).update(expires_at=now - timedelta(seconds=1))
        else:
            cast.browser.force_login(user)
        cast.tokens[role] = token
        leave_behind(cast, role, people.actor(str(user.pk), now))
        if role == "officer":
            _begin_absence(cast, str(user.pk), now)
    cast.browser.cookies = cast.cookies["reporter"]
    assert cast.browser.post("/follow/", cast.code).status_code == 302
    return cast


def leave_behind(cast: Cast, role: str, actor: Actor) -> None:
    """What that role has done before, for everybody to look for."""
    if role == "clerk":
        cast.call = intake.begin_call(actor, DISTRICT, now=timezone.now())
    elif role == "admin":
        cast.job = uploaded(actor, cast.place)
    elif role == "head":
        cast.visit, cast.follow_up = visited(actor, cast.place)
        cast.shift = handed_over(actor, cast.place)
        cast.alert = called(actor, cast.place)
        cast.order = ordered(actor, cast.place)
        cast.problem = listed(actor, cast.place)


def _begin_absence(cast: Cast, person: str, now: datetime) -> None:
    """A person to be kept: the post that they hold, and an absence of theirs."""
    cast.person, cast.holding = person, people.holdings_of_people(DISTRICT, [person])[0].id
    begins = now + timedelta(days=300)
    away = Absence.objects.create(
        district_code=DISTRICT, user_id=person, away_from=begins, away_until=begins + timedelta(days=1)
    )
    cast.absence = str(away.id)


def addresses() -> set[str]:
    """Every address that the site answers."""

    def walk(patterns: list[Any], before: str) -> Iterator[str]:
        for found in patterns:
            if isinstance(found, URLResolver):
                yield from walk(found.url_patterns, before + str(found.pattern))
            elif isinstance(found, URLPattern):
                yield before + str(found.pattern).replace("<uuidstr:", "<uuid:")

    return set(walk(get_resolver().url_patterns, "/"))


def send(cast: Cast, role: str, method: str, address: str, case: str | None = None) -> HttpResponse:
    """One good request of that role; it would succeed for whoever may make it."""
    known = {
        "district": DISTRICT,
        "area": _area(address),
        "plan": cast.plan,
        "item": cast.item,
        "answer": cast.answer,
        "other": cast.other,
        "saved": NOBODYS,
        "call": cast.call,
        "visit": cast.visit,
        "shift": cast.shift,
        "alert": cast.alert,
        "order": cast.order,
        "problem": cast.problem,
        "unit": f"{OTHER_TOWN}.sanitation_office",
        "post": f"{OTHER_TOWN}.sanitation_office.handler",
        "person": cast.person,
        "holding": cast.holding,
        "absence": cast.absence,
        "duty": NOBODYS,
        "follow_up": cast.follow_up,
        "name": "standard",
        "version": "3",
        "code": "CM-006",
        "publication": cast.older,
        "job": cast.job,
        "kind": "reports",
        "mapping_id": NOBODYS,
        "older": cast.older,
        "newer": cast.newer,
    }
    values = known | {"case": case or cast.receipt.case, "action": _action(address)}
    path = re.sub(r"<(?:\w+:)?(\w+)>", lambda found: values[found[1]], address)
    client = cast.browser
    client.cookies = SimpleCookie() if address.startswith("/api/") else copy.deepcopy(cast.cookies[role])
    if address.startswith("/api/"):
        headers = {"authorization": f"Bearer {cast.tokens[role]}"} if role in cast.tokens else {}
        query = "?q=大石头" if path.endswith("/search") else ""
        body = json.dumps(_body(cast, role, address)) if method == "POST" else ""
        return client.generic(method, path + query, body, content_type="application/json", headers=headers)
    if method == "GET":
        asked = {"q": "大石头"} if "search" in path else {"case": cast.receipt.case} if "bulk" in path else {}
        return client.get(path, asked)
    return client.generic(method, path, _form(cast, role, address), content_type="application/x-www-form-urlencoded")


def _area(address: str) -> str:
    if address.startswith("/desk/admin/areas/"):
        return COMMUNITY
    if address.startswith("/desk/grid/"):
        return GRID
    return TOWN if address.startswith("/team/") or "/lists/" in address else DISTRICT


def _action(address: str) -> str:
    return "withdraw" if "followed" in address or address.startswith("/case/") else "accept"


def _body(cast: Cast, role: str, address: str) -> dict[str, Any]:
    if "followed" in address:
        return cast.code if role == "reporter" else cast.code | {"code": "AAAA-AAAA-AAAA"}
    if address.endswith("/reports"):
        return {"detail": "路灯坏了", "area": COMMUNITY}
    if "<uuid:case>" in address:
        return {"form": ACCEPT}
    return {"cases": [cast.receipt.case], "form": ACCEPT}


def _form(cast: Cast, role: str, address: str) -> str:
    forms: dict[str, dict[str, Any]] = {
        "/report/<str:district>/": {"detail": "路灯坏了", "key": "one"},
        "/report/<str:district>/hints/": {"detail": "路口的大石头挡住了盲道", "where": "甲社区", "key": "one"},
        "/team/<str:district>/": {"where": "甲社区"},
        "/map/<str:district>/place/": {"lon": "106.5", "lat": "29.6"},
        "/follow/": cast.code if role == "reporter" else cast.code | {"code": "AAAA-AAAA-AAAA"},
        "/desk/case/<uuid:case>/act/<slug:action>/": ACCEPT | {"expected": 1},
        "/desk/case/<uuid:case>/item/<uuid:item>/": {"reason": "核对地点"},
        "/desk/bulk/<slug:action>/": ACCEPT | {"case": cast.receipt.case, "seen": f"{cast.receipt.case}:1"},
        "/desk/case/<uuid:case>/note/": {"words": "已电话联系反映人"},
        "/desk/admin/catalogue/draft/settle/": {"do": "publish", "revision": "1", "note": "why"},
        "/desk/admin/catalogue/draft/matter/<slug:code>/change/": {
            "do": "retire",
            "stamp": drafts.standing()["CM-006"].stamp if "draft" in address else "",
        },
        "/desk/answers/new/": ANSWER,
        "/desk/answers/<uuid:answer>/": ANSWER,
        "/desk/supervision/orders/new/": {
            "key": str(uuid7()),
            "issuer": DISTRICT_CENTRE,
            "unit": f"{TOWN}.command_centre",
            "ground": "duty",
            "words": "请说明。",
            "due_on": timezone.localdate() + timedelta(days=7),
        },
        "/desk/supervision/orders/<uuid:order>/": {"do": "withdraw", "expected": 1, "words": "已另行安排。"},
        "/desk/supervision/problems/new/": {
            "key": str(uuid7()),
            "supervisor": DISTRICT_CENTRE,
            "owner": f"{TOWN}.command_centre",
            "ground": "duty",
            "title": "值守",
            "words": "夜间无人值守。",
            "due_on": timezone.localdate() + timedelta(days=7),
        },
        "/desk/supervision/problems/<uuid:problem>/": {"do": "begin", "expected": 1},
        "/desk/shift/": {"do": "take_back", "shift": cast.shift},
        "/desk/admin/catalogue/draft/matter/<slug:code>/questions/": {
            "do": "keep",
            "option-TOTAL_FORMS": 0,
            "option-INITIAL_FORMS": 0,
        },
        "/desk/saved/": {"name": "明天到期", "query": "step=reported"},
        "/desk/saved/<uuid:saved>/": {"do": "delete"},
        "/desk/calls/<uuid:call>/": {"do": "send", "detail": "路灯坏了", "key": "one"},
        "/desk/admin/areas/plan/<uuid:plan>/": {"do": "rename", "seen": 2, GRID: "改名的网格"},
        "/desk/admin/areas/plan/<uuid:plan>/publish/": {"do": "publish", "seen": 2, "when": "now"},
        "/desk/places/": {"seen": f"{cast.receipt.case}:1", f"area-{cast.receipt.case}": GRID},
        "/desk/admin/units/<str:unit>/change/": {"name_zh": "环卫所", "functions": "handle"},
        "/desk/admin/units/<str:unit>/posts/new/": {"title_zh": "夜班岗", "functions": "handle"},
        "/desk/admin/posts/<str:post>/": {"do": "close"},
        "/desk/admin/units/<str:unit>/roster/": {
            "days": timezone.localdate() + timedelta(days=(6 - timezone.localdate().weekday())),
            "begins": "20:00",
            "ends": "08:00",
            "who": f"post:{OTHER_TOWN}.sanitation_office.head",
        },
        "/desk/admin/people/new/": {"username": "wang.yi", "name": "王一", "post": f"{STATION}.desk_clerk"},
        "/desk/admin/people/<uuid:person>/give/": {"post": f"{STATION}.desk_clerk"},
        "/desk/admin/people/<uuid:person>/away/": {"since": "2099-01-01", "until": "2099-01-02"},
        "/desk/admin/people/<uuid:person>/account/": {"do": "renew"},
        "/desk/admin/state/": {"case": cast.receipt.case},
        "/desk/alerts/": {"unit": STATION, "words": "堤路已封。"},
        "/account/login/": {"username": "nobody", "password": "wrong"},
        "/i18n/setlang/": {"language": "en"},
    }
    return urlencode(forms.get(address, {}))


def undone(deed: Callable[[], HttpResponse]) -> HttpResponse:
    """The answer; what it changed is undone."""
    with transaction.atomic():
        answer = deed()
        transaction.set_rollback(True)
    return answer


def test_it_has_a_row_for_every_address() -> None:
    assert addresses() == {address for _method, address in ROWS}


def test_it_has_a_row_for_every_operation_of_the_api() -> None:
    described = {
        (method.upper(), path) for path, methods in api.get_openapi_schema()["paths"].items() for method in methods
    }
    rows = {(m, re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", a)) for m, a in ROWS if a.startswith("/api/")}
    assert described == rows - {("GET", "/api/v1/openapi.json"), ("GET", "/api/v1/")}


def test_it_answers_every_role_at_every_address_as_the_table_says(cast: Cast) -> None:
    answers = {
        (method, address): {role: undone(lambda r=role, m=method, a=address: send(cast, r, m, a)) for role in ROLES}
        for method, address in ROWS
    }
    assert {row: {role: a.status_code for role, a in found.items()} for row, found in answers.items()} == ROWS
    for row, found in answers.items():
        for role, answer in found.items():
            assert b"13812345678" not in answer.content, (row, role)
            assert row[0] == "POST" or cast.receipt.code.encode() not in answer.content, (row, role)


def test_it_takes_no_method_that_has_no_row(cast: Cast) -> None:
    reads = ("/api/v1/", "/api/v1/openapi.json")  # these only ever answer, whatever the method
    known = {address for _, address in ROWS} - set(reads)
    without = [(method, a) for a in known for method in METHODS if (method, a) not in ROWS]
    taken = {
        (method, address, role): status
        for method, address in without
        for role in ("stranger", "reporter", "clerk")
        if (status := undone(lambda r=role, m=method, a=address: send(cast, r, m, a)).status_code) not in (302, 405)
        or (status == 302 and not address.startswith(("/desk/", "/i18n/")))
    }
    assert taken == {}


def test_it_answers_hidden_and_missing_alike(cast: Cast) -> None:
    told = re.compile(rb'name="csrfmiddlewaretoken" value="\w+"')
    for method, address in ROWS:
        if "<uuid:case>" not in address:
            continue
        for role in ROLES:
            hidden, missing = (
                undone(lambda r=role, m=method, a=address, c=case: send(cast, r, m, a, c))
                for case in (cast.receipt.case, NOBODYS)
            )
            if ROWS["GET", "/desk/case/<uuid:case>/"][role] == 200 and missing.status_code == 404:
                assert hidden.status_code != 404
                continue
            if role == "clerk":
                continue  # the act went through
            said = [
                told.sub(b"", answer.content).replace(case.encode(), b"case")
                for answer, case in ((hidden, cast.receipt.case), (missing, NOBODYS))
            ]
            assert hidden.status_code == missing.status_code, (method, address, role)
            assert said[0] == said[1], (method, address, role)


def test_it_lists_a_case_to_nobody_who_may_not_open_it(cast: Cast) -> None:
    lists = ("/desk/", "/desk/search/", "/api/v1/<district>/cases", "/api/v1/<district>/search")
    opens = ROWS["GET", "/api/v1/<district>/cases/<uuid:case>"]
    for address in lists:
        for role in ROLES:
            answer = send(cast, role, "GET", address)
            named = cast.receipt.case.encode() in answer.content
            assert not named or opens[role] == 200, (address, role)
    assert cast.receipt.case.encode() in send(cast, "clerk", "GET", lists[0]).content
    assert cast.receipt.case.encode() in send(cast, "head", "GET", lists[3]).content


def test_a_bulk_act_refuses_each_case_that_its_actor_may_not_touch(cast: Cast) -> None:
    address = "/api/v1/<district>/actions/<action>"
    refusals = {}
    for role, status in ROWS["POST", address].items():
        if status == 200:
            answer = undone(lambda r=role: send(cast, r, "POST", address))
            refusals[role] = json.loads(answer.content)[0]["refused"]
    assert refusals == {
        "worker": "case_unknown", "clerk": None, "officer": "case_unknown", "head": "not_yours",
        "admin": "case_unknown", "nopost": "case_unknown",
    }  # fmt: skip


def test_who_only_administers_a_unit_reads_none_of_its_cases(cast: Cast) -> None:
    case = cast.place.report("不知道在哪里的大石头。", area=None).case
    assert cast.place.state(case).owner == DISTRICT_CENTRE
    while relay_batch(SUBSCRIPTIONS, now=cast.place.now):
        pass
    found = {
        (address, role): case.encode() in send(cast, role, "GET", address, case).content
        for address in ("/desk/?in=unit", "/desk/search/", "/api/v1/<district>/cases", "/api/v1/<district>/search")
        for role in ("admin", "head")
    }
    found |= {
        (address, role): send(cast, role, "GET", address, case).status_code == 200
        for address in ("/desk/case/<uuid:case>/", "/api/v1/<district>/cases/<uuid:case>")
        for role in ("admin", "head")
    }
    assert {role for (_, role), seen in found.items() if seen} == {"head"}
    assert all(seen for (_, role), seen in found.items() if role == "head")
