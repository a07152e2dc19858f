"""Many reports understood, masked, sealed and decided, up to the rows that will be written: here, or by helpers.

Helpers are processes of their own that read nothing but the rules; only the caller writes. They end with the caller,
however it ends.
"""

import multiprocessing
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from linli.cases.actions.opening_many import Formed, Opening, formed
from linli.core.errors import Refusal
from linli.core.policy import Policy
from linli.core.privacy import mask
from linli.intake import helping
from linli.intake.actions.submitting import prepare, report_row
from linli.intake.report import Report
from linli.intake.understanding import Suggestion, suggest_many


@dataclass(frozen=True, slots=True)
class Asked:
    """A report, the case number it gets, and the instant at which its case begins."""

    report: Report
    number: str
    now: datetime


@dataclass(frozen=True, slots=True)
class Ready:
    """The rows of a report: its own, and those of its case."""

    source_number: str
    row: tuple[Any, ...]
    case: Formed


Answers = list[Ready | Refusal]
Later = Callable[[], Answers]


def form(asked: Sequence[Asked], policy: Policy, *, understand: bool) -> Answers:
    """The rows of each report, or why the rules refuse it, in the order asked."""
    masked = {text: mask(text) for one in asked for text in (one.report.title, one.report.detail)}
    suggestions: Sequence[Suggestion | None] = [None] * len(asked)
    if understand:
        suggestions = list(suggest_many((masked[a.report.title], masked[a.report.detail]) for a in asked))
    return [_formed(a, s, policy, masked) for a, s in zip(asked, suggestions, strict=True)]


class Former(Protocol):
    """Somebody who forms chunks; ``ahead`` is how many may be under way before the first answer is asked for."""

    ahead: int

    def submit(self, asked: Sequence[Asked]) -> Later:
        """Takes a chunk on; calling the result gives the answers."""
        ...

    def close(self) -> None:
        """Ends what was begun."""
        ...


class Here:
    """Forms in this process."""

    ahead = 0

    def __init__(self, policy: Policy, *, understand: bool) -> None:
        self._policy, self._understand = policy, understand

    def submit(self, asked: Sequence[Asked]) -> Later:
        """Forms at once when asked for the answers."""
        return lambda: form(asked, self._policy, understand=self._understand)

    def close(self) -> None:
        """Nothing was begun."""


class Helpers:
    """Forms in processes beside this one, and in this one while they are starting or have enough to do."""

    def __init__(self, count: int, policy: Policy, district: str, *, understand: bool) -> None:
        self.ahead = count + 2
        self._here = Here(policy, understand=understand)
        self._pool = ProcessPoolExecutor(
            count,
            multiprocessing.get_context("spawn"),
            initializer=helping.start,
            initargs=(district, policy.version, understand),
        )
        self._starting: list[Future[None]] = [self._pool.submit(helping.started) for _ in range(count)]
        self._begun: list[Future[Answers]] = []

    def submit(self, asked: Sequence[Asked]) -> Later:
        """Hands the chunk to the next free helper; where none is free soon, it is formed here when it is asked for."""
        self._begun = [future for future in self._begun if not future.done()]
        ready = sum(future.done() for future in self._starting)
        if len(self._begun) > ready or not ready:
            return self._here.submit(asked)
        self._begun.append(self._pool.submit(helping.form, list(asked)))
        return self._begun[-1].result

    def close(self) -> None:
        """Ends the helpers; what was not begun is dropped."""
        self._pool.shutdown(cancel_futures=True)


def _formed(asked: Asked, suggestion: Suggestion | None, policy: Policy, masked: dict[str, str]) -> Ready | Refusal:
    try:
        made = prepare(
            asked.report, now=asked.now, policy=policy, suggestion=suggestion, number=asked.number, masked=masked
        )
    except Refusal as refusal:
        return refusal
    opening = Opening(made.opened, made.command, made.items, made.title_item, asked.now)
    return Ready(made.report.source_number, report_row(made, asked.now), formed(opening, policy=policy.version))
