"""What a matter promises, in words, and how two publications differ in it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from linli.cases import words
from linli.catalogue.queries import Promises
from linli.core.calendar import Limit
from linli.core.policy import Matter
from linli.site.asked import said
from linli.site.desk.asking import Asking


@dataclass(frozen=True, slots=True)
class MatterRow:
    """A matter in a list."""

    code: str
    name: str
    platform: str
    domain: str
    lead: str
    accept: str
    handle: str
    sensitive: bool
    retired: bool


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that is said of a matter, or of a limit; ``before`` is what was said in the older publication."""

    name: str
    said: str
    before: str = ""


@dataclass(frozen=True, slots=True)
class Changed:
    """A matter that both publications have, with what reads otherwise."""

    code: str
    name: str
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """How a newer publication differs from an older one."""

    added: tuple[Fact, ...]
    removed: tuple[Fact, ...]
    changed: tuple[Changed, ...]
    limits: tuple[Fact, ...]

    @property
    def count(self) -> int:
        """How many matters and limits differ."""
        return len(self.added) + len(self.removed) + len(self.changed) + len(self.limits)


def row(matter: Matter, asking: Asking) -> MatterRow:
    """The matter for a list."""
    lang = asking.names.lang
    return MatterRow(
        code=matter.code,
        name=asking.names.matter_of(matter),
        platform=words.label("platform", matter.platform, lang),
        domain=words.label("domain", matter.domain, lang),
        lead=typed(matter.lead_unit_type, lang),
        accept=matter.accept_limit.words(lang),
        handle=matter.handle_limit.words(lang),
        sensitive=matter.is_sensitive,
        retired=matter.retired,
    )


def facts(matter: Matter, asking: Asking) -> list[Fact]:
    """All that is said of a matter; what is empty is left out."""
    told = ((name, say(matter, asking.names.lang)) for name, say in _FACTS.items())
    return [Fact(_(name), said) for name, said in told if said]


def change(older: Promises, newer: Promises, asking: Asking) -> Change:
    """The difference, by code of the matter and by limit."""
    both = sorted(set(older.matters) & set(newer.matters))
    compared = (differences(older.matters[code], newer.matters[code], asking) for code in both)
    before, after = _offered(older), _offered(newer)
    return Change(
        added=_only_in(after, before, asking),
        removed=_only_in(before, after, asking),
        changed=tuple(found for found in compared if found.facts),
        limits=tuple(_limits(older.limits, newer.limits, asking.names.lang)),
    )


def _offered(promised: Promises) -> dict[str, Matter]:
    return {code: matter for code, matter in promised.matters.items() if not matter.retired}


def _only_in(one: Mapping[str, Matter], other: Mapping[str, Matter], asking: Asking) -> tuple[Fact, ...]:
    return tuple(Fact(code, asking.names.matter_of(one[code])) for code in sorted(set(one) - set(other)))


def differences(older: Matter, newer: Matter, asking: Asking) -> Changed:
    """What reads otherwise in two versions of a matter."""
    lang = asking.names.lang
    found = [Fact(_(name), say(newer, lang), say(older, lang)) for name, say in _COMPARED.items()]
    differing = tuple(fact for fact in found if fact.said != fact.before)
    return Changed(newer.code, asking.names.matter_of(newer), differing)


def _limits(older: Mapping[str, Limit], newer: Mapping[str, Limit], lang: str) -> list[Fact]:
    def said(limits: Mapping[str, Limit], name: str) -> str:
        return limits[name].words(lang) if name in limits else ""

    found = [Fact(_limit(name, lang), said(newer, name), said(older, name)) for name in sorted({*older, *newer})]
    return [fact for fact in found if fact.said != fact.before]


def _limit(name: str, lang: str) -> str:
    plain = name.removesuffix("_urgent")
    title = words.label("limit", plain, lang) if words.has_label("limit", plain) else plain
    return _("%(limit)s, urgent") % {"limit": title} if name != plain else title


def typed(unit_type: str, lang: str) -> str:
    """What a type of unit is called."""
    return words.label("unit_type", unit_type, lang) if words.has_label("unit_type", unit_type) else unit_type


def _listed(kind: str, codes: list[str], lang: str) -> str:
    return ("；" if lang == "zh-hans" else "; ").join(words.label(kind, code, lang) for code in codes)


def _types(types: tuple[str, ...], lang: str) -> str:
    return ("、" if lang == "zh-hans" else ", ").join(typed(each, lang) for each in types)


def _asked(matter: Matter, lang: str) -> str:
    """The questions with their options, each with what makes it urgent or conditional told by a mark."""
    told = []
    for question in matter.questions:
        options = " / ".join(said(o.title, lang) + (" ⚠" if o.raises else "") for o in question.options)
        mark = "*" if question.required or question.essential else ""
        told.append(f"{said(question.title, lang)}{mark}" + (f" ({options})" if options else ""))
    return "；".join(told) if lang == "zh-hans" else "; ".join(told)


_Say = Callable[[Matter, str], str]
_FACTS: Mapping[str, _Say] = {
    gettext_noop("Platform"): lambda m, lang: words.label("platform", m.platform, lang),
    gettext_noop("Domain"): lambda m, lang: words.label("domain", m.domain, lang),
    gettext_noop("Kinds of case"): lambda m, lang: _listed("case_kind", list(m.case_kinds), lang),
    gettext_noop("Usual level"): lambda m, lang: words.label("area_kind", m.normal_level, lang),
    gettext_noop("Lead"): lambda m, lang: typed(m.lead_unit_type, lang),
    gettext_noop("Co-handlers"): lambda m, lang: _types(m.co_unit_types, lang),
    gettext_noop("Urgency"): lambda m, lang: words.label("urgency", m.urgency, lang),
    gettext_noop("To acknowledge"): lambda m, lang: m.accept_limit.words(lang),
    gettext_noop("To handle"): lambda m, lang: m.handle_limit.words(lang),
    gettext_noop("The limits come from"): lambda m, lang: words.label("limit_source", m.limit_source, lang),
    gettext_noop("Legal basis"): lambda m, _lang: m.legal_basis,
    gettext_noop("Demands"): lambda m, lang: _listed("matter_guard", sorted(m.guards), lang),
    gettext_noop("Questions"): _asked,
    gettext_noop("Personal data"): lambda m, lang: words.label("sensitivity", m.sensitivity, lang),
    gettext_noop("Label of the suggestions"): lambda m, _lang: m.label,
    gettext_noop("Version of the catalogue"): lambda m, _lang: str(m.version),
}
_COMPARED: Mapping[str, _Say] = {
    gettext_noop("Name in Chinese"): lambda m, _lang: m.name_zh,
    gettext_noop("Name in English"): lambda m, _lang: m.name_en,
    **{name: say for name, say in _FACTS.items() if name != "Version of the catalogue"},
    gettext_noop("Notes"): lambda m, _lang: m.notes,
}
