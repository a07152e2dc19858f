"""``linli notify``: messages that are due go out."""

import time

import click

from linli.site.cli import with_django


@click.command()
@click.option("--every", type=float, help="Go on for ever, looking again after that many seconds.")
def notify(every: float | None) -> None:
    """Send what is due by e-mail, text message or messenger; try again what failed. Several may run.

    The relay starts this by itself when something waits.
    """
    with_django()
    from django.utils import timezone

    from linli.directory.queries import districts
    from linli.notices.actions import deliver
    from linli.site.notifying import message

    while True:
        total = failed = 0
        while True:
            rounds = [deliver(district.code, timezone.now, message) for district in districts()]
            sent, missed = sum(done.messages for done in rounds), sum(done.failed for done in rounds)
            total, failed = total + sent, failed + missed
            if not sent and not missed:
                break
        if total or failed or every is None:
            click.echo(f"{total:,} messages sent, {failed:,} tries failed.")
        if every is None:
            return
        time.sleep(every)
