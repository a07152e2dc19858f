"""Choosing one of many: words narrow the list on the server, and a link chooses.

So it works by keyboard, on a phone and without scripts, where one would look for a line among thousands in a select.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest

from linli.core.territory import AreaKind
from linli.directory import queries as directory
from linli.directory.queries import Wanted
from linli.site.administration import saying, unit_forms
from linli.site.desk.asking import Asking

FIND = "find"
MOST = 40
LONGEST_WORDS = 60


@dataclass(frozen=True, slots=True)
class Choice:
    """Something to choose: ``group`` is the town it belongs to, ``said`` what words may be found in."""

    value: str
    label: str
    group: str
    said: str


@dataclass(frozen=True, slots=True)
class Search:
    """What a page shows of it: the words, the links by group, how many fit, and the groups to begin with."""

    words: str
    groups: Mapping[str, list[tuple[str, str]]]
    shown: int
    fitting: int
    starts: tuple[tuple[str, str], ...]


def search(
    request: HttpRequest, choices: Iterable[Choice], name: str, keep: Mapping[str, str], end: str = "", page: str = ""
) -> Search:
    """Those among the choices that fit the words; too many to read are left out and their groups offered instead.

    Args:
        request: the words stand in its address.
        choices: all there is, in the order in which it is shown.
        name: the address's parameter that a link fills.
        keep: what the address says besides.
        end: a fragment of the page.
        page: its address, where the links may stand on another one; empty for the page itself.
    """
    words = request.GET.get(FIND, "").replace("\x00", "")[:LONGEST_WORDS].strip()
    known = list(choices)
    fitting = [each for each in known if all(word in each.said.casefold() for word in words.casefold().split())]
    some = fitting[:MOST] if words or len(fitting) <= MOST else []
    groups: dict[str, list[tuple[str, str]]] = {}
    for each in some:
        groups.setdefault(each.group, []).append((f"{page}?{urlencode({**keep, name: each.value})}{end}", each.label))
    starts = () if words or some else tuple(dict.fromkeys(each.group for each in known))
    links = tuple((f"{page}?{urlencode({**keep, FIND: group})}{end}", group) for group in starts)
    return Search(words, groups, len(some), len(fitting), links)


def units(asking: Asking) -> list[Choice]:
    """Units that the person administers, by town."""
    lang, names = asking.names.lang, asking.names
    return [
        Choice(
            unit.id,
            unit_forms.name(unit, lang),
            unit_forms.town(asking, unit.area),
            " ".join((unit.name_zh, unit.name_en, names.path(unit.area), saying.unit_type(unit.type, lang), unit.id)),
        )
        for unit in directory.kept_units(asking.actor, asking.district, Wanted())
    ]


def areas(asking: Asking, widest: AreaKind) -> list[Choice]:
    """Areas that the person administers, none wider than that kind, by town."""
    known = asking.policy.territory.areas
    return [
        Choice(code, path, unit_forms.town(asking, code), f"{path} {code}")
        for code, path in unit_forms.areas(asking)
        if known[code].kind.depth >= widest.depth
    ]
