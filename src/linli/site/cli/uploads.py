"""``linli uploads``: works off what was uploaded in the administration."""

import click

from linli.site.cli import with_django


@click.command()
def uploads() -> None:
    """Check and import uploaded files until none waits. The relay calls this; several may run at once."""
    with_django()
    from django.utils import timezone

    from linli.intake import actions

    done = 0
    while actions.work_next(helpers=actions.usual_helpers()):
        done += 1
    actions.expire(timezone.now())
    click.echo(f"{done:,} jobs worked off.")
