"""Cases over HTTP: work lists, one case, and the one endpoint through which it changes."""

import json
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone, translation
from ninja import Query, Router

from linli.cases import actions, cursors, queries, words
from linli.cases.queries import Line
from linli.cases.schemas import ActIn, BulkIn, BulkOut, CaseOut, EntryOut, LineOut, PageOut
from linli.catalogue import queries as catalogue
from linli.core.actor import Actor
from linli.core.case.decide import offers
from linli.core.case.state import CaseState
from linli.core.deadlines import explain
from linli.core.errors import Refusal
from linli.directory import queries as directory
from linli.ledger import queries as ledger
from linli.vault import queries as vault

router = Router(tags=["cases"])


def asker(request: HttpRequest) -> Actor:
    """The person who asks, with the posts they hold now."""
    return directory.actor(request.auth, timezone.now())  # type: ignore[attr-defined]


@router.get("/{district}/cases", response=PageOut, operation_id="work_list")
def work_list(
    request: HttpRequest,
    district: str,
    scope: str = Query("owner", pattern="^(owner|community|town|district)$"),
    key: str = Query("", max_length=120),
    step: str = Query("", max_length=32),
    after: str = Query("", max_length=200),
    size: int = Query(50, ge=1, le=200),
) -> PageOut:
    """Open cases, due soonest first. Without a key: those of every unit or area that the asker's posts serve."""
    actor = asker(request)
    policy = catalogue.policy(district)
    steps = [step] if step else sorted({s for p in policy.procedures.values() for s in p.open_steps})
    keys = [key] if key else queries.own_keys(actor, scope)
    page = queries.work_list(
        actor, district, scope=scope, keys=keys, steps=steps, after=cursors.decode(after), size=size
    )
    return PageOut(lines=_lines(district, list(page.lines)), after=cursors.encode(page.after))


@router.get("/{district}/search", response=PageOut, operation_id="search")
def search(request: HttpRequest, district: str, q: str = Query(min_length=1, max_length=200)) -> PageOut:
    """Cases by words of their text or by number, newest first, within what the asker may see."""
    return PageOut(lines=_lines(district, queries.search(asker(request), district, q)), after=None)


@router.get("/{district}/cases/{uuid:case}", response=CaseOut, operation_id="case")
def case_(request: HttpRequest, district: str, case: UUID) -> CaseOut:
    """One case with the actions that the procedure allows the asker now."""
    actor = asker(request)
    found = queries.case_for(actor, district, str(case))
    if found is None:
        raise Refusal("case_unknown", {"case": str(case)})
    return shown(found.state, actor)


@router.get("/{district}/cases/{uuid:case}/ledger", response=list[EntryOut], operation_id="case_ledger")
def case_ledger(request: HttpRequest, district: str, case: UUID) -> list[EntryOut]:
    """Every entry of the case, oldest first."""
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
def act(request: HttpRequest, district: str, case: UUID, action: str, body: ActIn) -> CaseOut:
    """Take one action. 409 when the case moved on since ``version``; 422 names every fault of the form."""
    actor = asker(request)
    state = actions.act(
        actor, district, str(case), action, body.form, now=timezone.now(), expected_version=body.version
    )
    return shown(state, actor)


@router.post("/{district}/actions/{action}", response=list[BulkOut], operation_id="act_in_bulk")
def act_in_bulk(request: HttpRequest, district: str, action: str, body: BulkIn) -> list[BulkOut]:
    """The same action on many cases, one transaction each, with a result for each."""
    language = translation.get_language() or "zh-hans"
    results = actions.act_in_bulk(asker(request), district, body.cases, action, body.form, now=timezone.now())
    return [
        BulkOut(
            case=result.case,
            step=result.state.step if result.state else None,
            version=result.state.version if result.state else None,
            refused=result.refusal.code if result.refusal else None,
            words=words.refusal(result.refusal, language) if result.refusal else None,
        )
        for result in results
    ]


def shown(state: CaseState, actor: Actor) -> CaseOut:
    """The case as the API answers it."""
    policy = catalogue.policy(state.district)
    language = "zh-hans" if (translation.get_language() or "zh").startswith("zh") else "en"
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
        why_due=list(explain(state.clock, policy.calendar, language)) if state.clock else [],
        promise_due=state.promise.due if state.promise else None,
        next_wake=state.next_wake,
        ended_at=state.ended_at,
        parent=state.parent,
        parts=[{"id": part.id, "unit": part.unit, "outcome": part.outcome} for part in state.parts],
        actions=[action.name for action in offers(state, actor, now=timezone.now(), policy=policy)],
    )


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
