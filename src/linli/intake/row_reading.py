"""From one row of an export to a report, or to the words that say what to correct."""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from linli.core.policy import Policy
from linli.core.territory import Territory
from linli.directory.tables import Row
from linli.intake import instants, row_places
from linli.intake.mapping import ColumnMap
from linli.intake.report import CHANNELS, CONTACT_LIMIT, DETAIL_LIMIT, PLACE_LIMIT, TITLE_LIMIT, Report, is_blank
from linli.intake.row_words import fault

NUMBER_LIMIT = 80
TITLE_KEPT = 40
BORROWED = "demo-borrowed"
"""Origin of reports whose place or time was given by us, for a demonstration."""

_CHANNEL_WORDS = {
    "hotline": "电话 热线 来电 12345 12345热线 市民热线 phone call telephone",
    "wechat_mini": "微信 微信小程序 小程序 公众号 微信公众号 wechat",
    "portal": "网站 网页 网络 门户 互联网 app 手机app web website online internet",
    "mailbox": "信箱 邮箱 来信 信件 邮件 领导信箱 区长信箱 mail email letter",
    "walk_in": "来访 上门 走访 现场 窗口 visit office",
    "patrol": "巡查 网格 网格员 网格上报 巡检 grid",
    "sensor": "传感器 物联网 感知设备 iot",
    "api": "接口 系统推送",
}
_CHANNEL_OF = {word: channel for channel, words in _CHANNEL_WORDS.items() for word in words.split()}
_SEPARATORS = str.maketrans("；;，,、|", "\n\n\n\n\n\n")


@dataclass(frozen=True, slots=True)
class Reading:
    """How rows are read: for which district and source, and what is made up for a demonstration.

    ``spread_areas`` borrows a community for rows that name no place; ``spread_days`` places every case at an invented
    time in the last days, the share ``spread_fresh`` of them in the last hours. Each marks the report with
    :data:`BORROWED`. ``lang`` is the language of refusals.
    """

    district: str
    source: str
    lang: str = "zh-hans"
    spread_areas: bool = False
    spread_days: int = 0
    origin: str = ""
    spread_fresh: float = 0.0


@dataclass(frozen=True, slots=True)
class Candidate:
    """A row that reads as a report, and when its case begins."""

    row: Row
    report: Report
    now: datetime


