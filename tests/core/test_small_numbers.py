"""Small numbers are left out, whether they are one, four or none (rights R2, R15)."""

import pytest

from linli.core.privacy import SMALLEST_CELL, told


@pytest.mark.parametrize("number", range(5))
def test_it_does_not_tell_fewer_than_five_nor_that_there_was_none(number: int) -> None:
    assert told(number) is None


@pytest.mark.parametrize("number", [5, 6, 1000])
def test_it_tells_five_and_more(number: int) -> None:
    assert told(number) == number


def test_its_threshold_is_that_of_the_rights_page() -> None:
    assert SMALLEST_CELL == 5
