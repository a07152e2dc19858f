"""Writing a chunk of prepared reports: first the rows that claim their source numbers, then everything else."""

from collections.abc import Sequence

from django.db import connection

from linli.cases.actions.opening_many import open_cases
from linli.intake.actions.bulk_forming import Ready
from linli.intake.models import ImportRun

_COLUMNS = "id, district_id, case_id, channel, source, source_number, code_hash, origin, said_at, received_at"
"""In the order of :func:`linli.intake.actions.submitting.report_row`."""
_STAGE = "CREATE TEMPORARY TABLE IF NOT EXISTS intake_staged (LIKE intake_report) ON COMMIT DELETE ROWS"
_COPY = f"COPY intake_staged ({_COLUMNS}) FROM STDIN"
_CLAIM = (
    f"INSERT INTO intake_report ({_COLUMNS}) SELECT {_COLUMNS} FROM intake_staged ORDER BY source_number "
    "ON CONFLICT DO NOTHING RETURNING source_number"
)


def write(chunk: Sequence[Ready], *, run: ImportRun, rows_done: int) -> int:
    """Writes a chunk and the checkpoint of its import; call it inside one transaction. Gives how many were new.

    Somebody else may have taken in the same record since it was looked up. So the reports are inserted first, and only
    those that won their (district, source, source number) get a case, an entry and vault items: nothing is orphaned.

    Lock: none held before; reports are inserted in the order of their numbers, so two imports never wait in a circle.
    """
    won = _claim(chunk)
    open_cases([ready.case for ready in chunk if ready.source_number in won])
    run.rows_done = rows_done
    run.cases_made += len(won)
    run.save(update_fields=["rows_done", "cases_made"])
    return len(won)


def _claim(chunk: Sequence[Ready]) -> set[str]:
    if not chunk:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(_STAGE)
        with cursor.copy(_COPY) as copy:
            for ready in chunk:
                copy.write_row(ready.row)
        cursor.execute(_CLAIM)
        return {number for (number,) in cursor.fetchall()}
