"""Writing to the vault, and reading an original for a stated reason."""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from uuid_utils.compat import uuid7

from linli.core.actor import Actor, ActorKind
from linli.core.errors import Refusal
from linli.core.privacy import mask
from linli.core.territory import Function
from linli.ledger.actions import StreamMoved, append_to
from linli.ledger.pieces import Piece
from linli.vault import sealing
from linli.vault.models import Item, Reveal
from linli.vault.sealing import SealedItem

COLUMNS = (
    "id", "district_id", "case_id", "kind", "field", "key_id", "wrapped_key", "nonce", "sealed", "salt", "digest",
    "masked", "created_at", "lookup",
)  # fmt: skip
TRIES = 5
REASON_LIMIT = 200
_ROW = "(" + ",".join(["%s"] * len(COLUMNS)) + ")"
_INTO = f"INSERT INTO vault_item ({','.join(COLUMNS)}) VALUES "


def seal_text(field: str, text: str, masked: str | None = None) -> SealedItem:
    """A free text: the original encrypted, the masked working text beside it (``masked`` if it is at hand)."""
    return sealing.seal("text", field, text.encode(), mask(text) if masked is None else masked)


def row(item: SealedItem, district: str, case: str, now: datetime) -> tuple[Any, ...]:
    """Column values of an item in the order of :data:`COLUMNS`, for bulk loading."""
    return (
        item.id, district, case, item.kind, item.field, item.key_id, item.wrapped_key, item.nonce, item.sealed,
        item.salt, item.digest, item.masked, now, item.lookup,
    )  # fmt: skip


def pieces(items: Sequence[SealedItem], *, district: str, case: str, now: datetime) -> list[Piece]:
    """Sealed items of one case as part of the statement that writes the act; none for no items."""
    if not items:
        return []
    values = [value for item in items for value in row(item, district, case, now)]
    return [Piece("kept", f"{_INTO}{','.join([_ROW] * len(items))}", values)]


def load(found: Iterable[tuple[object, ...]]) -> None:
    """Stores thousands of items as :func:`row` gives them, by COPY; inside the caller's transaction."""
    with connection.cursor() as cursor, cursor.copy(f"COPY vault_item ({','.join(COLUMNS)}) FROM STDIN") as copy:
        for values in found:
            copy.write_row(values)


def reveal(actor: Actor, *, district: str, case: str, item: str, reason: str, now: datetime) -> bytes:
    """Opens an original for a person, and records who looked and why: as a row and in the ledger, in one transaction.

    Contacts need a post with the function ``identity``; texts need any post (the caller has checked that the actor
    may read the case).

    Raises:
        Refusal: ``reason_missing``, ``not_yours``, ``item_unknown``.
        VaultLocked: the key that wrapped the item is not configured.
    """
    found = _may_open(actor, district, case, item, reason)
    content = sealing.unseal(
        str(found.id), found.key_id, bytes(found.wrapped_key), bytes(found.nonce), bytes(found.sealed)
    )
    for attempt in range(TRIES):
        try:
            _record(actor, found, reason.strip()[:REASON_LIMIT], now)
        except StreamMoved:
            if attempt == TRIES - 1:
                raise
        else:
            break
    return content


@transaction.atomic
def record_looks(actor: Actor, *, district: str, looks: Sequence[tuple[str, str]], call: str, now: datetime) -> None:
    """Records that a caller's number led a person to their contacts, as (case, item): nothing was opened.

    Each is a row that its reporter reads among who looked, and an entry of the ledger, like a reveal.

    Raises:
        StreamMoved: somebody opened an original of one of the cases at the same moment; try again.
    """
    rows = Item.objects.in_bulk([item for _case, item in looks])
    for found in sorted(rows.values(), key=lambda row: str(row.case_id)):
        if found.district_id == district and (str(found.case_id), str(found.id)) in looks:
            _record(actor, found, "", now, call)


def _may_open(actor: Actor, district: str, case: str, item: str, reason: str) -> Item:
    if not reason.strip():
        raise Refusal("reason_missing", {"field": "reason"})
    found = Item.objects.filter(district_id=district, case_id=case, id=item).first()
    if found is None:
        raise Refusal("item_unknown", {"item": item})
    if actor.kind is not ActorKind.PERSON or not actor.posts:
        raise Refusal("not_yours", {"action": "reveal"})
    if found.kind == "contact" and not any(Function.IDENTITY in post.functions for post in actor.posts):
        raise Refusal("not_yours", {"action": "reveal", "by": (Function.IDENTITY.value,)})
    return found


@transaction.atomic
def _record(actor: Actor, item: Item, reason: str, now: datetime, call: str | None = None) -> None:
    posts = [post.post for post in actor.posts]
    Reveal.objects.create(
        id=uuid7(),
        district_id=item.district_id,
        case_id=item.case_id,
        item_id=item.id,
        actor=actor.id,
        posts=posts,
        reason=reason,
        call_id=call,
        at=now,
    )
    given = {"call": call} if call else {"reason_sha256": hashlib.sha256(reason.encode()).hexdigest()}
    # The reason is free text and may name somebody, so the ledger keeps that one was given, not its words.
    append_to(
        item.district_id, "reveal", str(item.case_id), "vault.looked_up" if call else "vault.revealed",
        {"item": str(item.id), "kind": item.kind, **given},
        actor=actor.id, post=posts[0], policy="", at=now,
    )  # fmt: skip


def erase(*, district: str, case: str) -> int:
    """Deletes every item of a case with its wrapped keys; the ledger's hashes stay and prove nothing of the content."""
    count, _ = Item.objects.filter(district_id=district, case_id=case).delete()
    return count
