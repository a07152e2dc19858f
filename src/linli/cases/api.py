"""Cases over HTTP: work lists, one case, and the one endpoint through which it changes.

Addresses begin with the district's code. Who may not see a case gets the same answer as for one that is not there.
"""

import json
from collections.abc import Callable
from typing import NoReturn
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone, translation
from ninja import Router
from ninja.params.functions import Query
from pydantic import BaseModel

from linli.cases import actions, cursors, queries, words
from linli.cases.actions import CaseMoved
from linli.cases.actions.acting import BulkResult
from linli.cases.queries import Line
from linli.cases.schemas import (
    CODE,
    ActIn,
    ActionName,
    BulkIn,
    BulkOut,
    CaseOut,
    District,
    EntryOut,
    LineOut,
    PageOut,
)
from linli.catalogue import queries as catalogue
from linli.core.actor import Actor
from linli.core.case.decide import offers
from linli.core.case.state import CaseState
from linli.core.deadlines import explain
from linli.core.errors import Refusal
from linli.core.numbers import normalised
from linli.core.policy import Policy
from linli.directory import queries as directory
from linli.ledger import queries as ledger
from linli.vault import queries as vault

router = Router(tags=["cases"])

RACES = frozenset({"state_changed", "not_in_this_step"})
"""Refusals that may mean that somebody else was quicker."""


class Overtaken(Exception):
    """Somebody else was quicker: the refusal, and the case as it is now, as its address would show it."""

    def __init__(self, refusal: Refusal, state: BaseModel) -> None:
        super().__init__(refusal.code)
        self.refusal, self.state = refusal, state


def asker(request: HttpRequest) -> Actor:
    """The person who asks, with the posts they hold now."""
    return directory.actor(request.auth, timezone.now())  # type: ignore[attr-defined]


@router.get("/{district}/cases", response=PageOut, operation_id="work_list")
def work_list(
    request: HttpRequest,
    district: District,
    scope: str = Query("owner", pattern="^(owner|community|town|district)$"),
    key: str = Query(
        "", pattern=f"^$|{CODE}", max_length=120, description="A unit's id or an area's code, as the scope says."
    ),
    step: str = Query("", max_length=32),
    after: str = Query("", max_length=200, description="The mark at the end of the page before."),
    size: int = Query(50, ge=1, le=200),
) -> PageOut:
    """Open cases, due soonest first. Without a key: those of every unit or area that the asker's posts serve."""
    actor = asker(request)
    policy = catalogue.policy(district)
    known = sorted({name for procedure in policy.procedures.values() for name in procedure.open_steps})
    if step and step not in known:
        raise Refusal("step_unknown", {"step": step, "known": tuple(known)})
    steps = [step] if step else known
    keys = [key] if key else queries.own_keys(actor, scope)
    page = queries.work_list(
        actor, district, scope=scope, keys=keys, steps=steps, after=cursors.decode(after), size=size
    )
    return PageOut(lines=_lines(district, list(page.lines)), after=cursors.encode(page.after))


@router.get("/{district}/search", response=PageOut, operation_id="search")
def search(
    request: HttpRequest,
    district: District,
    q: str = Query(min_length=1, max_length=200),
) -> PageOut:
    """Cases by words of their text or by number, newest first, within what the asker may see; at most 50."""
    actor = asker(request)
    number = normalised(q, directory.district(district).short_code)
    numbered = queries.by_number(district, number) if number else None
    if number:
        found = queries.lines(actor, district, [numbered.state.id] if numbered else [])
    else:
        found = queries.search(actor, district, q)
    return PageOut(lines=_lines(district, found), after=None)


@router.get("/{district}/cases/{uuid:case}", response=CaseOut, operation_id="case")
def case_(request: HttpRequest, district: District, case: UUID) -> CaseOut:
    """One case with the actions that the procedure allows the asker now."""
    actor = asker(request)
    catalogue.policy(district)
    found = queries.case_for(actor, district, str(case))
    if found is None:
        raise Refusal("case_unknown", {"case": str(case)})
    return shown(found.state, actor)


