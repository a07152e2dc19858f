"""Why a row of an imported file was refused, and what to do: Simplified Chinese (``zh-hans``) and English (``en``)."""

from collections.abc import Mapping

from linli.cases import words
from linli.core.errors import Fact, Refusal
from linli.directory.tables import RowError

LANGUAGES = ("zh-hans", "en")

WORDS: Mapping[str, tuple[str, str]] = {
    "number_missing": (
        "没有编号（列 {column}）；补上编号",
        "no number (column {column}); fill it in",
    ),
    "number_too_long": (
        "编号有 {length} 个字符，最多 {limit} 个；改短",
        "the number has {length} characters, at most {limit} are possible; shorten it",
    ),
    "duplicate_number": (
        "编号 {number} 在第 {first} 行已出现；确是另一件事就换一个编号，否则删去这一行",
        "number {number} stands in line {first} already; give this row another number if it is another matter, "
        "or delete it",
    ),
    "duplicate_row": (
        "与第 {first} 行完全相同；删去这一行，或写明区别",
        "the row says exactly what line {first} says; delete it, or write the difference",
    ),
    "detail_missing": (
        "标题和内容都是空的；补上反映的内容",
        "title and text are both empty; fill in what was reported",
    ),
    "text_too_long": (
        "{field} 有 {length} 个字符，最多 {limit} 个；删减，或分成几行",
        "{field} has {length} characters, at most {limit} are possible; shorten it or make several rows of it",
    ),
    "text_unreadable": (
        "{field} 含有 NUL 字节；删去后重新导入",
        "{field} holds a NUL byte; remove it and feed the row again",
    ),
    "channel_unknown": (
        "不认识渠道“{channel}”；改成 {known} 之一，或在映射文件 values: channel: 下写明",
        "unknown channel {channel}; write one of {known}, or explain it under values: channel: in the mapping file",
    ),
    "matter_unknown": (
        "不认识事项“{matter}”；写事项清单的编码或全称，或留空",
        "unknown matter {matter}; write a code or full name of the catalogue, or leave the cell empty",
    ),
    "complaint_target_unknown": (
        "找不到被投诉单位“{target}”；写单位编号、全称或单位类型；不是本区的单位就留空",
        "no unit is known as {target}; write a unit's id, full name or type, or empty the cell if it is no unit here",
    ),
    "area_unknown": (
        "{district} 没有区域“{area}”；写区划代码或全称，或留空",
        "there is no area {area} in {district}; write its code or full name, or leave the cell empty",
    ),
    "area_ambiguous": (
        "“{area}”可能是 {known}；写区划代码，或同时写明镇街",
        "{area} may be {known}; write the code, or name the town as well",
    ),
    "area_contradicts": (
        "“{area}”不在“{above}”之内；改正其中一个",
        "{area} does not lie in {above}; correct one of the two",
    ),
    "area_outside_district": (
        "区域 {area} 不在 {district} 内；改正，或用 --district 导入到所在区县",
        "area {area} does not lie in {district}; correct it, or import the row into its own district",
    ),
    "point_incomplete": (
        "经度、纬度只有一个；补上另一个，或都删去",
        "only one of longitude and latitude is there; add the other, or remove both",
    ),
    "point_unreadable": (
        "坐标“{lon}”“{lat}”不是数字；写十进制度数，如 105.894000 和 29.348000",
        "the coordinates {lon} and {lat} are no numbers; write decimal degrees such as 105.894000 and 29.348000",
    ),
    "point_swapped": (
        "经度 {lon}、纬度 {lat} 写反了；对调两格",
        "longitude {lon} and latitude {lat} are swapped; exchange the two cells",
    ),
    "point_out_of_range": (
        "坐标 {lon}、{lat} 不在中国境内；改正，或两格都删去",
        "the point {lon}, {lat} does not lie in China; correct it, or empty both cells",
    ),
    "point_outside_municipality": (
        "坐标 {lon}、{lat} 不在本市境内；检查坐标和坐标系，或两格都删去",
        "the point {lon}, {lat} lies outside the municipality; check it and its datum, or empty both cells",
    ),
    "point_outside_district": (
        "坐标 {lon}、{lat} 在 {lies_in}，不在 {district}；改正坐标，或导入到所在区县",
        "the point {lon}, {lat} lies in {lies_in}, not in {district}; correct it, or import the row into that district",
    ),
    "date_unreadable": (
        "看不懂时间“{text}”；写成 2026-11-23 10:00，或在映射文件 said_at: format: 中写明格式",
        "cannot read the time {text}; write it as 2026-11-23 10:00, or give its format under said_at: in the mapping",
    ),
    "date_impossible": (
        "没有“{text}”这个时间；改正日期或钟点",
        "there is no such time as {text}; correct the day or the hour",
    ),
    "date_in_future": (
        "时间“{text}”在将来；改正，并检查年份和时区",
        "the time {text} lies in the future; correct it, and check the year and the time zone",
    ),
    "date_too_old": (
        "时间“{text}”早于 {earliest} 年；改正年份",
        "the time {text} lies before {earliest}; correct the year",
    ),
}
"""Code -> sentence in both languages. Never quotes what a resident wrote, only numbers, codes and names of places."""

_SHOWN = 32
"""Characters of a cell that are repeated on the screen: in a wrongly mapped column it may be what somebody wrote."""
_LISTED = 200


def fault(lang: str, code: str, **facts: Fact) -> RowError:
    """The error of a row, in words.

    Raises:
        KeyError: no sentence for that code.
    """
    return RowError(code, WORDS[code][LANGUAGES.index(lang)].format_map({k: _text(v) for k, v in facts.items()}))


def refused(lang: str, refusal: Refusal, district: str) -> RowError:
    """The error of a row that the rules refused: in words for a row where there are some, else in those of the page."""
    if refusal.code not in WORDS:
        return RowError(refusal.code, words.refusal(refusal, lang))
    return fault(lang, refusal.code, **{"district": district, **refusal.facts})


def _text(value: Fact) -> str:
    """A fact on one line, cut short."""
    most = _LISTED if isinstance(value, tuple) else _SHOWN
    text = " ".join((", ".join(value) if isinstance(value, tuple) else str(value)[: 2 * _LISTED]).split())
    return text if len(text) <= most else text[:most] + "…"
