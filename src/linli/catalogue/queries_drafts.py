"""What is being prepared: the draft of the catalogue, who changed what in it, and who may put it in force."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256

import msgspec
from django.conf import settings

from linli.catalogue import queries
from linli.catalogue.documents import profile_from
from linli.catalogue.models import DRAFT, CatalogueVersion, DraftChange, Matter
from linli.catalogue.queries import Promises, as_matter, newest_catalogue
from linli.core.policy import Matter as MatterValue
from linli.core.policy import Policy
from linli.core.territory import Function
from linli.directory import queries as directory


@dataclass(frozen=True, slots=True)
class DraftInfo:
    """The draft; ``source`` names the file that came into it last, ``proposed_by`` who stands by this revision."""

    number: int
    base: int
    source: str
    made_at: datetime
    revision: int
    proposed_at: datetime | None
    proposed_by: str
    note: str


@dataclass(frozen=True, slots=True)
class ChangeInfo:
    """Who changed which matter of a draft (no code: the draft as a whole), how and when."""

    revision: int
    code: str
    what: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """A matter as the draft has it, or as it is published where no draft is open.

    ``stamp`` is a digest of the whole row, by which a form shows what it was filled in over; ``published`` is the
    matter in force, None for one that is not.
    """

    matter: MatterValue
    wave: int
    stamp: str
    published: MatterValue | None


def draft() -> DraftInfo | None:
    """The draft, if there is one."""
    row = CatalogueVersion.objects.filter(state=DRAFT).first()
    if row is None:
        return None
    return DraftInfo(
        row.number, row.base, row.source, row.made_at, row.revision, row.proposed_at, row.proposed_by, row.note
    )


def changes(catalogue: int) -> tuple[ChangeInfo, ...]:
    """Every change made while that version was a draft, the newest first."""
    rows = DraftChange.objects.filter(catalogue_number=catalogue).order_by("-revision")
    return tuple(ChangeInfo(row.revision, row.code, row.what, row.by, row.at) for row in rows)


def standing() -> Mapping[str, Standing]:
    """Every matter as it stands now, by code."""
    published = newest_catalogue()
    known = CatalogueVersion.objects.filter(state=DRAFT).values_list("number", flat=True).first()
    numbers = {published, known or published}
    rows: dict[int, list[Matter]] = {number: [] for number in numbers}
    for row in Matter.objects.filter(catalogue_number__in=numbers).order_by("code"):
        rows[row.catalogue_number].append(row)
    in_force = {row.code: as_matter(row) for row in rows[published]}
    return {
        row.code: Standing(as_matter(row), row.wave, stamp_of(row), in_force.get(row.code))
        for row in rows[known or published]
    }


def stamp_of(row: Matter | None) -> str:
    """A digest of what a row says, whatever columns it has; empty for no row."""
    if row is None:
        return ""
    said = {f.name: getattr(row, f.name) for f in Matter._meta.fields if f.name not in ("id", "catalogue_number")}
    return sha256(msgspec.json.encode(said, order="deterministic")).hexdigest()[:24]


def both() -> tuple[Promises, Promises]:
    """What is in force, and what would be with the draft: under the profile of limits in force.

    Raises:
        NothingPublishedError: nothing is in force.
    """
    in_force = queries.in_force()
    if in_force is None:
        raise queries.NothingPublishedError
    profile = profile_from(in_force.document)
    now, then = queries.matters(in_force.catalogue), queries.matters(queries.draft_number() or in_force.catalogue)
    older, newer = ({code: profile.apply(m) for code, m in each.items()} for each in (now, then))
    return Promises(older, profile.limits), Promises(newer, profile.limits)


def policy_then(district: str) -> Policy:
    """The rules of a district as they would be with the draft in force.

    Raises:
        NothingPublishedError: nothing is in force.
    """
    now, in_force = queries.policy(district), queries.in_force()
    number = queries.draft_number()
    if in_force is None or number is None:
        return now
    return replace(now, matters=queries.under(in_force.document, queries.matters(number)))


def next_codes(platforms: Iterable[str]) -> Mapping[str, str]:
    """For each platform the first code after all that were ever given in any version."""
    numbers = dict.fromkeys(platforms, 0)
    for code in Matter.objects.values_list("code", flat=True).distinct():
        prefix, _dash, number = code.partition("-")
        if prefix in numbers:
            numbers[prefix] = max(numbers[prefix], int(number))
    return {prefix: f"{prefix}-{number + 1:03d}" for prefix, number in numbers.items()}


def second_person_needed(district: str, by: str, now: datetime) -> bool:
    """Whether somebody else must put in force what this person prepared: so where anybody else administers."""
    return bool(settings.PUBLISH_BY_TWO) and bool(administrators(district, now) - {by})


def administrators(district: str, now: datetime) -> frozenset[str]:
    """Ids of everybody who holds a post that administers."""
    posts = {post.id for post in directory.posts(district) if Function.ADMINISTER in post.functions}
    return frozenset(holding.user for holding in directory.holdings(district, now) if holding.post in posts)
