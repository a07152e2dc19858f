"""News travels upwards: which entry of the ledger is told to whom, after the commit, at least once."""

from collections.abc import Callable, Sequence

from linli.cases import actions as cases
from linli.ledger.relay import News
from linli.site.notifying import tell_units

Handler = Callable[[str, Sequence[News]], None]

INDEXED = frozenset(
    f"case.{action}"
    for action in (
        "opened", "accept", "reclassify", "dispatch", "return", "rule", "decide", "acknowledge", "open_part",
        "call_conference", "escalate", "place_moved", "report_back", "not_solved", "reopen", "contest",
    )
)  # fmt: skip
"""Entries after which a case may be found by other words, places or units."""


def index_for_search(district: str, news: Sequence[News]) -> None:
    """Keeps the search projection up; repeating it changes nothing."""
    cases.index_cases(district, {item.stream for item in news if item.kind == "case" and item.type in INDEXED})


SUBSCRIPTIONS: tuple[Handler, ...] = (index_for_search, tell_units)
"""Every handler gets every batch, in this order; a handler must be idempotent."""
