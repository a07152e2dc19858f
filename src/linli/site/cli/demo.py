"""``linli demo``: a whole district in a browser within minutes."""

import subprocess
import sys
import time
from pathlib import Path

import click

from linli.site.cli import with_django


@click.command()
@click.option("--reports", type=click.Path(path_type=Path), help="A hotline export of your own.")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
@click.option("--serve/--no-serve", default=True, show_default=True, help="Open the web server at the end.")
def demo(reports: Path | None, host: str, port: int, serve: bool) -> None:
    """Set up a real district with invented staff, bring messages in, carry cases through the loop, and serve it.

    Repeating it keeps what is there and only serves.
    """
    began = time.monotonic()
    with_django(as_owner=True)
    from linli.site.demo import setting_up

    built = setting_up.build(reports, say=lambda text: click.echo(f"[{time.monotonic() - began:5.1f} s] {text}"))
    _tell(built, host, port)
    if serve:
        _serve(host, port)


def _tell(built: "object", host: str, port: int) -> None:
    from linli.site.demo.building import Built

    assert isinstance(built, Built)
    click.echo(f"\n  Linli 邻里    http://{host}:{port}/\n")
    click.echo(f"  {'Account / 账号':<44}Post / 岗位")
    for login in built.logins:
        click.echo(f"  {login.username:<44}{login.title_zh} {login.title_en}")
    click.echo(f"\n  Password of every account / 所有账号的密码: {built.password}")
    click.echo("  Staff, grids and outlines are invented; towns and communities are real.")
    click.echo("  人员、网格和边界均为虚构；镇街和村（社区）为真实名称。\n")


def _serve(host: str, port: int) -> None:
    """The web server, the relay and the clock, until Ctrl-C; if one of them ends, all end."""
    program = [sys.executable, "-m", "linli"]
    running = [
        subprocess.Popen([*program, "relay", "--every", "1"]),  # noqa: S603
        subprocess.Popen([*program, "sweep", "--every", "15"]),  # noqa: S603
        subprocess.Popen([*program, "serve", "--host", host, "--port", str(port)]),  # noqa: S603
    ]
    try:
        while all(process.poll() is None for process in running):
            time.sleep(0.5)
        raise click.ClickException("One of the processes ended; see above. Is the port in use? Try --port 8001.")
    except KeyboardInterrupt:
        click.echo("Stopping.")
    finally:
        for process in running:
            process.terminate()
        for process in running:
            process.wait()
