"""The frozen document of a policy version: to and from plain data."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from linli.catalogue.limits import Profile
from linli.core.calendar import Limit
from linli.core.policy import Matter
from linli.core.routing import Condition, Operator, Rule, RuleTable


def profile_data(profile: Profile) -> dict[str, Any]:
    """A profile as plain data."""
    return {
        "profile": profile.name,
        "profile_title": {"zh": profile.title_zh, "en": profile.title_en},
        "limits": {name: str(limit) for name, limit in profile.limits.items()},
        "handle_by_kind": {kind: str(limit) for kind, limit in profile.handle_by_kind.items()},
    }


def profile_from(document: Mapping[str, Any]) -> Profile:
    """The profile frozen in a document."""
    return Profile(
        name=document["profile"],
        title_zh=document["profile_title"]["zh"],
        title_en=document["profile_title"]["en"],
        limits={name: Limit.parse(text) for name, text in document["limits"].items()},
        handle_by_kind={kind: Limit.parse(text) for kind, text in document["handle_by_kind"].items()},
    )


def with_one_name(matter: Matter, same_as: Mapping[str, str]) -> Matter:
    """The matter with every second name of a body replaced by the type of its unit."""
    return replace(
        matter,
        lead_unit_type=same_as.get(matter.lead_unit_type, matter.lead_unit_type),
        co_unit_types=tuple(same_as.get(name, name) for name in matter.co_unit_types),
    )


def rule_tables_data(tables: Sequence[RuleTable]) -> list[dict[str, Any]]:
    """Routing rules as plain data."""
    return [{"name": t.name, "version": t.version, "rows": [_rule_data(rule) for rule in t.rows]} for t in tables]


def rule_tables_from(data: Sequence[Mapping[str, Any]]) -> tuple[RuleTable, ...]:
    """Reads back :func:`rule_tables_data`.

    Raises:
        ValueError: a condition means nothing (see :class:`linli.core.routing.Condition`).
    """
    return tuple(RuleTable(t["name"], int(t["version"]), tuple(_rule_from(rule) for rule in t["rows"])) for t in data)


def _rule_data(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "if": [[c.field, c.operator.value, list(c.values)] for c in rule.conditions],
        "lead_type": rule.lead_type,
        "lead_unit": rule.lead_unit,
        "co_types": None if rule.co_types is None else list(rule.co_types),
        "note": rule.note,
    }


def _rule_from(data: Mapping[str, Any]) -> Rule:
    return Rule(
        id=data["id"],
        conditions=tuple(Condition(name, Operator(operator), tuple(values)) for name, operator, values in data["if"]),
        lead_type=data["lead_type"],
        lead_unit=data["lead_unit"],
        co_types=None if data["co_types"] is None else tuple(data["co_types"]),
        note=data["note"],
    )
