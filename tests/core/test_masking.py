"""Masking skips the rules for long numbers where a text holds none; that must never show."""

import re

from hypothesis import given
from hypothesis import strategies as st

from linli.core import privacy
from linli.core.privacy import mask

DIGITS = ["1", "13", "8", "0", "023", "500118", "19900101", "6222", "１"]
OTHERS = ["-", "—", "－", "·", ".", " ", "+86", "X", "路灯", "："]
PIECES = st.sampled_from(DIGITS + OTHERS)


def by_every_rule(text: str) -> str:
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
