"""Judging the rows of a divisions file: codes, levels, parents. No database; what is known comes in.

Codes follow GB/T 2260 and GB/T 10114 (2 province, 4 city, 6 district, 9 town, 12 community digits); the unit grid adds
three digits (GB/T 30428), a micro-grid three more. A code begins with its parent's code.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from linli.core.territory import AreaKind
from linli.directory.tables import BadRow, Row, RowError, Table, require_name

DIGITS: Mapping[AreaKind, int] = {
    AreaKind.PROVINCE: 2,
    AreaKind.CITY: 4,
    AreaKind.DISTRICT: 6,
    AreaKind.TOWN: 9,
    AreaKind.COMMUNITY: 12,
    AreaKind.GRID: 15,
    AreaKind.MICRO_GRID: 18,
}
KIND_OF = {digits: kind for kind, digits in DIGITS.items()}
COLUMNS = ("code", "parent_code", "level", "name")
ALIASES = {"区划代码": "code", "代码": "code", "上级代码": "parent_code", "级别": "level", "名称": "name"}
_LEVEL_OF = {kind: level for level, kind in enumerate(DIGITS, 1)}
_PLACEHOLDERS = frozenset({"市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划", "市辖县"})
_MAX_NAME = 120


@dataclass(frozen=True, slots=True)
class LevelCodes:
    """The codes of an area at each stored level; None below the area's own level."""

    district: str | None
    town: str | None
    community: str | None
    grid: str | None


@dataclass(frozen=True, slots=True)
class Division:
    """One judged row of a divisions file."""

    line: int
    code: str
    kind: AreaKind
    parent: str | None
    name: str
    placeholder: bool


def level_codes(code: str) -> LevelCodes:
    """The stored level columns of an area, read off its code.

    Raises:
        ValueError: no area code.
    """
    if len(code) not in KIND_OF or not (code.isascii() and code.isdigit()):
        raise ValueError(f"{code!r} is no area code: 2, 4, 6, 9, 12, 15 or 18 digits")
    cut = [code[: DIGITS[kind]] if len(code) >= DIGITS[kind] else None for kind in _STORED]
    return LevelCodes(*cut)


_STORED = (AreaKind.DISTRICT, AreaKind.TOWN, AreaKind.COMMUNITY, AreaKind.GRID)


def parent_of(code: str) -> str | None:
    """The code one level up; None for a province."""
    shorter = [digits for digits in KIND_OF if digits < len(code)]
    return code[: max(shorter)] if shorter else None


def short_name(name: str) -> str:
    """A community's name without its committee: 三星村村民委员会 is 三星村, 棠城社区居民委员会 is 棠城社区."""
    for ending in ("居民委员会", "村民委员会", "居委会", "村委会"):
        if name.endswith(ending) and len(name) > len(ending) + 1:
            return name.removesuffix(ending)
    return name


def judge(table: Table, known: Iterable[str]) -> tuple[list[Division], list[BadRow]]:
    """Parts the rows of a divisions file into good ones (parents first) and refused ones.

    Args:
        table: the opened file.
        known: codes of the areas that are there already.
    """
    good: dict[str, tuple[Division, Row]] = {}
    bad: list[BadRow] = []
    for row in table:
        if isinstance(row, BadRow):
            bad.append(row)
            continue
        try:
            division = _division(row)
            if division.code in good:
                line = good[division.code][0].line
                raise RowError("duplicate_code", f"code {division.code} stands on line {line} already; keep one")
            good[division.code] = (division, row)
        except RowError as error:
            bad.append(table.refuse(row, error.code, error.reason))
    orphans = _orphans(good, frozenset(known))
    bad += [table.refuse(good[code][1], "unknown_parent", reason) for code, reason in orphans.items()]
    kept = [division for code, (division, _) in sorted(good.items()) if code not in orphans]
    return kept, sorted(bad, key=lambda row: row.line)


def _division(row: Row) -> Division:
    code, name = row.cells["code"], row.cells["name"]
    kind = KIND_OF.get(len(code))
    if kind is None or not (code.isascii() and code.isdigit()):
        lengths = "2, 4, 6, 9, 12, 15 or 18"
        raise RowError("wrong_code", f"code {code[:40]!r} must have {lengths} digits (ASCII), by its level; correct it")
    level = row.cells["level"]
    if level != str(_LEVEL_OF[kind]):
        want = f"a code of {len(code)} digits is level {_LEVEL_OF[kind]} ({kind})"
        raise RowError("wrong_level", f"level {level[:20]!r} does not fit: {want}; correct level or code")
    if not name or len(name) > _MAX_NAME:
        raise RowError("wrong_name", f"the name must have 1 to {_MAX_NAME} characters, not {len(name)}; correct it")
    require_name(name, "name")
    parent, expected = row.cells["parent_code"] or None, parent_of(code)
    if parent != expected:
        words = f"parent_code {parent or 'blank'!r} does not fit: area {code} lies in {expected or 'no other area'}"
        raise RowError("wrong_parent", f"{words}; correct parent_code or code")
    placeholder = kind in (AreaKind.CITY, AreaKind.DISTRICT) and name in _PLACEHOLDERS
    return Division(row.line, code, kind, parent, name, placeholder)


def _orphans(good: Mapping[str, tuple[Division, Row]], known: frozenset[str]) -> dict[str, str]:
    orphans: dict[str, str] = {}
    for code in sorted(good, key=len):
        parent = good[code][0].parent
        if parent is None or parent in known or (parent in good and parent not in orphans):
            continue
        why = "was itself refused" if parent in orphans else "is neither in this file nor known here"
        orphans[code] = f"its parent {parent} {why}; add or correct the row of {parent} first"
    return orphans
