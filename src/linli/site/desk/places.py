"""Cases whose grid somebody has to choose, because it was re-cut and they have no pin."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from linli.cases import actions, queries_places, words
from linli.cases.actions import CaseMoved
from linli.cases.queries import Loaded
from linli.core.errors import Refusal
from linli.core.territory import AreaKind
from linli.site.desk.asking import Asking, desk_page
from linli.site.desk.frame import common
from linli.vault import queries as vault


@dataclass(frozen=True, slots=True)
class Waiting:
    """A case that waits: what it is about, where it lies in masked words, and the grids to choose from."""

    id: str
    number: str
    version: int
    title: str
    said: str
    community: str
    options: list[tuple[str, str]]
    chosen: str
    fault: str


@require_http_methods(["GET", "POST"])
@desk_page
def places(request: HttpRequest, asking: Asking) -> HttpResponse:
    """Lists the cases, or takes the choices made: one transaction a case, and each that failed says why."""
    done, faults = (0, {}) if request.method == "GET" else _take(request, asking)
    waiting = queries_places.unplaced(asking.actor, asking.district, asking.policy)
    rows = _rows(asking, waiting, request.POST if faults else {}, faults)
    shown = {"rows": rows, "done": done, "failed": len(faults)}
    status = HTTPStatus.CONFLICT if faults else HTTPStatus.OK
    return render(request, "desk/places.html", common(asking) | shown, status=status)


def _take(request: HttpRequest, asking: Asking) -> tuple[int, dict[str, str]]:
    done, faults = 0, {}
    for case, seen in (text.split(":", 1) for text in request.POST.getlist("seen") if ":" in text):
        area = request.POST.get(f"area-{case}", "")
        if not area or not seen.isdecimal() or not _is_id(case):
            continue
        try:
            actions.choose_place(
                asking.actor, asking.district, case, area[:24], now=asking.now, expected_version=int(seen)
            )
            done += 1
        except (Refusal, CaseMoved) as no:
            refusal = no if isinstance(no, Refusal) else Refusal("state_changed", {"case": case})
            faults[case] = words.refusal(refusal, asking.names.lang, asking.names, asking.policy)
    return done, faults


def _is_id(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False


def _rows(asking: Asking, waiting: list[Loaded], given: Any, faults: dict[str, str]) -> list[Waiting]:
    titles = vault.masked(asking.district, [found.title_item for found in waiting if found.title_item])
    return [
        Waiting(
            id=found.state.id,
            number=found.state.number,
            version=found.state.version,
            title=titles.get(found.title_item or "", ""),
            said=_said(asking, found),
            community=asking.names.path(found.state.place.community),
            options=_options(asking, found),
            chosen=given.get(f"area-{found.state.id}", ""),
            fault=faults.get(found.state.id, ""),
        )
        for found in waiting
    ]


def _said(asking: Asking, found: Loaded) -> str:
    """Where it is in the reporter's own words, masked."""
    items = [i for i, _kind, field in vault.kinds(asking.district, found.state.id) if field == "place"]
    return " ".join(vault.masked(asking.district, items).values())


def _options(asking: Asking, found: Loaded) -> list[tuple[str, str]]:
    """The grids to choose from, likely ones first; then the community itself, where nobody knows better."""
    place = found.state.place
    grids = [a for a in asking.policy.territory.areas.values() if a.parent == place.community]
    codes = sorted(
        (a.code for a in grids if a.kind is AreaKind.GRID),
        key=lambda code: (code not in found.state.place_candidates, code),
    )
    community = [place.community] if place.community else []
    return [(code, asking.names.area(code)) for code in (*codes, *community)]
