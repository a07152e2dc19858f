"""Two cases side by side: whether they are the same trouble is for a person to see."""

from dataclasses import dataclass
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from linli.cases import queries as cases
from linli.cases import words
from linli.cases.queries import Line
from linli.core.case.decide import offers
from linli.core.case.state import CaseState
from linli.core.similar import alike
from linli.site.desk import listing
from linli.site.desk.asking import Asking, desk_page
from linli.site.desk.frame import common
from linli.site.due import Deadline, deadlines
from linli.site.telling import Attachment, reported_words
from linli.vault import queries as vault


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two: what was written, and where the case stands. ``may_merge``: it can be merged into the other."""

    state: CaseState
    said: list[Attachment]
    step: str
    matter: str
    place: str
    owner: str
    channel: str
    deadlines: list[Deadline]
    may_merge: bool


def similar_lines(asking: Asking, state: CaseState) -> list[Line]:
    """Open cases near by whose words agree with the case's own, those that agree most first."""
    if not state.is_open or state.parent is not None:
        return []
    place = state.place
    scope, key = ("community", place.community) if place.community else ("town", place.town)
    if not key:
        return []
    text = " ".join(vault.masked_by_case(asking.district, [state.id]).get(state.id, ()))
    near = cases.open_near(asking.actor, asking.district, scope=scope, key=key, but=state.id)
    found = [candidate.case for candidate in alike(text, near)]
    lines = {line.id: line for line in cases.lines(asking.actor, asking.district, found)}
    return [lines[case] for case in found if case in lines]


def similar_rows(asking: Asking, state: CaseState) -> list[listing.Row]:
    """The same as a list shows them."""
    return listing.rows(asking, similar_lines(asking, state))


@require_GET
@desk_page
def beside(request: HttpRequest, asking: Asking, case: UUID, other: UUID) -> HttpResponse:
    """The two cases, and the way to merge one into the other where that is open to the person."""
    found = [cases.case_for(asking.actor, asking.district, str(id_)) for id_ in (case, other)]
    first, second = (loaded.state if loaded else None for loaded in found)
    if first is None or second is None or first.id == second.id:
        raise Http404
    sides = [_side(asking, first, second), _side(asking, second, first)]
    return render(
        request, "desk/beside.html", common(asking) | {"pairs": list(zip(sides, reversed(sides), strict=True))}
    )


def _side(asking: Asking, state: CaseState, other: CaseState) -> Side:
    lang, names = asking.names.lang, asking.names
    open_now = {action.name for action in offers(state, asking.actor, now=asking.now, policy=asking.policy)}
    return Side(
        state=state,
        said=reported_words(asking.district, state.id, names),
        step=words.step_title(state, asking.policy, lang),
        matter=names.matter(state.matter),
        place=names.path(state.place.area),
        owner=names.unit(state.owner) if state.owner else "",
        channel=words.label("channel", state.channel, lang),
        deadlines=list(deadlines(state, asking.policy, lang, asking.now)),
        may_merge="merge" in open_now and other.is_open and other.parent is None,
    )
