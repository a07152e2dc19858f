"""Who owns a case: from (area, matter, exceptions) to one lead, its co-handlers, and the trace of why.

The matter names the *type* of unit and the level; routing walks up the area tree to the nearest unit of that type.
Exceptions live in first-hit tables with a closed list of operators. A unit complained about is passed over, and so
is every unit below it (recusal, rights R10). Everything here is also what ``linli check`` runs over a whole district.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from linli.core.errors import Fact, Refusal
from linli.core.policy import Matter, Policy
from linli.core.territory import Area, Function, Unit


class Operator(StrEnum):
    """How a rule's condition compares: equal, one of, area at or below, whole number from-to inclusive."""

    IS = "is"
    IN = "in"
    UNDER = "under"
    BETWEEN = "between"


@dataclass(frozen=True, slots=True)
class Condition:
    """``field`` is one of :data:`RULE_FIELDS`; ``values`` are texts (two whole numbers for ``between``)."""

    field: str
    operator: Operator
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """One row: all conditions must hold. It names a unit type, or a unit, and may replace the co-handlers."""

    id: str
    conditions: tuple[Condition, ...]
    lead_type: str | None = None
    lead_unit: str | None = None
    co_types: tuple[str, ...] | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class RuleTable:
    """A first-hit table: the first row that holds decides."""

    name: str
    version: int
    rows: tuple[Rule, ...]


RULE_FIELDS = ("matter", "domain", "platform", "area", "area_kind", "urgency", "channel", "kind", "hour", "month")
"""What a rule may look at: the matter, the place, the time; never a person (rights R9)."""


@dataclass(frozen=True, slots=True)
class TraceLine:
    """One step of the reasoning, as a code with facts; ``linli.cases.words`` says it in the reader's language."""

    code: str
    facts: Mapping[str, Fact]


