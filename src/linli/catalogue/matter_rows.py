"""Judging the rows of a matters file: one lead per matter, limits of the law kept, guards respected.

No database; what is known comes in. The columns are those of ``matters.csv`` in the package.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum

from linli.core.brackets import in_chinese
from linli.core.calendar import Limit, LimitUnit
from linli.core.policy import Guard, Matter, Urgency
from linli.core.territory import AreaKind
from linli.directory.tables import BadRow, Row, RowError, Table, require_name
from linli.directory.template import Template

COLUMNS = (
    "code", "platform", "domain", "name_zh", "name_en", "case_kinds", "normal_level", "lead_unit_type",
    "co_unit_types", "urgency_default", "accept_limit", "handle_limit", "limit_source",
)  # fmt: skip
ALIASES = {"事项编码": "code", "事项名称": "name_zh", "teddy_label": "label"}
PLATFORMS = ("PL", "EE", "SL", "SV")
CASE_KINDS = ("consult", "help", "complaint", "report", "suggestion", "request", "mediation", "petition")
SENSITIVITIES = ("none", "basic", "sensitive")
CODE = re.compile(r"[A-Z]{2}-\d{3}")
_SLUG = re.compile(r"[a-z][a-z0-9_]{1,39}")
LEVELS = (AreaKind.DISTRICT, AreaKind.TOWN, AreaKind.COMMUNITY, AreaKind.GRID)
_AGAINST_PERSONS = re.compile(
    r"重点人员|可疑人员|人员管控|黑名单|红黑榜|舆情|维稳|上访人|缠访"
    r"|blacklist|key person|suspicious person|sentiment|face recognition",
    re.IGNORECASE,
)


class LimitSource(StrEnum):
    """Where a limit comes from. Those in :data:`LAW` are not ours to change."""

    STATUTE = "statute"
    STATUTE_TRANSFER = "statute_transfer"
    MINISTRY_RULE = "ministry_rule"
    LOCAL_PRACTICE = "local_practice"
    PROJECT_DEFAULT = "project_default"
    OWN_KNOWLEDGE = "own_knowledge"


LAW = frozenset({LimitSource.STATUTE, LimitSource.STATUTE_TRANSFER})


@dataclass(frozen=True, slots=True)
class MatterRow:
    """One judged row: the matter as the rules know it, with the file's own order number of the wave."""

    line: int
    wave: int
    matter: Matter


@dataclass(frozen=True)
class Known:
    """What a row is judged against: unit types of the district's template and tables, and the matters published."""

    template: Template
    unit_types: frozenset[str]
    published: Mapping[str, Matter]

    @property
    def all_types(self) -> frozenset[str]:
        """Every name that a matter may use for a unit."""
        return self.unit_types | self.template.unit_types | set(self.template.same_as) | set(self.template.roles)

    def body(self, unit_type: str) -> str:
        """The type of the body behind a name."""
        return self.template.same_as.get(unit_type, unit_type)


def judge(table: Table, known: Known) -> tuple[list[MatterRow], list[BadRow]]:
    """Parts the rows of a matters file into good ones and refused ones."""
    good: dict[str, MatterRow] = {}
    bad: list[BadRow] = []
    for row in table:
        if isinstance(row, BadRow):
            bad.append(row)
            continue
        try:
            made = matter_of(row, known)
            code = made.matter.code
            if code in good:
                words = f"matter {code} stands on line {good[code].line} already; a matter has one lead: keep one row"
                raise RowError("duplicate_code", words)
            for problem, reason in problems(made.matter, known):
                raise RowError(problem, reason)
            good[code] = made
        except RowError as error:
            bad.append(table.refuse(row, error.code, error.reason))
    return list(good.values()), bad


def matter_of(row: Row, known: Known) -> MatterRow:
    """One row as the rules know it; :func:`problems` judges the matter as a whole.

    Raises:
        RowError: a cell cannot be read.
    """
    return MatterRow(row.line, _wave(row), _matter(row, known))