@router.get("/{district}/cases/{uuid:case}/ledger", response=list[EntryOut], operation_id="case_ledger")
def case_ledger(request: HttpRequest, district: District, case: UUID) -> list[EntryOut]:
    """Every entry of the case, oldest first."""
    catalogue.policy(district)
    if queries.case_for(asker(request), district, str(case)) is None:
        raise Refusal("case_unknown", {"case": str(case)})
    return [
        EntryOut(
            seq=row.seq, type=row.type, at=row.at, actor=row.actor, post=row.post, policy=row.policy,
            payload=json.loads(row.payload), hash=row.hash.hex(),
        )
        for row in ledger.stream(district, "case", str(case))
    ]  # fmt: skip


@router.post("/{district}/cases/{uuid:case}/actions/{action}", response=CaseOut, operation_id="act")
def act(
    request: HttpRequest,
    district: District,
    case: UUID,
    action: ActionName,
    body: ActIn,
) -> CaseOut:
    """Take one action. 409 when the case moved on since ``version``, with the case as it is now; 422 names every
    fault of the form. Photos of a form are base64 JPEG, PNG or WebP.
    """
    actor = asker(request)
    now = timezone.now()
    try:
        state = actions.act(actor, district, str(case), action, body.form, now=now, expected_version=body.version)
    except (CaseMoved, Refusal) as no:
        overtaken(no, lambda: _seen(actor, district, str(case)))
    return shown(state, actor)


@router.post("/{district}/actions/{action}", response=list[BulkOut], operation_id="act_in_bulk")
def act_in_bulk(
    request: HttpRequest,
    district: District,
    action: ActionName,
    body: BulkIn,
) -> list[BulkOut]:
    """The same action on many cases, one transaction each, with a result for each."""
    policy, language = catalogue.policy(district), _language()
    cases = [str(case) for case in body.cases]
    results = actions.act_in_bulk(asker(request), district, cases, action, body.form, now=timezone.now())
    return [_result(result, language, policy) for result in results]


def overtaken(no: CaseMoved | Refusal, now_shown: Callable[[], BaseModel | None]) -> NoReturn:
    """Says a lost race together with the case as it is now; any other refusal as it is.

    Raises:
        Overtaken: with what ``now_shown`` gives; without it, and for other refusals, ``no`` itself.
    """
    refusal = no if isinstance(no, Refusal) else Refusal("state_changed", {"case": no.case})
    current = now_shown() if refusal.code in RACES else None
    if current is None:
        raise no
    raise Overtaken(refusal, current) from no


def shown(state: CaseState, actor: Actor) -> CaseOut:
    """The case as the API answers it."""
    policy, language = catalogue.policy(state.district), _language()
    return CaseOut(
        id=state.id,
        number=state.number,
        district=state.district,
        procedure=f"{state.procedure}@{state.procedure_version}",
        step=state.step,
        version=state.version,
        matter=state.matter,
        urgency=state.urgency,
        area=state.place.area,
        owner=state.owner,
        lead=state.roles.unit,
        opened_at=state.opened_at,
        due=state.clock.due if state.clock else None,
        why_due=list(explain(state.clock, policy.calendar, language, words.clock_labels(language)))
        if state.clock
        else [],
        promise_due=state.promise.due if state.promise else None,
        next_wake=state.next_wake,
        ended_at=state.ended_at,
        parent=state.parent,
        parts=[{"id": part.id, "unit": part.unit, "outcome": part.outcome} for part in state.parts],
        actions=sorted(action.name for action in offers(state, actor, now=timezone.now(), policy=policy)),
    )


def _seen(actor: Actor, district: str, case: str) -> CaseOut | None:
    found = queries.case_for(actor, district, case)
    return shown(found.state, actor) if found else None


def _result(result: BulkResult, language: str, policy: Policy) -> BulkOut:
    state, refusal = result.state, result.refusal
    return BulkOut(
        case=result.case,
        step=state.step if state else None,
        version=state.version if state else None,
        refused=refusal.code if refusal else None,
        words=words.refusal(refusal, language, policy=policy) if refusal else None,
    )


def _language() -> str:
    return "zh-hans" if (translation.get_language() or "zh").startswith("zh") else "en"


def _lines(district: str, lines: list[Line]) -> list[LineOut]:
    titles = vault.masked(district, [line.title_item for line in lines if line.title_item])
    return [
        LineOut(
            id=line.id, number=line.number, step=line.step, matter=line.matter, urgency=line.urgency,
            owner=line.owner, community=line.community, town=line.town, due=line.due, opened_at=line.opened_at,
            title=titles.get(line.title_item or "", ""),
        )
        for line in lines
    ]  # fmt: skip
