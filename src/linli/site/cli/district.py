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
    click.echo(
        f"District {code}: {made.towns:,} towns, {made.communities:,} communities. "
        f"Added {made.units:,} units, {made.posts:,} posts, {made.grids:,} invented grids."
    )


@district.command(name="list")
def list_() -> None:
    """The districts that run here."""
    with_django()
    from linli.directory import queries

    for info in queries.districts():
        click.echo(f"{info.code}  {info.short_code}  {info.name_zh}  {info.name_en}  version {info.version}")
