"""The live process follows what the relay tells: a thread of its own, because Django reads blockingly."""

import logging
import threading
from collections.abc import Callable

from django.db import connection

from linli.ledger.actions import CHANNEL
from linli.site.live.changes import News, gather

LOOK_AGAIN = 1.0
"""Seconds without a wake-up after which it looks all the same: a notice may be lost, with a pooler between."""
_AFTER_A_FAULT = 2.0

log = logging.getLogger(__name__)


class Follower(threading.Thread):
    """Reads on from where it was, whenever it is woken, and hands over what it found.

    ``begin`` gets everything that is still written down, at the start and when the cursor fits no longer; ``tell`` gets
    what came since, and nothing as a sign of life. Both are called in this thread. What fails is tried again.
    """

    def __init__(self, begin: Callable[[News], None], tell: Callable[[News], None]) -> None:
        super().__init__(name="live-follower", daemon=True)
        self._begin, self._tell = begin, tell
        self._ending = threading.Event()
        self._cursor: int | None = None

    def end(self) -> None:
        """Asks the thread to end; it does within a second or so."""
        self._ending.set()

    def run(self) -> None:
        """Follows until asked to end."""
        while not self._ending.is_set():
            try:
                self._follow()
            except Exception:  # whatever it was, pages must not wait for ever for news
                log.exception("live updates: reading failed, trying again")
                connection.close()
                self._ending.wait(_AFTER_A_FAULT)
        connection.close()

    def _follow(self) -> None:
        # Listening begins before the first look, so that nothing falls between.
        with connection.cursor() as cursor:
            cursor.execute(f"LISTEN {CHANNEL}")
        while not self._ending.is_set():
            self.look()
            for _ in connection.connection.notifies(timeout=LOOK_AGAIN, stop_after=1):
                pass

    def look(self) -> None:
        """One look at what was told since the last."""
        news = gather(self._cursor or 0)
        if self._cursor is None or not news.whole:
            news = gather(news.oldest)
            self._begin(news)
        else:
            self._tell(news)
        self._cursor = news.newest
