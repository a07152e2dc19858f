"""One import at work: rows in chunks, each read, judged and decided in memory and then written in one transaction."""

import gc
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path

from django.db import transaction

from linli.cases.actions.opening import take_numbers
from linli.core.errors import Refusal
from linli.core.numbers import case_number
from linli.directory import queries as directory
from linli.directory.tables import BadRow, ErrorFile, Progress, Row, RowError, Table, is_formula
from linli.intake import mapping, queries
from linli.intake.actions import bulk_writing
from linli.intake.actions.bulk_forming import Asked, Former, Later, Ready
from linli.intake.mapping import ColumnMap
from linli.intake.models import ImportRun
from linli.intake.row_reading import Candidate, Reading, RowReader
from linli.intake.row_words import fault, refused

CHUNK = 1000
SHOWN = 20
"""Line numbers that a note names."""


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


@dataclass(frozen=True, slots=True)
class _Chunk:
    """Rows under way: how many were read, which were refused or in already, and the answers to come for the rest."""

    size: int
    bad: list[BadRow]
    known: int
    fresh: list[Candidate]
    answers: Later


class Taking:
    """The state of one import: what has been read so far, and who has which number."""

    def __init__(
        self,
        table: Table,
        reader: RowReader,
        former: Former,
        reading: Reading,
        now: datetime,
        wrote: Callable[[int], None] | None = None,
    ) -> None:
        self._table, self._reader, self._former, self._reading, self._now = table, reader, former, reading, now
        self._wrote = wrote
        self._short_code = directory.district(reading.district).short_code
        self._seen: dict[str, int] = {}
        self._formulas: list[int] = []
        self._run: ImportRun | None = None
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

    def take(self, digest: str, *, errors: Path | None, progress: Progress | None) -> Imported:
        """Takes the whole file; without a digest nothing is written (a dry run)."""
        self.result.dry_run = not digest
        if digest:
            self._begin(digest)
        with _rare_collections(), ErrorFile(self._table, errors) as refused_rows:
            for chunk in self._under_way():
                for bad in self._finish(chunk):
                    if digest:
                        refused_rows.add(bad)
                self._tell(progress)
            self.result.error_file = refused_rows.path
        self._note_formulas()
        self._tell(progress, done=True)
        if self._run is not None:
            self._run.finished_at = self._now
            self._run.save(update_fields=["finished_at"])
        return self.result

    def _note_formulas(self) -> None:
        """Says which rows were taken although their words begin like a formula: residents may write as they like."""
        if self._formulas:
            shown = ", ".join(str(line) for line in self._formulas[:SHOWN])
            more = f" and {len(self._formulas) - SHOWN:,} more" if len(self._formulas) > SHOWN else ""
            words = "the words begin like a spreadsheet formula (=, +, -, @); they are kept as they stand"
            self.result.notes.append(f"row {shown}{more}: {words}. Look at them before you open them in a spreadsheet")

    def _tell(self, progress: Progress | None, *, done: bool = False) -> None:
        """Lines are only a guess of how many rows will come: a cell may hold several, so the end is told by us."""
        read, expected = self.result.read, self._table.expected
        if progress is not None:
            progress(read, read if done else None if expected is None else max(expected, read + 1))

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

    def _under_way(self) -> Iterator[_Chunk]:
        """Chunks in their order, each given out only when as many after it are begun as the former works ahead."""
        waiting: deque[_Chunk] = deque()
        for rows in _chunks(self._table):
            waiting.append(self._start(rows))
            if len(waiting) > self._former.ahead:
                yield waiting.popleft()
        yield from waiting

    def _start(self, rows: Sequence[Row | BadRow]) -> _Chunk:
        candidates, bad = self._read(rows)
        known = queries.known_numbers(
            self._reading.district, self._reading.source, [c.report.source_number for c in candidates]
        )
        fresh = [c for c in candidates if c.report.source_number not in known]
        numbers = take_numbers(len(fresh)) if fresh else []
        asked = [
            Asked(candidate.report, case_number(self._short_code, number), candidate.now)
            for candidate, number in zip(fresh, numbers, strict=False)
        ]
        return _Chunk(len(rows), bad, len(known), fresh, self._former.submit(asked))

    def _finish(self, chunk: _Chunk) -> list[BadRow]:
        """Writes a chunk and counts it; gives its refused rows in the order of their lines."""
        ready: list[Ready] = []
        bad = list(chunk.bad)
        for candidate, answer in zip(chunk.fresh, chunk.answers(), strict=True):
            if isinstance(answer, Refusal):
                error = refused(self._reading.lang, answer, self._reading.district)
                bad.append(self._table.refuse(candidate.row, error.code, error.reason))
            else:
                ready.append(answer)
        self.result.read += chunk.size
        new = len(ready)
        if self._run is not None:
            with transaction.atomic():
                new = bulk_writing.write(ready, run=self._run, rows_done=self.result.read)
                if self._wrote is not None:
                    self._wrote(new)
        self.result.new += new
        self.result.already += chunk.known + len(ready) - new
        bad.sort(key=lambda row: row.line)
        self.result.bad += bad
        return bad

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
                if any(is_formula(text) for text in (candidate.report.title, candidate.report.detail)):
                    self._formulas.append(row.line)
        return candidates, bad

    def _once(self, candidate: Candidate) -> None:
        """Remembers a number, and refuses the second row that has it."""
        number, line = candidate.report.source_number, candidate.row.line
        first = self._seen.setdefault(number, line)
        if first != line:
            code = "duplicate_number" if self._reader.numbered else "duplicate_row"
            raise fault(self._reading.lang, code, number=number, first=first)


@contextmanager
def _rare_collections() -> Iterator[None]:
    """Lets the garbage collector look for cycles once in a chunk: rows make none, and looking costs a tenth of all."""
    usual = gc.get_threshold()
    gc.set_threshold(100 * CHUNK, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)


def _chunks(table: Table) -> Iterator[list[Row | BadRow]]:
    rows = iter(table)
    while chunk := list(islice(rows, CHUNK)):
        yield chunk
