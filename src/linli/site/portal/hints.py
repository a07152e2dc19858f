"""What the report form says while somebody writes: what it takes the matter for, and open cases that look the same.

Both are suggestions to whoever writes; a person decides later, and without an answer the form works all the same.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from linli.cases import queries as cases
from linli.catalogue import queries as catalogue
from linli.core.policy import Policy
from linli.core.privacy import mask
from linli.core.similar import alike, may_be_offered
from linli.core.territory import AreaKind
from linli.directory import queries as directory
from linli.intake import sameness
from linli.intake.report import DETAIL_LIMIT, PLACE_LIMIT, TITLE_LIMIT
from linli.intake.understanding import Suggestion, suggest
from linli.site import naming
from linli.site.asked import form_for
from linli.site.naming import Names
from linli.site.portal.frame import portal_page
from linli.site.portal.places import resolve, understood

LEAST_WRITTEN = 4
"""Characters before anything is said about a text."""
OTHERS = 2
LIKELY = 0.1
"""An alternative below this confidence is not worth a reporter's time."""


@require_POST
@portal_page
def hints(request: HttpRequest, district: str) -> HttpResponse:
    """Pieces of the form, empty where there is nothing to say. The text comes in the body: no log keeps it."""
    if all(known.code != district for known in directory.districts()):
        raise Http404
    policy = catalogue.policy(district)
    names = Names(district, policy, naming.language())
    title, detail = (mask(request.POST.get(n, "")[:m]) for n, m in (("title", TITLE_LIMIT), ("detail", DETAIL_LIMIT)))
    said: dict[str, str | None] = {"matter": "", "similar": "", "place": _place(request.POST, names)}
    said["questions"] = _questions(None, request.POST, names)
    if len((title + detail).strip()) >= LEAST_WRITTEN:
        suggestion = suggest(title, detail)
        said["questions"] = _questions(suggestion, request.POST, names)
        said["matter"] = render_to_string("portal/matter_hint.html", _matter(suggestion, request.POST, names))
        offered = similar(suggestion, f"{title} {detail}", request.POST, names)
        said["similar"] = render_to_string("portal/similar_hint.html", offered) if offered["cases"] else ""
    return JsonResponse(said)


def _place(data: Mapping[str, str], names: Names) -> str:
    """What the words for the place are taken for, so that nobody learns later that they were not understood."""
    typed = data.get("where", "")[:PLACE_LIMIT]
    found = understood(typed, resolve(typed, names.policy, names, names.district), names)
    return render_to_string("portal/place_hint.html", {"understood": found}) if found else ""


def _matter(suggestion: Suggestion, data: Mapping[str, str], names: Names) -> dict[str, Any]:
    chosen = data.get("matter", "")
    found = [suggestion.matter, *(code for code, share in suggestion.alternatives if share >= LIKELY)]
    known = [code for code in found if code is not None and code in names.policy.offered][: OTHERS + 1]
    first = known[0] if known and known[0] == suggestion.matter else None
    return {
        "matter": names.matter(first) if first else "",
        "words": suggestion.words if first else (),
        "choices": [(code, names.matter(code), code == chosen) for code in known],
        "danger": suggestion.urgency == "emergency",
    }


def _questions(suggestion: Suggestion | None, data: Mapping[str, str], names: Names) -> str | None:
    """The questions of the matter that was chosen, else of the one that the text suggests; None: as they stand."""
    wanted = data.get("matter", "") or (suggestion.matter if suggestion else None) or ""
    if wanted == data.get("asked", ""):
        return None
    form = form_for(names.policy, names.lang, wanted)
    shown = {"questions": form, "questions_about": names.matter(wanted)} if form else {}
    return render_to_string("portal/questions.html", shown) if form else ""


def similar(suggestion: Suggestion, text: str, data: Mapping[str, str], names: Names) -> dict[str, Any]:
    """Open cases of the same matter and community whose words agree; none beside a complaint about a unit."""
    policy, district = names.policy, names.district
    community = _community(data, policy, names)
    matters = _matters(suggestion, data, policy)
    if community is None or not matters or data.get("about"):
        return {"cases": ()}
    found = alike(text, cases.open_alike(district, community, matters))
    filling, now = data.get("key", ""), timezone.now()
    before = sameness.marked(data.get("same", ""), district, filling)
    offered = [
        {
            "mark": sameness.mark(candidate.case, district, filling),
            "matter": names.matter(candidate.matter),
            "age": _age(candidate.opened_at, now),
            "chosen": candidate.case == before,
        }
        for candidate in found
    ]
    return {"cases": offered, "community": names.area(community), "none": not any(o["chosen"] for o in offered)}


def _matters(suggestion: Suggestion, data: Mapping[str, str], policy: Policy) -> set[str]:
    """The matter that was chosen, else those that the text suggests; none where the first may not be offered."""
    likely = [suggestion.matter, *(code for code, share in suggestion.alternatives if share >= LIKELY)]
    wanted = [data["matter"]] if data.get("matter") else [code for code in likely if code]
    known = [policy.offered[code] for code in wanted if code in policy.offered]
    if not known or not may_be_offered(known[0]):
        return set()
    return {matter.code for matter in known if may_be_offered(matter)}


def _community(data: Mapping[str, str], policy: Policy, names: Names) -> str | None:
    """The community that the words name, else the one that holds the pin."""
    chosen = data.get("area", "")
    area = chosen if chosen in policy.territory.areas else None
    area = area or resolve(data.get("where", "")[:PLACE_LIMIT], policy, names, names.district).area
    if area is None:
        try:
            point = float(data.get("lon", "")), float(data.get("lat", ""))
        except ValueError:
            return None
        held = [found for found in directory.locate(*point, names.district) if found.metres == 0]
        area = next((found.area for found in held), None)
    community = policy.territory.ancestor(area, AreaKind.COMMUNITY) if area else None
    return community.code if community else None


def _age(opened_at: datetime, now: datetime) -> str:
    days = (timezone.localdate(now) - timezone.localdate(opened_at)).days
    if days < 1:
        return _("reported today")
    return ngettext("reported %(days)d day ago", "reported %(days)d days ago", days) % {"days": days}
