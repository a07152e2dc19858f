"""``linli relay``: tells rooms above what happened."""

import time

import click

from linli.site.cli import with_django


@click.command()
@click.option("--every", type=float, help="Go on for ever, looking again after that many seconds.")
def relay(every: float | None) -> None:
    """Bring search and other projections up to date from the ledger's outgoing rows."""
    with_django()
    from django.utils import timezone

    from linli.ledger.relay import relay_batch
    from linli.site.subscriptions import SUBSCRIPTIONS

    while True:
        told = 0
        while taken := relay_batch(SUBSCRIPTIONS, now=timezone.now()):
            told += taken
        if every is None:
            click.echo(f"{told:,} entries told.")
            return
        time.sleep(every)
