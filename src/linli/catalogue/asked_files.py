"""Files of questions: YAML or JSON, matter code -> list of questions (see ``docs/reference/questions.md``)."""

from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml

from linli.core import asked
from linli.core.asked import BadQuestionError, Question
from linli.directory.encoding import UnreadableFileError
from linli.directory.tables import BadRow

LARGEST_FILE = 2_000_000


def shipped() -> Mapping[str, tuple[Question, ...]]:
    """The package's own questions by matter."""
    text = (files("linli.catalogue") / "data" / "questions.yaml").read_text("utf-8")
    good, bad = judged(yaml.safe_load(text))
    assert not bad, bad
    return good


def from_file(path: Path) -> tuple[Mapping[str, tuple[Question, ...]], list[BadRow]]:
    """Questions of a file by matter, and the matters whose questions cannot stand.

    Raises:
        UnreadableFileError: no such file, too large, not UTF-8, no YAML or JSON, or no mapping of matters.
    """
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise UnreadableFileError("too_large", f"{path.name} has more than 2 MB; is it the file of the questions?")
        data = yaml.safe_load(path.read_text("utf-8-sig"))
    except OSError as error:
        raise UnreadableFileError("unreadable", f"{path.name} can't be read: {error.strerror}") from error
    except (UnicodeDecodeError, yaml.YAMLError, RecursionError, ValueError) as error:
        if isinstance(error, UnreadableFileError):
            raise
        raise UnreadableFileError(
            "not_yaml", f"{path.name} is no YAML or JSON in UTF-8: {str(error).splitlines()[0]}"
        ) from error
    if not isinstance(data, dict) or not data:
        raise UnreadableFileError("no_matters", f"{path.name} names no matter; write: CM-003: [{{key: …}}]")
    return judged(data)


def judged(data: Mapping[Any, Any]) -> tuple[dict[str, tuple[Question, ...]], list[BadRow]]:
    """Parts a document into good lists of questions and refused ones; ``line`` counts the matters."""
    good: dict[str, tuple[Question, ...]] = {}
    bad: list[BadRow] = []
    for line, (code, rows) in enumerate(data.items(), 1):
        try:
            good[str(code)] = asked.read(rows)
        except BadQuestionError as error:
            bad.append(BadRow(line, "bad_question", f"{code}: {error}"))
    return good, bad


def refused(codes: Sequence[str], known: Sequence[str], lines: Mapping[str, int]) -> list[BadRow]:
    """A refused row for each matter that the catalogue does not have."""
    return [
        BadRow(lines.get(code, 0), "matter_unknown", f"{code}: no such matter; import the matters first, or correct it")
        for code in codes
        if code not in known
    ]
