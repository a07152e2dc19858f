"""What ``linli check`` proves of a district before a resident finds out: every matter has one lead and a verifier.

Pure: everything comes in as the policy (rules and territory) and a few facts about staff and boundaries.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum

from linli.core import checker
from linli.core.errors import Refusal
from linli.core.policy import Guard, Matter, Policy
from linli.core.routing import Question, Rule, nearest_with, recused_units, route, verifier_for
from linli.core.territory import Area, AreaKind, Function, without

AHEAD = timedelta(days=60)
_SHOWN = 3
_Key = tuple[str, frozenset[str], frozenset[str]]
_OWNERS = (Function.INTAKE, Function.DISPATCH, Function.RULE, Function.CONVENE, Function.VERIFY, Function.FOLLOW_UP)


class Severity(StrEnum):
    """An error stops cases; a warning will, or weakens a promise; a note is for a person to know."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Finding:
    """One hole or conflict: where it is, in words, and what to do."""

    severity: Severity
    code: str
    where: str
    words: str


@dataclass(frozen=True)
class Facts:
    """What the check needs beyond the policy.

    ``companies`` are ids of units that are companies; ``functions_held`` is, by unit, what its posts may do together;
    ``staffed`` are units with somebody on a post; ``bounded`` are areas with a boundary; ``open_types`` are names
    that a matter may use without a unit, because the dispatcher chooses.
    """

    today: date
    companies: Collection[str] = ()
    functions_held: Mapping[str, frozenset[Function]] = field(default_factory=dict)
    staffed: Collection[str] = ()
    bounded: Collection[str] = ()
    open_types: Collection[str] = ()


def check(policy: Policy, facts: Facts, progress: Callable[[int, int], None] | None = None) -> tuple[Finding, ...]:
    """All findings of one district, errors first."""
    found = [*_owners(policy), *_matters(policy, progress), *_centres_complained_about(policy), *_types(policy, facts)]
    found += [
        *_rules(policy),
        *_units(policy, facts),
        *_procedures(policy),
        *_calendar(policy, facts),
        *_places(policy, facts),
    ]
    order = list(Severity)
    return tuple(sorted(found, key=lambda finding: (order.index(finding.severity), finding.code, finding.where)))


def leaves(policy: Policy) -> tuple[Area, ...]:
    """The deepest areas, in which cases lie: grids, and communities without grids."""
    parents = {area.parent for area in policy.territory.areas.values()}
    real = (area for area in policy.territory.areas.values() if not area.placeholder and area.code not in parents)
    return tuple(sorted((a for a in real if a.kind.depth >= AreaKind.TOWN.depth), key=lambda area: area.code))


def problems(matter: Matter, policy: Policy) -> Mapping[str, tuple[str, ...]]:
    """For one matter, by area in which a case of it would stop, the codes of what is missing or too much there."""
    verified: dict[tuple[str, frozenset[str], frozenset[str]], bool] = {}
    found = {
        area.code: tuple(code for code, _what in _case_problems(matter, area.code, policy, verified))
        for area in leaves(policy)
    }
    return {area: codes for area, codes in found.items() if codes}


@dataclass(frozen=True, slots=True)
class Harm:
    """What a change of the units would break: the code of the trouble, in which matter (or function), and where."""

    code: str
    what: str
    areas: tuple[str, ...]


def harm_of_closing(unit: str, policy: Policy) -> tuple[Harm, ...]:
    """What would be worse without a unit: matters without a lead or verifier, and steps that nobody could own.

    Only places that the unit serves are looked at, and only matters that could come to it, because nothing else of the
    routing asks for it. Grids that no unit of their own serves stand for their community.
    """
    found = policy.territory.units[unit]
    after = replace(policy, territory=without(policy.territory, unit))
    places = _places_served(found.area, policy)
    memory: tuple[dict[_Key, bool], dict[_Key, bool]] = ({}, {})
    worse: dict[tuple[str, str], list[str]] = {}
    for matter in _matters_of_type(found.type, policy):
        for area in places:
            was = {code for code, _what in _case_problems(matter, area, policy, memory[0])}
            for code in {code for code, _what in _case_problems(matter, area, after, memory[1])} - was:
                worse.setdefault((code, matter.code), []).append(area)
    for function in _OWNERS:
        lost = [a for a in places if _has_owner(function, a, policy) and not _has_owner(function, a, after)]
        if lost:
            worse["no_owner", function.value] = lost
    return tuple(Harm(code, what, tuple(areas)) for (code, what), areas in sorted(worse.items()))


def _places_served(area: str, policy: Policy) -> tuple[str, ...]:
    served = {unit.area for unit in policy.territory.units.values()}
    inside = (each for each in leaves(policy) if policy.territory.is_under(each.code, area))
    alike = {a.parent if a.kind.depth > AreaKind.COMMUNITY.depth and a.code not in served else a.code for a in inside}
    return tuple(sorted(filter(None, alike)))


