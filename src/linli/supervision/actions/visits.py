"""Writes of visits. Each is an entry in the stream of the visit; the ledger keeps digests, no words."""

from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from uuid_utils.compat import uuid7

from linli.core.actor import Actor
from linli.core.errors import Refusal
from linli.core.privacy import mask
from linli.ledger import actions as ledger
from linli.supervision.actions.writing import Writing, digest
from linli.supervision.models import FollowUp, Visit
from linli.supervision.queries.visits import may_note, may_settle, supervised, visible_to

STREAM = "visit"


@transaction.atomic
def note_visit(by: Writing, *, area: str, visited_on: date, units: tuple[str, ...], findings: str) -> str:
    """Writes down a visit, its findings masked; gives its id. Lock: none, the visit is new.

    Raises:
        Refusal: ``not_yours`` for a place that the actor does not supervise.
    """
    territory = by.policy.territory
    path = [found.code for found in territory.path(area)] if area in territory.areas else []
    if not may_note(by.actor, path):
        raise Refusal("not_yours", {"action": "note_visit"})
    row = Visit.objects.create(
        id=uuid7(), district_id=by.district, area=area, path=path, visited_on=visited_on,
        units=sorted(set(units) & set(territory.units)), findings=mask(findings), post=_post(by.actor),
        noted_at=by.now,
    )  # fmt: skip
    payload = {"area": area, "on": visited_on.isoformat(), "units": row.units, "sha256": digest(row.findings)}
    _record(by, str(row.id), "visit.noted", payload)
    return str(row.id)


@transaction.atomic
def add_follow_up(by: Writing, visit: str, *, unit: str, words: str, due_on: date) -> str:
    """Gives a unit something to do after a visit; gives its id. Lock: the visit's row.

    Raises:
        Refusal: ``item_unknown`` for a visit that is missing or hidden, ``not_yours`` for whoever may not write of it.
    """
    row = _locked(by, visit)
    if not may_note(by.actor, row.path) or unit not in by.policy.territory.units:
        raise Refusal("not_yours", {"action": "add_follow_up"})
    added = FollowUp.objects.create(
        id=uuid7(), district_id=by.district, visit=row, unit_id=unit, words=mask(words), due_on=due_on
    )
    payload = {"follow_up": str(added.id), "unit": unit, "due": due_on.isoformat(), "sha256": digest(added.words)}
    _record(by, visit, "visit.follow_up_set", payload)
    return str(added.id)


@transaction.atomic
def settle_follow_up(by: Writing, visit: str, follow_up: str) -> bool:
    """Says that a follow-up is done; False when somebody said so before. Lock: the visit's row.

    Raises:
        Refusal: ``item_unknown`` for what is missing or hidden, ``not_yours`` for another unit's follow-up.
    """
    row = _locked(by, visit)
    found = FollowUp.objects.filter(district_id=by.district, visit=row, id=UUID(follow_up)).first()
    if found is None:
        raise Refusal("item_unknown")
    if not may_settle(by.actor, row.path, found.unit_id):
        raise Refusal("not_yours", {"action": "settle_follow_up"})
    if found.done_at is not None:
        return False
    found.done_at = by.now
    found.save(update_fields=["done_at"])
    _record(by, visit, "visit.follow_up_done", {"follow_up": follow_up, "unit": found.unit_id})
    return True


def _locked(by: Writing, visit: str) -> Visit:
    row = visible_to(by.actor, by.district).select_for_update().filter(id=UUID(visit)).first()
    if row is None:
        raise Refusal("item_unknown")
    return row


def _post(actor: Actor) -> str:
    """The post that writes: one that supervises, else the first."""
    areas = supervised(actor)
    held = sorted(actor.posts, key=lambda post: (post.area not in areas, len(post.area), post.post))
    return held[0].post if held else ""


def _record(by: Writing, visit: str, type_: str, payload: dict[str, Any]) -> None:
    ledger.append_to(
        by.district, STREAM, visit, type_, payload, actor=by.actor.id, post=_post(by.actor), policy=by.policy.version,
        at=by.now,
    )  # fmt: skip
