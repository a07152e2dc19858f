"""The version of a district: grown by every write of this room, in the transaction of the write."""

from collections.abc import Iterable

from django.db import connection

from linli.directory.models import District


def grow(districts: Iterable[str] | None) -> None:
    """Gives the named districts (None: all) a new version. Locks their rows in the order of their codes.

    Must run inside the transaction that changes areas, boundaries, units or posts.
    """
    rows = District.objects.select_for_update(no_key=True).order_by("code")
    if districts is not None:
        rows = rows.filter(code__in=list(districts))
    for district in list(rows):
        district.version = next_version()
        district.save(update_fields=["version"])


def next_version() -> int:
    """A number that was never given before, not even to a transaction that was rolled back."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('directory_version_seq')")
        (number,) = cursor.fetchone()
    return int(number)
