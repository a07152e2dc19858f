"""The five that a centre checks itself by: every channel, the whole loop, every field, all on the map, able to act.

Each is counted from what is there now, with what to do where it falls short; nothing of it compares people or areas.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from linli.cases import queries_selfcheck as selfcheck
from linli.cases import words
from linli.core.privacy import SMALLEST_CELL, told
from linli.core.territory import AreaKind
from linli.directory import queries as directory
from linli.site.desk import leader
from linli.site.desk.asking import Asking
from linli.ui.templatetags.ui import colon

CHANNELS = ("portal", "hotline", "wechat_mini", "walk_in", "patrol", "mailbox", "sensor", "api")


@dataclass(frozen=True, slots=True)
class Line:
    """One of the five: what was found, whether it is well, what to do where it is not, and where to look."""

    title: str
    found: Sequence[str]
    well: bool
    advice: str = ""
    look: str = ""


def lines(asking: Asking, area: str) -> list[Line]:
    """The five for an area."""
    platforms = {code: matter.platform for code, matter in asking.policy.matters.items()}
    asked = leader.asked(asking, area)
    came, loop = selfcheck.came(asked, platforms), selfcheck.loop(asked)
    return [
        _channels(asking, came),
        _loop(area, loop),
        _platforms(asking, came),
        _map(asking, area, came),
        _able(asking, area),
    ]


def _number(number: int) -> str:
    """A number beside a place; a small one is not told (rights R2)."""
    return str(number) if told(number) is not None else _("fewer than %(least)d") % {"least": SMALLEST_CELL}


def _counted(name: str, number: int) -> str:
    return f"{name}{colon()}{_number(number)}"


def _channels(asking: Asking, came: selfcheck.Came) -> Line:
    lang = asking.names.lang
    used = sorted(came.by_channel.items(), key=lambda one: -one[1])
    found = [
        _counted(words.label("channel", code, lang) if words.has_label("channel", code) else code, number)
        for code, number in used
    ]
    silent = [words.label("channel", code, lang) for code in CHANNELS if code not in came.by_channel]
    if silent:
        found.append(
            _("nothing in seven days: %(channels)s")
            % {"channels": "、".join(silent) if lang == "zh-hans" else ", ".join(silent)}
        )
    advice = _("Nothing came in for seven days. See whether portal and hotline reach you.")
    return Line(_("Every channel in one queue"), found, came.total > 0, advice, reverse("desk"))


def _loop(area: str, loop: selfcheck.Loop) -> Line:
    if not loop.total:
        return Line(_("The whole loop closed"), [_("Nothing was reported in the week four weeks ago.")], True)
    share = round(100 * loop.ended / loop.total)
    found = [
        _("Reported in the week four weeks ago: %(total)s; at their end: %(share)d%%.")
        % {"total": _number(loop.total), "share": share}
        if loop.total >= SMALLEST_CELL
        else _("Reported in the week four weeks ago: %(total)s.") % {"total": _number(loop.total)}
    ]
    if loop.late:
        found.append(_("Still open after their date: %(late)s.") % {"late": _number(loop.late)})
    advice = _("Look at the late ones and at those that are stuck.")
    return Line(_("The whole loop closed"), found, not loop.late, advice, f"{reverse('desk-leader-cases')}?in={area}")


def _platforms(asking: Asking, came: selfcheck.Came) -> Line:
    lang = asking.names.lang
    codes = sorted({matter.platform for matter in asking.policy.matters.values()})
    found = [_counted(words.label("platform", code, lang), came.by_platform.get(code, 0)) for code in codes]
    if came.by_platform.get(""):
        found.append(_("not settled yet: %(number)s") % {"number": _number(came.by_platform[""])})
    quiet = [code for code in codes if not came.by_platform.get(code)]
    advice = _("A platform without a single matter in seven days: see whether its departments use the loop.")
    return Line(_("Every field in one system"), found, not quiet, advice)


def _map(asking: Asking, area: str, came: selfcheck.Came) -> Line:
    territory = asking.policy.territory
    bounded = directory.bounded_areas(asking.district)
    grids = [g.code for g in territory.areas.values() if g.kind is AreaKind.GRID and territory.is_under(g.code, area)]
    without = sum(1 for code in grids if code not in bounded)
    found = [
        _("%(number)d grids, %(without)d without an outline") % {"number": len(grids), "without": without},
        _("reports of seven days without a community: %(number)s") % {"number": _number(came.unplaced)},
    ]
    advice = _("Ask the administrator for the missing outlines; settle the community when a report is accepted.")
    return Line(_("All of it on the map"), found, not without, advice, reverse("desk-board"))


def _able(asking: Asking, area: str) -> Line:
    territory = asking.policy.territory
    held = {holding.post.rpartition(".")[0] for holding in directory.holdings(asking.district, asking.now)}
    units = [unit.id for unit in territory.units.values() if territory.is_under(unit.area, area)]
    empty = [unit for unit in units if unit not in held]
    found = [
        _("%(number)d units, %(empty)d of them with nobody on a post") % {"number": len(units), "empty": len(empty)},
        *(
            [_("for example: %(names)s") % {"names": "、".join(asking.names.unit(u) for u in empty[:5])}]
            if empty
            else []
        ),
    ]
    advice = _("Have the posts filled, or a deputy named: what comes to such a unit waits.")
    return Line(_("Able to act everywhere"), found, not empty, advice)
