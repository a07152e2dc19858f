"""Filled-in forms on their way to ``decide``: vault fields are sealed, the rest becomes plain typed values."""

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from linli.core.errors import Refusal
from linli.core.procedure import VAULT_TYPES, Action, FieldType, FormField
from linli.vault import actions as vault
from linli.vault import sealing
from linli.vault.photos import re_encoded
from linli.vault.sealing import SealedItem

TEXT_LIMIT = 20_000


def sealed_form(action: Action, form: Mapping[str, Any]) -> tuple[dict[str, Any], list[SealedItem]]:
    """Typed values of a form, and the vault items that its texts, contacts, photos and points became.

    Unknown fields are passed on as they are, so that ``decide`` names them all at once.

    Raises:
        Refusal: ``text_too_long``, ``text_unreadable`` (NUL bytes), ``photo_unreadable``, ``photo_too_large``.
    """
    values: dict[str, Any] = {}
    items: list[SealedItem] = []
    for name, value in form.items():
        field = action.field(name)
        if field is None or value in (None, "", (), []):
            if field is None:
                values[name] = value
            continue
        if field.type in VAULT_TYPES:
            item = _sealed(field, value)
            items.append(item)
            values[name] = item.reference
        else:
            values[name] = _typed(field, value)
    return values, items


def readable(name: str, text: str, limit: int = TEXT_LIMIT) -> str:
    """The text, if it can be stored.

    Raises:
        Refusal: ``text_too_long`` or ``text_unreadable``.
    """
    if "\x00" in text:
        raise Refusal("text_unreadable", {"field": name})
    if len(text) > limit:
        raise Refusal("text_too_long", {"field": name, "limit": limit, "length": len(text)})
    return text


def _sealed(field: FormField, value: Any) -> SealedItem:
    if field.type is FieldType.PHOTO:
        return sealing.seal(field.type.value, field.name, re_encoded(_picture(value)))
    text = readable(field.name, str(value).strip())
    if field.type is FieldType.TEXT:
        return vault.seal_text(field.name, text)
    return sealing.seal(field.type.value, field.name, text.encode())


def _picture(value: Any) -> bytes:
    """A photo as bytes; the API sends base64."""
    if isinstance(value, bytes):
        return value
    try:
        return base64.b64decode(str(value), validate=True)
    except (binascii.Error, ValueError) as broken:
        raise Refusal("photo_unreadable", {"formats": ("base64",)}) from broken


def _typed(field: FormField, value: Any) -> Any:
    if field.type is FieldType.UNITS:
        parts = value.split(",") if isinstance(value, str) else value
        return tuple(str(part).strip() for part in parts if str(part).strip())
    if field.type is FieldType.NUMBER and isinstance(value, str):
        return int(value) if value.strip().lstrip("-").isdigit() and value.isascii() else value
    return value