@dataclass(frozen=True, slots=True)
class Route:
    """The answer: one lead, its co-handlers (never the lead, never a recused unit), and why."""

    lead: str
    co_handlers: tuple[str, ...]
    trace: tuple[TraceLine, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """What routing is asked. ``facts`` gives the values of :data:`RULE_FIELDS` beyond matter and area."""

    matter: Matter
    area: str
    excluded: frozenset[str] = frozenset()
    facts: Mapping[str, str] | None = None


def recused_units(targets: frozenset[str], policy: Policy) -> frozenset[str]:
    """The units complained about and every unit that reports to one of them (rights R10)."""
    found: set[str] = set()
    for target in targets:
        found |= policy.territory.subordinates(target)
    return frozenset(found)


def route(question: Question, policy: Policy) -> Route:
    """Finds the one lead for a matter in an area.

    Raises:
        Refusal: ``route_hole`` (no unit of the type serves the area), ``route_conflict`` (several do),
            ``route_all_recused`` (everybody who could lead is complained about).
    """
    trace: list[TraceLine] = []
    rule = _first_hit(question, policy, trace)
    lead_type = rule.lead_type if rule and rule.lead_type else question.matter.lead_unit_type
    if rule and rule.lead_unit:
        lead = policy.territory.units.get(rule.lead_unit)
        if lead is None:
            raise Refusal("route_rule_unit_unknown", {"rule": rule.id, "unit": rule.lead_unit})
    else:
        trace.append(TraceLine("matter_names_type", {"matter": question.matter.code, "type": lead_type}))
        lead = _nearest_of(lead_type, question, policy, trace)
    lead = _not_recused(lead, question, policy, trace)
    trace.append(TraceLine("lead_found", {"unit": lead.id, "area": lead.area}))
    co_types = rule.co_types if rule and rule.co_types is not None else question.matter.co_unit_types
    return Route(lead.id, tuple(_co_handlers(co_types, lead, question, policy)), tuple(trace))


def nearest_with(
    types: tuple[str, ...], function: Function, area: str, policy: Policy, excluded: frozenset[str] = frozenset()
) -> Unit | None:
    """The nearest unit that may do ``function``: types in the order given, each from the area upwards."""
    path = policy.territory.path(area)
    for unit_type in types:
        for place in path:
            for unit in policy.territory.serving(unit_type, place.code):
                if function in unit.functions and unit.id not in excluded:
                    return unit
    return None


def centres_above(
    unit: str, function: Function, area: str, policy: Policy, excluded: frozenset[str] = frozenset()
) -> Iterator[Unit]:
    """Units above ``unit`` that may do ``function``, nearest first: its own superiors, then the centres of the area."""
    below = {unit}
    yielded: set[str] = set()
    for superior in policy.territory.superiors(unit):
        below.add(superior.id)
        if function in superior.functions and superior.id not in excluded:
            yielded.add(superior.id)
            yield superior
    seen_self = unit not in {centre.id for centre in _centres(area, policy)}
    for centre in _centres(area, policy):
        if centre.id == unit:
            seen_self = True
        elif seen_self and centre.id not in below | yielded | excluded and function in centre.functions:
            yield centre


def verifier_for(area: str, handled: frozenset[str], excluded: frozenset[str], policy: Policy) -> Unit | None:
    """The nearest centre that may verify, never owned handling and is not complained about; None if there is none."""
    return nearest_with(policy.centre_types, Function.VERIFY, area, policy, handled | excluded)


def _centres(area: str, policy: Policy) -> list[Unit]:
    path = policy.territory.path(area)
    return [u for t in policy.centre_types for place in path for u in policy.territory.serving(t, place.code)]


def _nearest_of(unit_type: str, question: Question, policy: Policy, trace: list[TraceLine]) -> Unit:
    for place in _from_level(question, policy):
        found = policy.territory.serving(unit_type, place.code)
        if len(found) > 1:
            names = tuple(unit.id for unit in found)
            raise Refusal("route_conflict", {"type": unit_type, "area": place.code, "units": names})
        if found:
            return found[0]
        trace.append(TraceLine("none_of_type_here", {"type": unit_type, "area": place.code, "kind": place.kind.value}))
    fallback = policy.fallback_types.get(unit_type)
    if fallback is not None and fallback != unit_type:
        trace.append(TraceLine("fallback_type", {"type": unit_type, "fallback": fallback}))
        return _nearest_of(fallback, question, policy, trace)
    raise Refusal("route_hole", {"matter": question.matter.code, "type": unit_type, "area": question.area})


def _from_level(question: Question, policy: Policy) -> tuple[Area, ...]:
    """The path from the level at which the matter is normally handled; a wider place starts where it is."""
    path = policy.territory.path(question.area)
    level = question.matter.normal_level.depth
    return tuple(place for place in path if place.kind.depth <= level) or path


def _not_recused(lead: Unit, question: Question, policy: Policy, trace: list[TraceLine]) -> Unit:
    if lead.id not in question.excluded:
        return lead
    trace.append(TraceLine("recused", {"unit": lead.id}))
    above = next(centres_above(lead.id, Function.HANDLE, question.area, policy, question.excluded), None)
    if above is None:
        raise Refusal("route_all_recused", {"matter": question.matter.code, "area": question.area})
    return above


def _co_handlers(types: tuple[str, ...], lead: Unit, question: Question, policy: Policy) -> Iterator[str]:
    given = {lead.id}
    for unit_type in types:
        for place in policy.territory.path(question.area):
            found = policy.territory.serving(unit_type, place.code)
            if found:
                unit = found[0]
                if unit.id not in given and unit.id not in question.excluded:
                    given.add(unit.id)
                    yield unit.id
                break


def _first_hit(question: Question, policy: Policy, trace: list[TraceLine]) -> Rule | None:
    for table in policy.rules:
        for rule in table.rows:
            if all(_holds(condition, question, policy) for condition in rule.conditions):
                facts = {"table": table.name, "version": table.version, "rule": rule.id, "note": rule.note}
                trace.append(TraceLine("rule_hit", facts))
                return rule
    return None


def _holds(condition: Condition, question: Question, policy: Policy) -> bool:
    if condition.operator is Operator.UNDER:
        return any(policy.territory.is_under(question.area, value) for value in condition.values)
    value = _fact(condition.field, question, policy)
    if value is None:
        return False
    if condition.operator is Operator.BETWEEN:
        low, high = (int(text) for text in condition.values)
        return low <= int(value) <= high
    return value in condition.values


def _fact(name: str, question: Question, policy: Policy) -> str | None:
    matter = question.matter
    known = {"matter": matter.code, "domain": matter.domain, "platform": matter.platform, "area": question.area}
    if name in known:
        return known[name]
    if name == "area_kind":
        return policy.territory.areas[question.area].kind.value
    return (question.facts or {}).get(name)
