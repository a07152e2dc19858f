"""The relay: takes outgoing rows in batches with SKIP LOCKED, tells the handlers, deletes the rows.

A batch is told and deleted in one transaction of its own, after the acts' transactions; a crash in between tells it
again. Several relays may run. A row whose handler fails is tried again later with a growing back-off and shows its
fault, while the rest of the batch goes on one by one. Each batch is announced once to whoever follows along.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from django.db import connection, transaction

from linli.ledger import actions

BACK_OFF = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class News:
    """One entry that rooms above have not been told of."""

    row: int
    district: str
    kind: str
    stream: str
    seq: int
    type: str


_TAKE = (
    "SELECT id, district_id, stream_kind, stream_id::text, seq, type FROM ledger_outgoing "
    "WHERE retry_at IS NULL OR retry_at <= %s ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED"
)


def relay_batch(handlers: Sequence[Callable[[str, Sequence[News]], None]], *, now: datetime, size: int = 500) -> int:
    """Tells one batch; the number of rows taken, 0 when there is nothing to tell."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(_TAKE, [now, size])
            news = [News(*row) for row in cursor.fetchall()]
        for district, group in groupby(sorted(news, key=lambda n: (n.district, n.row)), key=lambda n: n.district):
            _tell_all(district, list(group), handlers, now)
        # Also what a handler failed at: that a case has moved is true, whatever became of its projections.
        actions.announce(_moved(news), now=now)
    return len(news)


def _moved(news: Sequence[News]) -> Mapping[tuple[str, str], Mapping[str, int]]:
    """The newest number of each stream, by district and kind."""
    moved: dict[tuple[str, str], dict[str, int]] = {}
    for item in news:
        seqs = moved.setdefault((item.district, item.kind), {})
        seqs[item.stream] = max(item.seq, seqs.get(item.stream, 0))
    return moved


def _tell_all(
    district: str, news: list[News], handlers: Sequence[Callable[[str, Sequence[News]], None]], now: datetime
) -> None:
    fault = _tell(district, news, handlers)
    if fault is None:
        actions.forget([item.row for item in news])
    elif len(news) == 1:
        actions.put_off(news[0].row, fault, now=now, back_off=BACK_OFF)
    else:
        for item in news:
            _tell_all(district, [item], handlers, now)


def _tell(district: str, news: list[News], handlers: Sequence[Callable[[str, Sequence[News]], None]]) -> str | None:
    try:
        with transaction.atomic():
            for handler in handlers:
                handler(district, news)
    except Exception as error:  # noqa: BLE001 - whatever a handler raises must not stop the relay
        return f"{type(error).__name__}: {error}"[:500]
    return None
