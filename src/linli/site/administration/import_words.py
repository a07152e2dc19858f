"""What kinds of import there are, what state one is in, and why a file cannot be read, in the reader's language."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

KINDS: "Mapping[str, tuple[StrOrPromise, StrOrPromise]]" = {
    "reports": (
        _("Reports"),
        _("An export of the hotline or a mailbox. Which column is what is proposed, and you can change it."),
    ),
    "units": (
        _("Units"),
        _(
            "Columns: type, area, name_zh (单位类型, 区划代码, 单位名称). "
            "More: id, name_en, parent, functions, phone, hours."
        ),
    ),
    "staff": (
        _("Staff"),
        _("Columns: username, name, post (用户名, 姓名, 岗位). More: unit, from, until."),
    ),
    "areas": (
        _("Areas"),
        _("Columns: code, parent_code, level, name (代码, 上级代码, 级别, 名称)."),
    ),
    "boundaries": (
        _("Boundaries"),
        _("GeoJSON; each feature has the property code with the area's division code."),
    ),
    "matters": (
        _("Matters"),
        _("The columns of matters.csv. They become a draft; nothing is in force before it is published."),
    ),
}
"""Kind -> its name and what the file must hold."""

STATES: "Mapping[str, StrOrPromise]" = {
    "checking": _("being checked"),
    "checked": _("checked, not imported"),
    "running": _("being imported"),
    "done": _("imported"),
    "failed": _("failed"),
    "cancelled": _("cancelled"),
    "expired": _("deleted after a day"),
}

PROBLEMS: "Mapping[str, StrOrPromise]" = {
    "empty_file": _("The file is empty. Export it again, with a first row that names the columns."),
    "packed": _("The file is packed (.gz). Unpack it and upload what comes out."),
    "broken_workbook": _(
        "The workbook cannot be read: it is broken or has a password. Open it in the spreadsheet program and save it "
        "again as XLSX or CSV, without a password."
    ),
    "too_large": _("The workbook unpacks to more than is read here. Save it as CSV, or split it."),
    "bad_header": _("The first row must name the columns, each once; look at the list of columns and name them so."),
    "wrong_kind": _(
        "This file is of another kind. Boundaries come as GeoJSON, everything else as CSV or XLSX; choose the kind "
        "that fits."
    ),
    "nul_bytes": _("This is no text file and no workbook. Save it as XLSX or as CSV UTF-8."),
    "wrong_encoding": _(
        "The text is neither UTF-8 nor GBK. Open it in the program it came from and save it as CSV UTF-8 or XLSX."
    ),
    "bad_json": _("The file is no JSON. Export it again as GeoJSON."),
    "no_features": _("The file holds no features. It must be a GeoJSON FeatureCollection with polygons."),
    "mapping": _("The columns chosen do not fit the file. Choose them again; its source may have 40 characters."),
    "nothing_published": _("No rules are in force yet. Publish the list of matters first, then import."),
    "key_missing": _("The sealed file cannot be opened: its key is not there. Tell who runs the server; upload again."),
    "interrupted": _(
        "The work ended several times before it was done, perhaps for lack of memory. Split the file and try again; "
        "what was imported is kept and not doubled."
    ),
    "fault": _(
        "Something broke on our side, and it was recorded. Try again; if it stays so, tell who runs the server. What "
        "was imported is kept and not doubled."
    ),
}
"""Code -> why a file or a job failed, and what to do."""

UNREADABLE: "StrOrPromise" = _("The file cannot be read. Save it as XLSX or as CSV UTF-8 and upload it again.")

PARTS: "Mapping[str, StrOrPromise]" = {
    "source_number": _("Number in the source"),
    "title": _("Title"),
    "detail": _("What was said"),
    "channel": _("Channel"),
    "area": _("Town, community"),
    "place": _("Place in words"),
    "lon": _("Longitude"),
    "lat": _("Latitude"),
    "said_at": _("Time"),
    "contact": _("Contact"),
    "matter": _("Matter"),
    "complaint_target": _("Unit complained of"),
}
"""Part of a report -> its name."""

FORMS: "Mapping[str, StrOrPromise]" = {
    "csv": _("CSV"),
    "workbook": _("Workbook"),
    "ndjson": _("JSON lines"),
    "geojson": _("GeoJSON"),
}

DATUMS: "tuple[tuple[str, StrOrPromise], ...]" = (
    ("gcj02", _("GCJ-02 (Amap, Tencent, DataV)")),
    ("bd09", _("BD-09 (Baidu)")),
    ("wgs84", _("WGS 84 (GPS, CGCS2000)")),
)


def problem(code: str) -> "StrOrPromise":
    """Why a file or job failed."""
    return PROBLEMS.get(code, UNREADABLE)
