"""A template of a district: kinds of post and unit at each level, and their expansion over real areas."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml

from linli.core.territory import Area, AreaKind, Function
from linli.directory.divisions import short_name

_LEVELS = (AreaKind.DISTRICT, AreaKind.TOWN, AreaKind.COMMUNITY)
_DEFAULT_PARENT = {
    AreaKind.DISTRICT: "district_centre",
    AreaKind.TOWN: "command_centre",
    AreaKind.COMMUNITY: "command_centre",
}
_DEFAULT_POSTS = ("head", "handler")


class TemplateError(ValueError):
    """A template that cannot be used; the text names the place in it and what to do."""


@dataclass(frozen=True, slots=True)
class PostKind:
    """A kind of post: what its holder may do, and which post of the same unit deputises for it."""

    slug: str
    title_zh: str
    title_en: str
    functions: frozenset[Function]
    deputy: str | None


@dataclass(frozen=True, slots=True)
class UnitKind:
    """A type of unit at one level. ``company`` answers through its parent, a public unit; ``real`` is not invented."""

    type: str
    level: AreaKind
    name_zh: str
    name_en: str
    parent: str | None
    posts: tuple[str, ...]
    company: bool
    full_name: bool
    real: bool


@dataclass(frozen=True, slots=True)
class RoleKind:
    """A type that different bodies play from case to case. ``answers`` is the unit type that answers by default."""

    type: str
    name_zh: str
    name_en: str
    answers: str | None


@dataclass(frozen=True)
class Template:
    """A whole template. ``same_as`` maps a second name of a body to the type of its unit."""

    name: str
    version: int
    posts: Mapping[str, PostKind]
    units: tuple[UnitKind, ...]
    same_as: Mapping[str, str]
    roles: Mapping[str, RoleKind]
    grids: tuple[int, int]

    @property
    def unit_types(self) -> frozenset[str]:
        """Types of which the template sets up a unit."""
        return frozenset(kind.type for kind in self.units)

    @property
    def companies(self) -> frozenset[str]:
        """Types that are companies."""
        return frozenset(kind.type for kind in self.units if kind.company)

    @property
    def fallbacks(self) -> dict[str, str]:
        """For a type without a unit of its own: the type that answers (``Policy.fallback_types``)."""
        return {**self.same_as, **{role.type: role.answers for role in self.roles.values() if role.answers}}

    def functions(self, kind: UnitKind) -> frozenset[Function]:
        """What a unit of that kind may do: everything its posts may."""
        return frozenset().union(*(self.posts[slug].functions for slug in kind.posts))


@dataclass(frozen=True, slots=True)
class PlannedPost:
    """A post that a template asks for."""

    id: str
    unit: str
    title_zh: str
    title_en: str
    functions: frozenset[Function]
    deputy: str | None


@dataclass(frozen=True, slots=True)
class PlannedUnit:
    """A unit that a template asks for, with its posts."""

    id: str
    type: str
    area: str
    parent: str | None
    name_zh: str
    name_en: str
    functions: frozenset[Function]
    company: bool
    invented: bool
    posts: tuple[PlannedPost, ...]


@cache
def standard() -> Template:
    """The template in the package."""
    return load(yaml.safe_load((files("linli.directory") / "templates_data" / "standard.yaml").read_text("utf-8")))


def read_template(path: Path) -> Template:
    """A template from a file.

    Raises:
        TemplateError: the file can't be read, or :func:`load` refuses it.
    """
    try:
        document = yaml.safe_load(path.read_text("utf-8"))
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise TemplateError(f"{path.name} can't be read as YAML in UTF-8: {error}") from error
    return load(document)


@cache
def english_district_names() -> Mapping[str, str]:
    """English names of districts by code, as far as the package knows them."""
    text = (files("linli.directory") / "templates_data" / "district_names.yaml").read_text("utf-8")
    return {str(code): str(name) for code, name in yaml.safe_load(text).items()}


def load(document: Any) -> Template:
    """Reads a template document.

    Raises:
        TemplateError: a key is missing or a name unknown.
    """
    try:
        posts = {slug: _post_kind(slug, data) for slug, data in document["posts"].items()}
        units = tuple(
            _unit_kind(slug, level, data or {})
            for level in _LEVELS
            for slug, data in (document["units"].get(level.value) or {}).items()
        )
        roles = {s: RoleKind(s, d["zh"], d["en"], d.get("answers")) for s, d in (document.get("roles") or {}).items()}
        grids = int(document["grids"]["low"]), int(document["grids"]["high"])
        same_as = dict(document.get("same_as") or {})
        template = Template(str(document["template"]), int(document["version"]), posts, units, same_as, roles, grids)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise TemplateError(
            f"the template is incomplete or misspelt near {error}; compare it with standard.yaml"
        ) from error
    _require_known_names(template)
    return template


def _post_kind(slug: str, data: Mapping[str, Any]) -> PostKind:
    functions = frozenset(Function(name) for name in data["functions"])
    return PostKind(slug, data["zh"], data["en"], functions, data.get("deputy"))


def _unit_kind(slug: str, level: AreaKind, data: Mapping[str, Any]) -> UnitKind:
    parent = data.get("parent", _DEFAULT_PARENT[level])
    return UnitKind(
        type=slug,
        level=level,
        name_zh=data["zh"],
        name_en=data["en"],
        parent=None if parent == "none" else parent,
        posts=tuple(data.get("posts", _DEFAULT_POSTS)),
        company=bool(data.get("company", False)),
        full_name=bool(data.get("full_name", False)),
        real=bool(data.get("real", False)),
    )


def _require_known_names(template: Template) -> None:
    for kind in template.units:
        _require_sound(kind, template)
    for name, target in template.fallbacks.items():
        if target not in template.unit_types:
            raise TemplateError(f"{name} is answered for by {target!r}, which is no unit of the template")
        if name in template.unit_types:
            raise TemplateError(f"{name} is both a unit and another name; take one of them out")


def _require_sound(kind: UnitKind, template: Template) -> None:
    for slug in kind.posts:
        if slug not in template.posts:
            raise TemplateError(f"unit {kind.type}: post {slug!r} is not under posts; add it there")
    if kind.parent is not None and kind.parent not in template.unit_types:
        raise TemplateError(f"unit {kind.type}: parent {kind.parent!r} is no unit of the template; add or correct it")
    if kind.parent is not None and not any(
        k.type == kind.parent and k.level.depth <= kind.level.depth for k in template.units
    ):
        raise TemplateError(f"unit {kind.type}: its parent {kind.parent} lives below it; correct the template")
    if kind.company and (kind.parent is None or kind.parent in template.companies):
        raise TemplateError(f"unit {kind.type} is a company: its parent must be the public unit accountable for it")


def expand(template: Template, areas: Iterable[Area], names_en: Mapping[str, str]) -> Iterator[PlannedUnit]:
    """Every unit that the template asks for in these areas (placeholders left out), parents first.

    Args:
        template: what to set up.
        areas: the areas of one district.
        names_en: English names of areas by code, where there are any.
    """
    real = sorted((a for a in areas if not a.placeholder), key=lambda a: (a.kind.depth, a.code))
    for area in real:
        for kind in template.units:
            if kind.level is area.kind:
                yield planned_unit(template, kind, area, names_en.get(area.code))


def planned_unit(template: Template, kind: UnitKind, area: Area, area_en: str | None) -> PlannedUnit:
    """One unit as the template would set it up for an area."""
    unit_id = f"{area.code}.{kind.type}"
    place = area.name if kind.full_name else short_name(area.name)
    return PlannedUnit(
        id=unit_id,
        type=kind.type,
        area=area.code,
        parent=superior_id(template, kind, area.code),
        name_zh=f"{place}{kind.name_zh}",
        name_en=f"{kind.name_en}, {area_en or short_name(area.name)}",
        functions=template.functions(kind),
        company=kind.company,
        invented=not kind.real,
        posts=tuple(planned_posts(template, unit_id, kind.posts)),
    )


def planned_posts(template: Template, unit_id: str, slugs: Iterable[str] | None = None) -> Iterator[PlannedPost]:
    """The posts of one unit; without ``slugs`` a head and a handler."""
    wanted = tuple(slugs or _DEFAULT_POSTS)
    for slug in wanted:
        kind = template.posts[slug]
        deputy = f"{unit_id}.{kind.deputy}" if kind.deputy in wanted else None
        yield PlannedPost(f"{unit_id}.{slug}", unit_id, kind.title_zh, kind.title_en, kind.functions, deputy)


def superior_id(template: Template, kind: UnitKind, code: str) -> str | None:
    """The nearest unit of the parent's type: at the same level or above."""
    if kind.parent is None:
        return None
    digits = {AreaKind.COMMUNITY: 12, AreaKind.TOWN: 9, AreaKind.DISTRICT: 6}
    levels = [other.level for other in template.units if other.type == kind.parent and digits[other.level] <= len(code)]
    if not levels:
        return None
    level = max(levels, key=lambda found: found.depth)
    return f"{code[: digits[level]]}.{kind.parent}"


def grid_count(template: Template, community: str) -> int:
    """How many grids to invent for a community: always the same for the same code."""
    low, high = template.grids
    return low + int.from_bytes(sha256(community.encode()).digest()[:4]) % (high - low + 1)


def invented_grids(template: Template, community: Area) -> Iterator[Area]:
    """Grids for a community that has none: code of 15 digits (GB/T 30428), numbered from 001."""
    for number in range(1, grid_count(template, community.code) + 1):
        name = f"{short_name(community.name)}第{number}网格"
        yield Area(f"{community.code}{number:03}", AreaKind.GRID, community.code, name)
