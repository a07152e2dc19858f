"""What the clients of the benches do: report, and carry a case through its whole life, request by request."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from random import Random
from typing import Any

from bench.building import DISTRICT, messages
from bench.clients import Answer, Client, request

API = "/api/v1"
REQUESTS_A_LIFE = 9


@dataclass(frozen=True, slots=True)
class Visit:
    """One report to be made and carried: where, about what, in which words, and whom routing will propose."""

    area: str
    matter: str
    lead: str
    title: str
    detail: str


def reporting(visits: Sequence[Mapping[str, str]], key: bool = False) -> Client:
    """Reports without end."""
    random = Random()
    for visit in cycle(visits):
        yield report_request(Visit(**visit), key=f"{random.getrandbits(64):x}" if key else "")


def one_report(visit: Mapping[str, str], key: bool = False) -> Client:
    """One report."""
    yield report_request(Visit(**visit), key=f"{Random().getrandbits(64):x}" if key else "")


def report_request(visit: Visit, key: str = "") -> bytes:
    """A report as the portal sends it."""
    body = {"title": visit.title, "detail": visit.detail, "area": visit.area, "contact": "contact of this report"}
    return request("POST", f"{API}/reports", body, **({"Idempotency_Key": key} if key else {}))


def carrying(visits: Sequence[Mapping[str, str]], tokens: Mapping[str, str], done: list[float] | None = None) -> Client:
    """Whole lives without end, one case after the other; each that was closed and found adds to ``done``."""
    for visit in cycle(visits):
        yield from one_life(visit, tokens)
        if done is not None:
            done.append(1)


def one_life(visit: Mapping[str, str], tokens: Mapping[str, str]) -> Client:
    """Report, accept, dispatch, acknowledge, report back, verify, reply, close, search: nine requests.

    ``tokens`` are those of the people, by ``UNIT FUNCTION``.
    """
    to = Visit(**visit)
    answer = yield report_request(to)
    for action, function, form in _acts(to):
        case = answer.json
        number = case["number"]
        path = f"{API}/{DISTRICT}/cases/{case.get('id') or case['case']}/actions/{action}"
        body = {"form": form} | ({"version": case["version"]} if "version" in case else {})
        answer = yield request("POST", path, body, tokens[f"{case['owner']} {function}"])
        assert answer.json["number"] == number
    assert answer.json["ended_at"]
    query = f"{API}/{DISTRICT}/search?q={_percent(to.title[:2])}"
    yield request("GET", query, token=tokens[f"{to.area[:9]}.command_centre dispatch"])


def _acts(to: Visit) -> Iterator[tuple[str, str, dict[str, Any]]]:
    yield "accept", "intake", {"matter": to.matter, "urgency": "standard", "area": to.area}
    yield "dispatch", "dispatch", {"lead": to.lead, "words": "请按时办理并反馈。"}
    yield "acknowledge", "handle", {}
    done = {"result": "solved", "what_was_done": "已到现场处理完毕，并向反映人说明。", "reporter_contacted": "yes"}
    yield "report_back", "handle", done
    yield "verify", "verify", {"finding": "confirmed_on_site"}
    yield "reply", "intake", {"decision": "supported", "reason": "经核实情况属实，已处理完毕。", "remedy": "done"}
    yield "satisfied", "follow_up", {"rating": 5}


def _percent(text: str) -> str:
    return "".join(f"%{byte:02X}" for byte in text.encode())


def visits(routes: Mapping[str, Mapping[str, str]], seed: int, count: int) -> list[dict[str, str]]:
    """Reports to be made, drawn from the package's messages and the routes ``{area: {matter: lead}}``."""
    random, told = Random(seed), list(messages())
    found: list[dict[str, str]] = []
    while len(found) < count:
        message, area = random.choice(told), random.choice(sorted(routes))
        lead = routes[area].get(message["matter"])
        if lead is not None:
            words = {"title": message["title"], "detail": message["detail"]}
            found.append({"area": area, "matter": message["matter"], "lead": lead, **words})
    return found


def read_tokens(file: Path, holders: Mapping[str, str]) -> dict[str, str]:
    """Tokens by ``UNIT FUNCTION``, from the file of tokens by post and who holds which function on which post."""
    by_post: dict[str, str] = json.loads(file.read_text())
    return {role: by_post[post] for role, post in holders.items()}


__all__ = ["Answer", "Visit", "carrying", "one_life", "one_report", "read_tokens", "reporting", "visits"]
