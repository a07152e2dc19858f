"""Masking skips the rules for long numbers where a text holds none; that must never show."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.core import privacy
from linli.core.privacy import mask

DIGITS = ["1", "13", "8", "0", "023", "500118", "19900101", "6222", "１"]
OTHERS = ["-", "—", "－", "·", ".", " ", "+86", "X", "路灯", "："]
PIECES = st.sampled_from(DIGITS + OTHERS)


def by_every_rule(text: str) -> str:
    text = text.translate(privacy._FULL_WIDTH)
    for pattern, replacement in privacy._RULES:
        text = re.sub(pattern, replacement, text)
    return text


@given(st.lists(PIECES, max_size=30).map("".join))
def test_skipping_rules_never_changes_the_masked_text(text: str) -> None:
    assert mask(text) == by_every_rule(text)


@given(st.text(max_size=200))
def test_skipping_rules_never_changes_any_text(text: str) -> None:
    assert mask(text) == by_every_rule(text)


def test_numbers_are_masked_however_they_are_spaced() -> None:
    assert mask("请打 138-0000-0000") == "请打 [电话]"
    assert mask("卡号6222 0200 0000 0000 123") == "卡号[卡号]"
    assert mask("身份证500118199001010011") == "身份证[证件]"
    assert mask("023-49800000") == "[电话]"


MASKED = [
    ("请打１３８１２３４５６７８", "请打[电话]"),
    ("电话138/1234/5678", "电话[电话]"),
    ("身份证500118 19900101 1234", "身份证[证件]"),
    ("车牌渝 A12345", "车牌[车牌]"),
    ("车牌渝ＡＤ１２３４５", "车牌[车牌]"),
    ("我叫欧阳小红，住三楼", "我叫[姓名]，住三楼"),
    ("联系人王小明13812345678", "联系人[姓名][电话]"),
    ("业主张三反映楼道灯坏", "业主[姓名]反映楼道灯坏"),
    ("本人王小明反映噪音", "本人[姓名]反映噪音"),
    ("孩子叫刘小宝，走失了", "孩子叫[姓名]，走失了"),
]


@pytest.mark.parametrize(("said", "masked"), MASKED)
def test_it_masks_what_people_write_every_day(said: str, masked: str) -> None:
    assert mask(said) == masked


KEPT = [
    "业主方面没有意见，物业不配合。",
    "业主张贴通知，没有人管。",
    "小区居民都说路灯坏了。",
    "居民常年反映污水横流。",
    "楼下垃圾堆了三天，2026年11月23日至今。",
    "3号楼2单元1201室漏水，水表读数00123456。",
]


@pytest.mark.parametrize("said", KEPT)
def test_it_leaves_ordinary_words_alone(said: str) -> None:
    assert mask(said) == said
