"""``linli ledger verify``: checks every chain of the ledger."""

import sys

import click

from linli.site.cli import require_district, with_django


@click.group()
def ledger() -> None:
    """The append-only ledger."""


@ledger.command()
@click.option("--district", help="Only this district.")
def verify(district: str | None) -> None:
    """Check numbering, links and hashes of every stream; name every entry that does not prove."""
    with_django()
    require_district(district)
    from linli.ledger.queries import Fault, snapshot
    from linli.ledger.queries import verify as proofs

    count = wrong = 0
    with snapshot():
        for found in proofs(district):
            count += 1
            if isinstance(found, Fault):
                wrong += 1
                click.echo(f"{found.kind} {found.stream}, entry {found.seq}: {found.what}")
            if count % 50_000 == 0:
                click.echo(f"  {count:,} entries …", err=True)
    click.echo(f"{count:,} entries checked, {wrong:,} do not prove.")
    sys.exit(1 if wrong else 0)
