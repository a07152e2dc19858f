"""Telephone numbers: the same number is the same however it is written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.core.telephone import number_in


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("13812345678", "13812345678"),
        ("138 1234 5678", "13812345678"),
        ("138-1234-5678", "13812345678"),
        ("+86 138 1234 5678", "13812345678"),
        ("008613812345678", "13812345678"),
        ("8613812345678", "13812345678"),
        ("王女士，电话：13812345678，下午方便", "13812345678"),
        ("１３８１２３４５６７８", "13812345678"),
        ("座机 023-49801234 或 13812345678", "13812345678"),
        ("023-49801234", "02349801234"),
        ("(023) 4980 1234", "02349801234"),
        ("+86 23 4980 1234", "02349801234"),
        ("0755 2345678", "07552345678"),
        ("49801234", "49801234"),
        ("4980123", "4980123"),
        ("微信同号", None),
        ("wang@example.org", None),
        ("12345", None),
        ("500118199001011234", None),
        ("", None),
    ],
)
def test_it_finds_the_number_in_what_people_write(text: str, digits: str | None) -> None:
    assert number_in(text) == digits


@given(
    st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True),
    st.lists(st.sampled_from(["", " ", "-"]), min_size=11, max_size=11),
)
def test_it_finds_any_mobile_however_it_is_grouped(number: str, gaps: list[str]) -> None:
    written = "".join(digit + gap for digit, gap in zip(number, gaps, strict=True))
    assert number_in(f"电话 {written}") == number


@given(st.text())
def test_it_answers_digits_or_nothing(text: str) -> None:
    found = number_in(text)
    assert found is None or (found.isascii() and found.isdigit() and 7 <= len(found) <= 12)
