"""Reading the directory many times as it stood at one moment."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from time import monotonic

_period: ContextVar[object | None] = ContextVar("period", default=None)
_kept_for: list[float] = [0.0]


def keep_lookups(seconds: float) -> None:
    """From now on this process asks again whether the directory or the rules changed only after that many seconds.

    For web servers: otherwise every request would ask several times. A change is seen everywhere within that time.
    """
    _kept_for[0] = seconds


@contextmanager
def steady() -> Iterator[None]:
    """Within it, what was read of the directory stays as it was when first asked for.

    Each value is otherwise checked against the database at every use; an import that asks for thousands of pins under
    one policy would spend most of its time on that.
    """
    token = _period.set(object())
    try:
        yield
    finally:
        _period.reset(token)


class Freshness:
    """What was checked within the present steady period, or else less than :func:`keep_lookups` says ago."""

    def __init__(self) -> None:
        self._checked: dict[str, object] = {}
        self._when: dict[str, float] = {}

    def is_checked(self, key: str) -> bool:
        """Whether the value of that name need not be checked again."""
        period = _period.get()
        if period is not None:
            return self._checked.get(key) is period
        return _kept_for[0] > 0 and monotonic() - self._when.get(key, float("-inf")) < _kept_for[0]

    def forget(self) -> None:
        """Everything is checked again at its next use."""
        self._checked.clear()
        self._when.clear()

    def note(self, key: str) -> None:
        """Remembers that the value was checked now."""
        period = _period.get()
        if period is not None:
            self._checked[key] = period
        self._when[key] = monotonic()