def problems(matter: Matter, known: Known) -> Iterator[tuple[str, str]]:
    """What is wrong with a matter as a whole: code and reason of each problem."""
    yield from _lead_problems(matter, known)
    yield from _guard_problems(matter)
    yield from _company_problems(matter, known)
    yield from _law_problems(matter, known.published.get(matter.code))
    if found := about_persons(f"{matter.name_zh} {matter.name_en} {matter.domain}"):
        words = f"{found!r} is about persons; only places, facilities and services are matters (rights R1, R8)"
        yield "rights_limit", words


def about_persons(text: str) -> str | None:
    """The words by which a name is about watching persons, which no matter may be (rights R1, R8)."""
    found = _AGAINST_PERSONS.search(text)
    return found[0] if found else None


def _wave(row: Row) -> int:
    text = row.cells.get("wave", "") or "1"
    if not (text.isascii() and text.isdigit() and len(text) < 3):
        raise RowError("wrong_wave", f"wave must be a whole number, not {text[:20]!r}")
    return int(text)


def _matter(row: Row, known: Known) -> Matter:
    cells = row.cells
    if not CODE.fullmatch(cells["code"]):
        raise RowError(
            "wrong_code", f"code {cells['code'][:20]!r} must be two capitals, a dash and three digits: SL-001"
        )
    if not _SLUG.fullmatch(cells["domain"]):
        raise RowError("wrong_domain", f"domain {cells['domain'][:40]!r} must be a lower-case slug; correct it")
    for name, longest in (("name_zh", 120), ("name_en", 200)):
        if not 0 < len(cells[name]) <= longest:
            raise RowError("wrong_name", f"{name} must have 1 to {longest} characters; correct it")
        require_name(cells[name], name)
    return Matter(
        code=cells["code"],
        version=0,
        platform=_one_of(cells["platform"], "platform", PLATFORMS),
        domain=cells["domain"],
        name_zh=in_chinese(cells["name_zh"]),
        name_en=cells["name_en"],
        case_kinds=tuple(_one_of(kind, "case_kinds", CASE_KINDS) for kind in _list(cells["case_kinds"], "case_kinds")),
        normal_level=AreaKind(_one_of(cells["normal_level"], "normal_level", LEVELS)),
        lead_unit_type=_lead(cells["lead_unit_type"], known),
        co_unit_types=tuple(_unit_type(name, known) for name in _parts(cells["co_unit_types"])),
        urgency=Urgency(_one_of(cells["urgency_default"], "urgency_default", tuple(Urgency))),
        accept_limit=_limit(cells["accept_limit"], "accept_limit"),
        handle_limit=_limit(cells["handle_limit"], "handle_limit"),
        limit_source=_one_of(cells["limit_source"], "limit_source", tuple(LimitSource)),
        legal_basis=in_chinese(cells.get("legal_basis", "")),
        label=cells.get("label", ""),
        sensitivity=_one_of(cells.get("sensitivity", "") or "none", "sensitivity", SENSITIVITIES),
        guards=frozenset(
            Guard(_one_of(g, "guard", tuple(Guard))) for g in _parts(cells.get("guard", "")) if g != "none"
        ),
        notes=cells.get("notes", ""),
    )


def _one_of(text: str, column: str, allowed: Collection[str]) -> str:
    if text not in allowed:
        raise RowError(f"unknown_{column}", f"{column} {text[:40]!r} is unknown; use one of {', '.join(allowed)}")
    return text


def _parts(text: str) -> list[str]:
    return [part.strip() for part in re.split("[;；]", text) if part.strip()]


def _list(text: str, column: str) -> list[str]:
    parts = _parts(text)
    if not parts:
        raise RowError(f"unknown_{column}", f"{column} is blank; give at least one")
    return parts


def _limit(text: str, column: str) -> Limit:
    try:
        return Limit.parse(text)
    except ValueError as error:
        raise RowError(f"wrong_{column}", f"{column}: {error}") from error


def _lead(text: str, known: Known) -> str:
    leads = _parts(text)
    if len(leads) != 1:
        raise RowError(
            "one_lead", f"a matter has exactly one lead, not {text[:80] or 'none'!r}; move others to co_unit_types"
        )
    return _unit_type(leads[0], known)


