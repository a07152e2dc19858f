"""Rows from CSV, XLSX and NDJSON files, with line numbers, and the file of refused rows that can be fed again.

Every importer of the house reads through :func:`read` and writes its refused rows through :class:`ErrorFile`.
Spreadsheet formulas are defused on writing (OWASP, CSV injection) and restored on reading.
"""

import csv
import json
import os
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Self, TextIO

from python_calamine import CalamineError, CalamineWorkbook

from linli.core import names
from linli.directory.encoding import Note, UnreadableFileError, detect, is_broken
from linli.directory.lines import Lines

OUT_OF_SCOPE = "out_of_scope"
LINE = "linli_line"
REASON = "linli_reason"
MAX_CELL = 8 * 1024 * 1024
"""Longest cell in characters; the csv module's own bound of 128 KiB refuses messages people really send."""
_MAX_UNZIPPED = 1 << 30
_CORRECTED = re.compile(r"(\.errors(-\d+)?)+$")
_FORMULA = re.compile(r"^'*[=+\-@\t\r]")
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
csv.field_size_limit(MAX_CELL)

Progress = Callable[[int, int | None], None]
"""Called with rows done and rows expected (None when unknown)."""


@dataclass(frozen=True, slots=True)
class Row:
    """One good row: ``line`` is its line (or sheet row) in the file, ``cells`` are stripped texts by column.

    ``raw`` is the line as it stood in an NDJSON file.
    """

    line: int
    cells: Mapping[str, str]
    raw: str = ""


@dataclass(frozen=True, slots=True)
class BadRow:
    """One refused row: ``code`` for machines, ``reason`` says what to do, ``values`` are the cells as they stood."""

    line: int
    code: str
    reason: str
    values: tuple[str, ...] = ()


class RowError(Exception):
    """Raised by whoever judges a row: ``code`` for machines, ``reason`` says what is wrong and what to do."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code, self.reason = code, reason


@dataclass(frozen=True, slots=True)
class Table:
    """An opened file. Iterating gives a :class:`Row` or, where the row's own form is broken, a :class:`BadRow`.

    Each iteration reads the file from its beginning; only a workbook is held in memory.
    """

    path: Path
    header: tuple[str, ...]
    rows: Callable[[], Iterator[Row | BadRow]]
    expected: int | None = None
    notes: tuple[str, ...] = ()
    json_lines: bool = False

    def __iter__(self) -> Iterator[Row | BadRow]:
        return self.rows()

    def values(self, row: Row) -> tuple[str, ...]:
        """The row's cells in the order of the header, for a :class:`BadRow`."""
        return (row.raw,) if self.json_lines else tuple(row.cells.get(name, "") for name in self.header)

    def refuse(self, row: Row, code: str, reason: str) -> BadRow:
        """The row as a refused one."""
        return BadRow(row.line, code, reason, self.values(row))


def limited(table: Table, within: Sequence[str], area_of: Callable[[Mapping[str, str]], str]) -> Table:
    """The table with rows of other places refused (``out_of_scope``); without areas all rows stay.

    Args:
        table: the opened file.
        within: codes of the areas, with all that lies in them, for which the importer may speak.
        area_of: the area code that a row is about, from its cells; blank where the row itself is wrong.
    """
    if not within:
        return table

    def rows() -> Iterator[Row | BadRow]:
        for row in table:
            area = area_of(row.cells) if isinstance(row, Row) else ""
            if isinstance(row, Row) and area and not area.startswith(tuple(within)):
                yield table.refuse(row, OUT_OF_SCOPE, outside_words(area, within))
            else:
                yield row

    return replace(table, rows=rows)


def outside_words(area: str, within: Sequence[str]) -> str:
    """Why a row of another place is refused, and what to do."""
    places = ", ".join(within)
    return f"area {area[:40]} does not lie in {places}, for which you administer; delete the row or correct it"


@dataclass(slots=True)
class ImportReport:
    """What an import did. ``error_file`` holds the refused rows; correct them there and feed that file."""

    source: str
    dry_run: bool = False
    read: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    bad: list[BadRow] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    error_file: Path | None = None

    @property
    def ok(self) -> bool:
        """Whether there were rows and none was refused."""
        return self.read > 0 and not self.bad


