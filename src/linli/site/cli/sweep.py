"""``linli sweep``: the clock's acts that are due."""

import time

import click

from linli.site.cli import with_django


@click.command()
@click.option("--every", type=float, help="Go on for ever, looking again after that many seconds.")
def sweep(every: float | None) -> None:
    """Remind, expedite, inform, resume and close what is due, oldest first; put plans of grids in force on their date.

    After a pause of the machine it catches up in order, without waiting between batches, and says what it did. Several
    may run. Forgets what is kept for hours only.
    """
    with_django()
    from django.db import Error
    from django.utils import timezone

    from linli.site.sweeping import Round, sweep_once

    while True:
        try:
            done = sweep_once(timezone.now)
        except Error as error:
            if every is None:
                raise click.ClickException(f"the database does not answer: {error}") from error
            done = Round(broken={"*": f"{type(error).__name__}: {error}"})
        told = str(done)
        if told or every is None:
            click.echo(f"{told or 'Nothing was due'}.", err=bool(done.broken))
        if done.more:
            continue
        if every is None:
            if done.broken:
                raise SystemExit(1)
            return
        time.sleep(every)
