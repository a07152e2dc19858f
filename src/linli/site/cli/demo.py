"""``linli demo``: a whole district in a browser within minutes."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from linli.site.cli import with_django

if TYPE_CHECKING:
    from linli.site.demo.building import Built

ENDING = [found for name in ("SIGTERM", "SIGHUP") if (found := getattr(signal, name, None)) is not None]
"""What asks a process to end, besides Ctrl-C; Windows has no SIGHUP."""
PATIENCE = 10.0
"""Seconds that a process may take to end."""


@click.command()
@click.option("--reports", type=click.Path(path_type=Path), help="A hotline export of your own.")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option(
    "--port",
    default=8000,
    show_default=True,
    type=click.IntRange(1, 65534),
    help="Where pages are served; the next one streams the news.",
)
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
    from linli.directory.encoding import UnreadableFileError
    from linli.intake.mapping import MappingError
    from linli.site.demo import setting_up

    try:
        built = setting_up.build(reports, say=lambda text: click.echo(f"[{time.monotonic() - began:5.1f} s] {text}"))
    except (UnreadableFileError, MappingError) as error:
        raise click.ClickException(f"--reports: {error}") from error
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


def _tell(built: "Built", host: str, port: int) -> None:
    click.echo(f"\n  Linli 邻里    http://{host}:{port}/\n")
    click.echo(f"  {'Account / 账号':<44}Post / 岗位")
    for login in built.logins:
        click.echo(f"  {login.username:<44}{login.title_zh} {login.title_en}")
    place = _place_of(built)
    click.echo(f"\n  To see a case through, report something in / 试一试，请在这里反映问题: {place}")
    click.echo("  Any other post has an account too: its name is the post's id. / 其他岗位的账号就是岗位编号。")
    click.echo(f"\n  Password of every account / 所有账号的密码: {built.password}")
    click.echo("  Staff, grids and outlines are invented; towns and communities are real.")
    click.echo("  人员、网格和边界均为虚构；镇街和村（社区）为真实名称。\n")


def _place_of(built: "Built") -> str:
    """The community whose cases the printed accounts carry from report to closure."""
    from linli.site import naming
    from linli.site.demo.building import DISTRICT

    area = built.logins[0].unit.partition(".")[0]
    return naming.path(DISTRICT, area)


def live_environment(host: str, port: int, live: int) -> dict[str, str]:
    """Settings by which pages find the demo's live process, which answers pages of this site only.

    What the operator set stays. Where the name under which pages are opened is not known here (served to the whole
    network, or on an IPv6 address), pages poll.
    """
    if "LINLI_LIVE_URL" in os.environ or host in ("0.0.0.0", "") or ":" in host:  # noqa: S104 - compared, not listened on
        return {}
    names = {host, "localhost"} if host == "127.0.0.1" else {host}
    known = [origin for origin in (os.environ.get("LINLI_ORIGINS"),) if origin]
    origins = [*known, *(f"http://{name}:{port}" for name in sorted(names))]
    return {"LINLI_LIVE_URL": f"http://{host}:{live}/live", "LINLI_ORIGINS": ",".join(origins)}


def _serve(host: str, port: int, staff: bool) -> None:
    """The web server, the live process, the relay and the clock, until a signal; if one ends, all end. Staff beside."""
    live = port + 1
    verbs = (
        ("relay", "--every", "0.25"),
        ("sweep", "--every", "15"),
        ("live", "--host", host, "--port", str(live)),
        ("serve", "--host", host, "--port", str(port)),
    )
    environment = os.environ | live_environment(host, port, live)
    program = [sys.executable, "-m", "linli"]
    running: list[subprocess.Popen[bytes]] = []
    beside: list[subprocess.Popen[bytes]] = []
    for ending in ENDING:
        signal.signal(ending, _interrupt)
    try:
        for verb in verbs:  # one by one: what runs already must end as well where the next cannot start
            running.append(subprocess.Popen([*program, *verb], env=environment, process_group=0))  # noqa: S603, PERF401
        if staff:
            beside.append(subprocess.Popen([*program, "demo", "--work"], env=environment, process_group=0))  # noqa: S603
        while all(process.poll() is None for process in running):
            time.sleep(0.5)
        raise click.ClickException(
            "One of the processes ended; see above. Are this port and the next in use? Try --port 8010."
        )
    except KeyboardInterrupt:
        click.echo("Stopping.")
    finally:
        _end([*running, *beside])


def _interrupt(*_unused: object) -> None:
    raise KeyboardInterrupt


def _end(processes: list["subprocess.Popen[bytes]"]) -> None:
    """Ends every one, by force after a while; nothing may disturb this, or some would be left."""
    for ending in (signal.SIGINT, *ENDING):
        signal.signal(ending, signal.SIG_IGN)
    for process in processes:
        process.terminate()
    for process in processes:
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            _kill(process)
            process.wait()


def _kill(process: "subprocess.Popen[bytes]") -> None:
    """With its own workers, which would outlive it; each of our processes leads a group for that (not on Windows)."""
    if sys.platform == "win32":
        process.kill()
    else:
        os.killpg(process.pid, signal.SIGKILL)
