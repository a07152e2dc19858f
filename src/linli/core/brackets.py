"""Brackets in Chinese text: full-width ones, whatever the keyboard gave."""

import re

_HAN = "\u4e00-\u9fff"
_PAIR = re.compile(rf"(?P<before>[{_HAN}》”])?(?P<gap> *)\((?P<inside>[^()]*)\)")


def in_chinese(text: str) -> str:
    """The text with full-width brackets where Chinese stands before or in them; brackets in other text stay."""

    def replaced(found: re.Match[str]) -> str:
        before, inside = found["before"] or "", found["inside"]
        if not before and not re.search(f"[{_HAN}]", inside):
            return found[0]
        return f"{before}（{inside}）"

    return _PAIR.sub(replaced, text)
