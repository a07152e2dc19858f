"""Why a row of areas, boundaries, units, staff or matters was refused, in Chinese, and which column it is about.

The rooms that judge these rows give an English reason with its facts; by its code it gets a sentence in Chinese here.
"""

from collections.abc import Mapping

from linli.directory.encoding import Note
from linli.directory.tables import BadRow

COLUMN: Mapping[str, str] = {
    "wrong_code": "code", "duplicate_code": "code", "wrong_level": "level", "wrong_parent": "parent_code",
    "unknown_parent": "parent", "wrong_type": "type", "unknown_area": "area", "unknown_district": "area",
    "wrong_id": "id", "duplicate_id": "id", "unknown_function": "functions", "circle": "parent",
    "other_district": "parent", "wrong_username": "username", "unknown_post": "post", "wrong_date": "from, until",
    "wrong_dates": "until", "no_code": "properties.code", "no_polygon": "geometry", "invalid_geometry": "geometry",
    "swapped_coordinates": "geometry", "out_of_range": "geometry", "outside_parent": "geometry",
    "outside_province": "geometry", "one_lead": "lead_unit_type", "wrong_domain": "domain", "wrong_wave": "wave",
    "unknown_unit_type": "lead_unit_type",
    "number_missing": "source_number", "number_too_long": "source_number", "duplicate_number": "source_number",
    "detail_missing": "detail", "text_unreadable": "detail", "channel_unknown": "channel", "matter_unknown": "matter",
    "complaint_target_unknown": "complaint_target", "area_unknown": "area", "area_ambiguous": "area",
    "area_contradicts": "area", "area_outside_district": "area", "point_incomplete": "lon, lat",
    "point_unreadable": "lon, lat", "point_swapped": "lon, lat", "point_out_of_range": "lon, lat",
    "point_outside_municipality": "lon, lat", "point_outside_district": "lon, lat", "date_unreadable": "said_at",
    "date_impossible": "said_at", "date_in_future": "said_at", "date_too_old": "said_at",
}  # fmt: skip
"""Code -> the column (of reports: the part of a report) that it is about."""

_ZH: Mapping[str, str] = {
    "out_of_scope": "不在您管理的区域之内；删去这一行，或改正区划代码",
    "bad_csv": "这一行不是完整的 CSV；检查引号",
    "open_quote": "引号没有成对；补上或删去引号",
    "wrong_cell_count": "格数与首行的列数不一致；检查逗号和引号",
    "nul_byte": "含有 NUL 字节；错误文件中已去掉，检查后再导入",
    "broken_text": "含有无法识别的字节；在错误文件中改正标为 � 的地方",
    "bad_json": "这一行不是 JSON 对象；改正后再导入",
    "formula": "名称以 =、+、-、@ 开头，会被表格软件当作公式；只写名称",
    "name_signs": "名称只能用文字、数字和常用标点，不能有表情、< > 等符号；改正名称",
    "wrong_code": "代码格式不对（区划代码为 2、4、6、9、12、15 或 18 位数字；事项编码如 SL-001）；改正",
    "duplicate_code": "同一代码在文件中出现两次；只留一行",
    "wrong_level": "级别与代码位数不符（2 位为 1 级，4 位为 2 级，依次类推）；改正级别或代码",
    "wrong_name": "名称为空或过长；改正",
    "wrong_parent": "上级代码与代码不符：代码以上级代码开头；改正其中一个",
    "unknown_parent": "上级不在文件中，也不在系统中，或上级那一行也被退回；先补上或改正上级",
    "wrong_type": "类型应为小写英文编码，与事项清单中的一致；改正",
    "unknown_area": "系统中没有这个区划代码；改正，或先导入区划",
    "unknown_district": "该区划所属的区县尚未建立；请运维人员先建立区县",
    "duplicate_id": "同一单位在文件中出现两次；给其中一个另编编号，例如末尾加 .2",
    "wrong_id": "单位编号应为“区划代码.类型”，第二个单位在末尾加 .2；改正",
    "unknown_function": "职能编码不认识；写系统中的职能编码，用分号隔开",
    "wrong_flag": "应填 是 或 否；改正",
    "too_long": "文字过长；缩短",
    "circle": "上级单位绕了一圈又回到自己；改正上级单位",
    "other_district": "上级单位属于另一个区县；改正上级单位",
    "duplicate_row": "同一人同一岗位（或同一内容）出现两次；只留一行",
    "wrong_username": "用户名应为 2 至 80 个字母、数字或 . _ @ -；改正",
    "unknown_post": "没有这个岗位；改正岗位编号，或先导入其单位",
    "wrong_dates": "结束日期早于开始日期；改正其中一个",
    "wrong_date": "不是日期；写成 2026-11-23",
    "no_code": "要素没有 code 属性；补上区划代码",
    "no_polygon": "不是 Polygon 或 MultiPolygon；把边界画成一个面",
    "invalid_geometry": "图形无效（自相交、为空或没有面积）；重新画",
    "swapped_coordinates": "经度、纬度像是写反了；GeoJSON 先经度后纬度，请对调",
    "out_of_range": "坐标不在中国境内；应为度数（经度 73 至 136，纬度 3 至 54），不是米",
    "outside_parent": "图形在上级区域之外；检查代码、坐标和坐标系",
    "outside_province": "图形在该省之外；检查代码和坐标，并先导入区县边界",
    "one_lead": "每个事项只有一个主办单位类型；其余写到 co_unit_types",
    "unknown_unit_type": "没有这种类型的单位；改正单位类型",
    "wrong_domain": "领域应为小写英文编码；改正",
    "wrong_wave": "批次应为整数；改正",
    "lead_is_co_handler": "主办单位类型又写在协办里；从 co_unit_types 中删去",
    "co_handler_twice": "同一协办单位类型写了两次；只留一个",
    "lead_is_open": "没有单位固定承担这个角色；写明由哪种单位主办",
    "lead_below_level": "主办单位的层级低于事项的 normal_level，而派单只向上；改低 normal_level，或写上一级的单位类型",
    "guard_sensitivity": "victim_safety 和 transfer_only 的事项必须是敏感事项；把 sensitivity 写成 sensitive",
    "guard_consent": "调解须双方同意；在 guard 中加 consent_required",
    "emergency_hours": "紧急事项昼夜按小时受理；accept_limit 写成 0.5h 这样的小时数",
    "accept_after_handle": "受理时限比办理时限还长；改正其中一个",
    "company_unaccountable": "企业主办时，须有对它负责的公共单位作为上级；先在单位模板中写明",
    "company_sensitive": "企业不能主办敏感或受保护的事项；改为公共单位",
    "no_legal_basis": "法定时限须写明依据；在 legal_basis 中写明法律和条款",
    "statute_changed": "法定时限被改动；改回原值，或在 legal_basis 中写明修改它的法律",
    "rights_limit": "名称涉及对人的监控；事项只能是地点、设施和服务",
}

