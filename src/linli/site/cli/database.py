"""``linli migrate`` and ``linli database``: bring the tables up to date, start and stop the embedded server."""

import os

import click

from linli.site.cli import with_django


@click.command()
@click.option("--quiet", is_flag=True, help="Say nothing when there is nothing to do.")
def migrate(quiet: bool) -> None:
    """Bring the database up to date and give the application role what it needs, no more."""
    with_django(as_owner=True)
    from django.core.management import call_command
    from django.core.management.base import SystemCheckError

    from linli.site import grants

    try:
        call_command("check", tags=["database"], databases=["default"], verbosity=0)
    except SystemCheckError as fault:
        raise click.ClickException(str(fault)) from fault
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
    from django.conf import settings
    from django.core.exceptions import ImproperlyConfigured

    from linli.site import embedded

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "linli.site.settings")
    try:
        if not settings.EMBEDDED:
            raise click.ClickException("DATABASE_URL names a server of your own; Linli does not stop that.")
        embedded.stop(settings.DATA)
    except (embedded.EmbeddedError, ImproperlyConfigured) as error:
        raise click.ClickException(str(error)) from error
    click.echo("The database is stopped.")
