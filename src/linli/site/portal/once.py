"""One case however often the same words are sent: after going back, from a second tab, or from a form loaded anew.

A form carries a key of its own, which makes sending that form twice harmless. Going back may give the same words a
fresh form with a fresh key; the session then knows under which key they went out a while ago.
"""

from datetime import datetime, timedelta

from django.http import HttpRequest

from linli.intake import actions as intake
from linli.intake.report import Receipt, Report

SENT = "sent"
WITHIN = timedelta(hours=1)
"""So long the same words from the same browser are the same report; later they are a new one."""


def key_for(request: HttpRequest, report: Report, key: str, now: datetime) -> str:
    """The key under which this report goes out: that of the same report a while ago, else the form's own."""
    known = request.session.get(SENT) or {}
    same = known.get("print") == intake.fingerprint(report)
    recent = bool(known) and now - datetime.fromisoformat(known["at"]) < WITHIN
    return str(known["key"]) if same and recent else key


def sent(request: HttpRequest, report: Report, key: str, now: datetime) -> None:
    """Remembers what went out; of the words only a keyed fingerprint."""
    request.session[SENT] = {"key": key, "print": intake.fingerprint(report), "at": now.isoformat()}


def again(request: HttpRequest, district: str, now: datetime) -> Receipt | None:
    """The receipt of a form loaded anew that has lost its photos: a browser sends those that it made as empty."""
    lost = any(photo.size == 0 and photo.name for photo in request.FILES.getlist("photos"))
    known = request.session.get(SENT) or {}
    if not lost or not known or known["key"] != request.POST.get("key"):
        return None
    return intake.receipt_again(district, known["key"], known["print"], now)
