"""What moved, who may be told, and the one answer that both the stream and the poll give."""

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from linli.cases import queries as cases
from linli.cases.queries import Sighting
from linli.ledger import queries as ledger
from linli.ledger.queries import Batch
from linli.site.live.scope import Scope

KIND = "case"
MOST = 500
"""More moved cases than this are not named one by one: reading again costs the page less."""


@dataclass(frozen=True, slots=True)
class Change:
    """A case that moved: in which batch it was told, to which version, and to whom it is open now."""

    batch: int
    version: int
    sighting: Sighting


@dataclass(frozen=True, slots=True)
class News:
    """Everything told after a cursor, each case once; ``whole`` is False when something may be missing."""

    changes: tuple[Change, ...]
    oldest: int
    newest: int
    whole: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """What one page is told: versions by case, and the cursor to ask with next.

    With ``refetch`` the page may have missed something and reads everything again; ``cases`` is then empty.
    """

    since: int
    refetch: bool
    cases: dict[str, int]

    def facts(self) -> dict[str, Any]:
        """The answer as it goes out, in the stream and in the poll alike."""
        return {
            "since": self.since,
            "refetch": self.refetch,
            "cases": [{"id": case, "version": version} for case, version in self.cases.items()],
        }


def gather(cursor: int, district: str | None = None) -> News:
    """Reads what was told after a cursor, and to whom those cases are open: two statements, one more per district."""
    heard = ledger.told_after(cursor, district)
    newest: dict[str, dict[str, tuple[int, int]]] = {}
    for batch in heard.batches:
        if batch.kind == KIND:
            newest.setdefault(batch.district, {}).update(_numbered(batch))
    changes = [
        Change(*moved[sighting.case], sighting)
        for where, moved in newest.items()
        for sighting in cases.sightings(where, list(moved))
    ]
    changes.sort(key=lambda change: (change.batch, change.sighting.case))
    return News(tuple(changes), heard.oldest, heard.newest, heard.whole)


def _numbered(batch: Batch) -> dict[str, tuple[int, int]]:
    return {stream: (batch.id, seq) for stream, seq in batch.moved.items()}


def answer(scope: Scope, changes: Iterable[Change], *, since: int, whole: bool = True) -> Answer:
    """What a reader of that scope is told of the changes; ``since`` is their next cursor."""
    seen = {c.sighting.case: c.version for c in changes if scope.sees(c.sighting)} if whole else {}
    if not whole or len(seen) > MOST:
        return Answer(since, True, {})
    return Answer(since, False, seen)


class Recent:
    """The last changes, each case once with its newest change, for pages that come back after a moment.

    A case that moves again replaces what was known of it, so nobody is told of it by what it was open to before.
    Whoever was away for longer than this reaches back is told to read everything again.
    """

    def __init__(self, most: int = 20_000) -> None:
        self._most = most
        self._changes: OrderedDict[str, Change] = OrderedDict()
        self._floor = 0
        self.newest = 0

    def begin(self, news: News) -> None:
        """Starts anew from everything that is still written down, or from now where that is too much."""
        self._changes.clear()
        self._floor = news.oldest if news.whole else news.newest
        self.add(news if news.whole else replace(news, changes=()))

    def add(self, news: News) -> None:
        """Takes in what was told after ``newest``."""
        for change in news.changes:
            self._changes.pop(change.sighting.case, None)
            self._changes[change.sighting.case] = change
        while len(self._changes) > self._most:
            _, dropped = self._changes.popitem(last=False)
            self._floor = max(self._floor, dropped.batch)
        self.newest = news.newest

    def after(self, cursor: int, scope: Scope) -> Answer:
        """What a reader who knows everything up to ``cursor`` is told."""
        later: list[Change] = []
        for change in reversed(self._changes.values()):
            if change.batch <= cursor:
                break
            later.append(change)
        return answer(scope, reversed(later), since=self.newest, whole=self._floor <= cursor <= self.newest)
