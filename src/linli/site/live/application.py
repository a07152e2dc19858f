"""The ASGI application of the live process: one address that streams, one that says how it is. Nothing of Django's."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping
from contextlib import suppress
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs

from linli.site.live.changes import Answer
from linli.site.live.hub import Full, Hub, Subscriber
from linli.site.live.scope import BadToken, read

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]

STREAMS = ("/live", "/desk/live/")
"""The second is what a reverse proxy passes on as it is: one address for stream and poll."""
HEALTH = "/health"
BEAT = 15.0
"""Seconds between signs of life; a page that hears none for three of them connects again."""
PATIENCE = 20.0
"""Seconds that a reader may take to let an answer through before it is given up."""
RETRY = b"retry: 3000\n\n"
MOST_TEXT = 16_000
"""Characters of a query that are read."""
_NEVER_KEPT = (b"cache-control", b"no-store")
_STREAM = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    _NEVER_KEPT,
    (b"x-accel-buffering", b"no"),  # nginx passes every event on at once
    (b"x-content-type-options", b"nosniff"),
]


def _now() -> datetime:
    return datetime.now(UTC)


class Refused(Exception):
    """The request gets this status and no stream."""

    def __init__(self, status: HTTPStatus) -> None:
        super().__init__(status.phrase)
        self.status = status


class Application:
    """Streams changes to pages that show a token. Pages of other origins than the site's get nothing."""

    def __init__(
        self, hub: Hub, origins: Iterable[str], *, now: Callable[[], datetime] = _now, beat: float = BEAT
    ) -> None:
        self._hub = hub
        self._origins = frozenset(origins)
        self._now = now
        self._beat = beat

    async def __call__(self, scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
        """Answers one request."""
        if scope["type"] != "http":
            return None
        headers = {name.lower(): value.decode("latin-1") for name, value in scope["headers"]}
        allowed: Headers = []
        try:
            if scope["path"] == HEALTH and scope["method"] == "GET":
                return await self._say_health(send)
            allowed = self._cross_origin(headers)
            subscriber = self._joined(scope, headers)
        except Refused as refusal:
            return await _say(send, refusal.status, allowed, {"status": refusal.status.phrase})
        try:
            return await self._stream(subscriber, allowed, receive, send)
        finally:
            self._hub.leave(subscriber)

    def _cross_origin(self, headers: Mapping[bytes, str]) -> Headers:
        """What a browser must read to let the page have the answer; a request without ``Origin`` is of the same one."""
        origin = headers.get(b"origin")
        if origin is None:
            return []
        if origin not in self._origins:
            raise Refused(HTTPStatus.FORBIDDEN)
        return [(b"access-control-allow-origin", origin.encode("latin-1")), (b"vary", b"origin")]

    def _joined(self, scope: Mapping[str, Any], headers: Mapping[bytes, str]) -> Subscriber:
        if scope["path"] not in STREAMS:
            raise Refused(HTTPStatus.NOT_FOUND)
        if scope["method"] != "GET":
            raise Refused(HTTPStatus.METHOD_NOT_ALLOWED)
        asked = parse_qs(scope["query_string"][:MOST_TEXT].decode("latin-1"))
        token = asked.get("token", [""])[0]
        # The browser's own header is newer than the address with which the page once opened the stream.
        cursor = headers.get(b"last-event-id") or asked.get("since", [""])[0]
        try:
            return self._hub.join(read(token, now=self._now()), token, _number(cursor))
        except BadToken as fault:
            raise Refused(HTTPStatus.UNAUTHORIZED) from fault
        except Full as fault:
            raise Refused(HTTPStatus.SERVICE_UNAVAILABLE) from fault

    async def _stream(self, subscriber: Subscriber, allowed: Headers, receive: Receive, send: Send) -> None:
        """Sends answers as they come and signs of life between, until either side has had enough."""
        leaving = asyncio.create_task(_notice_leaving(subscriber, receive))
        try:
            await send({"type": "http.response.start", "status": 200, "headers": [*_STREAM, *allowed]})
            await _pass(send, RETRY + _event(subscriber.take(self._hub.recent.newest)))
            while not await self._is_over(subscriber):
                await _pass(send, _event(subscriber.take(self._hub.recent.newest)))
            await _pass(send, b"", more=False)
        except TimeoutError:
            pass  # a reader who lets nothing through is given up; it comes back with its cursor
        finally:
            leaving.cancel()

    async def _is_over(self, subscriber: Subscriber) -> bool:
        """Waits for something to say; True when there will be nothing more."""
        left = (subscriber.until - self._now()).total_seconds()
        with suppress(TimeoutError):
            await asyncio.wait_for(subscriber.awake.wait(), max(0.0, min(self._beat, left)))
        return subscriber.ended or subscriber.until <= self._now() or not self._hub.is_following

    async def _say_health(self, send: Send) -> None:
        hub = self._hub
        status = HTTPStatus.OK if hub.is_following else HTTPStatus.SERVICE_UNAVAILABLE
        facts = {"following": hub.is_following, "streams": len(hub), "newest": hub.recent.newest}
        await _say(send, status, [], facts)


async def _notice_leaving(subscriber: Subscriber, receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    subscriber.end()


async def _pass(send: Send, content: bytes, *, more: bool = True) -> None:
    body = {"type": "http.response.body", "body": content, "more_body": more}
    await asyncio.wait_for(send(body), PATIENCE)


async def _say(send: Send, status: HTTPStatus, headers: Headers, facts: Mapping[str, Any]) -> None:
    kind = [(b"content-type", b"application/json"), _NEVER_KEPT]
    if status is HTTPStatus.SERVICE_UNAVAILABLE:
        kind.append((b"retry-after", b"5"))
    await send({"type": "http.response.start", "status": int(status), "headers": [*kind, *headers]})
    await send({"type": "http.response.body", "body": json.dumps(facts).encode(), "more_body": False})


def _event(answer: Answer) -> bytes:
    """One event of the stream; its id is the cursor that the browser sends back when it connects again."""
    return f"id: {answer.since}\ndata: {json.dumps(answer.facts(), separators=(',', ':'))}\n\n".encode()


def _number(text: str) -> int:
    """A cursor; what is none counts as one from before everything, so that the page reads again."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else 0
