"""``linli import reports``: a hotline's export into cases."""

import os
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import TYPE_CHECKING

import click

from linli.site.cli import with_django
from linli.site.cli.importing import DRY_RUN, FILE, SHOWN, refusing_files, show_progress

if TYPE_CHECKING:
    from linli.intake.actions import Imported
    from linli.intake.mapping import ColumnMap


@click.command()
@FILE
@DRY_RUN
@click.option("--district", required=True, help="Code of the district that takes the reports in.")
@click.option("--mapping", help="A mapping file (YAML: column -> part of a report), or the name of a shipped one.")
@click.option("--source", default="", help="System the numbers come from; by default the file's name.")
@click.option("--no-understanding", is_flag=True, help="Suggest no matter.")
@click.option("--spread", is_flag=True, help="Demonstration: give rows without a place a community of the district.")
@click.option(
    "--spread-days", type=click.IntRange(1, 3650), help="Demonstration: open cases at times in the last days."
)
@click.option("--errors", type=click.Path(path_type=Path, dir_okay=False), help="Where refused rows go.")
@click.option("--helpers", type=click.IntRange(0, 64), help="Processes that form the rows of a large file.")
@click.option("--lang", type=click.Choice(["zh-hans", "en"]), help="Language of the reasons; by default the system's.")
def reports(
    file: Path,
    dry_run: bool,
    district: str,
    mapping: str | None,
    source: str,
    no_understanding: bool,
    spread: bool,
    spread_days: int | None,
    errors: Path | None,
    helpers: int | None,
    lang: str | None,
) -> None:
    """Reports (CSV, XLSX, NDJSON, also .gz): good rows become cases, refused ones are given back with the reason.

    Without --mapping common headers are understood, and what was guessed is said. Feeding a file again is harmless:
    rows are recognised by source and number, so an interrupted import is simply started again.
    """
    with_django()
    from django.utils import timezone

    from linli.catalogue.queries import NothingPublishedError
    from linli.directory.queries import UnknownDistrictError
    from linli.intake import actions
    from linli.intake.mapping import MappingError

    with refusing_files():
        try:
            done = actions.import_reports(
                file,
                district=district,
                now=timezone.now(),
                options=actions.ImportOptions(
                    columns=_columns(mapping),
                    source=source,
                    lang=lang or _system_language(),
                    dry_run=dry_run,
                    understand=not no_understanding,
                    spread_areas=spread,
                    spread_days=spread_days or 0,
                    errors=errors,
                    helpers=actions.usual_helpers() if helpers is None else helpers,
                ),
                progress=show_progress,
            )
        except (MappingError, UnknownDistrictError, NothingPublishedError) as error:
            raise click.ClickException(str(error)) from error
        except BrokenProcessPool as error:
            words = "a helper ended, perhaps for lack of memory; what was written is kept: start again with --helpers 0"
            raise click.ClickException(words) from error
    _finish(done)


def _columns(given: str | None) -> "ColumnMap | None":
    from linli.intake import mapping

    if given is None:
        return None
    return mapping.sample(given) if given in mapping.samples() else mapping.load(Path(given))


def _system_language() -> str:
    spoken = next((value for name in ("LC_ALL", "LC_MESSAGES", "LANG") if (value := os.environ.get(name))), "")
    return "zh-hans" if spoken.startswith("zh") else "en"


def _finish(done: "Imported") -> None:
    """Says what the import did and ends the command: status 0 only when every row was good."""
    for note in done.notes:
        click.echo(f"note: {note}")
    made = "would be new cases" if done.dry_run else "new cases"
    click.echo(
        f"{done.name}: {done.read:,} rows read from the source {done.source}: {done.new:,} {made}, "
        f"{done.already:,} in already, {len(done.bad):,} refused"
    )
    for bad in done.bad[:SHOWN]:
        click.echo(f"  row {bad.line}: {bad.reason} [{bad.code}]")
    if len(done.bad) > SHOWN:
        click.echo(f"  … and {len(done.bad) - SHOWN:,} more")
    if done.error_file is not None:
        click.echo(f"The refused rows are in {done.error_file}: correct them there and import that file.")
    if done.read == 0:
        click.echo("The file has a header but no rows.")
    if not done.ok:
        raise SystemExit(1)
