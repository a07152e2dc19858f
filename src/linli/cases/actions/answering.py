"""Writing standard answers. Each change is an entry in a stream of the answer: who, when, for which field, which text.

The ledger keeps the digest of the texts, not the texts.
"""

import hashlib
from datetime import datetime
from uuid import UUID

from django.db import transaction
from uuid_utils.compat import uuid7

from linli.cases import queries
from linli.cases.answers import Wording, check, packaged
from linli.cases.models import StandardAnswer
from linli.core.actor import Actor
from linli.core.answers import may_keep
from linli.core.errors import Refusal
from linli.core.policy import Policy
from linli.ledger import actions as ledger

STREAM = "answer"


@transaction.atomic
def keep_answer(
    actor: Actor, district: str, wording: Wording, *, policy: Policy, now: datetime, answer: str | None = None
) -> str:
    """Writes a new standard answer, or a known one anew; gives its id.

    Lock: the row of a known answer.

    Raises:
        Refusal: ``not_yours`` for the owner that it has or is to get, ``answer_unknown``, or what
            :func:`linli.cases.answers.check` refuses.
    """
    _demand(actor, wording.unit, district, policy)
    known = _locked(actor, district, answer, policy) if answer else None
    check(wording, policy)
    row = known or StandardAnswer(id=uuid7(), district_id=district)
    for name in ("action", "field", "matter", "domain", "title_zh", "title_en", "text_zh", "text_en"):
        setattr(row, name, getattr(wording, name))
    row.unit_id, row.written_at = wording.unit, now
    row.save(force_insert=known is None)
    _record(actor, row, "answer.written", policy, now)
    return str(row.id)


@transaction.atomic
def remove_answer(actor: Actor, district: str, answer: str, *, policy: Policy, now: datetime) -> None:
    """Takes a standard answer away; texts that were written from it stay as they are.

    Lock: its row.

    Raises:
        Refusal: ``answer_unknown`` or ``not_yours``.
    """
    row = _locked(actor, district, answer, policy)
    row.removed_at = now
    row.save(update_fields=["removed_at"])
    _record(actor, row, "answer.removed", policy, now)


def load_answers(district: str, *, now: datetime) -> int:
    """Adds the package's standard answers that the district has never had; how many.

    Lock: none; two loads at once add each answer once.
    """
    known = queries.answer_codes(district)
    rows = [_row(district, wording, now) for wording in packaged() if wording.code not in known]
    return len(StandardAnswer.objects.bulk_create(rows, ignore_conflicts=True))


def _row(district: str, wording: Wording, now: datetime) -> StandardAnswer:
    return StandardAnswer(
        id=uuid7(), district_id=district, unit_id=wording.unit, code=wording.code, action=wording.action,
        field=wording.field, matter=wording.matter, domain=wording.domain, title_zh=wording.title_zh,
        title_en=wording.title_en, text_zh=wording.text_zh, text_en=wording.text_en, written_at=now,
    )  # fmt: skip


def _demand(actor: Actor, unit: str, district: str, policy: Policy) -> None:
    if not may_keep(actor, unit, district, policy.territory):
        raise Refusal("not_yours", {"action": "keep_answer"})


def _locked(actor: Actor, district: str, answer: str, policy: Policy) -> StandardAnswer:
    rows = StandardAnswer.objects.select_for_update().filter(district_id=district, removed_at__isnull=True)
    found = rows.filter(id=UUID(answer)).first()
    if found is None:
        raise Refusal("answer_unknown")
    _demand(actor, found.unit_id, district, policy)
    return found


def _record(actor: Actor, row: StandardAnswer, type_: str, policy: Policy, now: datetime) -> None:
    texts = "\n".join((row.title_zh, row.title_en, row.text_zh, row.text_en))
    payload = {
        "unit": row.unit_id, "action": row.action, "field": row.field, "matter": row.matter, "domain": row.domain,
        "sha256": hashlib.sha256(texts.encode()).hexdigest(),
    }  # fmt: skip
    post = actor.posts[0].post if actor.posts else ""
    ledger.append_to(
        row.district_id, STREAM, str(row.id), type_, payload, actor=actor.id, post=post, policy=policy.version, at=now
    )
