"""Envelope encryption of one item: a fresh data key, wrapped by a key that lives outside the database."""

import hashlib
import os
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap
from django.conf import settings
from uuid_utils import uuid7

from linli.core.case.events import Vaulted


class VaultLocked(Exception):
    """The item cannot be opened: its wrapping key is not among those configured, or the bytes were changed."""


@dataclass(frozen=True, slots=True)
class SealedItem:
    """An item ready to be stored: encrypted bytes, wrapped key, and what the ledger may know of it."""

    id: str
    kind: str
    field: str
    key_id: str
    wrapped_key: bytes
    nonce: bytes
    sealed: bytes
    salt: bytes
    digest: str
    masked: str
    lookup: str = ""

    @property
    def reference(self) -> Vaulted:
        """What an event carries instead of the content."""
        return Vaulted(self.id, self.digest)


def seal(kind: str, field: str, content: bytes, masked: str = "", lookup: str = "") -> SealedItem:
    """Encrypts content (AES-256-GCM) under a data key of its own, wrapped by the current key (RFC 3394).

    ``masked`` is the working text, kept in plain; empty for contacts, photos and points. ``lookup`` is the keyed hash
    of a contact's telephone number, empty where it has none.
    """
    item_id = str(uuid7())
    chance = os.urandom(60)
    data_key, nonce, salt = chance[:32], chance[32:44], chance[44:]
    key_id = settings.VAULT_KEY_ID
    return SealedItem(
        id=item_id,
        kind=kind,
        field=field,
        key_id=key_id,
        wrapped_key=aes_key_wrap(settings.VAULT_KEYS[key_id], data_key),
        nonce=nonce,
        sealed=AESGCM(data_key).encrypt(nonce, content, item_id.encode()),
        salt=salt,
        digest=hashlib.sha256(salt + content).hexdigest(),
        masked=masked,
        lookup=lookup,
    )


def unseal(item_id: str, key_id: str, wrapped_key: bytes, nonce: bytes, sealed: bytes) -> bytes:
    """The content of a stored item.

    Raises:
        VaultLocked: the key is not configured, or key or bytes were tampered with.
    """
    key = settings.VAULT_KEYS.get(key_id)
    if key is None:
        raise VaultLocked(f"the wrapping key {key_id!r} is not configured")
    try:
        return AESGCM(aes_key_unwrap(key, wrapped_key)).decrypt(nonce, sealed, item_id.encode())
    except (InvalidTag, InvalidUnwrap) as broken:
        raise VaultLocked(f"item {item_id} was changed") from broken
