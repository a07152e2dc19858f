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
@click.option("--staff/--no-staff", default=True, show_default=True, help="Invented staff works on while it is open.")
@click.option("--work", is_flag=True, hidden=True, help="Be that staff.")
def demo(reports: Path | None, host: str, port: int, serve: bool, staff: bool, work: bool) -> None:
    """Set up a real district with invented staff, bring messages in, carry cases through the loop, and serve it.

    Repeating it keeps what is there and only serves.
    """
    if work:
        _work()
        return
    began = time.monotonic()
    with_django(as_owner=True)
    from linli.site.demo import setting_up

    built = setting_up.build(reports, say=lambda text: click.echo(f"[{time.monotonic() - began:5.1f} s] {text}"))
    _tell(built, host, port)
    if serve:
        _serve(host, port, staff)


def _work() -> None:
    with_django()
    from linli.site.demo import working

    if not working.is_demo():
        raise click.ClickException("This is no demo: nobody invented works here. Start one with: linli demo")
    for _case in working.work():
        pass


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


def _serve(host: str, port: int, staff: bool) -> None:
    """The web server, the relay and the clock, until Ctrl-C; if one of them ends, all end. The staff beside them."""
    program = [sys.executable, "-m", "linli"]
    running = [
        subprocess.Popen([*program, "relay", "--every", "1"]),  # noqa: S603
        subprocess.Popen([*program, "sweep", "--every", "15"]),  # noqa: S603
        subprocess.Popen([*program, "serve", "--host", host, "--port", str(port)]),  # noqa: S603
    ]
    beside = [subprocess.Popen([*program, "demo", "--work"])] if staff else []  # noqa: S603
    try:
        while all(process.poll() is None for process in running):
            time.sleep(0.5)
        raise click.ClickException("One of the processes ended; see above. Is the port in use? Try --port 8001.")
    except KeyboardInterrupt:
        click.echo("Stopping.")
    finally:
        for process in [*running, *beside]:
            process.terminate()
        for process in [*running, *beside]:
            process.wait()
