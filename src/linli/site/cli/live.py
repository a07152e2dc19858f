"""``linli live``: tells open pages which cases moved."""

import asyncio

import click

from linli.site.cli import PORT, with_django


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8001, show_default=True, type=PORT)
@click.option("--most", default=2000, show_default=True, help="Streams that may be open at once.")
def live(host: str, port: int, most: int) -> None:
    """Stream to open pages which cases moved (granian, ASGI). Several may run, each on a port of its own."""
    with_django()
    from django.conf import settings

    from linli.site.live.process import run

    click.echo(f"http://{host}:{port}/live")
    asyncio.run(run(host, port, most=most, origins=settings.CSRF_TRUSTED_ORIGINS))
