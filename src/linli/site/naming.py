"""Names of units, areas, matters and posts in the reader's language, for one page at a time."""

from collections.abc import Iterator, Mapping
from functools import cached_property

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from linli.core.policy import Matter, Policy
from linli.core.territory import AreaKind
from linli.directory import queries as directory
from linli.directory.queries import AreaInfo, DistrictInfo, PerVersion, PostInfo, UnitInfo

_posts = PerVersion()
_invented = PerVersion()


def language() -> str:
    """The reader's language as the rooms below know it: ``zh-hans`` or ``en``."""
    return "zh-hans" if (get_language() or "zh-hans").startswith("zh") else "en"


class Names(Mapping[str, str]):
    """Names by unit id, area code or matter code. What is no longer there is said to be so, never shown as a code."""

    def __init__(self, district: str, policy: Policy, lang: str) -> None:
        self.district, self.policy, self.lang = district, policy, lang
        self.units: Mapping[str, UnitInfo] = directory.units(district)
        self.areas: Mapping[str, AreaInfo] = directory.areas(district)
        self.former: Mapping[str, AreaInfo] = directory.former_areas(district)

    @cached_property
    def posts(self) -> Mapping[str, PostInfo]:
        """Active posts of the district by id, kept until the directory changes; asked for once a page."""
        return _posts.get(self.district, lambda _number: {post.id: post for post in directory.posts(self.district)})

    def __getitem__(self, code: str) -> str:
        if code in self.units:
            return self.unit(code)
        if code in self.areas or code in self.former:
            return self.area(code)
        return self.matter(code)

    def __iter__(self) -> Iterator[str]:
        return iter((*self.units, *self.areas, *self.policy.matters))

    def __len__(self) -> int:
        return len(self.units) + len(self.areas) + len(self.policy.matters)

    def unit(self, unit_id: str | None) -> str:
        """A unit's name."""
        if not unit_id:
            return _("nobody")
        unit = self.units.get(unit_id)
        if unit is None:
            return _("a unit that no longer exists")
        return unit.name_zh if self.lang == "zh-hans" else unit.name_en

    def area(self, code: str | None) -> str:
        """An area's name, a community without its committee; one that was retired is said to be so."""
        area = self.areas.get(code or "")
        if area is not None:
            return directory.short_name(area.name)
        former = self.former.get(code or "")
        if former is not None:
            return _("%(area)s (no longer in force)") % {"area": directory.short_name(former.name)}
        return _("an area that no longer exists")

    def path(self, code: str | None) -> str:
        """An area with those above it up to the town, widest first: ``中山路街道 玉屏社区 第1网格``."""
        if code is None or not self.policy.territory.knows(code):
            return self.area(code)
        path = [a for a in self.policy.territory.path(code) if a.kind.depth >= AreaKind.TOWN.depth]
        return " ".join(self.area(a.code) for a in reversed(path)) or self.area(code)

    def matter(self, code: str | None) -> str:
        """A matter's name."""
        matter = self.policy.matters.get(code or "")
        return self.matter_of(matter) if matter else _("Not yet decided") if not code else _("a matter no longer used")

    def matter_of(self, matter: Matter) -> str:
        """The name of a matter at hand."""
        return matter.name_zh if self.lang == "zh-hans" else matter.name_en

    def post(self, post_id: str) -> str:
        """A post with its unit; empty for none."""
        if not post_id:
            return ""
        post = self.posts.get(post_id)
        if post is None:
            return self.unit(post_id.rpartition(".")[0])
        return f"{self.unit(post.unit)} · {self.post_title(post_id)}"

    def post_title(self, post_id: str) -> str:
        """A post without its unit; empty for one that no longer exists."""
        post = self.posts.get(post_id)
        return "" if post is None else post.title_zh if self.lang == "zh-hans" else post.title_en


def path(district: str, area: str) -> str:
    """An area with those above it up to the town, where no rules are at hand to ask :class:`Names`."""
    above = [a for a in directory.territory(district).path(area) if a.kind.depth >= AreaKind.TOWN.depth]
    return " ".join(directory.short_name(a.name) for a in reversed(above))


def invented(district: str) -> bool:
    """Whether units or areas of the district are invented, which every screen must say."""
    return _invented.get(
        district,
        lambda _number: (
            any(u.invented for u in directory.units(district).values())
            or any(a.invented for a in directory.areas(district).values())
        ),
    )


def district_name(info: DistrictInfo) -> str:
    """A district's name in the reader's language."""
    return info.name_zh if language() == "zh-hans" else info.name_en
