"""Which encoding a text file is in: UTF-8, UTF-16 or the GB18030 family that Chinese office programs write."""

import codecs
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

_CHUNK = 1 << 20
_SAMPLE = 200_000
_FEW = 0.01
_PLAUSIBLE = 0.8
_ASCII, _SURROGATE = re.compile("[\x00-\x7f]+"), re.compile("[\ud800-\udfff]")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


class UnreadableFileError(ValueError):
    """A file that cannot be read at all: ``code`` names why, the text says what to do."""

    def __init__(self, code: str, words: str) -> None:
        super().__init__(words)
        self.code = code


class Note(str):
    """A remark on a file, in English; by ``code`` and ``facts`` a page words it otherwise."""

    code: str
    facts: Mapping[str, str]

    def __new__(cls, code: str, text: str, **facts: object) -> Self:
        """``text`` says it with the facts in it."""
        note = super().__new__(cls, text.format_map(facts))
        note.code, note.facts = code, {name: str(fact) for name, fact in facts.items()}
        return note


@dataclass(frozen=True, slots=True)
class Encoding:
    """The codec to open a file with (``errors="surrogateescape"``), how many lines it has, and what to tell people."""

    codec: str
    lines: int
    note: str = ""


@dataclass(slots=True)
class _Tally:
    foreign: int = 0
    escaped: int = 0
    sample: str = ""


def detect(path: Path) -> Encoding:
    """Finds the encoding of a text file by reading it once.

    A few broken bytes do not condemn a file: they come through as lone surrogates, so that only their rows fail.

    Raises:
        UnreadableFileError: ``empty_file``, ``nul_bytes`` (binary), ``wrong_encoding`` (neither UTF-8 nor GB18030).
    """
    with path.open("rb") as file:
        head = file.read(4096)
        if not head.strip(b"\xef\xbb\xbf \t\r\n"):
            raise UnreadableFileError("empty_file", f"{path.name} is empty: export it again, with a header row")
        lines = head.count(b"\n") + sum(chunk.count(b"\n") for chunk in iter(lambda: file.read(_CHUNK), b""))
    for bom, codec in _BOMS:
        if head.startswith(bom):
            return Encoding(codec, lines, "" if codec == "utf-8-sig" else f"{path.name} is UTF-16; read as such")
    if head.count(b"\0") > len(head) // 10:
        words = f"{path.name} is a binary file or UTF-16 without a mark: save it as 'CSV UTF-8' or XLSX"
        raise UnreadableFileError("nul_bytes", words)
    return _by_content(path, lines)


def _by_content(path: Path, lines: int) -> Encoding:
    if _is_utf8(path):
        return Encoding("utf-8", lines)
    utf8 = _tally(path, "utf-8")
    gb = _tally(path, "gb18030")
    if gb.escaped <= _FEW * gb.foreign and _share_of_common_characters(gb.sample) >= _PLAUSIBLE:
        note = Note("gbk", "{file} is not UTF-8 but GBK/GB18030; read as such", file=path.name)
        return Encoding("gb18030", lines, note)
    if utf8.escaped <= _FEW * utf8.foreign:
        words = "{file} is UTF-8 with {number} broken bytes; the rows that hold them are refused"
        note = Note("broken_bytes", words, file=path.name, number=utf8.escaped)
        return Encoding("utf-8", lines, note)
    words = f"{path.name} is neither UTF-8 nor GBK/GB18030: open it in the program it came from, save as 'CSV UTF-8'"
    raise UnreadableFileError("wrong_encoding", words)


def _is_utf8(path: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as file:
        try:
            while chunk := file.read(_CHUNK):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def _tally(path: Path, codec: str) -> _Tally:
    tally = _Tally()
    decoder = codecs.getincrementaldecoder(codec)("surrogateescape")
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            _count(decoder.decode(chunk), tally)
        _count(decoder.decode(b"", final=True), tally)
    return tally


def _count(text: str, tally: _Tally) -> None:
    foreign = _ASCII.sub("", text)
    tally.foreign += len(foreign)
    tally.escaped += len(_SURROGATE.findall(foreign))
    if len(tally.sample) < _SAMPLE:
        tally.sample += foreign[: _SAMPLE - len(tally.sample)]


def is_broken(text: str) -> bool:
    """Whether the text holds a lone surrogate: a byte that could not be decoded, or half an emoji from JSON."""
    return _SURROGATE.search(text) is not None


def _share_of_common_characters(sample: str) -> float:
    """The share of characters in GB 2312, the everyday set. Other encodings read as GB18030 give rare ones."""
    common = len(sample.encode("gb2312", "ignore").decode("gb2312", "ignore"))
    return common / len(sample) if sample else 0.0
