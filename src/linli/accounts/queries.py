"""Reading accounts."""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime

from linli.accounts.models import ApiToken, User


def named(username: str) -> User | None:
    """The user of that name."""
    return User.objects.filter(username=username).first()


def display_names(users: Iterable[str]) -> Mapping[str, str]:
    """Display names by user id."""
    rows = User.objects.filter(id__in=list(users)).values_list("id", "display_name")
    return {str(user): name for user, name in rows}


def token_hash(token: str) -> str:
    """What is stored of an API token."""
    return hashlib.sha256(token.encode()).hexdigest()


def user_of_token(token: str, now: datetime) -> str | None:
    """The id of the active user whose unexpired token this is."""
    found = ApiToken.objects.filter(token_hash=token_hash(token), expires_at__gt=now, user__is_active=True)
    user = found.values_list("user_id", flat=True).first()
    return str(user) if user else None
