"""``linli migrate`` and ``linli database``: bring the tables up to date, start and stop the embedded server."""

import click

from linli.site.cli import with_django


@click.command()
@click.option("--quiet", is_flag=True, help="Say nothing when there is nothing to do.")
def migrate(quiet: bool) -> None:
    """Bring the database up to date and give the application role what it needs, no more."""
    with_django(as_owner=True)
    from django.core.management import call_command

    from linli.site import grants

    call_command("migrate", interactive=False, verbosity=0 if quiet else 1)
    grants.apply()


@click.group()
def database() -> None:
    """The embedded database."""


@database.command()
def start() -> None:
    """Start it (every other command does so by itself)."""
    with_django()
    click.echo("The database is running.")


@database.command()
def stop() -> None:
    """Stop it."""
    from linli.site import embedded, settings

    if not settings.EMBEDDED:
        raise click.ClickException("DATABASE_URL names a server of your own; Linli does not stop that.")
    embedded.stop(settings.DATA)
    click.echo("The database is stopped.")
