"""Reading the directory many times as it stood at one moment."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_period: ContextVar[object | None] = ContextVar("period", default=None)


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
    """What was checked within the present steady period; outside of one nothing counts as checked."""

    def __init__(self) -> None:
        self._checked: dict[str, object] = {}

    def is_checked(self, key: str) -> bool:
        """Whether the value of that name was checked within this period."""
        period = _period.get()
        return period is not None and self._checked.get(key) is period

    def note(self, key: str) -> None:
        """Remembers that the value was checked now."""
        period = _period.get()
        if period is not None:
            self._checked[key] = period
