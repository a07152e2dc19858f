"""Judging the rows of a units file. No database; what is known comes in."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from linli.core.territory import Function
from linli.directory.divisions import level_codes
from linli.directory.encoding import Note
from linli.directory.tables import BadRow, Row, RowError, Table, require_name
from linli.directory.template import Template

COLUMNS = ("type", "area", "name_zh")
ALIASES = {
    "单位编号": "id",
    "单位类型": "type",
    "区划代码": "area",
    "area_code": "area",
    "单位名称": "name_zh",
    "英文名称": "name_en",
    "上级单位": "parent",
    "parent_id": "parent",
    "职能": "functions",
    "值班电话": "phone",
    "值班时间": "hours",
}
_SLUG = re.compile(r"[a-z][a-z0-9_]{1,39}")
_ID = re.compile(r"(\d{2,18})\.([a-z][a-z0-9_]{1,39})(\.[a-z0-9_]{1,16})?")
_MOBILE = re.compile(r"(?:\+?86)?1[3-9]\d{9}")
_YES, _NO = ("true", "yes", "1", "是"), ("false", "no", "0", "否")


@dataclass(frozen=True, slots=True)
class UnitRow:
    """One judged row of a units file; ``note`` is what a person should look at."""

    line: int
    id: str
    type: str
    area: str
    parent: str | None
    name_zh: str
    name_en: str
    functions: frozenset[Function]
    phone: str
    hours: str
    company: bool
    active: bool
    note: str = ""


def judge(
    table: Table,
    areas: Collection[str],
    districts: Collection[str],
    units: Mapping[str, str | None],
    template: Template,
) -> tuple[list[UnitRow], list[BadRow]]:
    """Parts the rows of a units file into good ones and refused ones.

    Args:
        table: the opened file.
        areas: codes of known areas.
        districts: codes of districts that were set up.
        units: known units with their superiors.
        template: gives functions and companies where a row leaves them out.
    """
    good: dict[str, tuple[UnitRow, Row]] = {}
    bad: list[BadRow] = []
    for row in table:
        if isinstance(row, BadRow):
            bad.append(row)
            continue
        try:
            unit = _unit(row, areas, template)
            _require_set_up(unit, districts)
            if unit.id in good:
                words = f"unit {unit.id} stands on line {good[unit.id][0].line} already"
                raise RowError("duplicate_id", f"{words}; give one of them an id of its own, such as {unit.id}.2")
            good[unit.id] = (unit, row)
        except RowError as error:
            bad.append(table.refuse(row, error.code, error.reason))
    while lost := _without_superior({code: unit for code, (unit, _) in good.items()}, units):
        for unit_id, (code, reason) in lost.items():
            bad.append(table.refuse(good.pop(unit_id)[1], code, reason))
    return [unit for unit, _ in good.values()], sorted(bad, key=lambda row: row.line)


def _unit(row: Row, areas: Collection[str], template: Template) -> UnitRow:
    cells = {name: row.cells.get(name, "") for name in (*COLUMNS, *ALIASES.values(), "company", "active")}
    kind, area = cells["type"], cells["area"]
    if not _SLUG.fullmatch(kind):
        raise RowError("wrong_type", f"type {kind[:40]!r} must be a lower-case slug as in matters.csv; correct it")
    if kind in template.fallbacks:
        raise RowError("wrong_type", f"{kind} is another name of {template.fallbacks[kind]}; use that type")
    if area not in areas:
        raise RowError("unknown_area", f"area {area[:40]!r} is not known; correct it or import the divisions first")
    if not cells["name_zh"] or len(cells["name_zh"]) > 120 or len(cells["name_en"]) > 160:
        raise RowError("wrong_name", "name_zh must have 1 to 120 characters and name_en at most 160; correct it")
    for column in ("name_zh", "name_en"):
        require_name(cells[column], column)
    known = next((k for k in template.units if k.type == kind), None)
    return UnitRow(
        line=row.line,
        id=_id(cells["id"], kind, area),
        type=kind,
        area=area,
        parent=cells["parent"] or None,
        name_zh=cells["name_zh"],
        name_en=cells["name_en"] or cells["name_zh"],
        functions=_functions(cells["functions"])
        or (template.functions(known) if known else frozenset({Function.HANDLE})),
        phone=_short(cells["phone"], "phone", 40),
        hours=_short(cells["hours"], "hours", 120),
        company=_flag(cells["company"], "company", known.company if known else False),
        active=_flag(cells["active"], "active", True),
        note=_phone_note(row.line, cells["phone"]),
    )


def _require_set_up(unit: UnitRow, districts: Collection[str]) -> None:
    district = level_codes(unit.area).district
    if district not in districts:
        words = f"the district of area {unit.area} is not set up"
        raise RowError("unknown_district", f"{words}; run: linli district new {district}")


def _id(text: str, kind: str, area: str) -> str:
    if not text:
        return f"{area}.{kind}"
    match = _ID.fullmatch(text)
    if match is None or match[1] != area or match[2] != kind:
        raise RowError("wrong_id", f"id {text[:80]!r} must be {area}.{kind}, or {area}.{kind}.2 for a second one")
    return text


def _functions(text: str) -> frozenset[Function]:
    try:
        return frozenset(Function(part.strip()) for part in re.split("[;；、]", text) if part.strip())
    except ValueError as error:
        raise RowError("unknown_function", f"{error}; known are {', '.join(Function)}, separated by ;") from error


def _flag(text: str, name: str, default: bool) -> bool:
    if text.lower() in (*_YES, *_NO, ""):
        return default if not text else text.lower() in _YES
    raise RowError("wrong_flag", f"{name} must be yes or no (是, 否), not {text[:20]!r}")


def _short(text: str, name: str, longest: int) -> str:
    if len(text) > longest:
        raise RowError("too_long", f"{name} may have {longest} characters, not {len(text)}; shorten it")
    return text


def is_mobile(phone: str) -> bool:
    """Whether a number looks like a person's mobile, which is no unit's duty line."""
    return _MOBILE.fullmatch(re.sub(r"[\s-]", "", phone)) is not None


def _phone_note(line: int, phone: str) -> str:
    if not is_mobile(phone):
        return ""
    words = "row {line}: {phone} looks like a person's mobile; only the unit's duty line belongs here"
    return Note("mobile", words, line=line, phone=phone)


def _without_superior(good: Mapping[str, UnitRow], known: Mapping[str, str | None]) -> dict[str, tuple[str, str]]:
    """Units whose superior is missing or would be their own subordinate, with code and reason."""
    parents = {**known, **{unit.id: unit.parent for unit in good.values()}}
    lost: dict[str, tuple[str, str]] = {}
    for unit in good.values():
        seen, current = {unit.id}, unit.parent
        while current is not None and current in parents and current not in seen:
            seen.add(current)
            current = parents[current]
        if unit.parent is not None and unit.parent not in parents:
            words = f"its superior {unit.parent} is neither in this file nor known; add or correct that row first"
            lost[unit.id] = ("unknown_parent", words)
        elif current == unit.id:
            lost[unit.id] = ("circle", f"unit {unit.id} would report to itself through {unit.parent}; correct parent")
        elif unit.area and unit.parent is not None and _other_district(unit.area, unit.parent):
            lost[unit.id] = (
                "other_district",
                f"its superior {unit.parent} belongs to another district; correct parent",
            )
    return lost


def _other_district(area: str, parent: str) -> bool:
    mine, other = level_codes(area).district, level_codes(parent.split(".", 1)[0]).district
    return None not in (mine, other) and mine != other
