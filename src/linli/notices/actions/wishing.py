"""What a person wants outside the desk, and where they are reached."""

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from linli.core.actor import Actor
from linli.core.errors import Refusal
from linli.core.notifying import Channel, Wishes
from linli.core.telephone import number_in
from linli.notices.models import Address, Wish
from linli.vault.sealing import seal

MOST_LETTERS = 120


def keep_wishes(actor: Actor, wishes: Wishes) -> None:
    """Keeps what the person wants from now on; what waits already goes out as it was wanted then."""
    Wish.objects.update_or_create(
        user_id=actor.id,
        defaults={
            "least": {channel.value: urgency.value for channel, urgency in wishes.least},
            "quiet_from": wishes.quiet_from,
            "quiet_until": wishes.quiet_until,
            "digest_at": wishes.digest_at,
        },
    )


@transaction.atomic
def keep_address(actor: Actor, channel: Channel, text: str) -> None:
    """Keeps where the person is reached on a channel, encrypted; empty takes it away.

    Raises:
        Refusal: ``address_invalid`` when it is none of that channel.
    """
    text = text.strip()
    if text and not _fits(channel, text):
        raise Refusal("address_invalid", {"channel": channel.value})
    Address.objects.filter(user_id=actor.id, channel=channel).delete()
    if text:
        item = seal("contact", channel.value, text.encode())
        Address.objects.create(
            id=item.id, user_id=actor.id, channel=channel, key_id=item.key_id, wrapped_key=item.wrapped_key,
            nonce=item.nonce, sealed=item.sealed,
        )  # fmt: skip


def _fits(channel: Channel, text: str) -> bool:
    if len(text) > MOST_LETTERS or not text.isprintable():
        return False
    if channel is Channel.EMAIL:
        try:
            validate_email(text)
        except ValidationError:
            return False
    return channel is not Channel.SMS or number_in(text) is not None
