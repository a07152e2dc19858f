"""``linli relay``: tells rooms above what happened, and sees that uploaded files are worked off."""

import signal
import subprocess
import sys
import time
from datetime import datetime
from types import FrameType

import click

from linli.site.cli import with_django

LOOK = 2.0
"""Seconds between two looks for uploaded files."""
TIDY = 60.0
"""Seconds between two deletions of what has lain for a day."""


class Uploads:
    """Starts a process of its own where an uploaded file waits: the relay must not stop for minutes."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._looked = self._tidied = float("-inf")

    def look(self, now: datetime) -> None:
        """Starts the process if work waits and nobody does it; now and then deletes what is over."""
        from linli.intake import actions

        moment = time.monotonic()
        if moment - self._tidied >= TIDY:
            self._tidied = moment
            actions.expire(now)
        busy = self._process is not None and self._process.poll() is None
        if busy or moment - self._looked < LOOK:
            return
        self._looked = moment
        if actions.waits():
            command = [sys.executable, "-m", "linli", "uploads"]
            self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL)  # noqa: S603 - our own program

    def stop(self) -> None:
        """Ends the process; what it was at is taken up by the next one."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            self._process.wait()


@click.command()
@click.option("--every", type=float, help="Go on for ever, looking again after that many seconds.")
def relay(every: float | None) -> None:
    """Bring search and other projections up to date from the ledger's outgoing rows, and work off uploaded files."""
    with_django()
    from django.utils import timezone

    from linli.ledger.relay import relay_batch
    from linli.site.subscriptions import SUBSCRIPTIONS

    uploads = Uploads()
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
            uploads.look(timezone.now())
            time.sleep(every)
    finally:
        uploads.stop()


def _leave(_number: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)
