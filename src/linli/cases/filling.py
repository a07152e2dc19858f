"""Filled-in forms on their way to ``decide``: vault fields are sealed, the rest becomes plain typed values."""

import re
from collections.abc import Mapping
from typing import Any

from linli.core.errors import Refusal
from linli.core.procedure import VAULT_TYPES, Action, FieldType, FormField
from linli.vault import actions as vault
from linli.vault import photos, sealing
from linli.vault.sealing import SealedItem

TEXT_LIMIT = 20_000
_WHOLE = re.compile(r"-?[0-9]{1,15}")


def sealed_form(action: Action, form: Mapping[str, Any]) -> tuple[dict[str, Any], list[SealedItem]]:
    """Typed values of a form, and the vault items that its texts, contacts, photos and points became.

    Photos come as bytes, or as base64 from the API. What is unknown or of the wrong type is passed on as it is, so
    that ``decide`` names all faults at once; a blank text counts as none.

    Raises:
        Refusal: ``text_too_long``, ``text_unreadable`` (NUL bytes), ``photo_too_large``, ``photo_unreadable``.
    """
    values: dict[str, Any] = {}
    items: list[SealedItem] = []
    for name, value in form.items():
        field = action.field(name)
        if field is None:
            values[name] = value
        elif _is_blank(value):
            continue
        elif field.type in VAULT_TYPES and isinstance(value, str | bytes):
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


def _is_blank(value: Any) -> bool:
    return value in (None, (), []) or (isinstance(value, str | bytes) and not value.strip())


def _sealed(field: FormField, value: str | bytes) -> SealedItem:
    if field.type is FieldType.PHOTO:
        content = photos.decoded(value) if isinstance(value, str) else value
        return sealing.seal(field.type.value, field.name, photos.re_encoded(content))
    text = readable(field.name, (value if isinstance(value, str) else value.decode()).strip())
    if field.type is FieldType.TEXT:
        return vault.seal_text(field.name, text)
    return sealing.seal(field.type.value, field.name, text.encode())


def _typed(field: FormField, value: Any) -> Any:
    if field.type is FieldType.UNITS and isinstance(value, str | list | tuple):
        parts = value.split(",") if isinstance(value, str) else value
        texts = tuple(part.strip() for part in parts if isinstance(part, str) and part.strip())
        return texts if all(isinstance(part, str) for part in parts) else value
    if field.type is FieldType.NUMBER and isinstance(value, str):
        return int(value) if _WHOLE.fullmatch(value.strip()) else value
    return value
