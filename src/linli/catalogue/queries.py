"""Every read of the catalogue: what is in force, as the frozen Policy that the rules ask for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from linli.catalogue.coverage import Facts
from linli.catalogue.documents import profile_from, rule_tables_from, with_one_name
from linli.catalogue.models import CatalogueVersion, PolicyVersion, ProcedureVersion
from linli.catalogue.models import Matter as MatterModel
from linli.core import asked
from linli.core.calendar import Limit, WorkCalendar
from linli.core.policy import Guard, Matter, Policy, Urgency
from linli.core.procedure import Procedure, load
from linli.core.routing import RuleTable
from linli.core.territory import AreaKind, Function, Territory
from linli.directory import queries as directory
from linli.directory.template import standard


class NothingPublishedError(LookupError):
    """No rules are in force yet; the text names the command that publishes them."""

    def __init__(self) -> None:
        super().__init__("no catalogue is published yet; run: linli import matters --publish")


@dataclass(frozen=True, slots=True)
class Publication:
    """What is in force: policy number, catalogue number, profile of limits, by whom, when."""

    number: int
    catalogue: int
    profile: str
    published_at: datetime
    published_by: str
    document: Mapping[str, Any]
    proposed_by: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Promises:
    """The matters of a publication, under its profile, and its default limits by name."""

    matters: Mapping[str, Matter]
    limits: Mapping[str, Limit]


@dataclass(frozen=True)
class _Rules:
    """The part of a policy that no district changes."""

    matters: Mapping[str, Matter]
    procedures: Mapping[tuple[str, int], Procedure]
    calendar: WorkCalendar
    limits: Mapping[str, Limit]
    rules: tuple[RuleTable, ...]


_rules: dict[int, _Rules] = {}
_policies: dict[str, Policy] = {}
_fresh = directory.Freshness()


def policy(district: str) -> Policy:
    """The rules in force for a district; ``version`` is ``POLICY.TERRITORY``. Two cheap reads when nothing changed.

    Raises:
        NothingPublishedError: no catalogue was published.
        UnknownDistrictError: no such district.
    """
    kept = _policies.get(district)
    if kept is not None and _fresh.is_checked(district):
        return kept
    number = PolicyVersion.objects.order_by("-number").values_list("number", flat=True).first()
    if number is None:
        raise NothingPublishedError
    territory = directory.territory(district)
    version = f"{number}.{territory.version}"
    if kept is None or kept.version != version:
        row = PolicyVersion.objects.get(number=number)
        kept = _policies[district] = _policy(version, row, territory)
    _fresh.note(district)
    return kept


def look_again() -> None:
    """Forgets that the rules were checked a moment ago: what this process published, it goes by at once."""
    _fresh.forget()


def facts(district: str, now: datetime) -> Facts:
    """What the coverage check needs of a district besides its policy.

    Raises:
        UnknownDistrictError: no such district.
    """
    posts = directory.posts(district)
    held: dict[str, frozenset[Function]] = {}
    for post in posts:
        held[post.unit] = held.get(post.unit, frozenset()) | post.functions
    on_post = {holding.post for holding in directory.holdings(district, now)}
    return Facts(
        today=timezone.localdate(now),
        companies=frozenset(unit.id for unit in directory.units(district).values() if unit.company),
        functions_held=held,
        staffed=frozenset(post.unit for post in posts if post.id in on_post),
        bounded=directory.bounded_areas(district),
        open_types=frozenset(role.type for role in standard().roles.values()),
    )


def in_force_number() -> int:
    """The number of the newest publication; 0 where nothing is published."""
    return PolicyVersion.objects.order_by("-number").values_list("number", flat=True).first() or 0


def in_force() -> Publication | None:
    """The newest publication."""
    row = PolicyVersion.objects.order_by("-number").first()
    if row is None:
        return None
    return _publication(row)


def _publication(row: PolicyVersion) -> Publication:
    profile = str(row.document["profile"])
    return Publication(
        row.number, row.catalogue_number, profile, row.published_at, row.published_by, row.document, row.proposed_by,
        row.note,
    )  # fmt: skip


def publications() -> tuple[Publication, ...]:
    """Every publication, the newest first."""
    return tuple(_publication(row) for row in PolicyVersion.objects.order_by("-number"))


def promises(publications: Sequence[Publication]) -> list[Promises]:
    """What each of the publications promised, with one read for all."""
    listed: dict[int, dict[str, Matter]] = {publication.catalogue: {} for publication in publications}
    for row in MatterModel.objects.filter(catalogue_number__in=listed).order_by("code"):
        listed[row.catalogue_number][row.code] = as_matter(row)
    profiles = [profile_from(publication.document) for publication in publications]
    return [
        Promises({code: profile.apply(m) for code, m in listed[publication.catalogue].items()}, profile.limits)
        for publication, profile in zip(publications, profiles, strict=True)
    ]


def published_matters() -> Mapping[str, Matter]:
    """Matters of the newest published catalogue as they stand in its rows; empty when there is none."""
    return matters(newest_catalogue())


def newest_catalogue() -> int:
    """The number of the newest published catalogue, 0 where there is none."""
    newest = CatalogueVersion.objects.filter(state="published").order_by("-number").values_list("number", flat=True)
    return newest.first() or 0


def draft_number() -> int | None:
    """The number of the draft catalogue, if there is one."""
    return CatalogueVersion.objects.filter(state="draft").values_list("number", flat=True).first()


def matters(catalogue: int) -> Mapping[str, Matter]:
    """Matters of one version of the catalogue, by code."""
    return {row.code: as_matter(row) for row in MatterModel.objects.filter(catalogue_number=catalogue).order_by("code")}


def as_matter(row: MatterModel) -> Matter:
    """A row as the rules know it."""
    return Matter(
        code=row.code,
        version=row.catalogue_number,
        platform=row.platform,
        domain=row.domain,
        name_zh=row.name_zh,
        name_en=row.name_en,
        case_kinds=tuple(row.case_kinds),
        normal_level=AreaKind(row.normal_level),
        lead_unit_type=row.lead_unit_type,
        co_unit_types=tuple(row.co_unit_types),
        urgency=Urgency(row.urgency_default),
        accept_limit=Limit.parse(row.accept_limit),
        handle_limit=Limit.parse(row.handle_limit),
        limit_source=row.limit_source,
        legal_basis=row.legal_basis,
        label=row.label,
        sensitivity=row.sensitivity,
        guards=frozenset(Guard(guard) for guard in row.guards),
        notes=row.notes,
        retired=row.retired,
        questions=asked.read(row.questions),
    )


def under(document: Mapping[str, Any], matters: Mapping[str, Matter]) -> dict[str, Matter]:
    """Matters as a publication's document puts them in force: under its profile, with one name for each body."""
    profile = profile_from(document)
    return {code: profile.apply(with_one_name(matter, document["same_as"])) for code, matter in matters.items()}


