"""The command line ``linli``. Each module here is one verb; it is loaded only when its verb is called."""

import importlib
import importlib.util
import os
import sys
from typing import Any

import click

VERBS = {
    "account": "linli.site.cli.account",
    "areas": "linli.site.cli.importing",
    "check": "linli.site.cli.check",
    "database": "linli.site.cli.database",
    "demo": "linli.site.cli.demo",
    "district": "linli.site.cli.district",
    "import": "linli.site.cli.importing",
    "ledger": "linli.site.cli.ledger",
    "live": "linli.site.cli.live",
    "manage": "linli.site.cli.manage",
    "migrate": "linli.site.cli.database",
    "notify": "linli.site.cli.notify",
    "relay": "linli.site.cli.relay",
    "replay": "linli.site.cli.replay",
    "serve": "linli.site.cli.serve",
    "sweep": "linli.site.cli.sweep",
    "understand": "linli.site.cli.understand",
    "uploads": "linli.site.cli.uploads",
}
"""Verb -> module; the module has a click command of the verb's name (``import`` is ``import_``)."""


PORT = click.IntRange(1, 65535)
"""A port to listen on."""


class _Verbs(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return [verb for verb, module in VERBS.items() if importlib.util.find_spec(module) is not None]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        module = VERBS.get(cmd_name)
        if module is None or importlib.util.find_spec(module) is None:
            return None
        loaded = importlib.import_module(module)
        command: Any = getattr(loaded, "import_" if cmd_name == "import" else cmd_name, None)
        return command if isinstance(command, click.Command) else None


@click.command(cls=_Verbs, context_settings={"help_option_names": ["-h", "--help"]})
def linli() -> None:
    """Linli: one closed loop for everything that a neighbourhood reports."""


def with_django(*, as_owner: bool = False) -> None:
    """Starts the embedded database if it is the one in use, then Django. Call it first in a verb that reads data.

    ``as_owner`` connects with the role that may migrate.
    """
    from linli.site import embedded  # the settings below read the environment that this fills

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "linli.site.settings")
    if as_owner:
        os.environ["LINLI_AS_OWNER"] = "true"
    import django
    from django.conf import settings
    from django.core.exceptions import ImproperlyConfigured

    try:
        if settings.EMBEDDED:
            embedded.ensure(settings.DATA)
    except (embedded.EmbeddedError, ImproperlyConfigured) as error:
        raise click.ClickException(str(error)) from error
    django.setup()


def require_district(code: str | None) -> None:
    """Stops a verb that would find nothing wrong with a district that is not there.

    Raises:
        ClickException: no such district; the text names those that run.
    """
    from linli.directory.queries import districts

    known = [info.code for info in districts()]
    if code is not None and code not in known:
        raise click.ClickException(f"there is no district {code}; those that run here: {', '.join(known) or 'none'}")


def main() -> None:
    """Entry point; errors are said in one line, with what to do."""
    try:
        linli(standalone_mode=True)
    except BrokenPipeError:
        sys.exit(1)
