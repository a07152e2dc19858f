"""``linli district``: set up a district from a template."""

from pathlib import Path

import click

from linli.site.cli import with_django


@click.group()
def district() -> None:
    """Districts that run here."""


@district.command()
@click.argument("code")
@click.option("--template", type=click.Path(path_type=Path), help="A template of your own (YAML); see standard.yaml.")
@click.option("--short-code", help="Stands in case numbers; by default the last three digits of the code.")
@click.option("--name-en", help="English name.")
def new(code: str, template: Path | None, short_code: str | None, name_en: str | None) -> None:
    """Set up a whole district: centre, departments, for every town a command centre, for every community a desk.

    Repeating it adds only what is missing. Grids and units are marked as invented until your own lists are imported.
    """
    with_django()
    from django.utils import timezone

    from linli.cases import actions as cases
    from linli.directory import actions
    from linli.directory.template import TemplateError, read_template

    try:
        made = actions.set_up_district(
            code,
            now=timezone.now(),
            template=None if template is None else read_template(template),
            short_code=short_code,
            name_en=name_en,
        )
    except (actions.DistrictError, TemplateError) as error:
        raise click.ClickException(str(error)) from error
    answers = cases.load_answers(code, now=timezone.now())
    click.echo(
        f"District {code}: {made.towns:,} towns, {made.communities:,} communities. "
        f"Added {made.units:,} units, {made.posts:,} posts, {made.grids:,} invented grids, "
        f"{answers} standard answers."
    )


@district.command()
@click.argument("code")
@click.option("--invent", is_flag=True, help="Yes, make up what is missing; it is marked as invented everywhere.")
@click.option("--outline", type=click.Path(path_type=Path), help="GeoJSON with the district's real outline.")
@click.option("--datum", type=click.Choice(["wgs84", "gcj02", "bd09"]), help="What the coordinates of --outline mean.")
@click.option("--seed", default=0, help="Another seed makes up other cells.")
def outline(code: str, invent: bool, outline: Path | None, datum: str | None, seed: int) -> None:
    """Make up boundaries for towns, communities and grids that have none, inside the district's outline.

    Without an outline (given here, or imported before) that is made up too.
    """
    if not invent:
        raise click.UsageError("There are no real boundaries below the district: say --invent to make some up.")
    if outline is not None and datum is None:
        raise click.UsageError("Say what the coordinates mean: --datum gcj02 (DataV, Amap), bd09 (Baidu) or wgs84.")
    with_django()
    from django.utils import timezone

    from linli.directory import actions, queries
    from linli.directory.datum import Datum
    from linli.site.cli.importing import refusing_files

    if outline is not None:
        with refusing_files():
            report = actions.import_boundaries(outline, datum=Datum(datum or "wgs84"), now=timezone.now())
        for bad in report.bad:
            click.echo(f"  feature {bad.line}: {bad.reason} [{bad.code}]")
    try:
        made = actions.invent_boundaries(code, now=timezone.now(), seed=seed)
    except queries.UnknownDistrictError as error:
        raise click.ClickException(str(error)) from error
    where = "an invented outline" if made.outline_invented else "the outline imported"
    click.echo(
        f"District {code}: {made.new:,} boundaries invented in {where}; {made.unchanged:,} kept, {made.real:,} real."
    )


@district.command(name="list")
def list_() -> None:
    """The districts that run here."""
    with_django()
    from linli.directory import queries

    for info in queries.districts():
        click.echo(f"{info.code}  {info.short_code}  {info.name_zh}  {info.name_en}  version {info.version}")
