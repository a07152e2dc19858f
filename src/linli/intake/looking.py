"""A first look at an uploaded file: what form it has, which columns, and a few values of each. It judges nothing."""

import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook

from linli.catalogue.matter_rows import ALIASES as MATTER_ALIASES
from linli.catalogue.matter_rows import COLUMNS as MATTER_COLUMNS
from linli.directory import divisions, staff_rows, unit_rows
from linli.directory.encoding import UnreadableFileError, detect
from linli.directory.outlines import is_geojson, read_features
from linli.directory.tables import Row, read

KINDS = ("areas", "boundaries", "units", "staff", "matters", "reports")
MOST_BYTES = 32 << 20
"""Bytes that an uploaded file may have."""
MOST_UNPACKED = 256 << 20
"""Bytes that a workbook may unpack to, counted while unpacking: what it says of itself may be a lie."""
SAMPLES = 3
SAMPLE_LENGTH = 120
_LOOKED_AT = 200
_PIECE = 1 << 20
_ZIP, _GZIP, _OLE = b"PK\x03\x04", b"\x1f\x8b", b"\xd0\xcf\x11\xe0"
_COLUMNS: Mapping[str, tuple[Sequence[str], Mapping[str, str]]] = {
    "areas": (divisions.COLUMNS, divisions.ALIASES),
    "units": (unit_rows.COLUMNS, unit_rows.ALIASES),
    "staff": (staff_rows.COLUMNS, staff_rows.ALIASES),
    "matters": (MATTER_COLUMNS, MATTER_ALIASES),
    "reports": ((), {}),
}


@dataclass(frozen=True, slots=True)
class Look:
    """What a file is: ``form`` (csv, workbook, ndjson, geojson), its encoding or first sheet, columns, some values."""

    form: str
    encoding: str
    sheet: str
    columns: tuple[str, ...]
    samples: Mapping[str, tuple[str, ...]]
    rows: int | None


def look(kind: str, path: Path) -> Look:
    """Looks at a file that is to be imported as ``kind``.

    Raises:
        UnreadableFileError: it cannot be an import of that kind; ``code`` says why.
    """
    with path.open("rb") as file:
        magic = file.read(4)
    if magic[:2] == _GZIP:
        raise UnreadableFileError("packed", "the file is packed: unpack it and upload what comes out")
    if magic == _ZIP:
        _require_modest(path)
    shaped = is_geojson(path)
    if kind == "boundaries":
        if magic in (_ZIP, _OLE) or not shaped:
            raise UnreadableFileError("wrong_kind", "boundaries come as GeoJSON")
        return Look("geojson", detect(path).codec, "", (), {}, len(read_features(path)))
    if shaped and kind != "reports":
        raise UnreadableFileError("wrong_kind", "a GeoJSON file holds boundaries: choose these")
    return _table(kind, path, workbook=magic in (_ZIP, _OLE))


def _table(kind: str, path: Path, *, workbook: bool) -> Look:
    required, aliases = _COLUMNS[kind]
    table = read(path, required, aliases)
    first = [row for row in islice(table, _LOOKED_AT) if isinstance(row, Row)]
    columns = tuple(name for name in table.header if name)
    if table.json_lines:
        columns = tuple(dict.fromkeys([*columns, *(name for row in first for name in row.cells)]))
    filled = {name: [text for row in first if (text := row.cells.get(name, ""))] for name in columns}
    samples = {name: tuple(text[:SAMPLE_LENGTH] for text in dict.fromkeys(texts)) for name, texts in filled.items()}
    return Look(
        form="workbook" if workbook else "ndjson" if table.json_lines else "csv",
        encoding="" if workbook else detect(path).codec,
        sheet=_first_sheet(path) if workbook else "",
        columns=columns,
        samples={name: texts[:SAMPLES] for name, texts in samples.items()},
        rows=table.expected,
    )


def _first_sheet(path: Path) -> str:
    try:
        return CalamineWorkbook.from_path(path).sheet_names[0]
    except (CalamineError, IndexError):
        return ""


def _require_modest(path: Path) -> None:
    """Unpacks a workbook to nowhere and counts."""
    size = 0
    try:
        with zipfile.ZipFile(path) as packed:
            for inside in packed.infolist():
                with packed.open(inside) as content:
                    while piece := content.read(_PIECE):
                        size += len(piece)
                        if size > MOST_UNPACKED:
                            raise UnreadableFileError("too_large", "the workbook unpacks to more than is read")
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError) as error:
        raise UnreadableFileError("broken_workbook", "the workbook is broken: save it again") from error
