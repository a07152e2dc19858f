"""Terms by which a case is found: bigrams of text and scope tokens, intersected by one index."""

import re
import unicodedata
from collections.abc import Iterable
from datetime import datetime

MAX_TERMS = 400
"""How many bigrams of one case are indexed; a longer text is found by its beginning."""

_RUN = re.compile(r"[0-9a-z]+|[\u3400-\u9fff]+")


def normalise(text: str) -> str:
    """Full-width and compatibility forms folded, lower case."""
    return unicodedata.normalize("NFKC", text).lower()


def bigrams(text: str) -> list[str]:
    """Pairs of neighbouring characters within runs of letters, digits or Han characters; single characters stay."""
    found: dict[str, None] = {}
    for run in _RUN.findall(normalise(text)):
        if len(run) == 1:
            found[run] = None
        for start in range(len(run) - 1):
            found[run[start : start + 2]] = None
    return list(found)


def index_terms(texts: Iterable[str], scope: Iterable[str], opened_at: datetime) -> list[str]:
    """What is stored for a case: its bigrams, its scope tokens (``d:``, ``t:``, ``c:``, ``u:``) and its month."""
    words = bigrams(" ".join(texts))[:MAX_TERMS]
    return [*words, *scope, month_token(opened_at)]


def month_token(at: datetime) -> str:
    """The month as a token, such as ``m:2026-11``."""
    return f"m:{at:%Y-%m}"


def query_terms(text: str) -> list[str]:
    """What a search demands: every bigram of what was typed."""
    return bigrams(text)
