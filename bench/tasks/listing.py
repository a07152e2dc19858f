"""Work lists and searches as each role asks for them, and the same statements without the product."""

import os
import time
from random import Random
from statistics import median

import psycopg

from bench.building import DISTRICT, messages
from bench.clients import request
from bench.inside import Inside
from bench.recording import Recording, recording

API = "/api/v1"
PLACES = 12
"""How many units of a role ask in turn."""

ROLES: dict[str, tuple[str, str, str]] = {
    "grid_worker": ("grid_team", "handle", "owner"),
    "community": ("community_station", "intake", "community"),
    "town": ("command_centre", "dispatch", "town"),
    "district": ("district_centre", "supervise", "district"),
    "department": ("", "handle", "owner"),
}
"""Role -> type of unit, function of the person, and scope of the list; a department is any of the district's units."""

STEPS = ("", "handling", "replied")
"""Step filters; the empty one is the whole list."""

_inside = Inside()


def holders_of(role: str, holders: dict[str, str]) -> list[str]:
    """Units of a role, as ``UNIT FUNCTION``, a sample in a fixed order."""
    kind, function, _ = ROLES[role]
    found = sorted(key for key in holders if key.endswith(f" {function}"))
    if role == "department":
        mine = [key for key in found if key.startswith(f"{DISTRICT}.") and "centre " not in key]
    else:
        mine = [key for key in found if key.split(" ")[0].endswith(f".{kind}")]
    return Random(role).sample(mine, min(PLACES, len(mine)))


def lists(tokens: dict[str, str], rounds: int) -> dict[str, list[float]]:
    """Milliseconds in the server for each page of a work list, by role: first pages, filtered ones, later pages."""
    found: dict[str, list[float]] = {}
    for role in ROLES:
        for number in range(rounds + 1):
            times = [time for path, token in _pages(role, tokens) for time in _timed(path, token)]
            if number:  # the first round fills what a running server has filled long since
                found.setdefault(role, []).extend(times)
    return found


def searches(tokens: dict[str, str], words: int) -> dict[str, list[float]]:
    """Milliseconds in the server for each search, by role; words of two to four characters from the messages."""
    random, told = Random("words"), messages()
    chosen = ["垃圾", "噪音", "路灯"]
    while len(chosen) < words:
        title, length = random.choice(told)["title"], random.choice((2, 2, 3, 4))
        start = random.randrange(max(1, len(title) - length))
        word = title[start : start + length]
        if len(word) == length and word.isalpha():
            chosen.append(word)
    found: dict[str, list[float]] = {}
    for role in ROLES:
        for number, word in enumerate(chosen):
            key = holders_of(role, tokens)[number % PLACES % len(holders_of(role, tokens))]
            path = f"{API}/{DISTRICT}/search?q={_percent(word)}"
            found.setdefault(role, []).extend(_timed(path, tokens[key]))
    return found


def bare(tokens: dict[str, str], rounds: int) -> dict[str, float]:
    """The work lists' statements said by bare psycopg, median milliseconds of a page by role."""
    found: dict[str, float] = {}
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True, prepare_threshold=2) as connection:
        for role in ROLES:
            said: list[Recording] = []
            for path, token in _pages(role, tokens):
                with recording() as one:
                    _inside.ask(request("GET", path, token=token))
                said.append(one)
            times: list[float] = []
            for number in range(rounds + 1):
                for one in said:
                    began = time.perf_counter()
                    one.say(connection)
                    if number:
                        times.append((time.perf_counter() - began) * 1000)
            found[role] = median(times)
    return found


def statements(tokens: dict[str, str]) -> dict[str, int]:
    """How many statements a page of each role's list takes."""
    found: dict[str, int] = {}
    for role in ROLES:
        path, token = _pages(role, tokens)[0]
        with recording() as one:
            _inside.ask(request("GET", path, token=token))
        found[role] = one.statements
    return found


def _pages(role: str, tokens: dict[str, str]) -> list[tuple[str, str]]:
    """What to ask for and as whom: for each unit the whole list, the filtered ones, and a second page."""
    found: list[tuple[str, str]] = []
    for key in holders_of(role, tokens):
        base = f"{API}/{DISTRICT}/cases?scope={ROLES[role][2]}"
        found += [(f"{base}&step={step}", tokens[key]) for step in STEPS]
        after = _inside.ask(request("GET", base, token=tokens[key])).json["after"]
        if after:
            found.append((f"{base}&after={after.replace('=', '%3D')}", tokens[key]))
    return found


def _timed(path: str, token: str) -> list[float]:
    content = request("GET", path, token=token)
    began = time.perf_counter()
    answer = _inside.ask(content)
    took = (time.perf_counter() - began) * 1000
    if answer.status != 200:
        raise RuntimeError(f"{path}: {answer.status} {answer.body.decode()}")
    return [took]


def _percent(text: str) -> str:
    return "".join(f"%{byte:02X}" for byte in text.encode())
