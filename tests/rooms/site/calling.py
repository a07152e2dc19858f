"""Callers of the API: people of the small district with their tokens, and strangers without one."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db import connection
from django.test import Client
from django.utils import timezone

from linli.accounts import actions as accounts
from linli.cases.actions import opening
from linli.directory import actions as directory_actions
from linli.directory import queries as directory
from tests.rooms.conftest import COMMUNITY, DISTRICT, TOWN, Place

API = "/api/v1"
HERE = f"{API}/{DISTRICT}"
STATION = f"{COMMUNITY}.community_station"
CENTRE = f"{TOWN}.command_centre"
DISTRICT_CENTRE = f"{DISTRICT}.district_centre"
SANITATION = f"{TOWN}.sanitation_office"
ENFORCEMENT = f"{TOWN}.town_enforcement_team"
NOBODYS = "01890000-0000-7000-8000-000000000000"
PROBLEM = "application/problem+json"


@dataclass
class Answer:
    """What came back."""

    status: int
    body: Any
    headers: Mapping[str, str]

    @property
    def code(self) -> str:
        """The stable code of a problem; empty for a good answer."""
        return str(self.body.get("code", "")) if self.is_problem else ""

    @property
    def is_problem(self) -> bool:
        return self.headers.get("Content-Type", "") == PROBLEM


@dataclass
class Caller:
    """Somebody who calls the API; ``token`` is empty for strangers and reporters."""

    token: str = ""
    user: str = ""
    language: str = "en"
    client: Client = field(default_factory=lambda: Client(raise_request_exception=False, enforce_csrf_checks=True))

    def send(self, method: str, path: str, body: Any = None, *, raw: bytes | None = None, **headers: str) -> Answer:
        """One request; ``raw`` goes out as it is, ``body`` as JSON."""
        content = raw if raw is not None else b"" if body is None else json.dumps(body).encode()
        sent = {"accept-language": self.language} | {name.replace("_", "-"): text for name, text in headers.items()}
        if self.token:
            sent.setdefault("authorization", f"Bearer {self.token}")
        kind = sent.pop("content-type", "application/json")
        got = self.client.generic(method, path, content, content_type=kind, headers=sent)
        kind = got.headers.get("Content-Type", "")
        return Answer(got.status_code, json.loads(got.content) if "json" in kind else got.content, got.headers)

    def get(self, path: str, **headers: str) -> Answer:
        return self.send("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: Any) -> Answer:
        return self.send("POST", path, body, **headers)

    def act(self, case: str, action: str, version: int | None = None, **form: Any) -> Answer:
        """One act on a case of the small district."""
        known = {} if version is None else {"version": version}
        return self.post(f"{HERE}/cases/{case}/actions/{action}", {"form": form, **known})


Hire = Callable[..., Caller]


def hire(place: Place, unit: str, posts: Iterable[str] = (), *, language: str = "en") -> Caller:
    """A new person with real posts of a unit (all of them unless named), and a token."""
    known = [post.id for post in directory.posts(DISTRICT, unit)]
    wanted = [f"{unit}.{post}" for post in posts] or known
    assert wanted
    assert set(wanted) <= set(known), (wanted, known)
    now = timezone.now()
    user = accounts.create_user(f"{unit}:{'+'.join(posts)}:{now.timestamp()}", None, f"Officer of {unit}")
    directory_actions.hold_posts([(str(user.id), post) for post in wanted], since=now - timedelta(days=1))
    return Caller(accounts.create_token(user, "test", now=now), str(user.id), language)


def use_database(**where: Any) -> None:
    """From now on connections of this process go there; running numbers taken from the other database are dropped."""
    opening._free.clear()
    connection.close()
    connection.close_pool()  # type: ignore[attr-defined]
    connection.settings_dict.update(where)
