"""What a name may be made of: of an area, a unit, a post, a person, a matter or a shift, typed or from a file.

Names stand in lists that are exported again, on signs and in letters. So none begins like a spreadsheet formula, and
none holds what is markup, a picture or cannot be seen.
"""

import re
import unicodedata

FORMULA, SIGNS, EMPTY = "name_is_formula", "name_has_signs", "name_is_empty"

_FORMULA = re.compile(r"\s*'*[=+\-@＝＋－＠]")  # the wide signs too: spreadsheets take them
_ALSO = frozenset(" \u3000+~～№℃㎡°")
"""Signs of other kinds that stand in names of places and duties."""
_SHOW_NOTHING = frozenset("\u115f\u1160\u2800\u3164\uffa0\ufe0e\ufe0f")
"""Letters and marks that nobody can see, or that make a picture of the sign before."""


def fault(name: str) -> str:
    """Why this is no name: one of the codes above, empty where it is one.

    Letters, figures and punctuation of any script do; ``< >`` and other signs, pictures and control characters do not.
    """
    if _FORMULA.match(name):
        return FORMULA
    if not all(map(_fits, name)):
        return SIGNS
    return "" if any(unicodedata.category(sign)[0] in "LN" for sign in name) else EMPTY


def _fits(sign: str) -> bool:
    kind = unicodedata.category(sign)
    return sign in _ALSO or (kind[0] in "LMNP" and kind != "Me" and sign not in _SHOW_NOTHING)
