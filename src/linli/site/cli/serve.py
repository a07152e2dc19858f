"""``linli serve``: the web server."""

import click

from linli.site.cli import PORT, with_django


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=PORT)
@click.option("--workers", default=2, show_default=True, help="Processes.")
@click.option("--threads", default=4, show_default=True, help="Threads that run Django in each process.")
def serve(host: str, port: int, workers: int, threads: int) -> None:
    """Serve pages and API (granian, WSGI)."""
    with_django()
    from django.core.management import call_command
    from granian import Granian
    from granian.constants import Interfaces

    call_command("collectstatic", interactive=False, verbosity=0)
    click.echo(f"http://{host}:{port}/")
    Granian(
        "linli.site.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=threads,
        log_enabled=True,
    ).serve()
