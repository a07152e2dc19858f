"""Codes in words, in Simplified Chinese (``zh-hans``) and English (``en``), so that no screen shows a raw code.

Sentences and labels stand in ``data/words.yaml``. Names of units and areas come from the directory, those of matters
from the policy; the caller hands them over as one mapping from id or code to name.
"""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from importlib.resources import files
from string import Formatter
from typing import Any
from zoneinfo import ZoneInfo

import yaml
from django.conf import settings

from linli.core.calendar import Limit
from linli.core.case.state import CaseState
from linli.core.errors import Fact, Refusal
from linli.core.policy import Policy
from linli.core.procedure import Action, FormField
from linli.core.routing import TraceLine
from linli.directory.template import standard as district_template

LANGUAGES = {"zh-hans": "zh", "en": "en"}
"""Language of the reader -> key of the texts in documents."""

_NAMED = frozenset({"unit", "units", "lead", "proposed", "targets", "co_handlers", "area", "matter", "case"})
_LABELLED = {
    "field": "field", "fields": "field", "missing": "field", "invalid": "field", "unknown": "field", "role": "role",
    "type": "unit_type", "fallback": "unit_type", "kind": "area_kind", "limit": "limit", "channel": "channel",
    "urgency": "urgency",
}  # fmt: skip
_LISTED = {"channel_unknown": "channel", "channel_needs_login": "channel", "urgency_unknown": "urgency"}
_MEASURES = {"limit_mb": "MB", "limit_megapixels": "MP"}


def refusal(refusal: Refusal, lang: str, names: Mapping[str, str] | None = None, policy: Policy | None = None) -> str:
    """The refusal as a sentence that says what to do. ``policy`` gives steps and actions their titles.

    Raises:
        KeyError: the code has no words; a test keeps every code that is raised in ``words.yaml``.
    """
    said = {key: _said(refusal.code, key, value, lang, names or {}) for key, value in refusal.facts.items()}
    for kind in ("step", "action"):
        if kind in refusal.facts:
            said[kind] = _titled(kind, refusal.facts, lang, policy)
    if refusal.code == "form_invalid":
        said = {kind: _fault(kind, fields, lang) for kind, fields in said.items() if fields}
    if refusal.facts.get("original"):
        said["original"] = Limit.parse(str(refusal.facts["original"])).words(lang)
    return " ".join(_filled(_text("refusals", refusal.code, lang), said).split())


def trace(line: TraceLine | Mapping[str, Fact], lang: str, names: Mapping[str, str] | None = None) -> str:
    """One line of a route's reasoning, fit for residents; ``line`` is fresh or as an event keeps it."""
    facts = dict(line.facts) if isinstance(line, TraceLine) else dict(line)
    code = line.code if isinstance(line, TraceLine) else str(facts.pop("code"))
    said = {key: _said(code, key, value, lang, names or {}) for key, value in facts.items()}
    return _filled(_text("traces", code, lang), said).strip()


def label(kind: str, code: str, lang: str) -> str:
    """The label of a code: a field, a choice (``choice.reason``), an urgency, a channel, a role, a unit type …

    Raises:
        KeyError: no such kind, or it has no such code.
    """
    texts = _book()["labels"][kind]
    if kind == "unit_type" and code not in texts:
        return _unit_types()[code][LANGUAGES[lang]]
    text: str = texts[code][LANGUAGES[lang]]
    return text


def has_label(kind: str, code: str) -> bool:
    """Whether :func:`label` knows the code."""
    return code in _book()["labels"].get(kind, ()) or (kind == "unit_type" and code in _unit_types())


def field_label(action: Action, field: FormField, lang: str) -> str:
    """What a form field is called, in the context of its action where that says more."""
    special = f"{action.name}.{field.name}"
    return label("field", special if has_label("field", special) else field.name, lang)


def field_hint(action: Action, field: FormField, lang: str) -> str:
    """A sentence below a form field; empty where none is needed."""
    code = f"{action.name}.{field.name}"
    return label("hint", code, lang) if has_label("hint", code) else ""


