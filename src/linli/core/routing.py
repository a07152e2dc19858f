"""Who owns a case: from (area, matter, exceptions) to one lead, its co-handlers, and the trace of why.

The matter names the *type* of unit and the level; routing walks up the area tree to the nearest unit of that type.
Exceptions live in first-hit tables with a closed list of operators. A unit complained about is passed over, and so
is every unit below it (recusal, rights R10). Everything here is also what ``linli check`` runs over a whole district.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from linli.core.asked import is_rule_field
from linli.core.errors import Fact, Refusal
from linli.core.policy import Matter, Policy
from linli.core.territory import Area, Function, Unit

RULE_FIELDS = ("matter", "domain", "platform", "area", "area_kind", "urgency", "channel", "kind", "hour", "month")
"""What a rule may look at: the matter, the place, the time; never a person (rights R9)."""

NUMBER_FIELDS = frozenset({"hour", "month"})


class Operator(StrEnum):
    """How a rule's condition compares: equal, one of, area at or below, whole number from-to inclusive."""

    IS = "is"
    IN = "in"
    UNDER = "under"
    BETWEEN = "between"


@dataclass(frozen=True, slots=True)
class Condition:
    """``field`` is one of :data:`RULE_FIELDS`, or ``answer.KEY`` for an answer to the matter's question.

    ``values`` are texts: ``is`` takes one value, ``in`` at least one, ``under`` area codes for the field area,
    ``between`` two whole numbers, low and high, for the field hour or month or an answer that is a number.

    Raises:
        ValueError: the field is unknown, or the values do not fit the operator.
    """

    field: str
    operator: Operator
    values: tuple[str, ...]

    def __post_init__(self) -> None:
        if self.field not in RULE_FIELDS and not is_rule_field(self.field):
            known = ", ".join(RULE_FIELDS)
            raise ValueError(f"{self.field!r} is no field of a routing rule; use one of {known}, answer.KEY")
        if not self.values or (self.operator is Operator.IS and len(self.values) > 1):
            raise ValueError(f"{self.field} {self.operator}: give one value, or use 'in' for several")
        if self.operator is Operator.UNDER and self.field != "area":
            raise ValueError(f"{self.field} under: only an area lies under another; use the field area")
        if self.operator is Operator.BETWEEN and not self._is_span():
            raise ValueError(
                f"{self.field} between: give low and high as whole numbers, for hour or month or an answer"
            )

    def _is_span(self) -> bool:
        is_number = self.field in NUMBER_FIELDS or is_rule_field(self.field)
        if not is_number or len(self.values) != 2 or not all(v.isdecimal() for v in self.values):
            return False
        return int(self.values[0]) <= int(self.values[1])


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
            ``route_all_recused`` (everybody who could lead is complained about), ``route_lead_does_not_handle`` (the
            unit found lacks the function), ``route_rule_unit_unknown`` (a rule names a unit that is not there).
    """
    trace: list[TraceLine] = []
    rule = _first_hit(question, policy, trace)
    lead_type = rule.lead_type if rule and rule.lead_type else question.matter.lead_unit_type
    if rule and rule.lead_unit:
        lead = policy.territory.units.get(rule.lead_unit)
        if lead is None:
            raise Refusal("route_rule_unit_unknown", {"rule": rule.id, "unit": rule.lead_unit})
    else:
        if rule is None or rule.lead_type is None:
            trace.append(TraceLine("matter_names_type", {"matter": question.matter.code, "type": lead_type}))
        else:
            trace.append(TraceLine("rule_names_type", {"rule": rule.id, "type": lead_type}))
        lead = _nearest_of(lead_type, question, policy, trace)
    lead = _not_recused(lead, question, policy, trace)
    if Function.HANDLE not in lead.functions:
        raise Refusal("route_lead_does_not_handle", {"unit": lead.id, "type": lead.type})
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
    """Units above ``unit`` that may do ``function``, nearest first: its own superiors, then the centres of the area.

    A centre of a narrower area than the unit's own is not above it.
    """
    passed = {unit}
    for superior in policy.territory.superiors(unit):
        passed.add(superior.id)
        if function in superior.functions and superior.id not in excluded:
            yield superior
    centres = _centres(area, policy)
    ids = [centre.id for centre in centres]
    own = policy.territory.units.get(unit)
    for centre in centres[ids.index(unit) + 1 if unit in ids else 0 :]:
        lower = own is not None and _depth(centre, policy) > _depth(own, policy)
        if not lower and centre.id not in passed | excluded and function in centre.functions:
            yield centre


def verifier_for(area: str, handled: frozenset[str], excluded: frozenset[str], policy: Policy) -> Unit | None:
    """The nearest centre that may verify, never owned handling and is not complained about; None if there is none."""
    return nearest_with(policy.centre_types, Function.VERIFY, area, policy, handled | excluded)


def _depth(unit: Unit, policy: Policy) -> int:
    return policy.territory.areas[unit.area].kind.depth


def _centres(area: str, policy: Policy) -> list[Unit]:
    path = policy.territory.path(area)
    return [u for t in policy.centre_types for place in path for u in policy.territory.serving(t, place.code)]


def _nearest_of(unit_type: str, question: Question, policy: Policy, trace: list[TraceLine]) -> Unit:
    tried: list[str] = []
    wanted: str | None = unit_type
    while wanted is not None and wanted not in tried:
        if tried:
            trace.append(TraceLine("fallback_type", {"type": tried[-1], "fallback": wanted}))
        for place in _from_level(question, policy):
            found = policy.territory.serving(wanted, place.code)
            if len(found) > 1:
                names = tuple(unit.id for unit in found)
                raise Refusal("route_conflict", {"type": wanted, "area": place.code, "units": names})
            if found:
                return found[0]
            trace.append(TraceLine("none_of_type_here", {"type": wanted, "area": place.code, "kind": place.kind.value}))
        tried.append(wanted)
        wanted = policy.fallback_types.get(wanted)
    raise Refusal("route_hole", {"matter": question.matter.code, "type": tried[-1], "area": question.area})


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
                if unit.id not in given | question.excluded and Function.HANDLE in unit.functions:
                    given.add(unit.id)
                    yield unit.id
                break


def _first_hit(question: Question, policy: Policy, trace: list[TraceLine]) -> Rule | None:
    for table in policy.rules:
        for rule in table.rows:
            if all(_holds(condition, question, policy) for condition in rule.conditions):
                facts: dict[str, Fact] = {
                    "table": table.name,
                    "version": table.version,
                    "rule": rule.id,
                    "note": rule.note,
                }
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
        return value.isdecimal() and low <= int(value) <= high
    return any(part in condition.values for part in value.split(";"))


def _fact(name: str, question: Question, policy: Policy) -> str | None:
    matter = question.matter
    known = {"matter": matter.code, "domain": matter.domain, "platform": matter.platform, "area": question.area}
    if name in known:
        return known[name]
    if name == "area_kind":
        return policy.territory.areas[question.area].kind.value
    return (question.facts or {}).get(name)
