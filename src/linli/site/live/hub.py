"""Everybody who listens to one live process, and what each is still to be told. Lives in the event loop's thread."""

import asyncio
from collections import Counter
from collections.abc import Callable
from datetime import datetime

from linli.site.live.changes import MOST, Answer, News, Recent, answer
from linli.site.live.scope import Grant, Scope

EACH = 4
"""Streams that one token may hold open: a page has one, or two while it changes over."""
STALE = 15.0
"""Seconds without a sign of life from the reading thread after which nobody is kept waiting for news any more."""


class Full(Exception):
    """No more streams here now: the page polls, and tries again later."""


class Subscriber:
    """One open stream. What waits to be sent is merged by case, so a slow reader never holds more than one answer."""

    def __init__(self, grant: Grant, token: str, first: Answer) -> None:
        self.scope: Scope = grant.scope
        self.until: datetime = grant.until
        self.token = token
        self.ended = False
        self.awake = asyncio.Event()
        self._cases = dict(first.cases)
        self._refetch = first.refetch

    def add(self, more: Answer) -> None:
        """Puts an answer to what waits already."""
        if not more.cases and not more.refetch:
            return
        self._cases |= more.cases
        self._refetch = self._refetch or more.refetch or len(self._cases) > MOST
        if self._refetch:
            self._cases.clear()
        self.awake.set()

    def take(self, newest: int) -> Answer:
        """All that waits, as one answer; without anything it is a sign of life that moves the cursor on."""
        taken = Answer(newest, self._refetch, self._cases)
        self._cases, self._refetch = {}, False
        self.awake.clear()
        return taken

    def end(self) -> None:
        """Asks the stream to end."""
        self.ended = True
        self.awake.set()


class Hub:
    """The streams of this process. ``clock`` counts seconds; it tells how long nothing was heard of the follower."""

    def __init__(self, most: int, clock: Callable[[], float]) -> None:
        self.recent = Recent()
        self._most = most
        self._clock = clock
        self._heard_at: float | None = None
        self._closed = False
        self._subscribers: set[Subscriber] = set()
        self._by_token: Counter[str] = Counter()

    def __len__(self) -> int:
        return len(self._subscribers)

    @property
    def is_following(self) -> bool:
        """Whether news would come: the follower has begun and was heard of lately."""
        return self._heard_at is not None and self._clock() - self._heard_at < STALE

    def join(self, grant: Grant, token: str, cursor: int) -> Subscriber:
        """A new stream, which first gets what happened after the cursor.

        Raises:
            Full: the process has as many streams as it may, the token has, or the process is ending or deaf.
        """
        if self._closed or not self.is_following or len(self) >= self._most or self._by_token[token] >= EACH:
            raise Full
        subscriber = Subscriber(grant, token, self.recent.after(cursor, grant.scope))
        self._subscribers.add(subscriber)
        self._by_token[token] += 1
        return subscriber

    def leave(self, subscriber: Subscriber) -> None:
        """Forgets a stream."""
        self._subscribers.discard(subscriber)
        self._by_token[subscriber.token] -= 1
        self._by_token += Counter()  # drops tokens that hold none

    def begin(self, news: News) -> None:
        """The follower begins, or begins anew: whoever listens already may have missed something."""
        self._heard_at = self._clock()
        self.recent.begin(news)
        for subscriber in self._subscribers:
            subscriber.add(Answer(news.newest, True, {}))

    def tell(self, news: News) -> None:
        """Gives every stream what its reader may know of the news."""
        self._heard_at = self._clock()
        self.recent.add(news)
        if not news.changes:
            return
        for subscriber in self._subscribers:
            subscriber.add(answer(subscriber.scope, news.changes, since=news.newest))

    def close(self) -> None:
        """Ends every stream and takes no new one."""
        self._closed = True
        for subscriber in self._subscribers:
            subscriber.end()
