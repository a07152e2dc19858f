"""Telephone numbers as digits, so that the same number is the same however somebody writes it."""

import re
import unicodedata

_GAP = r"[\s\-－—·.()（）]{0,2}"
_MOBILE = re.compile(rf"(?<![0-9])(?:(?:\+|00)?86{_GAP})?(1{_GAP}[3-9](?:{_GAP}[0-9]){{9}})(?![0-9])")
_LANDLINE = re.compile(rf"(?<![0-9])(?:(?:\+|00)86{_GAP})?(0?[0-9]{{2,3}}{_GAP}[0-9](?:{_GAP}[0-9]){{6,7}})(?![0-9])")
_LOCAL = re.compile(rf"(?<![0-9])([0-9](?:{_GAP}[0-9]){{6,7}})(?![0-9])")


def number_in(text: str) -> str | None:
    """The first telephone number in a text, as digits: a mobile, else a landline with its area code, else a local one.

    The country's code and gaps are left out; an area code gets its leading zero. None where there is no number.
    """
    plain = unicodedata.normalize("NFKC", text)  # digits as wide as Chinese characters are digits too
    for pattern in (_MOBILE, _LANDLINE, _LOCAL):
        found = pattern.search(plain)
        if found is not None:
            digits = "".join(character for character in found[1] if character.isdigit())
            return f"0{digits}" if pattern is _LANDLINE and not digits.startswith("0") else digits
    return None
