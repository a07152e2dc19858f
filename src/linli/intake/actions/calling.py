"""Taking a telephone call: a record of it, the caller's own open cases with their consent, and the report it ends in.

A look-up needs a running call of the same officer and the caller's consent. Each is an entry in the stream of the call,
also when it finds nothing, and for every case found a look that its reporter reads. The number is never stored.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from uuid_utils.compat import uuid7

from linli.cases import queries as cases
from linli.core.access import may_read
from linli.core.actor import Actor
from linli.core.case.state import CaseState
from linli.core.errors import Refusal
from linli.core.telephone import number_in
from linli.core.territory import Function
from linli.intake import codes
from linli.intake.actions.submitting import submit
from linli.intake.models import Call
from linli.intake.report import Receipt, Report
from linli.ledger import actions as ledger
from linli.ledger.actions import StreamMoved
from linli.vault import actions as vault
from linli.vault import queries as vaulted

STREAM = "call"
LONGEST = timedelta(hours=2)
MOST_LOOKS = 5
"""Numbers that can be tried in one call: one that was misheard may be asked for again, nobody goes through a list."""
TRIES = 5


def takes_calls(actor: Actor) -> bool:
    """Whether the actor holds a post that takes reports in."""
    return any(Function.INTAKE in post.functions for post in actor.posts)


@transaction.atomic
def begin_call(actor: Actor, district: str, *, now: datetime) -> str:
    """Opens the record of a call; gives its id. Lock: none.

    Raises:
        Refusal: ``not_yours`` for whoever takes no reports in.
    """
    post = next((post.post for post in actor.posts if Function.INTAKE in post.functions), None)
    if post is None:
        raise Refusal("not_yours", {"action": "take_call", "by": (Function.INTAKE.value,)})
    call = Call.objects.create(id=uuid7(), district_id=district, actor=actor.id, post=post, started_at=now)
    _note(call, "call.begun", {}, now)
    return str(call.id)


def look_up(actor: Actor, district: str, call: str, number: str, *, consented: bool, now: datetime) -> list[CaseState]:
    """The caller's own open cases that the actor may see, newest first.

    Lock: the row of the call.

    Raises:
        Refusal: ``call_unknown``, ``call_ended``, ``consent_missing``, ``number_unreadable``, ``too_many_looks``.
    """
    for attempt in range(TRIES):
        try:
            return _looked_up(actor, district, call, number, consented=consented, now=now)
        except StreamMoved:
            if attempt == TRIES - 1:
                raise
    raise AssertionError


@transaction.atomic
def _looked_up(
    actor: Actor, district: str, call: str, number: str, *, consented: bool, now: datetime
) -> list[CaseState]:
    running = _running(actor, district, call, now)
    if not consented:
        raise Refusal("consent_missing", {"field": "consent"})
    if number_in(number) is None:
        raise Refusal("number_unreadable", {"field": "number"})
    if running.looks >= MOST_LOOKS:
        raise Refusal("too_many_looks", {"allowed": MOST_LOOKS})
    running.looks += 1
    running.consent_at = running.consent_at or now
    running.save(update_fields=["looks", "consent_at"])
    contacts = dict(vaulted.by_lookup(district, codes.phone_hash(district, number)))
    loaded = cases.load(district, list(contacts))
    found = [loaded[case].state for case in contacts if case in loaded and _is_shown(actor, loaded[case].state)]
    _note(running, "call.looked_up", {"found": len(found)}, now)
    looks = [(state.id, contacts[state.id]) for state in found]
    vault.record_looks(actor, district=district, looks=looks, call=str(running.id), now=now)
    return found


def report_call(actor: Actor, district: str, call: str, report: Report, *, now: datetime) -> Receipt:
    """Takes in the report that a call is about, and ends the call. Sent twice, it is one case with one receipt.

    Lock: none on the report, whose key is that of the call; then the row of the call.

    Raises:
        Refusal: ``call_unknown``, ``call_ended`` (without a report, or long ago), or what ``submit`` refuses.
        BodyDiffers: the call has led to another report already.
    """
    known = _own(actor, district, call)
    if known.ended_at is not None and known.case_id is None:
        raise Refusal("call_ended")
    _demand_recent(known, now)
    receipt = submit(replace(report, channel="hotline"), now=now, idempotency_key=f"{STREAM}:{known.id}")
    _end(actor, district, call, receipt.case, now)
    return receipt


def end_call(actor: Actor, district: str, call: str, *, now: datetime) -> None:
    """Ends a call that led to no report; an ended one stays as it is. Lock: the row of the call.

    Raises:
        Refusal: ``call_unknown``.
    """
    _end(actor, district, call, None, now)


@transaction.atomic
def _end(actor: Actor, district: str, call: str, case: str | None, now: datetime) -> None:
    known = _own(actor, district, call, lock=True)
    if known.ended_at is not None:
        return
    known.ended_at = now
    if case is not None:
        known.case_id = case
    known.save(update_fields=["ended_at", "case_id"])
    _note(known, "call.ended", {"case": case}, now)


def _is_shown(actor: Actor, state: CaseState) -> bool:
    return state.is_open and may_read(actor, state)


def _running(actor: Actor, district: str, call: str, now: datetime) -> Call:
    known = _own(actor, district, call, lock=True)
    if known.ended_at is not None:
        raise Refusal("call_ended")
    _demand_recent(known, now)
    return known


def _demand_recent(call: Call, now: datetime) -> None:
    if now - call.started_at > LONGEST:
        raise Refusal("call_ended")


def _own(actor: Actor, district: str, call: str, *, lock: bool = False) -> Call:
    """The call, if it is the actor's own and they still take reports in."""
    calls = Call.objects.select_for_update() if lock else Call.objects
    known = calls.filter(district_id=district, id=call, actor=actor.id).first()
    if known is None or not takes_calls(actor):
        raise Refusal("call_unknown")
    return known


def _note(call: Call, type_: str, payload: Any, now: datetime) -> None:
    ledger.append_to(
        call.district_id, STREAM, str(call.id), type_, payload, actor=call.actor, post=call.post, policy="", at=now
    )