def _matters_of_type(unit_type: str, policy: Policy) -> Iterator[Matter]:
    """Matters that a unit of that type may come to own, verify, or take from a unit complained about."""
    answers = {unit_type} | {name for name, other in policy.fallback_types.items() if other == unit_type}
    ruled = any(rule.lead_type in answers or rule.lead_unit for table in policy.rules for rule in table.rows)
    for matter in policy.matters.values():
        if ruled or unit_type in policy.centre_types or answers & {matter.lead_unit_type, *matter.co_unit_types}:
            yield matter


def _has_owner(function: Function, area: str, policy: Policy) -> bool:
    types = policy.centre_types
    if function in (Function.INTAKE, Function.FOLLOW_UP):
        types = (*policy.desk_types, *policy.centre_types)
    return nearest_with(types, function, area, policy) is not None


def _matters(policy: Policy, progress: Callable[[int, int], None] | None) -> Iterator[Finding]:
    problems: dict[tuple[str, str, str], list[str]] = {}
    places = leaves(policy)
    verified: dict[tuple[str, frozenset[str], frozenset[str]], bool] = {}
    for done, area in enumerate(places, 1):
        for matter in policy.offered.values():
            for code, what in _case_problems(matter, area.code, policy, verified):
                problems.setdefault((code, matter.code, what), []).append(area.code)
        if progress is not None and (done % 50 == 0 or done == len(places)):
            progress(done, len(places))
    for (code, where, what), areas in problems.items():
        yield Finding(Severity.ERROR, code, where, f"{what} in {_some(areas)}")


def _case_problems(
    matter: Matter, area: str, policy: Policy, verified: dict[tuple[str, frozenset[str], frozenset[str]], bool]
) -> Iterator[tuple[str, str]]:
    def without_verifier(handled: frozenset[str], excluded: frozenset[str]) -> bool:
        key = (area, handled, excluded)
        if key not in verified:
            verified[key] = verifier_for(area, handled, excluded, policy) is None
        return verified[key]

    try:
        found = route(Question(matter, area), policy)
    except Refusal as refusal:
        yield refusal.code, f"{_refused(refusal)}"
        return
    if without_verifier(frozenset({found.lead, *found.co_handlers}), frozenset()):
        yield "no_verifier", "nobody may verify what lead and co-handlers did; give a centre the function verify"
    if Guard.COMPLAINT not in matter.guards:
        return
    excluded = recused_units(frozenset({found.lead}), policy)
    try:
        instead = route(Question(matter, area, excluded), policy)
    except Refusal as refusal:
        yield f"complaint_{refusal.code}", f"when {_type_of(found.lead)} is complained about: {_refused(refusal)}"
        return
    if without_verifier(frozenset({instead.lead}), excluded):
        yield "complaint_no_verifier", f"when {_type_of(found.lead)} is complained about, nobody may verify"


def _owners(policy: Policy) -> Iterator[Finding]:
    for function in _OWNERS:
        lacking = [a.code for a in leaves(policy) if not _has_owner(function, a.code, policy)]
        if lacking:
            words = f"no desk or centre may {function} in {_some(lacking)}; set one up or give a post the function"
            yield Finding(Severity.ERROR, "no_owner", function.value, words)


def _centres_complained_about(policy: Policy) -> Iterator[Finding]:
    """Whoever is complained about, somebody else must be able to take the case all the way (rights R10)."""
    checked: set[tuple[str, str]] = set()
    for area in leaves(policy):
        for unit_type in (*policy.desk_types, *policy.centre_types):
            for place in policy.territory.path(area.code):
                for unit in policy.territory.serving(unit_type, place.code):
                    key = (unit.id, area.code[:9])
                    if key not in checked:
                        checked.add(key)
                        yield from _target_problems(unit.id, area.code, policy)


def _target_problems(target: str, area: str, policy: Policy) -> Iterator[Finding]:
    excluded = recused_units(frozenset({target}), policy)
    types = (*policy.desk_types, *policy.centre_types)
    for function in (Function.INTAKE, Function.DISPATCH, Function.FOLLOW_UP):
        if nearest_with(types, function, area, policy, excluded) is None:
            words = f"a complaint about {target} leaves nobody to {function}; a centre must stand outside its chain"
            yield Finding(Severity.ERROR, "complaint_no_owner", target, words)
    lead = nearest_with(policy.centre_types, Function.HANDLE, area, policy, excluded)
    if lead is None:
        words = f"a complaint about {target} leaves nobody to handle it; a centre must stand outside its chain"
        yield Finding(Severity.ERROR, "complaint_no_lead", target, words)
    elif verifier_for(area, frozenset({lead.id}), excluded, policy) is None:
        words = f"a complaint about {target} is handled by {lead.id}; nobody else may verify that"
        yield Finding(Severity.ERROR, "complaint_no_verifier", target, words)


