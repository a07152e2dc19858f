"""Understanding as a stream of lines, one JSON object in, one out, in the same order: what the stable command does."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from linli.intake.understanding.propose import Suggestion, suggest_many


class BrokenLineError(ValueError):
    """A line that can't be understood; the message says why and what it should be."""


@dataclass(frozen=True, slots=True)
class Answers:
    """Lines to write (each with its line end), and how many of them report a broken line."""

    lines: bytes
    broken: int


def answer(lines: Sequence[bytes], *, first: int = 1, full: bool = False) -> Answers:
    """Answers lines {"id", "title", "detail"} with {"id", "label", "matter", "confidence"}.

    `first` is the number of the first line in the whole stream; `full` adds the other fields of a suggestion. A broken
    line gives {"id": null, "error", "line"}; blank lines give nothing.
    """
    parsed: list[tuple[Any, str, str] | bytes] = []
    for number, line in enumerate(lines, start=first):
        if not line.strip():
            continue
        try:
            parsed.append(_parse(line))
        except BrokenLineError as reason:
            parsed.append(_line({"id": None, "error": str(reason), "line": number}))
    suggestions = suggest_many((entry[1], entry[2]) for entry in parsed if not isinstance(entry, bytes))
    written = [
        entry if isinstance(entry, bytes) else _line(_answer(entry[0], next(suggestions), full)) for entry in parsed
    ]
    return Answers(b"".join(written), sum(isinstance(entry, bytes) for entry in parsed))


def _parse(line: bytes) -> tuple[Any, str, str]:
    try:
        message = json.loads(line, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as reason:
        raise BrokenLineError(f"not JSON in UTF-8 ({reason})") from reason
    if not isinstance(message, dict):
        raise BrokenLineError('a line must be an object {"id", "title", "detail"}')
    if isinstance(message.get("id"), bool) or not isinstance(message.get("id"), str | int | float):
        raise BrokenLineError('"id" must be a string or a number')
    texts = [message.get(field) for field in ("title", "detail")]
    if all(text is None for text in texts):
        raise BrokenLineError('"title" or "detail" must be there')
    if not all(text is None or isinstance(text, str) for text in texts):
        raise BrokenLineError('"title" and "detail" must be strings')
    return message["id"], texts[0] or "", texts[1] or ""


def _answer(number: Any, suggestion: Suggestion, full: bool) -> dict[str, Any]:
    short = {
        "id": number,
        "label": suggestion.label,
        "matter": suggestion.matter,
        "confidence": suggestion.confidence,
    }
    return {**short, **asdict(suggestion)} if full else short


def _refuse_constant(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON number")


def _line(content: dict[str, Any]) -> bytes:
    try:
        return (json.dumps(content, ensure_ascii=False) + "\n").encode()
    except UnicodeEncodeError:  # half a surrogate pair in the id: JSON can only carry it escaped
        return (json.dumps(content) + "\n").encode()