def read(path: Path, required: Sequence[str] = (), aliases: Mapping[str, str] | None = None) -> Table:
    """Opens a CSV (any of ``,;`` or tab), XLSX/XLS/ODS or NDJSON file by its content, not by its name.

    Args:
        path: the file.
        required: columns that must be there.
        aliases: other names of columns (``{"区划代码": "code"}``).

    Raises:
        UnreadableFileError: no such file, empty, wrong encoding, a broken workbook, a bad header.
    """
    if not path.is_file():
        raise UnreadableFileError("no_such_file", f"there is no file {path}")
    try:
        with path.open("rb") as file:
            magic = file.read(4)
    except OSError as error:
        words = f"{path} can't be opened ({error.strerror}); check its permissions"
        raise UnreadableFileError("cannot_open", words) from error
    table = _read_workbook(path, aliases or {}) if magic in (_ZIP, _OLE) else _read_text(path, aliases or {})
    missing = [name for name in required if name not in table.header]
    if missing and not table.json_lines:
        words = f"{path.name}: column {', '.join(missing)} is missing; the first row names: {', '.join(table.header)}"
        raise UnreadableFileError("bad_header", f"{words}. Name the columns in the first row")
    return table


def _read_text(path: Path, aliases: Mapping[str, str]) -> Table:
    encoding = detect(path)
    notes = (encoding.note,) if encoding.note else ()
    with path.open(encoding=encoding.codec, errors="surrogateescape", newline="") as file:
        first = file.readline(MAX_CELL)
    if first.lstrip().startswith("{"):
        header, json_rows = _json_header(first, aliases), partial(_json_rows, path, encoding.codec, aliases)
        return Table(path, header, json_rows, encoding.lines, notes, json_lines=True)
    delimiter = max(",\t;", key=first.count)
    names = next(csv.reader([first], delimiter=delimiter), [])
    header, marked = _header(path, names, aliases)
    rows = partial(_csv_rows, path, encoding.codec, delimiter, header, marked)
    return Table(path, _own(header), rows, max(encoding.lines - 1, 0), notes)


def _header(path: Path, names: Sequence[str], aliases: Mapping[str, str]) -> tuple[tuple[str, ...], bool]:
    header = tuple(aliases.get(name.strip(), name.strip()) for name in names)
    seen = [name for name in header if name]
    if not seen:
        raise UnreadableFileError("bad_header", f"{path.name}: the first row is blank; it must name the columns")
    twice = sorted({name for name in seen if seen.count(name) > 1})
    if twice:
        raise UnreadableFileError(
            "bad_header", f"{path.name}: column {twice[0]} stands twice in the first row; rename one"
        )
    return header, LINE in header and REASON in header


def _own(header: Sequence[str]) -> tuple[str, ...]:
    return tuple(name for name in header if name not in (LINE, REASON))


def _csv_rows(path: Path, codec: str, delimiter: str, header: Sequence[str], marked: bool) -> Iterator[Row | BadRow]:
    with path.open(encoding=codec, errors="surrogateescape", newline="") as file:
        lines = Lines(file)
        reader = csv.reader(lines, delimiter=delimiter)
        next(reader)
        while True:
            line = reader.line_num + 1
            lines.row.clear()
            try:
                values = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                yield BadRow(line, "bad_csv", f"the row is no CSV ({error}); check its quotation marks")
                continue
            if reason := lines.left_open(line):
                yield BadRow(line, "open_quote", reason, _own_values(values, header, marked))
            elif any(value.strip() for value in values):
                yield _row(line, values, header, marked)


def _row(line: int, values: Sequence[str], header: Sequence[str], marked: bool) -> Row | BadRow:
    own = _own_values(values, header, marked)
    if len(values) != len(header):
        reason = f"{len(values)} cells, but the first row names {len(header)} columns; check commas and quotation marks"
        return BadRow(line, "wrong_cell_count", reason, own)
    names = (name for name in header if name not in (LINE, REASON))
    cells = {name: value.strip() for name, value in zip(names, own, strict=True) if name}
    return _sound(Row(line, cells), own)


