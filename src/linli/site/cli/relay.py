"""``linli relay``: tells rooms above what happened, and sees that uploads are worked off and messages sent."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import datetime
from types import FrameType

import click

from linli.site.cli import with_django

LOOK = 2.0
"""Seconds between two looks for work that waits."""
TIDY = 60.0
"""Seconds between two deletions of what has lain for a day."""


class Beside:
    """A process of its own that is started where work waits for it: the relay must not stop for minutes."""

    def __init__(self, verb: str, waits: Callable[[datetime], bool], tidy: Callable[[datetime], object]) -> None:
        self._verb, self._waits, self._tidy = verb, waits, tidy
        self._process: subprocess.Popen[bytes] | None = None
        self._looked = self._tidied = float("-inf")

    def look(self, now: datetime) -> None:
        """Starts the process if work waits and nobody does it; now and then deletes what is over."""
        moment = time.monotonic()
        if moment - self._tidied >= TIDY:
            self._tidied = moment
            self._tidy(now)
        busy = self._process is not None and self._process.poll() is None
        if busy or moment - self._looked < LOOK:
            return
        self._looked = moment
        if self._waits(now):
            command = [sys.executable, "-m", "linli", self._verb]
            self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL)  # noqa: S603 - our own program

    def stop(self) -> None:
        """Ends the process; what it was at is taken up by the next one."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            self._process.wait()


@click.command()
@click.option("--every", type=float, help="Go on for ever, looking again after that many seconds.")
def relay(every: float | None) -> None:
    """Bring search and notices up to date from the ledger's outgoing rows; see to uploads and messages."""
    with_django()
    from django.utils import timezone

    from linli.intake import actions as intake
    from linli.ledger.relay import relay_batch
    from linli.notices import actions as notices
    from linli.notices.queries import waiting_sendings
    from linli.site.subscriptions import SUBSCRIPTIONS

    beside = (
        Beside("uploads", lambda _now: intake.waits(), intake.expire),
        Beside("notify", waiting_sendings, notices.forget),
    )
    if every is not None:
        signal.signal(signal.SIGTERM, _leave)
    try:
        while True:
            told = 0
            while taken := relay_batch(SUBSCRIPTIONS, now=timezone.now()):
                told += taken
            if every is None:
                click.echo(f"{told:,} entries told.")
                return
            for work in beside:
                work.look(timezone.now())
            time.sleep(every)
    finally:
        for work in beside:
            work.stop()


def _leave(_number: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)
