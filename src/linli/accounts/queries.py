"""Reading accounts."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from linli.accounts.models import SavedFilter, User


@dataclass(frozen=True, slots=True)
class PersonInfo:
    """Somebody with an account, as those see them who keep the accounts. Nothing of what they do stands here."""

    id: str
    username: str
    name: str
    active: bool
    one_time_until: datetime | None
    invented: bool
    has_password: bool

    def account(self, now: datetime) -> str:
        """How the account stands: ``off``, ``without`` a password, ``waiting`` for an own one or ``late``, ``own``."""
        if not self.active:
            return "off"
        if not self.has_password:
            return "without"
        if self.one_time_until is None:
            return "own"
        return "waiting" if self.one_time_until > now else "late"


def people(ids: Iterable[str]) -> dict[str, PersonInfo]:
    """People by id; unknown ids are missing."""
    return {str(user.id): _person(user) for user in User.objects.filter(id__in=list(ids))}


def person_named(username: str) -> PersonInfo | None:
    """The person of that user name."""
    user = named(username)
    return _person(user) if user else None


def _person(user: User) -> PersonInfo:
    return PersonInfo(
        str(user.id),
        user.username,
        user.display_name,
        user.is_active,
        user.one_time_until,
        user.invented,
        user.has_usable_password(),
    )


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


_HOLDER = (
    "SELECT u.id::text FROM accounts_apitoken t JOIN accounts_user u ON u.id = t.user_id "
    "WHERE t.token_hash = %s AND t.expires_at > %s AND u.is_active"
)


def user_of_token(token: str, now: datetime) -> str | None:
    """The id of the active user whose unexpired token this is."""
    with connection.cursor() as cursor:
        cursor.execute(_HOLDER, [token_hash(token), now])
        found = cursor.fetchone()
    return str(found[0]) if found else None


def ids_by_name(usernames: Iterable[str]) -> dict[str, str]:
    """Ids of the users of those names, by name; unknown names are missing."""
    found = User.objects.filter(username__in=list(usernames)).values_list("username", "id")
    return {name: str(user) for name, user in found}


def filters_of(user: str) -> list[SavedFilter]:
    """The work lists that a user keeps, in the user's own order."""
    return list(SavedFilter.objects.filter(user_id=user).order_by("position", "id"))


def language_of(user: str) -> str:
    """The language in which a user is written to."""
    return User.objects.filter(id=user).values_list("language", flat=True).first() or "zh-hans"
