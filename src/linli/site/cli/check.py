"""``linli check``: every hole and conflict of a district, before a resident finds it."""

import click

from linli.site.cli import with_django


@click.command()
@click.option("--district", "code", help="Only this district; otherwise all that run here.")
@click.option("--all", "everything", is_flag=True, help="Notes as well, not only errors and warnings.")
def check(code: str | None, everything: bool) -> None:
    """Check that every matter has one lead and a verifier everywhere, every limit and procedure holds.

    Status 1 when there is an error; warnings and notes leave it at 0.
    """
    with_django()
    from linli.directory import queries as directory

    codes = [code] if code else [info.code for info in directory.districts()]
    if not codes:
        raise click.ClickException("no district is set up; run: linli district new CODE")
    if sum(_report(district, everything) for district in codes):
        raise SystemExit(1)


def _report(district: str, everything: bool) -> int:
    """Prints one district's findings and gives the number of errors."""
    from django.utils import timezone

    from linli.catalogue import coverage, queries
    from linli.directory.queries import UnknownDistrictError

    try:
        policy = queries.policy(district)
    except (queries.NothingPublishedError, UnknownDistrictError) as error:
        raise click.ClickException(str(error)) from error
    except ValueError as error:
        click.echo(f"{district}  error    territory  {error}")
        return 1
    findings = coverage.check(policy, queries.facts(district, timezone.now()))
    for finding in findings:
        if everything or finding.severity is not coverage.Severity.NOTE:
            click.echo(f"{district}  {finding.severity:<8} {finding.code}  {finding.where}: {finding.words}")
    counts = {s: sum(1 for finding in findings if finding.severity is s) for s in coverage.Severity}
    places, matters = len(coverage.leaves(policy)), len(policy.matters)
    click.echo(
        f"{district}  policy {policy.version}: {matters} matters in {places:,} places checked; "
        f"{counts[coverage.Severity.ERROR]} errors, {counts[coverage.Severity.WARNING]} warnings, "
        f"{counts[coverage.Severity.NOTE]} notes"
    )
    return counts[coverage.Severity.ERROR]
