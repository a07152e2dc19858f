"""``linli account``: access tokens for programs that call the API in somebody's name."""

from typing import Any

import click

from linli.site.cli import with_django

LONGEST = 80
"""Characters of a token's name."""


def _purpose(context: click.Context, option: click.Parameter, name: str) -> str:
    del context, option
    if not 0 < len(name.strip()) <= LONGEST:
        raise click.BadParameter(f"say in 1 to {LONGEST} characters what the token is for, such as hotline-export")
    return name.strip()


@click.group()
def account() -> None:
    """Access tokens of people who can log in."""


@account.command()
@click.argument("username")
@click.option("--name", required=True, callback=_purpose, help="What the token is for, such as hotline-export.")
@click.option("--days", default=90, show_default=True, type=click.IntRange(1, 366))
def token(username: str, name: str, days: int) -> None:
    """Make a token and print it; it cannot be shown again. It may do what USERNAME's posts may do."""
    with_django()
    from django.utils import timezone

    from linli.accounts import actions

    click.echo(actions.create_token(_user(username), name, now=timezone.now(), days=days))


@account.command()
@click.argument("username")
@click.option("--name", required=True)
def revoke(username: str, name: str) -> None:
    """End every token of that name."""
    with_django()
    from linli.accounts import actions

    ended = actions.revoke_tokens(_user(username), name)
    if not ended:
        raise click.ClickException(f"{username} has no token named {name}")
    click.echo(f"{ended} ended")


def _user(username: str) -> Any:
    from linli.accounts import queries

    found = queries.named(username)
    if found is None or not found.is_active:
        raise click.ClickException(f"there is no active account {username}")
    return found