_ZH_NOTES: Mapping[str, str] = {
    "gbk": "{file} 不是 UTF-8，按 GBK/GB18030 读取",
    "broken_bytes": "{file} 是 UTF-8，但有 {number} 个字节无法识别；含有这些字节的行被退回",
    "first_sheet": "{file} 只读第一个工作表“{sheet}”",
    "repaired": "第 {number} 个要素（{area}）的图形已修复，面积变化 {change}",
    "retired": "文件中有 {number} 个区域已按方案停用，保持停用：{codes}",
    "left_out": "有 {number} 个事项不在文件中，保持不变：{codes}…",
    "mobile": "第 {line} 行：{phone} 像是个人手机号；这里只填单位的值班电话",
}


_NAMED_FIRST = ("formula", "name_signs", "wrong_flag", "too_long")
"""Refusals whose English reason begins with the column's name."""
_FORM = ("bad_csv", "open_quote", "wrong_cell_count", "nul_byte", "broken_text", "bad_json")


def reason(kind: str, bad: BadRow, lang: str) -> str:
    """The reason of a refused row in that language. Those of reports come in it already, but for the row's own form."""
    if lang != "zh-hans" or (kind == "reports" and bad.code not in _FORM):
        return bad.reason
    if bad.code in _ZH:
        return _ZH[bad.code]
    start, _line, column = bad.code.partition("_")
    if start == "wrong" and column.endswith("_limit"):
        return f"{column} 的写法不对；写数字加单位 h（小时）、wh（工作小时）、wd（工作日）或 d（自然日），如 5wd、0.5h"
    if start == "unknown":
        allowed = bad.reason.partition("; use one of ")[2]
        return f"{column} 的值不认识；改成其中之一：{allowed}" if allowed else f"{column} 为空；至少写一项"
    return bad.reason


def remark(note: str, lang: str) -> str:
    """A remark on a file in that language."""
    known = _ZH_NOTES.get(note.code) if isinstance(note, Note) and lang == "zh-hans" else None
    return known.format_map(note.facts) if known is not None and isinstance(note, Note) else str(note)


def column_of(bad: BadRow) -> str:
    """The column that a refusal is about; empty where it is the row as a whole."""
    if bad.code in _NAMED_FIRST:
        return bad.reason.partition(" ")[0]
    kind, _line, column = bad.code.partition("_")
    return COLUMN.get(bad.code, column if kind == "unknown" or column.endswith("_limit") else "")
