"""Saved filters: work lists that a person comes back to, by name, as a menu beside the list.

Kept are codes only: a search for words is not, because words may name a resident.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from linli.accounts import actions as accounts
from linli.accounts import queries as kept
from linli.cases import words
from linli.core.errors import Refusal
from linli.site.desk import filtering, listing
from linli.site.desk.asking import Asking, desk_page
from linli.site.desk.frame import common

KEYS = (*filtering.KEYS, "size")
"""What of an address is kept."""

CODE = re.compile(r"[A-Za-z0-9_.-]{1,40}")
MOVES = {"up": -1, "down": 1}


@dataclass(frozen=True, slots=True)
class Saved:
    """One saved list: ``address`` is empty where it is no list of the person's any more; ``here`` is the one shown."""

    id: str
    name: str
    address: str
    here: bool


@dataclass(frozen=True, slots=True)
class Menu:
    """What ``desk/_saved.html`` shows as ``saved``; ``query`` is the list shown now, to be saved."""

    lists: list[Saved]
    query: str


def known(query: Mapping[str, str]) -> str:
    """The known parts of an address, in one order; whatever else it holds, or is no code, is dropped."""
    return urlencode({key: query[key] for key in KEYS if CODE.fullmatch(query.get(key, ""))})


def menu(asking: Asking, request: HttpRequest) -> Menu:
    """The person's saved lists, and the one shown now."""
    shown = known(request.GET.dict())
    return Menu(_lists(asking, shown), shown)


@require_http_methods(["GET", "POST"])
@desk_page
def index(request: HttpRequest, asking: Asking) -> HttpResponse:
    """The saved lists, to be put in order and deleted; a POST saves another one and leads back to it."""
    shown, status = {"name": "", "query": "", "fault": ""}, HTTPStatus.OK
    if request.method == "POST":
        query = known(QueryDict(request.POST.get("query", "")[:2000]).dict())
        try:
            accounts.save_filter(asking.actor.id, request.POST.get("name", ""), query)
        except Refusal as refusal:
            fault = words.refusal(refusal, asking.names.lang, asking.names, asking.policy)
            shown, status = {"name": request.POST.get("name", ""), "query": query, "fault": fault}, HTTPStatus(422)
        else:
            messages.success(request, _("The list is kept in your menu."))
            return redirect(f"{reverse('desk')}?{query}")
    return render(request, "desk/saved.html", common(asking) | shown | {"lists": _lists(asking)}, status=status)


@require_POST
@desk_page
def change(request: HttpRequest, asking: Asking, saved: UUID) -> HttpResponse:
    """Moves one of one's own saved lists up or down, or deletes it."""
    wanted = request.POST.get("do", "")
    if wanted == "delete":
        accounts.delete_filter(asking.actor.id, str(saved))
    elif wanted in MOVES:
        accounts.move_filter(asking.actor.id, str(saved), MOVES[wanted])
    return redirect("desk-saved")


def _lists(asking: Asking, shown: str | None = None) -> list[Saved]:
    mine = {tab.key for tab in listing.tabs(asking)}
    return [
        Saved(
            id=str(saved.id),
            name=saved.name,
            address=f"{reverse('desk')}?{saved.query}" if QueryDict(saved.query).get("in", "") in mine else "",
            here=saved.query == shown,
        )
        for saved in kept.filters_of(asking.actor.id)
    ]
