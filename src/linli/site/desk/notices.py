"""What a person was told: the list, the number for the badge, what they want outside the desk, and its log."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from linli.cases import queries as cases
from linli.core.errors import Refusal
from linli.core.notifying import Kind, callers
from linli.core.policy import Urgency
from linli.notices import actions
from linli.notices import queries as notices
from linli.notices.forms import USE_LABELS, WishesForm
from linli.notices.queries import NoticeInfo, Sending
from linli.notices.transports import configured
from linli.site.desk import listing
from linli.site.desk.asking import Asking, desk_page
from linli.site.desk.frame import common
from linli.site.desk.listing import Row
from linli.site.notifying import KINDS
from linli.vault.sealing import VaultLocked

STATES = {"waiting": "badge", "sent": "badge badge-good", "failed": "badge badge-urgent"}


@dataclass(frozen=True, slots=True)
class Shown:
    """One notice in words. ``row`` is its case, if the person may (still) read it; ``words`` those of an alert."""

    notice: NoticeInfo
    kind: str
    unit: str
    row: Row | None
    words: str

    @property
    def hurries(self) -> bool:
        """Whether it stands out."""
        return self.notice.kind in (Kind.ALERT, Kind.EXPEDITE) or self.notice.urgency.rank >= Urgency.URGENT.rank


@dataclass(frozen=True, slots=True)
class Logged:
    """One delivery in words."""

    kind: str
    channel: str
    state: str
    mark: str
    at: datetime
    fault: str


@require_http_methods(["GET", "POST"])
@desk_page
def index(request: HttpRequest, asking: Asking) -> HttpResponse:
    """A person's notices, unread ones first asked for; a POST marks one or all as read."""
    if request.method == "POST":
        one = request.POST.get("notice", "")
        if one and notices.is_id(one):
            actions.read_one(asking.actor, asking.district, one, now=asking.now)
        elif not one:
            actions.read_all(asking.actor, asking.district, now=asking.now)
        return redirect(reverse("desk-notices"))
    everything = request.GET.get("show") == "all"
    after = request.GET.get("after", "")
    page = notices.page(
        asking.actor, asking.district, unread_only=not everything, after=after if notices.is_id(after) else None
    )
    unread = notices.unread(asking.actor, asking.district)
    shown = {
        "lines": shown_in_words(asking, page.lines),
        "everything": everything,
        "after": page.after,
        "unread": unread,
        "unread_shown": unread if unread <= notices.MOST else f"{notices.MOST}+",
        "several": len(asking.actor.units) > 1,
        "calls": bool(callers(asking.actor)),
        "ways": bool(configured()),
    }
    return render(request, "desk/notices.html", common(asking) | shown)


@require_GET
@desk_page
def count(_request: HttpRequest, asking: Asking) -> HttpResponse:
    """How many unread notices the person has, for the badge: 100 stands for any more."""
    return JsonResponse({"unread": notices.unread(asking.actor, asking.district)})


@require_http_methods(["GET", "POST"])
@desk_page
def settings(request: HttpRequest, asking: Asking) -> HttpResponse:
    """What a person wants outside the desk, and what became of the last messages."""
    channels = configured()
    form = WishesForm(channels, initial=_initial(asking))
    status = HTTPStatus.OK
    if request.method == "POST":
        form = WishesForm(channels, request.POST)
        if form.is_valid() and _kept(asking, form):
            messages.success(request, _("Kept. It holds for messages from now on."))
            return redirect("desk-notices-settings")
        status = HTTPStatus.UNPROCESSABLE_ENTITY
    log = [logged(one) for one in notices.sendings_of(asking.actor, asking.district)]
    shown = {"form": form, "channels": channels, "log": log}
    return render(request, "desk/notices_settings.html", common(asking) | shown, status=status)


def shown_in_words(asking: Asking, found: Sequence[NoticeInfo]) -> list[Shown]:
    """Notices for the person's page; a case is named only while they may read it."""
    lines = cases.lines(asking.actor, asking.district, [notice.case for notice in found if notice.case])
    rows = {row.id: row for row in listing.rows(asking, lines)}
    alerts = notices.alert_words(asking.district, [notice.alert for notice in found if notice.alert])
    return [
        Shown(
            notice, str(KINDS[notice.kind]), asking.names.unit(notice.unit), rows.get(notice.case or ""),
            alerts.get(notice.alert or "", ""),
        )
        for notice in found
    ]  # fmt: skip


def logged(sending: Sending) -> Logged:
    """One delivery of the log."""
    states = {"waiting": _("waiting"), "sent": _("sent"), "failed": _("failed")}
    return Logged(
        str(KINDS[sending.notice.kind]) if sending.notice else "",
        str(USE_LABELS[sending.channel]),
        states[sending.state],
        STATES[sending.state],
        sending.sent_at or sending.send_at,
        sending.fault,
    )


def _initial(asking: Asking) -> dict[str, Any]:
    wishes = notices.wishes(asking.actor.id)
    found: dict[str, Any] = {}
    for channel in configured():
        try:
            found[f"{channel}_to"] = notices.address(asking.actor.id, channel) or ""
        except VaultLocked:
            found[f"{channel}_to"] = ""
    found |= {f"{channel}_least": urgency.value for channel, urgency in wishes.least}
    if wishes.quiet_from != wishes.quiet_until:
        found |= {"quiet_from": _time(wishes.quiet_from), "quiet_until": _time(wishes.quiet_until)}
    if wishes.digest_at is not None:
        found["digest_at"] = _time(wishes.digest_at)
    return found


def _time(minute: int) -> time:
    return time(minute // 60, minute % 60)


def _kept(asking: Asking, form: WishesForm) -> bool:
    good = True
    for channel in form.channels:
        try:
            actions.keep_address(asking.actor, channel, form.cleaned_data[f"{channel}_to"])
        except Refusal:
            form.add_error(f"{channel}_to", _("This is no address of that kind. Check it for slips."))
            good = False
    if good:
        actions.keep_wishes(asking.actor, form.wishes)
    return good
