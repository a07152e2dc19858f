"""What stands around every page of the desk."""

from typing import Any

from linli.intake import actions as intake
from linli.site import naming
from linli.site.desk import leader
from linli.site.desk.asking import Asking
from linli.site.live.offering import live_scope
from linli.supervision import queries as supervision


def common(asking: Asking) -> dict[str, Any]:
    """What the frame of each page shows."""
    return {
        "now": asking.now,
        "supervises": bool(leader.areas(asking)),
        "keeps_shifts": bool(supervision.shift_units(asking.actor, asking.policy)),
        "takes_calls": intake.takes_calls(asking.actor),
        "administers": asking.administers,
        "district": naming.district_name(asking.info),
        "posts": _posts(asking),
        "invented": naming.invented(asking.district),
        "live": live_scope(asking),
    }


def _posts(asking: Asking) -> list[str]:
    """The person's posts, by unit."""
    titles: dict[str, list[str]] = {}
    for held in asking.actor.posts:
        titles.setdefault(held.unit, []).append(asking.names.post_title(held.post))
    comma = "、" if asking.names.lang == "zh-hans" else ", "
    said = "{}（{}）" if asking.names.lang == "zh-hans" else "{} ({})"
    return [said.format(asking.names.unit(unit), comma.join(found)) for unit, found in titles.items()]
