"""Who may change areas, the administrator of an area that contains them; and how far ahead."""

from datetime import timedelta

from linli.core.actor import Actor, PostHeld
from linli.core.territory import Function, Territory

FARTHEST_AHEAD = timedelta(days=730)
"""A plan takes effect within two years: the communities that it was drawn for are hardly the same later."""


def administering_post(actor: Actor, area: str, territory: Territory) -> PostHeld | None:
    """The post by which the actor administers that area: its own, or one that contains it; None without one."""
    return next(
        (post for post in actor.posts if Function.ADMINISTER in post.functions and territory.is_under(area, post.area)),
        None,
    )
