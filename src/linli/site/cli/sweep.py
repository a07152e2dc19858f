"""``linli sweep``: the clock's acts that are due."""

import time
from typing import TYPE_CHECKING

import click

from linli.site.cli import with_django

if TYPE_CHECKING:
    from linli.site.sweeping import Round


@click.command()
@click.option("--every", type=float, help="Go on for ever, looking again after that many seconds.")
def sweep(every: float | None) -> None:
    """Remind, expedite, inform, resume and close what is due, oldest first; put plans of grids in force on their date.

    After a pause of the machine it catches up in order, without waiting between batches, and says what it did. Several
    may run. Forgets what is kept for hours only.
    """
    with_django()
    while True:
        done = _round()
        told = str(done)
        if told or every is None:
            click.echo(f"{told or 'Nothing was due'}.", err=bool(done.broken))
        if done.more:
            continue
        if every is not None:
            time.sleep(every)
        elif done.broken:
            raise SystemExit(1)
        else:
            return


def _round() -> "Round":
    """One round; a database that does not answer is told as what broke, and asked anew by the next."""
    from django.db import Error, close_old_connections
    from django.utils import timezone

    from linli.site.sweeping import Round, sweep_once

    try:
        done = sweep_once(timezone.now)
    except Error as error:
        done = Round(broken={"*": f"the database does not answer: {type(error).__name__}: {error}"})
    if done.broken:
        close_old_connections()
    return done
