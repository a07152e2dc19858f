"""Text messages and enterprise messengers over one HTTP contract (``docs/reference/notices.md``).

Whoever runs the site puts a few lines between this and their provider: providers differ in everything but this.
"""

import hashlib
import hmac
import json
import urllib.request
from collections.abc import Mapping
from typing import Any, ClassVar
from urllib.error import HTTPError, URLError

from django.conf import settings

from linli.core.notifying import Channel
from linli.notices.transports import Message, NotSent

PATIENCE = 10.0
"""Seconds that the other side may take."""
MOST_BYTES = 10_000


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """A message with somebody's number goes to the configured address or nowhere."""

    def redirect_request(self, *_unused: Any) -> None:
        """None: the answer counts as it is."""


_opener = urllib.request.build_opener(_NoRedirects)


class Gateway:
    """POSTs ``{"id", "channel", "to", "text"}`` as JSON, signed with HMAC-SHA256 of the body under the shared key."""

    channel: ClassVar[Channel]

    def send(self, to: str, message: Message) -> str:
        """2xx: taken over, with ``{"reference"}`` if there is one; 4xx lasting, but 408, 429; else again."""
        given: Mapping[str, str] = settings.NOTICE_GATEWAYS[self.channel]
        body = json.dumps({"id": message.id, "channel": self.channel, "to": to, "text": message.text}).encode()
        signature = hmac.new(given["key"].encode(), body, hashlib.sha256).hexdigest()
        headers = {
            "Content-Type": "application/json",
            "Idempotency-Key": message.id,
            "X-Linli-Signature": f"sha256={signature}",
        }
        request = urllib.request.Request(given["url"], body, headers, method="POST")  # noqa: S310 - settings allow http(s) only
        try:
            with _opener.open(request, timeout=PATIENCE) as answer:
                return _reference(answer.read(MOST_BYTES))
        except HTTPError as refused:
            lasting = 300 <= refused.code < 500 and refused.code not in (408, 429)
            raise NotSent(f"HTTP {refused.code}", lasting=lasting) from refused
        except (URLError, OSError) as error:
            raise NotSent(type(error).__name__, lasting=False) from error


class TextMessages(Gateway):
    """SMS."""

    channel = Channel.SMS


class Messenger(Gateway):
    """An enterprise messenger, such as WeCom or DingTalk; ``to`` is the person's name there."""

    channel = Channel.MESSENGER


def _reference(answer: bytes) -> str:
    try:
        found = json.loads(answer or b"{}")
    except ValueError:
        return ""
    return str(found.get("reference", ""))[:120] if isinstance(found, dict) else ""