class RowReader:
    """Reads rows of one file under one policy; ``now`` is the import's."""

    def __init__(self, columns: ColumnMap, reading: Reading, policy: Policy, now: datetime) -> None:
        self._columns, self._reading, self._policy, self._now = columns, reading, policy, now
        self._areas = row_places.AreaFinder(policy.territory, reading.district, reading.lang)
        self._matters = _matters(policy)
        self._units = _unshared((unit.name, unit.id) for unit in policy.territory.units.values())
        self.numbered = "source_number" in columns.columns
        self._defaults = {"channel": "hotline", **columns.defaults}

    def candidate(self, row: Row) -> Candidate:
        """The row as a report.

        Raises:
            RowError: what is wrong with the row and what to do.
        """
        reading, lang = self._reading, self._reading.lang
        parts = self._defaults | self._columns.parts(row.cells)
        number = self._number(row, parts)
        said_at = parts.get("said_at")
        title, detail = self._words(parts)
        area = self._areas.find(self._columns.area_words(row.cells))
        pin = row_places.point(parts.get("lon", ""), parts.get("lat", ""), self._columns.datum, reading.district, lang)
        borrowed = area is None and pin is None and reading.spread_areas
        key = f"{reading.source}\x1f{number}"
        if borrowed:
            area = self._areas.borrowed(key)
        spread = reading.spread_days > 0
        report = Report(
            district=reading.district,
            channel=self._channel(parts["channel"]),
            title=title,
            detail=detail,
            area=area,
            place=self._short("place", parts.get("place", ""), PLACE_LIMIT),
            lon=pin[0] if pin else None,
            lat=pin[1] if pin else None,
            matter=self._matter(parts.get("matter", "")),
            contact=self._short("contact", parts.get("contact", ""), CONTACT_LIMIT),
            complaint_targets=self._targets(parts.get("complaint_target", ""), area or reading.district),
            source=reading.source,
            source_number=number,
            origin=reading.origin or (BORROWED if borrowed or spread else ""),
            said_at=self._said_at(said_at) if said_at else None,
        )
        zone = self._columns.zone
        now = self._now
        if spread:
            now = instants.spread(key, reading.spread_days, zone, now=now, fresh=reading.spread_fresh)
        return Candidate(row, report, now)

    def _said_at(self, text: str) -> datetime:
        columns = self._columns
        return instants.said_at(text, columns.formats, columns.zone, now=self._now, lang=self._reading.lang)

    def _number(self, row: Row, parts: Mapping[str, str]) -> str:
        """The number in the system it came from; without such a column the row is known by its content."""
        lang = self._reading.lang
        number = parts.get("source_number", "")
        if not self.numbered:
            content = "\x1f".join(f"{name}\x1e{text}" for name, text in sorted(row.cells.items()) if text)
            return sha256(content.encode()).hexdigest()[:32]
        if not number:
            raise fault(lang, "number_missing", column=" + ".join(self._columns.columns["source_number"]))
        if len(number) > NUMBER_LIMIT:
            raise fault(lang, "number_too_long", length=len(number), limit=NUMBER_LIMIT)
        return number

    def _words(self, parts: Mapping[str, str]) -> tuple[str, str]:
        """Title and text. A title too long to be one goes in full before the text, so that nothing is lost."""
        title, detail = parts.get("title", ""), parts.get("detail", "")
        if is_blank(title + detail):
            raise fault(self._reading.lang, "detail_missing")
        if len(title) > TITLE_LIMIT:
            detail = f"{title}\n{detail}".strip()
            title = title[:TITLE_KEPT] + "…"
        return title, self._short("detail", detail, DETAIL_LIMIT)

    def _short(self, name: str, text: str, limit: int) -> str:
        if len(text) > limit:
            raise fault(self._reading.lang, "text_too_long", field=name, length=len(text), limit=limit)
        return text

    def _channel(self, text: str) -> str:
        plain = unicodedata.normalize("NFKC", text).strip().lower()
        channel = plain if plain in CHANNELS else _CHANNEL_OF.get(plain)
        if channel is None:
            raise fault(self._reading.lang, "channel_unknown", channel=text, known=CHANNELS)
        return channel

    def _matter(self, text: str) -> str | None:
        if not text:
            return None
        code = self._matters.get(text) or self._matters.get(text.casefold())
        if code is None:
            raise fault(self._reading.lang, "matter_unknown", matter=text)
        return code

    def _targets(self, text: str, area: str) -> tuple[str, ...]:
        names = [name.strip() for name in text.translate(_SEPARATORS).split("\n")]
        return tuple(self._unit(name, area) for name in names if name)

    def _unit(self, name: str, area: str) -> str:
        """A unit by id or full name, or the nearest of that type which serves the area."""
        territory = self._policy.territory
        found = name if name in territory.units else self._units.get(name) or _nearest(territory, name, area)
        if found is None:
            raise fault(self._reading.lang, "complaint_target_unknown", target=name)
        return found


def _nearest(territory: Territory, unit_type: str, area: str) -> str | None:
    units = (unit.id for place in territory.path(area) for unit in territory.serving(unit_type, place.code))
    return next(units, None)


def _matters(policy: Policy) -> dict[str, str]:
    """Matters by code and by name in both languages."""
    names = [(m.name_zh, m.code) for m in policy.offered.values()]
    names += [(m.name_en.casefold(), m.code) for m in policy.offered.values()]
    codes = {written: code for code in policy.offered for written in (code, code.casefold())}
    return _unshared(names) | codes


def _unshared(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """What each name stands for; names that two things share are left out."""
    known: dict[str, set[str]] = {}
    for name, meant in pairs:
        known.setdefault(name, set()).add(meant)
    return {name: next(iter(meant)) for name, meant in known.items() if len(meant) == 1}
