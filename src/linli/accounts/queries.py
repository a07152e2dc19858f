"""Reading accounts."""

from collections.abc import Iterable, Mapping

from linli.accounts.models import User


def named(username: str) -> User | None:
    """The user of that name."""
    return User.objects.filter(username=username).first()


def display_names(users: Iterable[str]) -> Mapping[str, str]:
    """Display names by user id."""
    rows = User.objects.filter(id__in=list(users)).values_list("id", "display_name")
    return {str(user): name for user, name in rows}