def _unit_type(name: str, known: Known) -> str:
    if name not in known.all_types:
        near = get_close_matches(name, sorted(known.all_types), n=1)
        hint = f"; did you mean {near[0]}?" if near else "; set up a unit of that type first, or correct it"
        raise RowError("unknown_unit_type", f"no unit is of the type {name[:40]!r}{hint}")
    return name


def _lead_problems(matter: Matter, known: Known) -> Iterator[tuple[str, str]]:
    lead = known.body(matter.lead_unit_type)
    bodies = [known.body(name) for name in matter.co_unit_types]
    if lead in bodies:
        yield (
            "lead_is_co_handler",
            f"{matter.lead_unit_type} is lead and co-handler at once; take it out of co_unit_types",
        )
    twice = next((name for name in bodies if bodies.count(name) > 1), None)
    if twice is not None:
        yield "co_handler_twice", f"{twice} stands twice among the co-handlers; keep one"
    role = known.template.roles.get(lead)
    if role is not None and role.answers is None:
        yield "lead_is_open", f"nobody answers as {lead} by default; name a unit type that does"
    levels = [kind.level for kind in known.template.units if kind.type == (role.answers if role else lead)]
    if levels and all(level.depth > matter.normal_level.depth for level in levels):
        words = f"{lead} lives at {levels[0]}, below the matter's normal_level {matter.normal_level}"
        yield "lead_below_level", f"{words}; routing goes upwards: lower normal_level or name a lead above"


def _guard_problems(matter: Matter) -> Iterator[tuple[str, str]]:
    sensitive = matter.sensitivity == "sensitive"
    if matter.guards & {Guard.VICTIM_SAFETY, Guard.TRANSFER_ONLY} and not sensitive:
        yield "guard_sensitivity", "victim_safety and transfer_only need sensitivity 'sensitive': set it"
    if matter.case_kinds == ("mediation",) and Guard.CONSENT not in matter.guards:
        yield (
            "guard_consent",
            "mediation needs both sides' consent: add the guard consent_required (人民调解法 §17; R18)",
        )
    if matter.urgency is Urgency.EMERGENCY and matter.accept_limit.unit is not LimitUnit.HOURS:
        yield (
            "emergency_hours",
            "an emergency is acknowledged in clock hours, day and night: write accept_limit as 0.5h",
        )
    if matter.accept_limit.unit is matter.handle_limit.unit and matter.accept_limit.amount > matter.handle_limit.amount:
        yield (
            "accept_after_handle",
            f"accept_limit {matter.accept_limit} is longer than handle_limit {matter.handle_limit}",
        )


def _company_problems(matter: Matter, known: Known) -> Iterator[tuple[str, str]]:
    lead = known.body(matter.lead_unit_type)
    if lead not in known.template.companies:
        return
    parent = next(kind.parent for kind in known.template.units if kind.type == lead)
    if parent is None or parent in known.template.companies:
        yield (
            "company_unaccountable",
            f"{lead} is a company: its template needs the public unit accountable for it as parent",
        )
    if matter.sensitivity == "sensitive" or matter.guards & {Guard.COMPLAINT, Guard.CONFIDENTIAL_REPORTER}:
        yield (
            "company_sensitive",
            f"{lead} is a company: it may not lead a sensitive or guarded matter; name a public unit",
        )


def _law_problems(matter: Matter, published: Matter | None) -> Iterator[tuple[str, str]]:
    if matter.limit_source in LAW and not matter.legal_basis:
        yield "no_legal_basis", "a limit of the law needs its legal_basis: name law and paragraph"
    if published is None or published.limit_source not in LAW or matter.legal_basis != published.legal_basis:
        return
    was, now = (published.accept_limit, published.handle_limit), (matter.accept_limit, matter.handle_limit)
    if matter.limit_source not in LAW or was != now:
        words = (
            f"{matter.code} has limits of the law ({published.legal_basis}): {was[0]}, {was[1]}; not {now[0]}, {now[1]}"
        )
        yield "statute_changed", f"{words}; put them back, or name the law that changed them in legal_basis"