def _types(policy: Policy, facts: Facts) -> Iterator[Finding]:
    present = {unit.type for unit in policy.territory.units.values()}
    missing: dict[str, list[str]] = {}
    for matter in policy.offered.values():
        for name in matter.co_unit_types:
            if name not in present:
                missing.setdefault(name, []).append(matter.code)
    for name, matters in missing.items():
        answers = policy.fallback_types.get(name)
        if answers in present or name in facts.open_types:
            by_default = f" (by default {answers} answers for it)" if answers else ""
            words = f"co-handler of {_some(matters)}: no unit of its own; the dispatcher chooses{by_default}"
            yield Finding(Severity.NOTE, "co_handler_open", name, words)
        else:
            words = f"co-handler of {_some(matters)}, but no unit is of this type; set one up or correct the matter"
            yield Finding(Severity.ERROR, "co_handler_missing", name, words)
    conflicts = Counter((unit.type, unit.area) for unit in policy.territory.units.values())
    leads = {matter.lead_unit_type for matter in policy.offered.values()}
    for (unit_type, area), count in conflicts.items():
        if count > 1 and unit_type not in leads:
            words = f"{count} units of this type serve {area}: only the first by id becomes a co-handler"
            yield Finding(Severity.WARNING, "several_of_type", unit_type, words)


def _rules(policy: Policy) -> Iterator[Finding]:
    present = {unit.type for unit in policy.territory.units.values()} | set(policy.fallback_types)
    for table in policy.rules:
        for rule in table.rows:
            for code, words in _rule_problems(rule, present, policy):
                yield Finding(Severity.ERROR, code, f"{table.name} {rule.id}", words)


def _rule_problems(rule: Rule, present: Collection[str], policy: Policy) -> Iterator[tuple[str, str]]:
    if rule.lead_unit is not None and rule.lead_unit not in policy.territory.units:
        yield "rule_unit_unknown", f"unit {rule.lead_unit} is not there"
    for name in (rule.lead_type, *(rule.co_types or ())):
        if name is not None and name not in present:
            yield "rule_type_unknown", f"no unit is of the type {name}"
    areas = [value for condition in rule.conditions if condition.field == "area" for value in condition.values]
    for area in areas:
        if area not in policy.territory.areas:
            yield "rule_area_unknown", f"area {area} is not there"


def _units(policy: Policy, facts: Facts) -> Iterator[Finding]:
    units = policy.territory.units
    for unit in units.values():
        if unit.id in facts.companies and (unit.parent is None or unit.parent in facts.companies):
            words = "a company needs a public unit accountable for it as its superior; set parent"
            yield Finding(Severity.ERROR, "company_unaccountable", unit.id, words)
    unheld: dict[str, list[str]] = {}
    for unit in units.values():
        for function in unit.functions - facts.functions_held.get(unit.id, frozenset()):
            unheld.setdefault(function.value, []).append(unit.id)
    for name, ids in sorted(unheld.items()):
        words = f"no post of {_some(ids)} may {name}, which the unit should; add a post"
        yield Finding(Severity.ERROR, "function_without_post", name, words)
    vacant = sorted(unit_id for unit_id in units if unit_id not in facts.staffed)
    if vacant:
        words = f"nobody holds a post in {_some(vacant)}; run: linli import staff FILE"
        yield Finding(Severity.NOTE, "nobody_on_post", "staff", words)


def _procedures(policy: Policy) -> Iterator[Finding]:
    for (name, version), procedure in policy.procedures.items():
        for finding in checker.check(procedure, policy.limits):
            words = f"{finding.rule} {finding.detail}".strip()
            yield Finding(Severity.ERROR, "procedure", f"{name} {version}: {finding.where}", words)


def _calendar(policy: Policy, facts: Facts) -> Iterator[Finding]:
    last = policy.calendar.last
    if last < facts.today:
        words = f"holidays are known only until {last}; publish again with a newer calendar"
        yield Finding(Severity.ERROR, "calendar_ended", policy.calendar.name, words)
    elif last < facts.today + AHEAD:
        words = f"holidays are known only until {last}; once the State Council's notice is out, publish again"
        yield Finding(Severity.WARNING, "calendar_ends_soon", policy.calendar.name, words)


def _places(policy: Policy, facts: Facts) -> Iterator[Finding]:
    without = [area.code for area in leaves(policy) if area.code not in facts.bounded]
    if without:
        words = f"no boundary for {_some(without)}: a pin there gives wider candidates for a person to choose from"
        yield Finding(Severity.NOTE, "no_boundary", "areas", words)


def _refused(refusal: Refusal) -> str:
    facts = ", ".join(f"{k} {v}" for k, v in sorted(refusal.facts.items()) if k not in ("matter", "area", "units"))
    return {
        "route_hole": f"no unit leads ({facts}); set one up",
        "route_conflict": f"several units would lead ({facts}); keep one, or write a rule",
        "route_all_recused": "nobody above may handle it; a centre must stand outside the chain",
    }.get(refusal.code, facts)


def _type_of(unit_id: str) -> str:
    return unit_id.split(".", 2)[1]


def _some(codes: list[str]) -> str:
    shown = ", ".join(codes[:_SHOWN])
    return shown if len(codes) <= _SHOWN else f"{shown} and {len(codes) - _SHOWN:,} more"
