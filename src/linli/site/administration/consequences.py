"""What a draft would change besides its words: for open cases, and for who leads where."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from linli.cases import queries_overview
from linli.cases.queries_overview import OpenOf
from linli.catalogue import coverage
from linli.core.errors import Refusal
from linli.core.policy import Matter, Policy
from linli.core.privacy import told
from linli.core.routing import Question, route
from linli.core.territory import Area, AreaKind, Function
from linli.site.administration.leading import of_kind, wrong_in
from linli.site.desk.asking import Asking

NONE = OpenOf(0, 0)


@dataclass(frozen=True, slots=True)
class Moved:
    """Who has a matter now and who would have it, in so many communities of these towns."""

    before: str
    after: str
    towns: tuple[str, ...]
    places: int


@dataclass(frozen=True, slots=True)
class Hole:
    """What would be wrong that is not wrong now, and in which towns."""

    what: str
    towns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Consequence:
    """For one matter: how many open cases have it, what is true of them, who would lead where, what would break."""

    cases: str
    truths: tuple[str, ...]
    moved: tuple[Moved, ...]
    holes: tuple[Hole, ...]

    @property
    def places(self) -> int:
        """In how many communities somebody else would lead or help."""
        return sum(one.places for one in self.moved)


def open_cases(asking: Asking, codes: list[str]) -> Mapping[str, OpenOf]:
    """Open cases of these matters in the areas that the person administers."""
    areas = sorted({post.area for post in asking.actor.posts if Function.ADMINISTER in post.functions})
    return queries_overview.open_by_matter(asking.district, areas, codes)


def consequence(code: str, then: Policy, found: Mapping[str, OpenOf], asking: Asking) -> Consequence:
    """What the rules ``then`` would change for a matter against those in force."""
    before, after = asking.policy.matters.get(code), then.matters[code]
    counted = found.get(code, NONE)
    moved, broken = _routed(before, after, then, asking)
    return Consequence(
        cases=_counted(before, after, counted),
        truths=tuple(_truths(before, after)) if before is not None else (),
        moved=tuple(moved),
        holes=tuple(broken),
    )


def _counted(before: Matter | None, after: Matter, found: OpenOf) -> str:
    if before is None:
        return _("The matter is new; no case has it.")
    if before.is_sensitive or after.is_sensitive:
        if told(found.open) is None:
            return _("Fewer than five open cases; the matter is sensitive, so the number is not shown.")
        return ngettext("%(count)d open case.", "%(count)d open cases.", found.open) % {"count": found.open}
    if not found.open:
        return _("No open case has it.")
    cases = ngettext("%(count)d open case", "%(count)d open cases", found.open) % {"count": found.open}
    return _("%(cases)s, %(waiting)d of them not dispatched yet.") % {"cases": cases, "waiting": found.waiting}


def _truths(before: Matter, after: Matter) -> Iterator[str]:
    """What the rules do with cases under way; see ``linli.core.case.timing`` and ``linli.core.case.guards``."""
    if after.retired and not before.retired:
        yield _("Open cases go on with it to their end. No other case can be given it.")
    if before.retired and not after.retired:
        yield _("New cases can be given it again.")
    for names, truth in _TRUTHS.items():
        if any(getattr(before, name) != getattr(after, name) for name in names):
            yield _(truth)


_TRUTHS = {
    ("accept_limit", "handle_limit"): gettext_noop(
        "A promise that was made is kept: cases already dispatched go on with their limits. The new ones hold for "
        "clocks that start from then on, at dispatch or when a case is reopened."
    ),
    ("lead_unit_type", "co_unit_types", "normal_level", "platform", "domain"): gettext_noop(
        "Whoever has a case keeps it. Cases not dispatched yet are proposed the new units."
    ),
    ("urgency",): gettext_noop("The urgency of open cases stays as it was decided."),
    ("sensitivity",): gettext_noop("Who may read an open case stays as it was when its matter was decided."),
    ("guards", "sensitivity"): gettext_noop("What the matter demands holds for open cases from their next act on."),
    ("name_zh", "name_en"): gettext_noop("Open and closed cases show the new name."),
}
"""What is true of open cases when one of these columns changes."""


def _routed(
    before: Matter | None, after: Matter, then: Policy, asking: Asking
) -> tuple[Iterator[Moved], Iterator[Hole]]:
    names = ("lead_unit_type", "co_unit_types", "normal_level", "platform", "domain", "guards", "retired")
    if after.retired or (before is not None and all(getattr(before, n) == getattr(after, n) for n in names)):
        return iter(()), iter(())
    offered = before if before is not None and not before.retired else None
    return _moves(offered, after, then, asking), holes(offered, after, then, asking)


def _moves(before: Matter | None, after: Matter, then: Policy, asking: Asking) -> Iterator[Moved]:
    groups: dict[tuple[str, str], list[Area]] = {}
    for area in of_kind(AreaKind.COMMUNITY, asking):
        pair = (_team(before, area, asking.policy, asking), _team(after, area, then, asking))
        if pair[0] != pair[1]:
            groups.setdefault(pair, []).append(area)
    for (was, would), areas in groups.items():
        towns = dict.fromkeys(asking.names.area(area.parent) for area in areas)
        yield Moved(was, would, tuple(towns), len(areas))


def _team(matter: Matter | None, area: Area, policy: Policy, asking: Asking) -> str:
    if matter is None:
        return ""
    try:
        found = route(Question(matter, area.code), policy)
    except Refusal:
        return _("nobody")
    comma = "、" if asking.names.lang == "zh-hans" else ", "
    helpers = comma.join(asking.names.unit(unit) for unit in found.co_handlers)
    lead = asking.names.unit(found.lead)
    return _("%(lead)s, with %(helpers)s") % {"lead": lead, "helpers": helpers} if helpers else lead


def holes(before: Matter | None, after: Matter, then: Policy, asking: Asking) -> Iterator[Hole]:
    """What would be wrong with the routing of a matter that is not wrong now."""
    wrong_then = coverage.problems(after, then)
    wrong_now = coverage.problems(before, asking.policy) if before is not None and wrong_then else {}
    found: dict[str, list[str]] = {}
    for town in of_kind(AreaKind.TOWN, asking):
        known = wrong_in(wrong_now, town, asking)
        for what in wrong_in(wrong_then, town, asking):
            if what not in known:
                found.setdefault(what, []).append(asking.names.area(town.code))
    yield from (Hole(what, tuple(towns)) for what, towns in found.items())
