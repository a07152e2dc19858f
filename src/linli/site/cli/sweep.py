"""``linli sweep``: the clock's acts that are due."""

import time

import click

from linli.site.cli import with_django


@click.command()
@click.option("--every", type=float, help="Go on for ever, looking again after that many seconds.")
def sweep(every: float | None) -> None:
    """Remind, expedite, inform, resume and close what is due, oldest first; put plans of grids in force on their date.

    Forgets what is kept for hours only.
    """
    with_django()
    from django.utils import timezone

    from linli.cases.actions import wake_due
    from linli.directory.queries import districts
    from linli.intake.actions import forget
    from linli.site.recutting import run_due

    while True:
        acts = faults = plans = moved = 0
        forget(timezone.now())
        for district in districts():
            done = run_due(district.code, now=timezone.now())
            plans, moved, faults = plans + done.plans, moved + done.moved, faults + done.failed
            for woken in wake_due(district.code, now=timezone.now()):
                acts, faults = acts + (not woken.fault), faults + bool(woken.fault)
        if plans or moved:
            click.echo(f"{plans:,} plans of grids took effect, {moved:,} cases moved.")
        if acts or faults or every is None:
            click.echo(f"{acts:,} acts of the clock, {faults:,} faults.")
        if every is None:
            return
        time.sleep(every)
