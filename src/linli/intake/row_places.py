"""Which area a row means: from codes and names, from its coordinates, or borrowed for a demonstration."""

from collections.abc import Mapping, Sequence
from hashlib import sha256

from linli.core.territory import Area, AreaKind, Territory
from linli.directory import queries as directory
from linli.directory.datum import Datum, point_to_wgs84
from linli.directory.queries import PointVerdict
from linli.intake.row_words import fault

_VERDICTS = {
    PointVerdict.SWAPPED: "point_swapped",
    PointVerdict.OUT_OF_RANGE: "point_out_of_range",
    PointVerdict.OUTSIDE_MUNICIPALITY: "point_outside_municipality",
    PointVerdict.OUTSIDE_DISTRICT: "point_outside_district",
}
_ENDINGS = ("街道", "社区", "镇", "乡", "村")


class AreaFinder:
    """Finds areas of one district by code or name; built once for a file."""

    def __init__(self, territory: Territory, district: str, lang: str) -> None:
        self._territory, self._district, self._lang = territory, district, lang
        inside = [a for a in territory.areas.values() if not a.placeholder and territory.is_under(a.code, district)]
        whole = [territory.areas[district]]
        above = {name: whole for a in territory.path(district) for name in (a.name, a.code)}
        self._by_name: Mapping[str, Sequence[Area]] = {**above, **_named(inside)}
        self._communities = tuple(sorted(a.code for a in inside if a.kind is AreaKind.COMMUNITY))
        self._known: dict[tuple[str, ...], str] = {}

    def find(self, words: tuple[str, ...]) -> str | None:
        """The code of the deepest area that the words name, from wide to narrow; None where they say nothing.

        Raises:
            RowError: ``area_unknown``, ``area_ambiguous``, ``area_contradicts``, ``area_outside_district``.
        """
        if not words:
            return None
        if words not in self._known:
            self._known[words] = self._find(words)
        return self._known[words]

    def borrowed(self, key: str) -> str:
        """A community for a report that names none, always the same for the same key; for demonstrations."""
        if not self._communities:
            return self._district
        number = int.from_bytes(sha256(f"where\x1f{key}".encode()).digest()[:8])
        return self._communities[number % len(self._communities)]

    def _find(self, words: tuple[str, ...]) -> str:
        above = self._district
        for word in words:
            candidates = self._candidates(word)
            below = [a for a in candidates if self._territory.is_under(a.code, above)]
            if not below and any(self._territory.is_under(above, a.code) for a in candidates):
                continue
            if not below:
                raise fault(self._lang, "area_contradicts", area=word, above=self._territory.areas[above].name)
            above = self._only(word, below)
        return above

    def _candidates(self, word: str) -> Sequence[Area]:
        if self._territory.is_under(word, self._district):
            return (self._territory.areas[word],)
        found = self._by_name.get(word) or self._by_name.get(_stem(word)) or self._in_words(word)
        if not found and _is_division_code(word) and not word.startswith(self._district):
            raise fault(self._lang, "area_outside_district", area=word, district=self._district)
        if not found:
            raise fault(self._lang, "area_unknown", area=word, district=self._district)
        return found

    def _in_words(self, text: str) -> Sequence[Area]:
        """The areas named inside a longer text, such as a whole address; the deepest kind that it names."""
        if text.isascii():
            return ()
        named = [f for f in directory.find_areas(text, self._district) if f.exact]
        if not named:
            return ()
        best = named[0]
        rivals = [f for f in named if f.words == best.words and f.kind is best.kind]
        town = next((f.area for f in named if f.kind is AreaKind.TOWN), "")
        supported = [f for f in rivals if f.area.startswith(town)] or rivals
        return [self._territory.areas[f.area] for f in supported]

    def _only(self, word: str, candidates: Sequence[Area]) -> str:
        if len(candidates) == 1:
            return candidates[0].code
        top = min(a.kind.depth for a in candidates)
        widest = [a for a in candidates if a.kind.depth == top]
        if len(widest) == 1 and all(self._territory.is_under(a.code, widest[0].code) for a in candidates):
            return widest[0].code
        known = tuple(f"{a.code} ({self._above(a)}{a.name})" for a in candidates[:4])
        raise fault(self._lang, "area_ambiguous", area=word, known=known)

    def _above(self, area: Area) -> str:
        above = self._territory.path(area.code)[1:2]
        return above[0].name if above and above[0].code != self._district else ""


def point(lon: str, lat: str, datum: Datum, district: str, lang: str) -> tuple[float, float] | None:
    """Longitude and latitude in WGS 84 degrees, judged against the boundaries that are known; None without a point.

    Both cells empty, or both nought as some exports write it, mean that nobody knows the place.

    Raises:
        RowError: ``point_incomplete``, ``point_unreadable``, ``point_swapped``, ``point_out_of_range``,
            ``point_outside_municipality``, ``point_outside_district``.
    """
    if not lon and not lat:
        return None
    if not lon or not lat:
        raise fault(lang, "point_incomplete")
    try:
        degrees = float(lon), float(lat)
    except ValueError:
        degrees = (float("nan"), float("nan"))
    if not all(abs(value) <= 360 for value in degrees):
        raise fault(lang, "point_unreadable", lon=lon, lat=lat)
    if degrees == (0.0, 0.0):
        return None
    made = point_to_wgs84(*degrees, datum)
    verdict, lies_in = directory.judge_point(*made, district)
    if verdict in _VERDICTS:
        facts = {"lon": lon, "lat": lat, "district": district, "lies_in": lies_in or ""}
        raise fault(lang, _VERDICTS[verdict], **facts)
    return made


def _named(areas: Sequence[Area]) -> dict[str, list[Area]]:
    """Areas by full, short and shortest name. A shortest name is left out where it is somebody's full name."""
    by_name: dict[str, list[Area]] = {}
    shortest: dict[str, list[Area]] = {}
    for area in areas:
        short = directory.short_name(area.name)
        for name in {area.name, short}:
            by_name.setdefault(name, []).append(area)
        if area.kind.depth <= AreaKind.COMMUNITY.depth and len(_stem(short)) > 1:
            shortest.setdefault(_stem(short), []).append(area)
    return {**{name: found for name, found in shortest.items() if name not in by_name}, **by_name}


def _is_division_code(word: str) -> bool:
    return word.isascii() and word.isdigit() and len(word) in (6, 9, 12, 15)


def _stem(name: str) -> str:
    for ending in _ENDINGS:
        if name.endswith(ending) and len(name) - len(ending) > 1:
            return name.removesuffix(ending)
    return name
