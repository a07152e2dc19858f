"""One import at work: rows in chunks, each read, judged and decided in memory and then written in one transaction."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path

from django.db import transaction

from linli.cases.actions.opening import take_numbers
from linli.core.errors import Refusal
from linli.core.numbers import case_number
from linli.core.policy import Policy
from linli.core.privacy import mask
from linli.directory import queries as directory
from linli.directory.tables import BadRow, ErrorFile, Progress, Row, RowError, Table
from linli.intake import mapping, queries
from linli.intake.actions import bulk_writing
from linli.intake.actions.bulk_writing import Ready
from linli.intake.actions.submitting import prepare
from linli.intake.mapping import ColumnMap
from linli.intake.models import ImportRun
from linli.intake.row_reading import Candidate, Reading, RowReader
from linli.intake.row_words import fault, refused
from linli.intake.understanding import Suggestion, suggest_many

CHUNK = 1000


@dataclass(slots=True)
class Imported:
    """What an import of reports did. ``already`` were in before.

    ``error_file`` holds the refused rows; correct them there and feed that file.
    """

    name: str
    source: str
    dry_run: bool = False
    read: int = 0
    new: int = 0
    already: int = 0
    bad: list[BadRow] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    error_file: Path | None = None

    @property
    def ok(self) -> bool:
        """Whether there were rows and none was refused."""
        return self.read > 0 and not self.bad


class Taking:
    """The state of one import: what has been read so far, and who has which number."""

    def __init__(self, table: Table, reader: RowReader, policy: Policy, reading: Reading, now: datetime) -> None:
        self._table, self._reader, self._policy, self._reading, self._now = table, reader, policy, reading, now
        self._short_code = directory.district(reading.district).short_code
        self._seen: dict[str, int] = {}
        self._run: ImportRun | None = None
        self._understand = True
        self.result = Imported(table.path.name, reading.source, notes=list(table.notes))

    def note_columns(self, columns: ColumnMap, *, guessed: bool) -> None:
        """Says which column is taken for what, and which are not used."""
        notes = self.result.notes
        if guessed:
            notes.append(f"no mapping given; the headers suggest: {columns.told()}")
        if "source_number" not in columns.columns:
            notes.append("no column holds a number: rows are recognised by their whole content")
        left = mapping.unused(columns, self._table.header)
        if left:
            notes.append(f"not used: {mapping.shown(left)}")

    def take(self, digest: str, *, understand: bool, errors: Path | None, progress: Progress | None) -> Imported:
        """Takes the whole file; without a digest nothing is written (a dry run)."""
        self._understand = understand
        self.result.dry_run = not digest
        if digest:
            self._begin(digest)
        with ErrorFile(self._table, errors) as refused_rows:
            for chunk in _chunks(self._table):
                for bad in self._chunk(chunk):
                    if digest:
                        refused_rows.add(bad)
                if progress is not None:
                    progress(self.result.read, self._table.expected)
            self.result.error_file = refused_rows.path
        if self._run is not None:
            self._run.finished_at = self._now
            self._run.save(update_fields=["finished_at"])
        return self.result

    def _begin(self, digest: str) -> None:
        """Finds or makes the checkpoint of this file. A second run begins at its first row: known rows cost little,
        and so the refused ones are all given back again."""
        run, new = ImportRun.objects.get_or_create(
            digest=digest,
            defaults={"district_id": self._reading.district, "source": self._reading.source, "started_at": self._now},
        )
        if not new and run.finished_at is None and run.rows_done:
            words = f"an earlier import of this file stopped after {run.rows_done:,} rows; what it wrote is kept"
            self.result.notes.append(words)
        run.rows_done, run.finished_at = 0, None
        self._run = run

    def _chunk(self, chunk: Sequence[Row | BadRow]) -> list[BadRow]:
        candidates, bad = self._read(chunk)
        known = queries.known_numbers(
            self._reading.district, self._reading.source, [c.report.source_number for c in candidates]
        )
        fresh = [c for c in candidates if c.report.source_number not in known]
        ready, more = self._prepare(fresh)
        self.result.read += len(chunk)
        new = len(ready)
        if self._run is not None:
            with transaction.atomic():
                new = bulk_writing.write(ready, policy=self._policy.version, run=self._run, rows_done=self.result.read)
        self.result.new += new
        self.result.already += len(known) + len(ready) - new
        found = sorted([*bad, *more], key=lambda row: row.line)
        self.result.bad += found
        return found

    def _read(self, chunk: Sequence[Row | BadRow]) -> tuple[list[Candidate], list[BadRow]]:
        candidates: list[Candidate] = []
        bad: list[BadRow] = []
        for row in chunk:
            if isinstance(row, BadRow):
                bad.append(row)
                continue
            try:
                candidate = self._reader.candidate(row)
                self._once(candidate)
            except RowError as error:
                bad.append(self._table.refuse(row, error.code, error.reason))
            else:
                candidates.append(candidate)
        return candidates, bad

    def _once(self, candidate: Candidate) -> None:
        """Remembers a number, and refuses the second row that has it."""
        number, line = candidate.report.source_number, candidate.row.line
        first = self._seen.setdefault(number, line)
        if first != line:
            code = "duplicate_number" if self._reader.numbered else "duplicate_row"
            raise fault(self._reading.lang, code, number=number, first=first)

    def _prepare(self, candidates: Sequence[Candidate]) -> tuple[list[Ready], list[BadRow]]:
        texts = {text for c in candidates for text in (c.report.title, c.report.detail)}
        masked = {text: mask(text) for text in texts}
        suggestions = self._suggestions(candidates, masked)
        numbers = iter(take_numbers(len(candidates)) if candidates else ())
        ready: list[Ready] = []
        bad: list[BadRow] = []
        for candidate, suggestion in zip(candidates, suggestions, strict=True):
            try:
                prepared = prepare(
                    candidate.report,
                    now=candidate.now,
                    policy=self._policy,
                    suggestion=suggestion,
                    number=case_number(self._short_code, next(numbers)),
                    masked=masked,
                )
            except Refusal as refusal:
                error = refused(self._reading.lang, refusal, self._reading.district)
                bad.append(self._table.refuse(candidate.row, error.code, error.reason))
            else:
                ready.append(Ready(candidate.row.line, prepared, candidate.now))
        return ready, bad

    def _suggestions(self, candidates: Sequence[Candidate], masked: dict[str, str]) -> Sequence[Suggestion | None]:
        if not self._understand:
            return [None] * len(candidates)
        return list(suggest_many((masked[c.report.title], masked[c.report.detail]) for c in candidates))


def _chunks(table: Table) -> Iterator[list[Row | BadRow]]:
    rows = iter(table)
    while chunk := list(islice(rows, CHUNK)):
        yield chunk
