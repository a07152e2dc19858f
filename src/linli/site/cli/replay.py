"""``linli replay --check``: proves over the whole database that every row is what its ledger says."""

import sys

import click

from linli.site.cli import require_district, with_django


@click.command()
@click.option("--check", "check_", is_flag=True, required=True, help="Fold every ledger and compare with the rows.")
@click.option("--district", help="Only this district.")
def replay(check_: bool, district: str | None) -> None:
    """Fold every case from its ledger and compare it with its row."""
    del check_
    with_django()
    require_district(district)
    from linli.cases.replay import compare
    from linli.ledger.queries import snapshot

    count = wrong = 0
    with snapshot():
        for difference in compare(district):
            count += 1
            if difference is not None:
                wrong += 1
                click.echo(f"{difference.case}: {difference.what}")
            if count % 10_000 == 0:
                click.echo(f"  {count:,} cases …", err=True)
    click.echo(f"{count:,} cases folded, {wrong:,} differ from their row.")
    sys.exit(1 if wrong else 0)
