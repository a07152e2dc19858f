"""Pages as their users ask for them, in the server, and the board's numbers beside one bare statement."""

import os
import time
from statistics import median
from typing import Any

import psycopg
from django.conf import settings

settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
settings.SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"  # the template stays as it is

from bench.building import DISTRICT  # noqa: E402 - the application is made as these settings say
from bench.clients import request  # noqa: E402
from bench.inside import Inside  # noqa: E402
from bench.tasks.listing import holders_of  # noqa: E402
from linli.cases.queries_counts import OTHER, PLAIN  # noqa: E402

_inside = Inside()

LISTS = {
    "work list": "/desk/",
    "one step": "/desk/?step=handling",
    "mentions": "/desk/mentions/",
    "search": "/desk/search/?q=%E5%9E%83%E5%9C%BE",
    "answers": "/desk/answers/",
    "saved": "/desk/saved/",
}
LEADING = {"board": "/desk/board/", "wall": "/desk/board/?wall=1", "leader": "/desk/leader/",
           "behind": "/desk/leader/cases/", "visits": "/desk/visits/"}  # fmt: skip
ADMINISTRATION = {"administration": "/desk/admin/", "procedures": "/desk/admin/procedures/",
                  "procedure": "/desk/admin/procedures/standard/3/", "catalogue": "/desk/admin/catalogue/",
                  "matter": "/desk/admin/catalogue/matter/CM-006/",
                  "history": "/desk/admin/catalogue/history/"}  # fmt: skip
PORTAL = {"home": "/", "report": f"/report/{DISTRICT}/", "follow": "/follow/", "team": f"/team/{DISTRICT}/",
          "login": "/account/login/"}  # fmt: skip


def pages(tokens: dict[str, str], rounds: int) -> dict[str, list[float]]:
    """Milliseconds in the server for every page, ``role: page``; the first asking fills what a server has filled."""
    found: dict[str, list[float]] = {}
    for name, path in PORTAL.items():
        found[f"resident: {name}"] = _timed(path, "", rounds)
    for role in ("grid_worker", "community", "town", "district", "department"):
        key = holders_of(role, tokens)[0]
        cookie = _cookie(tokens[key])
        for name, path in (LISTS | _cases(cookie)).items():
            found[f"{role}: {name}"] = _timed(path, cookie, rounds)
    for role, unit in (("town leader", _town_centre(tokens)), ("district leader", f"{DISTRICT}.district_centre")):
        cookie = _cookie(tokens[f"{unit} supervise"])
        for name, path in LEADING.items():
            found[f"{role}: {name}"] = _timed(path, cookie, rounds)
    cookie = _cookie(tokens[f"{DISTRICT}.district_centre administer"])
    for name, path in ADMINISTRATION.items():
        found[f"administrator: {name}"] = _timed(path, cookie, rounds)
    return found


def numbers(tokens: dict[str, str], rounds: int) -> list[float]:
    """Milliseconds in the server for the board's first data of the whole district."""
    cookie = _cookie(tokens[f"{DISTRICT}.district_centre supervise"])
    return _timed(f"/desk/board/{DISTRICT}/numbers.json", cookie, rounds)


GEOJSON = """
SELECT json_build_object('type', 'FeatureCollection', 'features', json_agg(json_build_object(
  'type', 'Feature', 'geometry', json_build_object('type', 'Point', 'coordinates', json_build_array(0, 0)),
  'properties', json_build_object('code', code, 'open', open, 'late', late, 'hurried', hurried))))
FROM (
  SELECT coalesce(town_id, district_id) AS code, count(*) AS open, count(*) FILTER (WHERE due <= now()) AS late,
         count(*) FILTER (WHERE urgency IN ('urgent', 'emergency')) AS hurried
  FROM {} GROUP BY 1) AS areas
"""
_OPEN = f"cases_case WHERE district_id = '{DISTRICT}' AND ended_at IS NULL AND parent_id IS NULL"
_COLUMNS = "town_id, district_id, due, urgency"
ROWS = GEOJSON.format(f"(SELECT {_COLUMNS} FROM {_OPEN}) AS whole")
HALVES = GEOJSON.format(
    f"(SELECT {_COLUMNS} FROM {_OPEN} AND {PLAIN} UNION ALL SELECT {_COLUMNS} FROM {_OPEN} AND {OTHER}) AS whole"
)
"""The same, told how to use the index from which the product counts plain cases: a harder limit."""


def bare(rounds: int) -> dict[str, float]:
    """The same numbers as GeoJSON made by one SQL statement, median milliseconds; plainly, and by the index."""
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        return {name: _said(connection, text, rounds) for name, text in (("rows", ROWS), ("halves", HALVES))}


def _said(connection: psycopg.Connection, statement: str, rounds: int) -> float:
    times: list[float] = []
    for number in range(rounds + 1):
        began = time.perf_counter()
        connection.execute(statement.encode()).fetchall()
        if number:
            times.append((time.perf_counter() - began) * 1000)
    return median(times)


def open_cases() -> int:
    """How many open cases the board counts."""
    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        counted = "SELECT count(*) FROM cases_case WHERE district_id = %s AND ended_at IS NULL AND parent_id IS NULL"
        (found,) = connection.execute(counted, [DISTRICT]).fetchone() or (0,)
    return int(found)


def _town_centre(tokens: dict[str, str]) -> str:
    found = sorted(key.split(" ")[0] for key in tokens if key.endswith(".command_centre supervise"))
    return found[0]


def _cookie(token: str) -> str:
    """A browser that is logged in as whoever has the token."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.signed_cookies import SessionStore
    from django.utils import timezone

    from linli.accounts.models import User
    from linli.accounts.queries import user_of_token

    user = User.objects.get(pk=user_of_token(token, timezone.now()))
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"


def _cases(cookie: str) -> dict[str, str]:
    """The page of the first case in the list, that of its first act, and the page for fifty cases at once."""
    import re

    body = _inside.ask(request("GET", "/desk/", Cookie=cookie)).body.decode()
    ids = list(dict.fromkeys(re.findall(r"/desk/case/([0-9a-f-]{36})/", body)))
    if not ids:
        return {}
    page = f"/desk/case/{ids[0]}/"
    acts = re.findall(r"\?act=(\w+)", _inside.ask(request("GET", page, Cookie=cookie)).body.decode())
    found = {"case": page, "many cases": "/desk/bulk/?" + "&".join(f"case={case}" for case in ids[:50])}
    return found | ({"act": f"{page}?act={acts[0]}"} if acts else {})


def _timed(path: str, cookie: str, rounds: int) -> list[float]:
    from linli.site.desk import board

    content = request("GET", path, **({"Cookie": cookie} if cookie else {}))
    times: list[float] = []
    for number in range(rounds + 1):
        board._kept.clear()  # what two hundred screens share for a second is no figure of one
        began = time.perf_counter()
        answer: Any = _inside.ask(content)
        if number:
            times.append((time.perf_counter() - began) * 1000)
        if answer.status != 200:
            raise RuntimeError(f"{path}: {answer.status}")
    return times
