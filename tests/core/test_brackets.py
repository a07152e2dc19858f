"""Brackets in Chinese text."""

import pytest

from linli.core.brackets import in_chinese


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("村(居)务公开问题反映", "村（居）务公开问题反映"),
        ("镇街协调召集请求(吹哨报到)", "镇街协调召集请求（吹哨报到）"),
        ("突发事件应对法(2024)§60", "突发事件应对法（2024）§60"),
        ("居住证暂行条例§9 (15日)", "居住证暂行条例§9（15日）"),
        ("信访(一)和(2)", "信访（一）和（2）"),
        ("已经是（全角）的", "已经是（全角）的"),
        ("Noise (at night)", "Noise (at night)"),
        ("§30-31 (villages only)", "§30-31 (villages only)"),
        ("没有括号", "没有括号"),
        ("半边(", "半边("),
    ],
)
def test_chinese_gets_full_width_brackets_and_other_text_keeps_its_own(typed: str, kept: str) -> None:
    assert in_chinese(typed) == kept
    assert in_chinese(kept) == kept
