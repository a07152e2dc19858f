"""``linli import``: files into areas, units, staff, rosters, matters, reports. Bad rows are given back."""

import importlib
import importlib.util
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from linli.site.cli import with_django

if TYPE_CHECKING:
    from linli.directory.tables import ImportReport

FILE = click.argument("file", type=click.Path(path_type=Path))
DRY_RUN = click.option("--dry-run", is_flag=True, help="Say what would happen; write nothing.")
SHOWN = 20


class _Imports(click.Group):
    """``reports`` belongs to the intake and has a module of its own."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        more = ["reports"] if importlib.util.find_spec("linli.site.cli.reports") else []
        return [*super().list_commands(ctx), *more]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name == "reports" and importlib.util.find_spec("linli.site.cli.reports"):
            command: click.Command = importlib.import_module("linli.site.cli.reports").reports
            return command
        return super().get_command(ctx, cmd_name)


@click.group(name="import", cls=_Imports)
def import_() -> None:
    """Read a file: areas, units, staff, rosters, matters, reports."""


@import_.command()
@FILE
@DRY_RUN
@click.option(
    "--datum", type=click.Choice(["wgs84", "gcj02", "bd09"]), help="What the coordinates of a boundary file mean."
)
@click.option("--source", default="", help="Where a boundary file comes from, for the record.")
def areas(file: Path, dry_run: bool, datum: str | None, source: str) -> None:
    """Divisions (CSV: code, parent_code, level, name) or boundaries (GeoJSON with the property code).

    DataV and Amap files are GCJ-02, Baidu's BD-09; boundaries are stored in WGS 84.
    """
    with_django()
    from django.utils import timezone

    from linli.directory import actions
    from linli.directory.datum import Datum
    from linli.directory.outlines import is_geojson

    with refusing_files():
        if not is_geojson(file):
            finish(actions.import_areas(file, now=timezone.now(), dry_run=dry_run, progress=show_progress))
            return
        if datum is None:
            raise click.UsageError(
                "Say what the coordinates mean: --datum gcj02 (DataV, Amap), bd09 (Baidu) or wgs84 (GPS)."
            )
        finish(
            actions.import_boundaries(
                file, datum=Datum(datum), now=timezone.now(), source=source, dry_run=dry_run, progress=show_progress
            )
        )


@import_.command()
@FILE
@DRY_RUN
def units(file: Path, dry_run: bool) -> None:
    """Units (CSV, XLSX: type, area, name_zh; maybe id, name_en, parent, functions, phone, hours, company, active)."""
    with_django()
    from linli.directory import actions

    with refusing_files():
        finish(actions.import_units(file, dry_run=dry_run, progress=show_progress))


@import_.command()
@FILE
@DRY_RUN
def staff(file: Path, dry_run: bool) -> None:
    """Who holds which post (CSV or XLSX: username, name, post; optional unit, from, until)."""
    with_django()
    from django.utils import timezone

    from linli.directory import actions

    with refusing_files():
        finish(actions.import_staff(file, now=timezone.now(), dry_run=dry_run, progress=show_progress))


@import_.command()
@FILE
@DRY_RUN
def rosters(file: Path, dry_run: bool) -> None:
    """Who is on duty (CSV or XLSX: unit, date, from, until, post or username; optional shift, deputy)."""
    with_django()
    from django.utils import timezone

    from linli.directory import actions

    with refusing_files():
        finish(actions.import_rosters(file, now=timezone.now(), dry_run=dry_run, progress=show_progress))


@import_.command()
@click.argument("file", type=click.Path(path_type=Path), required=False)
@DRY_RUN
@click.option("--publish", is_flag=True, help="Put it in force, if no row was refused.")
@click.option("--profile", help="Default limits by name (default, sc2025).")
def matters(file: Path | None, dry_run: bool, publish: bool, profile: str | None) -> None:
    """The catalogue of matters (CSV or XLSX with the columns of matters.csv; without FILE the package's own).

    They become a draft; --publish freezes it and puts it in force.
    """
    with_django()
    from django.utils import timezone

    from linli.catalogue import actions

    with refusing_files():
        report = actions.import_matters(file, now=timezone.now(), dry_run=dry_run, progress=show_progress)
    finish(report)
    if not publish or dry_run:
        click.echo("Nothing is in force before it is published: linli import matters --publish")
        return
    _publish(profile)


def _publish(profile: str | None = None) -> None:
    from django.utils import timezone

    from linli.catalogue import actions

    try:
        made = actions.publish(by="operator", at=timezone.now(), profile=profile)
    except actions.PublishError as error:
        raise click.ClickException("\n  ".join(["not published:", *error.problems])) from error
    click.echo(f"Policy {made.number} (catalogue {made.catalogue}) is {'now' if made.new else 'already'} in force.")


@import_.command()
@click.argument("file", type=click.Path(path_type=Path), required=False)
@DRY_RUN
@click.option("--publish", is_flag=True, help="Put the draft in force, if nothing was refused.")
def questions(file: Path | None, dry_run: bool, publish: bool) -> None:
    """What matters ask (YAML or JSON: matter code, then its questions; without FILE the package's own).

    They go into the draft of the catalogue; --publish freezes it and puts it in force.
    """
    with_django()
    from django.utils import timezone

    from linli.catalogue import actions

    with refusing_files():
        finish(actions.import_questions(file, now=timezone.now(), dry_run=dry_run))
    if not publish or dry_run:
        click.echo("Nothing is asked before it is published: linli import questions FILE --publish")
        return
    _publish()


@contextmanager
def refusing_files() -> Iterator[None]:
    """Turns a file that can't be read into one line with the remedy."""
    from linli.directory.encoding import UnreadableFileError

    try:
        yield
    except UnreadableFileError as error:
        raise click.ClickException(str(error)) from error


def show_progress(done: int, total: int | None) -> None:
    """Rows done so far, on the error stream; in place on a terminal."""
    whole = f" of {total:,}" if total else ""
    end = "\n" if total is not None and done >= total else ""
    if sys.stderr.isatty():
        click.echo(f"\r{done:,}{whole} rows{end}", err=True, nl=False)
    elif end:
        click.echo(f"{done:,}{whole} rows", err=True)


def finish(report: "ImportReport") -> None:
    """Says what an import did and ends the command: status 0 only when every row was good."""
    for note in report.notes:
        click.echo(f"note: {note}")
    what = "would be" if report.dry_run else "are"
    click.echo(
        f"{report.source}: {report.read:,} rows read; {report.new:,} {what} new, {report.changed:,} changed, "
        f"{report.unchanged:,} unchanged, {len(report.bad):,} refused"
    )
    for bad in report.bad[:SHOWN]:
        click.echo(f"  row {bad.line}: {bad.reason} [{bad.code}]")
    if len(report.bad) > SHOWN:
        click.echo(f"  … and {len(report.bad) - SHOWN:,} more")
    if report.error_file is not None:
        click.echo(f"The refused rows are in {report.error_file}: correct them there and import that file.")
    if report.read == 0:
        click.echo("The file has a header but no rows.")
    if not report.ok:
        raise SystemExit(1)
