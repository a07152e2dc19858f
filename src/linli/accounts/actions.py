"""Writing accounts."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.contrib.auth.hashers import make_password
from django.db import transaction

from linli.accounts.models import ApiToken, SavedFilter, User
from linli.accounts.queries import token_hash
from linli.core.errors import Refusal

MOST_FILTERS = 20


@transaction.atomic
def create_user(
    username: str, password: str | None, display_name: str, *, language: str = "zh-hans", invented: bool = False
) -> User:
    """Makes a user; without a password they cannot log in until one is set.

    Raises:
        IntegrityError: the name is taken.
    """
    return User.objects.create(
        username=username,
        password=make_password(password),
        display_name=display_name,
        language=language,
        invented=invented,
    )


def create_users(
    rows: Sequence[tuple[str, str]], password: str | None, *, language: str = "zh-hans", invented: bool = False
) -> dict[str, User]:
    """Makes users from (username, display name) in one go, all with the same first password; known names are kept."""
    hashed = make_password(password)
    User.objects.bulk_create(
        [
            User(username=name, password=hashed, display_name=shown, language=language, invented=invented)
            for name, shown in rows
        ],
        ignore_conflicts=True,
    )
    return {user.username: user for user in User.objects.filter(username__in=[name for name, _ in rows])}


def set_password(user: User, password: str) -> None:
    """Gives a user a new password."""
    user.password = make_password(password)
    user.save(update_fields=["password"])


def create_token(user: User, name: str, *, now: datetime, days: int = 90) -> str:
    """Makes an API token for a user; it is shown this once and cannot be had again."""
    token = f"linli_{secrets.token_urlsafe(32)}"
    ApiToken.objects.create(
        token_hash=token_hash(token), user=user, name=name, expires_at=now + timedelta(days=days), created_at=now
    )
    return token


def revoke_tokens(user: User, name: str) -> int:
    """Ends every token of that name."""
    count, _ = ApiToken.objects.filter(user=user, name=name).delete()
    return count


@transaction.atomic
def save_filter(user: str, name: str, query: str) -> None:
    """Keeps a work list under a name, after those that are kept; a known name gets the new address.

    Lock: the user's row, so that two tabs give no place twice.

    Raises:
        Refusal: ``filter_name_missing``, ``text_too_long`` or ``too_many_filters``.
    """
    name = " ".join(name.split())
    if not name or "\x00" in name:
        raise Refusal("filter_name_missing")
    limit = SavedFilter._meta.get_field("name").max_length or 0
    if len(name) > limit:
        raise Refusal("text_too_long", {"field": "filter_name", "limit": limit, "length": len(name)})
    kept = _locked_filters(user)
    known = next((saved for saved in kept if saved.name == name), None)
    if known is not None:
        known.query = query
        known.save(update_fields=["query"])
        return
    if len(kept) >= MOST_FILTERS:
        raise Refusal("too_many_filters", {"allowed": MOST_FILTERS})
    place = kept[-1].position + 1 if kept else 0
    SavedFilter.objects.create(user_id=user, name=name, query=query, position=place)


@transaction.atomic
def move_filter(user: str, saved: str, by: int) -> None:
    """Moves one of the user's own filters up (-1) or down (1); at the end of the list it stays.

    Lock: the user's row.
    """
    kept = _locked_filters(user)
    here = next((place for place, known in enumerate(kept) if str(known.id) == saved), None)
    if here is None or not 0 <= here + by < len(kept):
        return
    kept[here], kept[here + by] = kept[here + by], kept[here]
    for place, known in enumerate(kept):
        known.position = place
    SavedFilter.objects.bulk_update(kept, ["position"])


def delete_filter(user: str, saved: str) -> None:
    """Deletes one of the user's own filters."""
    SavedFilter.objects.filter(user_id=user, id=saved).delete()


def _locked_filters(user: str) -> list[SavedFilter]:
    User.objects.select_for_update().get(id=user)
    return list(SavedFilter.objects.filter(user_id=user).order_by("position", "id"))