def _own_values(values: Sequence[str], header: Sequence[str], marked: bool) -> tuple[str, ...]:
    """The cells without our own marks."""
    cells = [restore(value) for value in values] if marked else values
    keep = (i for i, name in enumerate(header) if name not in (LINE, REASON))
    return tuple(cells[i] for i in keep if i < len(cells)) + tuple(cells[len(header) :])


def _sound(row: Row, values: tuple[str, ...]) -> Row | BadRow:
    for name, text in row.cells.items():
        if "\0" in text:
            reason = f"column {name} holds a NUL byte; the file of refused rows has it without: check, feed it again"
            return BadRow(row.line, "nul_byte", reason, tuple(_without_nul(value) for value in values))
        if is_broken(text):
            reason = f"column {name} holds bytes that are no text; the file of refused rows shows them as �: correct"
            return BadRow(row.line, "broken_text", reason, values)
    return row


def _without_nul(text: str) -> str:
    return text.replace("\0", "").replace("\\u0000", "")


def _json_header(first: str, aliases: Mapping[str, str]) -> tuple[str, ...]:
    try:
        return _own([aliases.get(name, name) for name in json.loads(first)])
    except (ValueError, RecursionError):
        return ()


def _json_rows(path: Path, codec: str, aliases: Mapping[str, str]) -> Iterator[Row | BadRow]:
    with path.open(encoding=codec, errors="surrogateescape") as file:
        for line, text in enumerate(file, 1):
            if not text.strip():
                continue
            try:
                made = json.loads(text)
            except (ValueError, RecursionError) as error:
                yield BadRow(line, "bad_json", f"the line is no JSON ({error})", (text.rstrip("\r\n"),))
                continue
            if not isinstance(made, dict):
                yield BadRow(line, "bad_json", "the line is no JSON object {…}", (text.rstrip("\r\n"),))
                continue
            raw = text.rstrip("\r\n")
            cells = {aliases.get(k, k): _text(v).strip() for k, v in made.items() if k not in (LINE, REASON)}
            yield _sound(Row(line, cells, raw), (raw,))


def _read_workbook(path: Path, aliases: Mapping[str, str]) -> Table:
    broken = f"{path.name} is no readable workbook: open it in a spreadsheet program, save it again as XLSX or CSV"
    try:
        if path.read_bytes()[:4] == _ZIP and sum(i.file_size for i in zipfile.ZipFile(path).infolist()) > _MAX_UNZIPPED:
            raise UnreadableFileError(
                "too_large", f"{path.name} unpacks to more than 1 GiB: split it or save it as CSV"
            )
        book = CalamineWorkbook.from_path(path)
        sheet = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
        names = book.sheet_names
    except (CalamineError, zipfile.BadZipFile, OSError, IndexError) as error:
        raise UnreadableFileError("broken_workbook", broken) from error
    top = next((i for i, row in enumerate(sheet) if any(_text(cell).strip() for cell in row)), None)
    if top is None:
        raise UnreadableFileError("empty_file", f"{path.name}: the first sheet {names[0]!r} is empty")
    width = max(i for i, cell in enumerate(sheet[top]) if _text(cell).strip()) + 1
    header, marked = _header(path, [_text(cell) for cell in sheet[top][:width]], aliases)
    words = "{file}: only the first sheet {sheet!r} is read"
    notes = (Note("first_sheet", words, file=path.name, sheet=names[0]),) if len(names) > 1 else ()
    body = sheet[top + 1 :]
    return Table(path, _own(header), partial(_sheet_rows, body, top + 2, header, marked), len(body), notes)


def _sheet_rows(
    body: Sequence[Sequence[object]], start: int, header: Sequence[str], marked: bool
) -> Iterator[Row | BadRow]:
    for line, row in enumerate(body, start):
        values = [_text(cell) for cell in row]
        while len(values) > len(header) and not values[-1].strip():
            values.pop()
        if any(value.strip() for value in values):
            yield _row(line, values, header, marked)


