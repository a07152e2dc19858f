"""What a name may be made of."""

import pytest

from linli.core import names


@pytest.mark.parametrize(
    "name",
    [
        "河东网格", "中山路街道第1网格", "王一", "阿不都·热合曼", "O'Brien", "Night post (24 h)", "3-2网格", "A座/B座",
        "“一网统管”中心", "𠮷野", "5G+办公室", "№ 3", "党群服务中心（新）", "José", "葛󠄀城",
    ],
)  # fmt: skip
def test_what_people_call_things_is_a_name(name: str) -> None:
    assert names.fault(name) == ""


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("=1+1", names.FORMULA), ("+86网格", names.FORMULA), ("-河东", names.FORMULA), ("@河东", names.FORMULA),
        (" =1+1", names.FORMULA), ("'=1+1", names.FORMULA), ("＝1+1", names.FORMULA),
        ("河东😀", names.SIGNS), ("<b>河东</b>", names.SIGNS), ("河东\n网格", names.SIGNS), ("河东\t", names.SIGNS),
        ("河\u202e东", names.SIGNS), ("河\u200b东", names.SIGNS), ("1\ufe0f\u20e3", names.SIGNS),
        ("河东\x00", names.SIGNS), ("\u3164", names.SIGNS), ("河东|网格", names.SIGNS),
        ("", names.EMPTY), ("  ", names.EMPTY), ("……", names.EMPTY),
    ],
)  # fmt: skip
def test_what_a_list_cannot_carry_is_none(name: str, why: str) -> None:
    assert names.fault(name) == why
