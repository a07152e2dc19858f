"""Handing over a one-time password: sealed on the way from the act that made it to the one page that shows it, once.

An act answers with a redirect, so that a reload repeats nothing; so the password has to travel. It lies in the session
of the administrator who made it, encrypted under the vault's key, until it is shown or ten minutes are over.
"""

import base64
from datetime import datetime, timedelta

from django.http import HttpRequest

from linli.vault.sealing import VaultLocked, seal, unseal

FOR = timedelta(minutes=10)
_KEY = "one_time"


def keep(request: HttpRequest, person: str, password: str, now: datetime) -> None:
    """Seals a person's new password for the page that is shown next."""
    item = seal("text", "one_time", password.encode())
    parts = [base64.b64encode(part).decode() for part in (item.wrapped_key, item.nonce, item.sealed)]
    until = (now + FOR).isoformat()
    request.session[_KEY] = {"person": person, "until": until, "id": item.id, "key": item.key_id, "parts": parts}


def take(request: HttpRequest, person: str, now: datetime) -> str:
    """The person's new password, once; empty where it was shown already, or too long ago."""
    kept = request.session.get(_KEY)
    if kept is None or kept["person"] != person:
        return ""
    del request.session[_KEY]
    if datetime.fromisoformat(kept["until"]) <= now:
        return ""
    wrapped, nonce, sealed = map(base64.b64decode, kept["parts"])
    try:
        return unseal(kept["id"], kept["key"], wrapped, nonce, sealed).decode()
    except VaultLocked:
        return ""
