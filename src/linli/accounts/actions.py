"""Writing accounts."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.contrib.auth.hashers import make_password
from django.db import transaction

from linli.accounts.models import ApiToken, User
from linli.accounts.queries import token_hash


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