def _policy(version: str, row: PolicyVersion, territory: Territory) -> Policy:
    rules, document = _rules.get(row.number), row.document
    if rules is None:
        rules = _rules[row.number] = _read_rules(row)
        for older in [number for number in list(_rules) if number < row.number]:
            _rules.pop(older, None)
    return Policy(
        version=version,
        territory=territory,
        matters=rules.matters,
        procedures=rules.procedures,
        calendar=rules.calendar,
        limits=rules.limits,
        settings=MappingProxyType(dict(document["settings"])),
        rules=rules.rules,
        fallback_types=MappingProxyType(dict(document["fallback_types"])),
        desk_types=tuple(document["desk_types"]),
        centre_types=tuple(document["centre_types"]),
    )


def _read_rules(row: PolicyVersion) -> _Rules:
    document = row.document
    profile = profile_from(document)
    wanted = [f"{name}.{version}" for name, version in document["procedures"]]
    procedures = [load(procedure.document) for procedure in ProcedureVersion.objects.filter(id__in=wanted)]
    return _Rules(
        matters=MappingProxyType(under(document, matters(row.catalogue_number))),
        procedures=MappingProxyType({(p.name, p.version): p for p in procedures}),
        calendar=WorkCalendar.from_data(document["calendar"], ZoneInfo),
        limits=MappingProxyType(dict(profile.limits)),
        rules=rule_tables_from(document["rules"]),
    )