def title(texts: Mapping[str, str], lang: str) -> str:
    """A title of a procedure, step or action in the reader's language."""
    return texts[LANGUAGES[lang]]


def step_title(state: CaseState, policy: Policy, lang: str) -> str:
    """Where the case is, in the words of its own procedure."""
    return title(policy.procedures[state.procedure, state.procedure_version].steps[state.step].title, lang)


def clock_labels(lang: str) -> Mapping[str, str]:
    """Labels for :func:`linli.core.deadlines.explain`: reasons of pauses and extensions, and sources of limits."""
    reasons = {code: texts[LANGUAGES[lang]] for code, texts in _book()["labels"]["choice.reason"].items()}
    for name, texts in _book()["labels"]["limit"].items():
        shown = texts[LANGUAGES[lang]]
        reasons[f"profile:{name}"] = f"本区默认{shown}" if lang == "zh-hans" else f"the district's default {shown}"
        hurried = f"本区紧急案件的{shown}" if lang == "zh-hans" else f"the district's {shown} for urgent cases"
        reasons[f"profile:{name}_urgent"] = hurried
    return reasons


def instant(text: str, lang: str) -> str:
    """An instant in UTC text as date and time of the place."""
    local = datetime.fromisoformat(text).astimezone(ZoneInfo(settings.TIME_ZONE))
    return (
        f"{local:%Y}年{local.month}月{local.day}日 {local:%H:%M}" if lang == "zh-hans" else f"{local:%d %B %Y, %H:%M}"
    )


def _said(code: str, key: str, value: Fact, lang: str, names: Mapping[str, str]) -> str:
    values = value.split(",") if isinstance(value, str) and key in _NAMED else value
    if isinstance(values, (list, tuple)):
        return _joined([_one(code, key, str(each), lang, names) for each in values], lang)
    return _one(code, key, "" if values is None else str(values), lang, names)


def _one(code: str, key: str, value: str, lang: str, names: Mapping[str, str]) -> str:
    if key == "due":
        return instant(value, lang)
    if key in _MEASURES:
        return f"{value} {_MEASURES[key]}"
    if key in _NAMED:
        return names.get(value, value)
    kind = "role" if key == "by" else _LISTED.get(code) if key == "known" else _LABELLED.get(key)
    if kind == "role" and not has_label("role", value):
        kind = "function" if has_label("function", value) else "deed"
    return label(kind, value, lang) if kind and has_label(kind, value) else value


def _titled(kind: str, facts: Mapping[str, Fact], lang: str, policy: Policy | None) -> str:
    """A step or action in the words of the procedure that the refusal names, else of the first that has it."""
    code, own = str(facts[kind]), (facts.get("procedure"), facts.get("version"))
    known = policy.procedures if policy else {}
    for procedure in sorted(known.values(), key=lambda each: ((each.name, each.version) != own, each.internal)):
        found = procedure.steps.get(code) if kind == "step" else procedure.actions.get(code)
        if found is not None:
            return title(found.title, lang)
    return label("deed", code, lang) if has_label("deed", code) else code


def _fault(kind: str, fields: str, lang: str) -> str:
    return label("form_fault", kind, lang) + fields + ("。" if lang == "zh-hans" else ". ")


def _joined(values: list[str], lang: str) -> str:
    return ("、" if lang == "zh-hans" else ", ").join(values)


def _filled(text: str, said: Mapping[str, str]) -> str:
    return Formatter().vformat(text, (), defaultdict(str, said))


def _text(section: str, code: str, lang: str) -> str:
    text: str = _book()[section][code][LANGUAGES[lang]]
    return text


@cache
def _book() -> dict[str, Any]:
    book: dict[str, Any] = yaml.safe_load((files("linli.cases") / "data" / "words.yaml").read_text("utf-8"))
    return book


@cache
def _unit_types() -> Mapping[str, Mapping[str, str]]:
    template = district_template()
    named = {kind.type: {"zh": kind.name_zh, "en": kind.name_en} for kind in template.units}
    named |= {role.type: {"zh": role.name_zh, "en": role.name_en} for role in template.roles.values()}
    return named | {other: named[own] for other, own in template.same_as.items()}
