"""Writes of shifts: begun, handed over in writing, taken over by somebody else. Each is an entry of the ledger."""

import json
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from uuid_utils.compat import uuid7

from linli.core.errors import Refusal
from linli.core.privacy import mask
from linli.ledger import actions as ledger
from linli.supervision.actions.writing import Writing, digest
from linli.supervision.models import Shift
from linli.supervision.queries.shifts import post_in, visible_shifts

STREAM = "shift"
MOST_WORDS = 4000


def begin_shift(by: Writing, unit: str) -> str:
    """Begins a shift where none is running; gives its id. Lock: none, the second of two at once is refused.

    Raises:
        Refusal: ``not_on_duty_there`` for a unit whose shifts are not the actor's, ``shift_runs`` while one is running.
    """
    _require(by, unit)
    try:
        with transaction.atomic():
            return _begun(by, unit)
    except IntegrityError as error:
        raise Refusal("shift_runs") from error


@transaction.atomic
def hand_over(by: Writing, shift: str, *, report: dict[str, Any], words: str) -> None:
    """Signs the hand-over of a running shift; its report is kept as it stands, its words masked. Lock: the shift's row.

    Raises:
        Refusal: ``shift_unknown``; ``shift_moved`` when it was handed over before.
    """
    row = _locked(by, shift)
    if row.handed_at is not None:
        raise Refusal("shift_moved")
    row.handed_at, row.handed_by, row.handed_post = by.now, by.actor.id, post_in(by.actor, row.unit_id, by.policy)
    row.report, row.words = report, mask(words)
    row.save(update_fields=["handed_at", "handed_by", "handed_post", "report", "words"])
    content = json.dumps(report, sort_keys=True, ensure_ascii=False)
    _record(by, row, "shift.handed_over", {"report_sha256": digest(content), "sha256": digest(row.words)})


@transaction.atomic
def take_back(by: Writing, shift: str) -> None:
    """Goes on with a shift that the actor handed over and nobody has taken. Lock: the shift's row.

    Raises:
        Refusal: ``shift_unknown``; ``shift_moved`` when it is running, was taken, or somebody else handed it over.
    """
    row = _locked(by, shift)
    if row.handed_at is None or row.handed_by != by.actor.id:
        raise Refusal("shift_moved")
    row.handed_at, row.handed_by, row.handed_post, row.report, row.words = None, "", "", None, ""
    row.save(update_fields=["handed_at", "handed_by", "handed_post", "report", "words"])
    _record(by, row, "shift.taken_back", {})


@transaction.atomic
def take_over(by: Writing, shift: str) -> str:
    """Signs that a shift was taken over, which closes it, and begins the next; gives the id of that. Lock: the row.

    Raises:
        Refusal: ``shift_unknown``; ``shift_moved`` when it is not handed over; ``shift_your_own`` for whoever did that.
    """
    row = _locked(by, shift)
    if row.handed_at is None:
        raise Refusal("shift_moved")
    if row.handed_by == by.actor.id:
        raise Refusal("shift_your_own")
    row.taken_at, row.taken_post = by.now, post_in(by.actor, row.unit_id, by.policy)
    row.save(update_fields=["taken_at", "taken_post"])
    following = _begun(by, row.unit_id)
    _record(by, row, "shift.taken_over", {"next": following})
    return following


def _require(by: Writing, unit: str) -> None:
    if not post_in(by.actor, unit, by.policy):
        raise Refusal("not_on_duty_there")


def _begun(by: Writing, unit: str) -> str:
    row = Shift.objects.create(
        id=uuid7(),
        district_id=by.district,
        unit_id=unit,
        began_at=by.now,
        began_post=post_in(by.actor, unit, by.policy),
    )
    _record(by, row, "shift.begun", {"unit": unit})
    return str(row.id)


def _locked(by: Writing, shift: str) -> Shift:
    """The shift, unless it is closed, missing or another unit's."""
    rows = visible_shifts(by.actor, by.district, by.policy).select_for_update()
    row = rows.filter(id=UUID(shift)).first()
    if row is None:
        raise Refusal("shift_unknown")
    if row.taken_at is not None:
        raise Refusal("shift_moved")
    return row


def _record(by: Writing, row: Shift, type_: str, payload: dict[str, Any]) -> None:
    ledger.append_to(
        by.district, STREAM, str(row.id), type_, payload, actor=by.actor.id,
        post=post_in(by.actor, row.unit_id, by.policy), policy=by.policy.version, at=by.now,
    )  # fmt: skip
