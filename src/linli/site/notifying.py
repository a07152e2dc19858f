"""What the ledger says of cases becomes notices; and notices become the words of a message."""

from collections.abc import Sequence
from datetime import timedelta

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from linli.accounts import queries as accounts
from linli.cases import queries as cases
from linli.cases.replay import event_of
from linli.catalogue import queries as catalogue
from linli.core.case.state import CaseState
from linli.core.notifying import Channel, Kind, tidings
from linli.core.policy import Urgency
from linli.ledger import queries as ledger
from linli.ledger.relay import News
from linli.notices import actions as notices
from linli.notices import queries as told
from linli.notices.queries import NoticeInfo
from linli.notices.transports import Message
from linli.ui.templatetags.ui import colon

MOST_SUBJECT = 100
"""Letters of a subject; the text has all of it."""
STALE = timedelta(days=3)
"""Older entries are history that is brought in: nobody is told of them."""

KINDS: dict[Kind, Promise] = {
    Kind.CAME_IN: _("Came to your unit"),
    Kind.REMIND: _("The limit ends soon"),
    Kind.EXPEDITE: _("Expedited"),
    Kind.INFORMED: _("You are informed as the level above"),
    Kind.EXTENSION_ASKED: _("More time is asked for"),
    Kind.MENTIONED: _("A note calls on your unit"),
    Kind.ALERT: _("Alert"),
}
URGENCIES: dict[Urgency, Promise] = {
    Urgency.EXTENDED: _("extended"),
    Urgency.STANDARD: _("standard"),
    Urgency.URGENT: _("urgent"),
    Urgency.EMERGENCY: _("emergency"),
}


def tell_units(district: str, news: Sequence[News]) -> None:
    """Tells units what concerns them of these entries; repeating it adds nothing."""
    places = [(item.stream, item.seq) for item in news if item.kind == "case"]
    if not places:
        return
    now = timezone.now()
    policy = catalogue.policy(district)
    entries = [entry for entry in ledger.entries_at(district, "case", places) if now - entry.at < STALE]
    states = cases.load(district, sorted({entry.stream for entry in entries}))
    found = []
    for entry in entries:
        loaded = states.get(entry.stream)
        if loaded is None:
            continue
        concerned = tidings(event_of(entry), entry.post.rpartition(".")[0], loaded.state, policy)
        if concerned:
            found.append(
                notices.News(
                    concerned,
                    Urgency(loaded.state.urgency),
                    case=entry.stream,
                    seq=entry.seq,
                    action=entry.type.removeprefix("case."),
                    at=entry.at,
                )
            )
    notices.post(district, found, now=now, tz=policy.calendar.tz)


def message(delivery: str, user: str, channel: Channel, found: Sequence[NoticeInfo]) -> Message:
    """The message for a person: which cases, why, until when, and where to look. Never what a case is about."""
    with translation.override(accounts.language_of(user)):
        lines = _lines(found)
        if channel is not Channel.EMAIL:
            return Message(delivery, "", _short(lines))
        subject = lines[0] if len(lines) == 1 else _many(len(lines))
        subject = " ".join(subject.split())[:MOST_SUBJECT]  # the words of an alert may have several lines
        link = f"{settings.SITE_ADDRESS}{reverse('desk-notices')}" if settings.SITE_ADDRESS else ""
        ending = [str(_("Which messages you get, and when: Notices, Settings."))]
        return Message(delivery, f"[Linli] {subject}", "\n".join([*lines, "", *([link] if link else []), *ending]))


def _many(count: int) -> str:
    return ngettext("%(count)s notice", "%(count)s notices", count) % {"count": count}


def _short(lines: Sequence[str]) -> str:
    if len(lines) == 1:
        return f"[Linli] {lines[0]}"
    return f"[Linli] {_many(len(lines))}{colon()}{lines[0]} …"


def _lines(found: Sequence[NoticeInfo]) -> list[str]:
    states: dict[str, CaseState] = {}
    by_district: dict[str, list[str]] = {}
    for notice in found:
        if notice.case:
            by_district.setdefault(notice.district, []).append(notice.case)
    for district, ids in by_district.items():
        states |= {case: loaded.state for case, loaded in cases.load(district, ids).items()}
    alerts: dict[str, str] = {}
    for district in {notice.district for notice in found if notice.alert}:
        alerts |= told.alert_words(district, [n.alert for n in found if n.alert and n.district == district])
    return [_line(notice, states.get(notice.case or ""), alerts.get(notice.alert or "", "")) for notice in found]


def _line(notice: NoticeInfo, state: CaseState | None, alert: str) -> str:
    """One notice in words: an alert says what it was written for, masked; of a case only its number is said."""
    if notice.alert:
        return f"{KINDS[Kind.ALERT]}{colon()}{alert}"
    words = str(KINDS[notice.kind])
    if state is None:
        return words
    parts = [words, state.number]
    if notice.urgency.rank >= Urgency.URGENT.rank:
        parts.append(str(URGENCIES[notice.urgency]))
    if state.clock is not None and state.is_open:
        due = timezone.localtime(state.clock.due)
        parts.append(str(_("due %(moment)s")) % {"moment": due.strftime("%Y-%m-%d %H:%M")})
    return " · ".join(parts)
