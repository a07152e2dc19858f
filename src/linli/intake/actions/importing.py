"""Taking in a whole file of reports: a hotline's export, row by row under the rules of a single report."""

import hashlib
import os
import re
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from django.conf import settings

from linli.catalogue import queries as catalogue
from linli.core.policy import Policy
from linli.directory import queries as directory
from linli.directory.tables import Progress, Row, Table
from linli.directory.tables import read as read_table
from linli.intake import mapping
from linli.intake.actions.bulk_forming import Former, Helpers, Here
from linli.intake.actions.bulk_taking import Imported, Taking
from linli.intake.mapping import ColumnMap, MappingError
from linli.intake.row_reading import Reading, RowReader
from linli.intake.unzipping import plain_name, unzipped

SOURCE_LIMIT = 40
WORTH_HELPERS = {True: 5_000, False: 10_000}
"""Lines from which on helpers are worth the seconds that they need to start: with understanding, and without."""
_REFUSED = re.compile(r"(\.errors(-\d+)?)+$")


@dataclass(frozen=True, slots=True)
class Options:
    """How to import: which mapping of columns (None: guessed from the headers) and what to do with the rows.

    ``source`` names the system the numbers come from (by default the mapping's, else the file's name); together with
    a row's number it makes a second import harmless. ``errors`` is where refused rows go instead of beside the file.
    ``helpers`` is how many processes of their own form the rows of a large file; a caller within a transaction of its
    own has none. ``wrote`` is told in each chunk's transaction how many cases it made. The rest is
    as in :class:`linli.intake.row_reading.Reading`.
    """

    columns: ColumnMap | None = None
    source: str = ""
    lang: str = "zh-hans"
    dry_run: bool = False
    understand: bool = True
    spread_areas: bool = False
    spread_days: int = 0
    spread_fresh: float = 0.0
    origin: str = ""
    errors: Path | None = None
    helpers: int = 0
    wrote: Callable[[int], None] | None = None


def import_reports(
    path: Path, *, district: str, now: datetime, options: Options | None = None, progress: Progress | None = None
) -> Imported:
    """Takes in a CSV, XLSX or NDJSON file of reports (also .gz): good rows become cases, bad ones are given back.

    A file may be fed again at any time, also after a kill: what is in already is recognised by its source and number,
    so nothing is doubled and nothing that was left over is lost.

    Raises:
        UnreadableFileError: the file as a whole can't be read; nothing was written.
        MappingError: the mapping does not fit the file, or nothing in it looks like a report.
        UnknownDistrictError, NothingPublishedError: the district or its rules are not there yet.
    """
    options = options or Options()
    with unzipped(path, settings.DATA) as file, directory.steady():
        table = _with_all_columns(replace(read_table(file), path=path.with_name(plain_name(path))))
        columns = options.columns or mapping.guess(table.header)
        mapping.fit(columns, table.header, path.name)
        source = options.source or columns.source or default_source(path)
        if len(source) > SOURCE_LIMIT:
            raise MappingError(
                f"the source {source} is longer than {SOURCE_LIMIT} characters: give a short one (--source)"
            )
        reading = Reading(
            district,
            source,
            options.lang,
            options.spread_areas,
            options.spread_days,
            options.origin,
            options.spread_fresh,
        )
        policy = catalogue.policy(district)
        digest = "" if options.dry_run else _digest(file, reading, columns)
        with closing(_former(table, policy, options, district)) as former:
            taking = Taking(table, RowReader(columns, reading, policy, now), former, reading, now, options.wrote)
            taking.note_columns(columns, guessed=options.columns is None)
            return taking.take(digest, errors=options.errors, progress=progress)


def _former(table: Table, policy: Policy, options: Options, district: str) -> Former:
    """Helpers where they are wanted and the file is worth their start, else this process alone."""
    if options.helpers and (table.expected or 0) >= WORTH_HELPERS[options.understand]:
        return Helpers(options.helpers, policy, district, understand=options.understand)
    return Here(policy, understand=options.understand)


def usual_helpers() -> int:
    """As many as there are cores besides the one that this process and the database share; at least one."""
    return max(1, min((os.cpu_count() or 1) - 1, 8))


def default_source(path: Path) -> str:
    """The file's name without its endings; a file of refused rows has the source of the file that they came from."""
    return _REFUSED.sub("", Path(plain_name(path)).stem) or path.name


def _with_all_columns(table: Table) -> Table:
    """A JSON object may leave out what it has not, so the columns of an NDJSON file are those of all its lines."""
    if not table.json_lines:
        return table
    names = dict.fromkeys(table.header)
    for row in table:
        names |= dict.fromkeys(row.cells) if isinstance(row, Row) else {}
    return replace(table, header=tuple(names))


def _digest(file: Path, reading: Reading, columns: ColumnMap) -> str:
    """What names an import: the file's bytes, where it goes and how it is read."""
    with file.open("rb") as content:
        made = hashlib.file_digest(content, "sha256")
    made.update(repr((reading, columns)).encode())
    return made.hexdigest()
