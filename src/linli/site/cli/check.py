"""``linli check``: holes and conflicts of a district before a resident finds them; whether a site may go live."""

from datetime import timedelta

import click

from linli.site.cli import with_django

_HTTPS = "Serve it over HTTPS and set LINLI_HTTPS=true."
REMEDIES = {
    "security.W004": _HTTPS,
    "security.W008": _HTTPS,
    "security.W012": _HTTPS,
    "security.W016": _HTTPS,
    "security.W009": "Give 64 random hexadecimal digits in LINLI_SECRET_KEY.",
    "security.W018": "Set LINLI_DEBUG=false.",
    "security.W020": "Name the site's hosts in LINLI_HOSTS.",
}
"""What to do about findings of Django's own, in terms of our settings."""
PATIENCE = timedelta(minutes=5)
"""A plan of grids whose date has come may wait so long for the clock to put it in force."""


@click.command()
@click.option("--district", "code", help="Only this district; otherwise all that run here.")
@click.option("--all", "everything", is_flag=True, help="Notes as well, not only errors and warnings.")
@click.option("--deploy", is_flag=True, help="Only whether this installation is fit to be reached by others.")
def check(code: str | None, everything: bool, deploy: bool) -> None:
    """Check that every matter has one lead and a verifier everywhere, every limit and procedure holds.

    Status 1 when there is an error; warnings and notes leave it at 0. With --deploy settings, keys, roles and the
    ledger's guards are checked instead, and every finding counts.
    """
    with_django()
    if deploy:
        if unfit_to_go_live():
            raise SystemExit(1)
        return
    from linli.directory import queries as directory

    codes = [code] if code else [info.code for info in directory.districts()]
    if not codes:
        raise click.ClickException("no district is set up; run: linli district new CODE")
    if sum(_report(district, everything) for district in codes):
        raise SystemExit(1)


def unfit_to_go_live() -> int:
    """Prints what keeps the site from going live, each with what to do, and gives the number of findings."""
    from django.core.checks import WARNING, run_checks
    from django.db import OperationalError

    try:
        found = run_checks(include_deployment_checks=True, databases=["default"])
    except OperationalError as error:
        raise click.ClickException(f"the database does not answer: {error}") from error
    findings = [fault for fault in found if fault.level >= WARNING and not fault.is_silenced()]
    for fault in findings:
        click.echo(f"{fault.id}  {fault.msg}\n    -> {REMEDIES.get(fault.id or '', fault.hint or '')}")
    click.echo(f"{len(findings)} findings" if findings else "Fit to go live.")
    return len(findings)


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
    stray = _report_areas(district)
    counts = {s: sum(1 for finding in findings if finding.severity is s) for s in coverage.Severity}
    places, matters = len(coverage.leaves(policy)), len(policy.offered)
    click.echo(
        f"{district}  policy {policy.version}: {matters} matters in {places:,} places checked; "
        f"{counts[coverage.Severity.ERROR]} errors, {counts[coverage.Severity.WARNING]} warnings, "
        f"{counts[coverage.Severity.NOTE]} notes"
    )
    return counts[coverage.Severity.ERROR] + stray


def _report_areas(district: str) -> int:
    """Prints open cases in areas no longer in force, and plans of grids that could not take effect; their number."""
    from django.utils import timezone

    from linli.cases import queries_places
    from linli.directory import queries as directory

    stray = queries_places.astray(district)
    for number, area in stray:
        click.echo(
            f"{district}  error    area_retired  case {number} is open in area {area}, which is no longer in force; "
            "run: linli sweep, or choose its grid on the desk's page for that"
        )
    due = directory.due_plans(district, timezone.now() - PATIENCE)
    late = [plan for plan in directory.plans(district) if plan.id in due]
    for plan in late:
        click.echo(
            f"{district}  error    plan_overdue  the plan of grids for {plan.parent}, due {plan.effective_at}, "
            f"is not in force ({plan.fault or 'linli sweep does not run'}); look at it in the administration"
        )
    return len(stray) + len(late)
