"""Writing accounts."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.contrib.auth.hashers import make_password
from django.db import transaction

from linli.accounts.models import ApiToken, SavedFilter, User
from linli.accounts.queries import token_hash
from linli.core.errors import Refusal
from linli.ledger.recording import By, record

MOST_FILTERS = 20
STREAM = "accounts"
ONE_TIME_FOR = timedelta(days=7)
"""How long a password that somebody else was given for a person opens the page on which it is changed."""


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


# --- accounts that an administrator keeps; whether they may stands in the directory, which knows the posts


@transaction.atomic
def invite(by: By, username: str, display_name: str, *, language: str = "zh-hans") -> tuple[str, str]:
    """Makes an account with a one-time password; gives the person's id and the password, which is kept nowhere.

    Raises:
        Refusal: ``username_taken``.
    """
    password = _one_time()
    user, new = User.objects.get_or_create(
        username=username,
        defaults={
            "password": make_password(password),
            "display_name": display_name,
            "language": language,
            "one_time_until": by.now + ONE_TIME_FOR,
        },
    )
    if not new:
        raise Refusal("username_taken")
    record(by, STREAM, "account.made", {"person": str(user.id)})
    return str(user.id), password


@transaction.atomic
def renew_password(by: By, person: str) -> str:
    """Gives a person a one-time password; it is shown this once. Sessions and tokens end at once.

    Raises:
        Refusal: ``person_unknown``, or ``account_off`` for an account that was switched off.
    """
    user = _locked(person)
    if not user.is_active:
        raise Refusal("account_off")
    password = _one_time()
    _end_access(user, password, by.now + ONE_TIME_FOR)
    record(by, STREAM, "account.password_renewed", {"person": person})
    return password


@transaction.atomic
def switch_off(by: By, person: str) -> None:
    """Ends an account: its sessions and tokens end at once, and nobody logs in with it.

    Raises:
        Refusal: ``person_unknown`` or ``account_off``.
    """
    user = _locked(person)
    if not user.is_active:
        raise Refusal("account_off")
    user.is_active = False
    _end_access(user, None, None)
    record(by, STREAM, "account.switched_off", {"person": person})


@transaction.atomic
def switch_on(by: By, person: str) -> str:
    """Opens an account again, with a one-time password.

    Raises:
        Refusal: ``person_unknown`` or ``account_on``.
    """
    user = _locked(person)
    if user.is_active:
        raise Refusal("account_on")
    password = _one_time()
    user.is_active = True
    _end_access(user, password, by.now + ONE_TIME_FOR)
    record(by, STREAM, "account.switched_on", {"person": person})
    return password


@transaction.atomic
def change_password(person: str, password: str) -> User:
    """A person's own new password; other sessions of theirs end, and it is no longer a one-time one.

    Raises:
        Refusal: ``person_unknown``.
    """
    user = _locked(person)
    user.password = make_password(password)
    user.one_time_until = None
    user.save(update_fields=["password", "one_time_until"])
    return user


def _one_time() -> str:
    """Easy to read aloud and to type: no letters and digits that look alike, in groups of four."""
    letters = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(letters) for _ in range(4)) for _ in range(4))


def _locked(person: str) -> User:
    user = User.objects.select_for_update().filter(id=person).first()
    if user is None:
        raise Refusal("person_unknown")
    return user


def _end_access(user: User, password: str | None, until: datetime | None) -> None:
    """A session hangs on the password, so it ends with it."""
    user.password, user.one_time_until = make_password(password), until
    user.save(update_fields=["password", "one_time_until", "is_active"])
    ApiToken.objects.filter(user=user).delete()


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
