"""The sections of the administration: what stands in its tabs and on its first page, in this order."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from linli.site.administration.guarding import administration_page
from linli.site.desk.asking import Asking
from linli.site.desk.frame import common

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the administration: the name of its address, its title, and what one does there."""

    url: str
    title: "StrOrPromise"
    about: "StrOrPromise"


SECTIONS: tuple[Section, ...] = (
    Section(
        "desk-areas", _("Areas and grids"), _("Towns, communities and grids on a map; grids split, merged, redrawn.")
    ),
    Section("desk-units", _("Units and posts"), _("Who answers for what: units, their duty lines, posts and rosters.")),
    Section("desk-people", _("People"), _("Who holds which post, who is away, and whose account is open.")),
    Section("desk-catalogue", _("Matters"), _("What the district has promised: who leads, who helps, how fast.")),
    Section("desk-draft", _("Draft"), _("Change the catalogue: prepare, see what follows, publish by two.")),
    Section("desk-lists", _("Town lists"), _("What each town leads, what it helps with, and the routing exceptions.")),
    Section("desk-catalogue-history", _("Publications"), _("Everything that was ever published, and what it changed.")),
    Section("desk-procedures", _("Procedures"), _("The ways that cases take, with what the checker finds.")),
    Section("desk-calendar", _("Working calendar"), _("Holidays and made-up working days, and their correction.")),
    Section("desk-state", _("State of the system"), _("Whether clock, relay and messages keep up, and what failed.")),
    Section("desk-imports", _("Imports"), _("Files of areas, units, staff, matters and reports, looked at before.")),
)


def at(url: str, asking: Asking) -> dict[str, Any]:
    """What the frame of a page in that section shows."""
    return common(asking) | {"sections": SECTIONS, "at": url}


@require_GET
@administration_page
def index(request: HttpRequest, asking: Asking) -> HttpResponse:
    """All sections with what one does there."""
    return render(request, "administration/index.html", at("desk-administration", asking))
