"""Which column of a hotline's export is which part of a report: a small YAML file, or a guess from common headers.

A mapping file looks like this (every part is optional but ``columns``)::

    source: hotline-12345            # name of the system the numbers come from
    columns:                         # part of the report: column, or a list of columns that are joined
      source_number: 工单编号
      detail: 诉求内容
      area: [镇街, 村社区]            # from wide to narrow
      said_at: 来电时间
    values:                          # what other words mean
      channel: {电话: hotline}
    defaults: {channel: hotline}
    said_at: {format: "%Y-%m-%d %H:%M", zone: Asia/Shanghai}
    datum: gcj02                     # of lon and lat: wgs84, gcj02 or bd09
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from linli.directory.datum import Datum
from linli.directory.encoding import detect

FIELDS = (
    "source_number", "title", "detail", "channel", "area", "place", "lon", "lat", "said_at", "contact", "matter",
    "complaint_target",
)  # fmt: skip
"""Parts of a report that a column may fill."""

SAMPLES, HEADERS = "mappings", "headers.yaml"
_KEYS = {"source", "columns", "values", "defaults", "said_at", "datum"}
_JOINED = {"detail": "\n", "source_number": "-", "place": ""}
_DEFAULTS = ("channel", "area", "matter")
_NOISE = re.compile(r"[\s_\-.:：()（）]+")
_LONGEST_NAME, _MOST_NAMES = 16, 40
_ZONE = "Asia/Shanghai"


class MappingError(ValueError):
    """A mapping file that cannot be used; the text names the place in it and what to do."""


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """Columns of a file as parts of a report. ``values`` and ``defaults`` are by part; ``formats`` as in strptime."""

    columns: Mapping[str, tuple[str, ...]]
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    defaults: Mapping[str, str] = field(default_factory=dict)
    formats: tuple[str, ...] = ()
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo(_ZONE))
    datum: Datum = Datum.WGS84
    source: str = ""

    def parts(self, cells: Mapping[str, str]) -> dict[str, str]:
        """The parts of a report that a row fills, with value maps and defaults applied; the area is left out."""
        made = {}
        for part, names in self.columns.items():
            if part != "area":
                text = _JOINED.get(part, " ").join(t for n in names if (t := cells.get(n, "")))
                made[part] = self.values.get(part, {}).get(text, text)
        return {**self.defaults, **{part: text for part, text in made.items() if text}}

    def area_words(self, cells: Mapping[str, str]) -> tuple[str, ...]:
        """What a row says of the area, from wide to narrow, blanks left out."""
        known = self.values.get("area", {})
        words = tuple(known.get(t, t) for n in self.columns.get("area", ()) if (t := cells.get(n, "")))
        return words or tuple(t for t in (self.defaults.get("area", ""),) if t)

    def told(self) -> str:
        """The columns in one line, for people."""
        pairs = (f"{' + '.join(names)} → {part}" for part, names in self.columns.items())
        return "; ".join(pairs)


def guess(header: Sequence[str]) -> ColumnMap:
    """The mapping that common header names suggest, in Chinese or English.

    Raises:
        MappingError: no column looks like the text or title of a report.
    """
    by_name = {_plain(name): name for name in reversed(header)}
    found: dict[str, tuple[str, ...]] = {}
    for part, names in yaml.safe_load((files("linli.intake") / HEADERS).read_text("utf-8")).items():
        column = next((by_name[plain] for name in names.split() if (plain := _plain(name)) in by_name), None)
        if column is not None:
            found[part] = (column,)
    levels = tuple(column for part in ("town", "community") for column in found.pop(part, ()))
    if levels and "area" not in found:
        found["area"] = levels
    if ("lon" in found) != ("lat" in found):
        found.pop("lon", None)
        found.pop("lat", None)
    made = ColumnMap({part: found[part] for part in FIELDS if part in found})
    _require_text(made, header)
    return made


def load(path: Path) -> ColumnMap:
    """Reads a mapping file; UTF-8 or GB18030.

    Raises:
        MappingError: no YAML, an unknown key, part or datum, or a value of the wrong form.
        UnreadableFileError: no text file.
    """
    if not path.is_file():
        raise MappingError(f"there is no mapping file {path}; shipped ones: {', '.join(samples())}")
    try:
        document = yaml.safe_load(path.read_text(detect(path).codec))
    except (yaml.YAMLError, UnicodeError) as error:
        raise MappingError(f"{path.name} is no YAML: {error}") from error
    return read(document, path.name)


def sample(name: str) -> ColumnMap:
    """A mapping that comes with the package.

    Raises:
        MappingError: none of that name.
    """
    if name not in samples():
        raise MappingError(f"there is no shipped mapping {name}; known: {', '.join(samples())}")
    return read(yaml.safe_load((files("linli.intake") / SAMPLES / f"{name}.yaml").read_text("utf-8")), name)


def samples() -> tuple[str, ...]:
    """Names of the mappings that come with the package."""
    shipped = (files("linli.intake") / SAMPLES).iterdir()
    return tuple(sorted(file.name.removesuffix(".yaml") for file in shipped if file.name.endswith(".yaml")))


def read(document: Any, name: str) -> ColumnMap:
    """A mapping from its YAML document.

    Raises:
        MappingError: as :func:`load`.
    """
    if not isinstance(document, dict) or not isinstance(document.get("columns"), dict):
        raise MappingError(f"{name}: it must have 'columns:' with lines such as 'detail: 诉求内容'")
    _only(document, _KEYS, name, "key")
    _only(document["columns"], FIELDS, name, "part of a report under columns")
    instants = _table(document.get("said_at"), name, "said_at")
    _only(instants, ("format", "zone"), name, "key under said_at")
    defaults = {part: str(text) for part, text in _table(document.get("defaults"), name, "defaults").items()}
    _only(defaults, _DEFAULTS, name, "part under defaults")
    values = _table(document.get("values"), name, "values")
    _only(values, FIELDS, name, "part under values")
    return ColumnMap(
        columns={part: _names(value, name, part) for part, value in document["columns"].items()},
        values={p: {str(k): str(v) for k, v in _table(t, name, f"values: {p}").items()} for p, t in values.items()},
        defaults=defaults,
        formats=_formats(instants, name),
        zone=_zone(str(instants.get("zone", _ZONE)), name),
        datum=_datum(document.get("datum", Datum.WGS84), name),
        source=str(document.get("source", "")),
    )


def document(columns: ColumnMap) -> dict[str, Any]:
    """The mapping as the document of a mapping file; :func:`read` gives it back."""
    made: dict[str, Any] = {
        "source": columns.source,
        "columns": {
            part: names[0] if len(names) == 1 else list(names) for part, names in columns.columns.items() if names
        },
        "values": {part: dict(known) for part, known in columns.values.items()},
        "defaults": dict(columns.defaults),
        "said_at": {"format": list(columns.formats)} if columns.formats else {},
        "datum": columns.datum.value,
    }
    if columns.zone.key != _ZONE:
        made["said_at"]["zone"] = columns.zone.key
    return {key: value for key, value in made.items() if value}


def fit(columns: ColumnMap, header: Sequence[str], name: str) -> None:
    """Checks that the file has the columns that the mapping names.

    Raises:
        MappingError: a column is missing, or neither title nor text is mapped.
    """
    missing = [c for names in columns.columns.values() for c in names if c not in header]
    if missing:
        raise MappingError(f"{name}: the file has no column {', '.join(missing)}; its first row names: {shown(header)}")
    _require_text(columns, header)


def unused(columns: ColumnMap, header: Sequence[str]) -> list[str]:
    """Columns of the file that fill no part of a report."""
    used = {c for names in columns.columns.values() for c in names}
    return [name for name in header if name and name not in used]


def _require_text(columns: ColumnMap, header: Sequence[str]) -> None:
    if "detail" not in columns.columns and "title" not in columns.columns:
        raise MappingError(
            f"no column for the text of the reports: the first row names {shown(header) or 'nothing'}. Write a mapping "
            f"file with 'columns:' and a line 'detail: COLUMN', and give it with --mapping"
        )


def shown(header: Sequence[str]) -> str:
    """The headers, cut short: without a header row they are what somebody wrote."""
    cut = [name if len(name) <= _LONGEST_NAME else f"{name[:_LONGEST_NAME]}…" for name in header[:_MOST_NAMES]]
    return ", ".join([*cut, *(["…"] if len(header) > _MOST_NAMES else [])])


def _plain(name: str) -> str:
    return _NOISE.sub("", unicodedata.normalize("NFKC", name)).lower()


def _only(given: Iterable[Any], known: Iterable[str], name: str, what: str) -> None:
    strange = sorted(str(key) for key in given if key not in set(known))
    if strange:
        raise MappingError(f"{name}: unknown {what}: {', '.join(strange)}; known: {', '.join(sorted(known))}")


def _table(value: Any, name: str, place: str) -> dict[Any, Any]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise MappingError(f"{name}: '{place}' must hold lines such as 'this: that'")
    return value


def _names(value: Any, name: str, place: str) -> tuple[str, ...]:
    made = tuple(str(part).strip() for part in (value if isinstance(value, list) else [value]) if part is not None)
    if not made or not all(made):
        raise MappingError(f"{name}: '{place}' is empty; name a column, or leave the line out")
    return made


def _formats(instants: Mapping[str, Any], name: str) -> tuple[str, ...]:
    formats = _names(instants["format"], name, "said_at: format") if "format" in instants else ()
    for pattern in formats:
        try:
            datetime.strptime(datetime(2000, 1, 1, tzinfo=UTC).strftime(pattern), pattern)  # noqa: DTZ007 - only a trial
        except ValueError as error:
            raise MappingError(
                f"{name}: '{pattern}' is no format of a time; write one such as '%Y-%m-%d %H:%M'"
            ) from error
    return formats


def _zone(text: str, name: str) -> ZoneInfo:
    try:
        return ZoneInfo(text)
    except (KeyError, ValueError, OSError) as error:
        raise MappingError(f"{name}: there is no time zone {text}; write one such as Asia/Shanghai or UTC") from error


def _datum(value: Any, name: str) -> Datum:
    try:
        return Datum(value)
    except ValueError as error:
        raise MappingError(f"{name}: unknown datum {value}; known: {', '.join(d.value for d in Datum)}") from error
