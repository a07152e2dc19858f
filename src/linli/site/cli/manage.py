"""``linli manage``: Django's own commands, for developers."""

import click

from linli.site.cli import with_django


@click.command(context_settings={"ignore_unknown_options": True, "allow_extra_args": True, "help_option_names": []})
@click.pass_context
def manage(ctx: click.Context) -> None:
    """Run one of Django's management commands, with the owner's role."""
    with_django(as_owner=True)
    from django.core.management import execute_from_command_line

    execute_from_command_line(["linli manage", *ctx.args])
