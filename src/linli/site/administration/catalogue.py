"""The catalogue as administrators read it: matters, one with who leads it where, and what publications changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from linli.cases import words
from linli.catalogue import queries as catalogue
from linli.catalogue.queries import Promises, Publication
from linli.core.policy import Matter
from linli.site.administration import leading, promising
from linli.site.administration.guarding import administration_page
from linli.site.administration.sections import at
from linli.site.administration.steps import people, steps
from linli.site.desk.asking import Asking

LONGEST_WORDS = 60

_Promised = tuple[Publication, Promises]


@dataclass(frozen=True, slots=True)
class Filter:
    """What the list is narrowed to."""

    platform: str
    domain: str
    words: str
    lead: str = ""

    def takes(self, matter: Matter) -> bool:
        """Whether a matter fits: its codes, and all words somewhere in its names, law or code."""
        said = " ".join((matter.code, matter.name_zh, matter.name_en, matter.legal_basis)).casefold()
        return (
            self.platform in ("", matter.platform)
            and self.domain in ("", matter.domain)
            and self.lead in ("", matter.lead_unit_type)
            and all(word in said for word in self.words.casefold().split())
        )


@dataclass(frozen=True, slots=True)
class PublicationRow:
    """One publication in the history; ``before`` is the number of the one that it followed."""

    number: int
    at: datetime
    profile: str
    matters: int
    changes: int
    before: int | None
    by: str
    proposed_by: str
    note: str
    same: bool


@require_GET
@administration_page
def index(request: HttpRequest, asking: Asking) -> HttpResponse:
    """All matters in force, narrowed by platform, domain and words."""
    lang, known = asking.names.lang, asking.policy.matters
    asked = Filter(
        request.GET.get("platform", ""),
        request.GET.get("domain", ""),
        request.GET.get("words", "")[:LONGEST_WORDS],
        request.GET.get("lead", ""),
    )
    shown = {
        "filter": asked,
        "platforms": _options("platform", {m.platform for m in known.values()}, lang),
        "domains": _options("domain", {m.domain for m in known.values()}, lang),
        "matters": [promising.row(m, asking) for _code, m in sorted(known.items()) if asked.takes(m)],
        "all": len(known),
    }
    return render(request, "administration/catalogue.html", at("desk-catalogue", asking) | shown)


@require_GET
@administration_page
def matter(request: HttpRequest, asking: Asking, code: str) -> HttpResponse:
    """One matter: what is promised, who leads it in each town, and in each community of the town that was chosen."""
    found = asking.policy.matters.get(code)
    if found is None:
        raise Http404
    town = request.GET.get("town", "")
    shown = {
        "matter": promising.row(found, asking),
        "facts": promising.facts(found, asking),
        "towns": leading.towns(found, asking),
        "town": asking.names.area(town) if town in asking.policy.territory.areas else "",
        "places": leading.places(found, town, asking),
    }
    return render(request, "administration/matter.html", at("desk-catalogue", asking) | shown)


@require_GET
@administration_page
def history(request: HttpRequest, asking: Asking) -> HttpResponse:
    """Every publication, the newest first, with how much it changed."""
    known = catalogue.publications()
    promised = list(zip(known, catalogue.promises(known), strict=True))
    newest = catalogue.newest_catalogue()
    names = people(one for each in known for one in (each.published_by, each.proposed_by))
    rows = [
        _row(after, before, newest, names, asking) for after, before in pairwise([*promised, None]) if after is not None
    ]
    shown = at("desk-catalogue-history", asking) | {"publications": rows}
    return render(request, "administration/history.html", shown)


@require_GET
@administration_page
def changes(request: HttpRequest, asking: Asking, older: int, newer: int) -> HttpResponse:
    """What changed between two publications: matters that came, went or read otherwise, and default limits."""
    known = {publication.number: publication for publication in catalogue.publications()}
    if older not in known or newer not in known or older >= newer:
        raise Http404
    before, after = catalogue.promises((known[older], known[newer]))
    shown = {
        "older": known[older],
        "newer": known[newer],
        "change": promising.change(before, after, asking),
        "note": known[newer].note,
        "steps": steps(known[newer].catalogue, asking) if known[newer].catalogue != known[older].catalogue else (),
    }
    return render(request, "administration/changes.html", at("desk-catalogue-history", asking) | shown)


def _options(kind: str, codes: set[str], lang: str) -> list[tuple[str, str]]:
    return sorted(((code, words.label(kind, code, lang)) for code in codes), key=lambda option: option[1])


def _row(
    after: _Promised, before: _Promised | None, newest: int, names: Mapping[str, str], asking: Asking
) -> PublicationRow:
    publication, promised = after
    return PublicationRow(
        number=publication.number,
        at=publication.published_at,
        profile=words.title(publication.document["profile_title"], asking.names.lang),
        matters=len(promised.matters),
        changes=promising.change(before[1], promised, asking).count if before else 0,
        before=before[0].number if before else None,
        by=names.get(publication.published_by, ""),
        proposed_by=names.get(publication.proposed_by, ""),
        note=publication.note,
        same=publication.catalogue == newest,
    )
