"""One call to several units at once, with the proof of who it reached."""

import hashlib
from collections.abc import Sequence
from datetime import datetime, tzinfo
from uuid import UUID

from django.db import transaction
from uuid_utils.compat import uuid7

from linli.core.actor import Actor
from linli.core.errors import Refusal
from linli.core.notifying import Kind, Tiding, callers, may_be_called
from linli.core.policy import Policy, Urgency
from linli.core.privacy import mask
from linli.ledger import actions as ledger
from linli.notices.actions.posting import News, post
from linli.notices.models import Alert

STREAM = "alert"
MOST_UNITS = 200
MOST_WORDS = 500


@transaction.atomic
def send_alert(
    actor: Actor, district: str, units: Sequence[str], words: str, *, now: datetime, policy: Policy, tz: tzinfo,
    case: str | None = None,
) -> str:  # fmt: skip
    """Calls units at once: everybody who is there for them is told, over every channel they have; gives its id.

    The words are masked, and the ledger holds their digest.

    Raises:
        Refusal: ``alert_not_yours`` (no post that may call, or a unit outside its area), ``alert_empty`` (no unit or no
            words), ``alert_too_large``.
    """
    chosen = tuple(dict.fromkeys(units))
    text = mask(words.strip())
    if not chosen or not text:
        raise Refusal("alert_empty")
    if len(chosen) > MOST_UNITS or len(text) > MOST_WORDS:
        raise Refusal("alert_too_large", {"units": MOST_UNITS, "letters": MOST_WORDS})
    held = next((one for one in callers(actor) if set(chosen) <= set(may_be_called(one, policy))), None)
    if held is None:
        raise Refusal("alert_not_yours")
    row = Alert.objects.create(
        id=uuid7(), district_id=district, unit_id=held.unit, post=held.post, case_id=UUID(case) if case else None,
        units=list(chosen), words=text, at=now,
    )  # fmt: skip
    told_of = {"units": list(chosen), "case": case or "", "sha256": hashlib.sha256(text.encode()).hexdigest()}
    ledger.append_to(
        district, STREAM, str(row.id), "alert.sent", told_of,
        actor=actor.id, post=held.post, policy=policy.version, at=now,
    )  # fmt: skip
    told = tuple(Tiding(Kind.ALERT, unit) for unit in chosen)
    post(district, [News(told, Urgency.EMERGENCY, case=case, alert=str(row.id))], now=now, tz=tz)
    return str(row.id)
