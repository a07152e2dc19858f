"""Who works on an upload: one process at a time, for as long as its session with the database lasts."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db import connection


@contextmanager
def held(job_id: UUID) -> Iterator[bool]:
    """Whether the job is now ours; nobody waits. Lock: an advisory one of the session, so it ends with the process."""
    key = int.from_bytes(job_id.bytes[-8:], signed=True)  # the part of the id that is drawn by chance
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [key])
        (mine,) = cursor.fetchone()
    try:
        yield mine
    finally:
        if mine and not connection.needs_rollback:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [key])