def _text(cell: object) -> str:
    """A cell as text. Whole numbers lose the ``.0`` that spreadsheets give them, so that codes stay codes."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e16:
        return str(int(cell))
    if isinstance(cell, datetime | date):
        return cell.isoformat()
    if isinstance(cell, dict | list):
        return json.dumps(cell, ensure_ascii=False)
    return str(cell)


def is_formula(text: str) -> bool:
    """Whether a spreadsheet would run the text instead of showing it."""
    return _FORMULA.match(text) is not None


def require_name(text: str, column: str) -> None:
    """Refuses what is no name (see :mod:`linli.core.names`); an empty cell is another rule's.

    Raises:
        RowError: ``formula`` or ``name_signs``.
    """
    wrong = names.fault(text) if text else ""
    if wrong == names.FORMULA:
        words = f"{column} {text[:40]!r} begins like a spreadsheet formula (=, +, -, @); write the name itself"
        raise RowError("formula", words)
    if wrong:
        words = (
            f"{column} {text[:40]!r} is no name: letters, figures and usual punctuation only; write it without signs"
        )
        raise RowError("name_signs", words)


def defuse(cell: str) -> str:
    """Puts an apostrophe before what a spreadsheet would run as a formula (``=``, ``+``, ``-``, ``@``, tab, CR)."""
    return f"'{cell}" if is_formula(cell) else cell


def restore(cell: str) -> str:
    """Undoes :func:`defuse`."""
    return cell[1:] if cell.startswith("'") and is_formula(cell) else cell


class ErrorFile:
    """Refused rows as ``FILE.errors.csv`` (``.ndjson`` for NDJSON), written as they come; nothing is made without one.

    It stands beside the file, or in the present folder where that is read-only. An older file of that name is never
    overwritten: it is renamed to the next free ``FILE.errors-N``. What is refused of such a file again goes there too.
    """

    def __init__(self, table: Table, path: Path | None = None) -> None:
        self._table = table
        self._path = path or refused_beside(table.path, ".ndjson" if table.json_lines else ".csv")
        self._file: TextIO | None = None
        self.path: Path | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.close()

    def add(self, bad: BadRow) -> None:
        """Appends one refused row with its line and reason."""
        if self._file is None:
            self._file = self._open()
        if self._table.json_lines:
            self._file.write(self._json_line(bad) + "\n")
            return
        cells = [str(bad.line), bad.reason, *bad.values]
        csv.writer(self._file).writerow([_writable(defuse(cell)) for cell in cells])

    def _open(self) -> TextIO:
        if self._path.exists():
            self._path.rename(next_free(self._path))
        self.path = self._path
        codec = "utf-8" if self._table.json_lines else "utf-8-sig"
        file = self._path.open("w", encoding=codec, newline="")
        if not self._table.json_lines:
            csv.writer(file).writerow([LINE, REASON, *(defuse(_writable(name)) for name in self._table.header)])
        return file

    def _json_line(self, bad: BadRow) -> str:
        text = _writable(bad.values[0]) if bad.values else "{}"
        try:
            made = json.loads(text)
        except (ValueError, RecursionError):
            return text
        marked = {LINE: bad.line, REASON: bad.reason, **made} if isinstance(made, dict) else made
        return json.dumps(marked, ensure_ascii=False)


def _writable(text: str) -> str:
    return re.sub("[\ud800-\udfff]", "\ufffd", text)


def beside(path: Path, name: str) -> Path:
    """A new file beside ``path``, or in the present folder where nothing may be written beside it."""
    return path.with_name(name) if os.access(path.parent, os.W_OK) else Path.cwd() / name


def refused_beside(path: Path, suffix: str) -> Path:
    """Where refused rows of a file go: ``FILE.errors``; those of a corrected ``FILE.errors`` to ``FILE.errors-N``."""
    name = _CORRECTED.sub("", path.stem)
    target = beside(path, f"{name}.errors{suffix}")
    return next_free(target) if name != path.stem else target


def next_free(path: Path) -> Path:
    """The next free name for an older file of refused rows: ``FILE.errors-N``."""
    number = 1
    while (free := path.with_name(f"{path.stem}-{number}{path.suffix}")).exists():
        number += 1
    return free
