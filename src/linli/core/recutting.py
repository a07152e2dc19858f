"""Who may change areas: the administrator of an area that contains them."""

from linli.core.actor import Actor, PostHeld
from linli.core.territory import Function, Territory


def administering_post(actor: Actor, area: str, territory: Territory) -> PostHeld | None:
    """The post by which the actor administers that area: its own, or one that contains it; None without one."""
    return next(
        (post for post in actor.posts if Function.ADMINISTER in post.functions and territory.is_under(area, post.area)),
        None,
    )
