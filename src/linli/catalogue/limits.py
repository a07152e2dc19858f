"""Profiles of default limits and the settings beside them, from the package's ``limits.yaml``."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from linli.core.calendar import Limit
from linli.core.policy import FIRM_SOURCES, Matter, Urgency


@dataclass(frozen=True)
class Profile:
    """Limits by name, and handling limits by kind of case for matters whose limit is not law."""

    name: str
    title_zh: str
    title_en: str
    limits: Mapping[str, Limit]
    handle_by_kind: Mapping[str, Limit]

    def apply(self, matter: Matter) -> Matter:
        """The matter under this profile.

        Law, ministry rules and urgent limits stay; of several kinds of case the shortest limit counts.
        """
        if matter.limit_source in FIRM_SOURCES or matter.urgency.rank >= Urgency.URGENT.rank:
            return matter
        given = [self.handle_by_kind[kind] for kind in matter.case_kinds if kind in self.handle_by_kind]
        return replace(matter, handle_limit=min(given, key=lambda limit: limit.amount)) if given else matter


@dataclass(frozen=True)
class Defaults:
    """Everything in ``limits.yaml``."""

    profiles: Mapping[str, Profile]
    settings: Mapping[str, int]
    desk_types: tuple[str, ...]
    centre_types: tuple[str, ...]


@cache
def defaults() -> Defaults:
    """The package's own."""
    document = yaml.safe_load((files("linli.catalogue") / "data" / "limits.yaml").read_text("utf-8"))
    return Defaults(
        profiles={name: _profile(name, document["profiles"]) for name in document["profiles"]},
        settings={name: int(number) for name, number in document["settings"].items()},
        desk_types=tuple(document["desk_types"]),
        centre_types=tuple(document["centre_types"]),
    )


def _profile(name: str, documents: Mapping[str, Any]) -> Profile:
    document = documents[name]
    base = _profile(document["based_on"], documents) if "based_on" in document else None
    limits = {key: Limit.parse(text) for key, text in document.get("limits", {}).items()}
    by_kind = {kind: Limit.parse(text) for kind, text in document.get("handle_by_kind", {}).items()}
    return Profile(
        name=name,
        title_zh=document["title"]["zh"],
        title_en=document["title"]["en"],
        limits={**(base.limits if base else {}), **limits},
        handle_by_kind={**(base.handle_by_kind if base else {}), **by_kind},
    )
