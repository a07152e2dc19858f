"""Files that come gzipped, unpacked for as long as they are read."""

import gzip
import shutil
import tempfile
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from linli.directory.encoding import UnreadableFileError

MOST = 4 << 30
"""Bytes that a file may unpack to."""
FORGOTTEN = 24 * 3600
"""Seconds after which what a killed import left unpacked is deleted."""
_GZIP = b"\x1f\x8b"
PREFIX = "unpacked-"
"""Folders of files that are worked with at present begin with this."""
_CHUNK = 1 << 20


@contextmanager
def unzipped(path: Path, folder: Path) -> Iterator[Path]:
    """The file itself, or its unpacked content in a folder of its own within ``folder``, readable by its owner only.

    Raises:
        UnreadableFileError: ``no_such_file``, ``broken_gzip``, ``too_large``.
    """
    if not path.is_file():
        raise UnreadableFileError("no_such_file", f"there is no file {path}")
    with path.open("rb") as packed:
        if packed.read(2) != _GZIP:
            yield path
            return
    tidy(folder)
    with tempfile.TemporaryDirectory(prefix=PREFIX, dir=folder) as home:
        target = Path(home) / plain_name(path)
        try:
            with gzip.open(path) as source, target.open("wb") as sink:
                _copy(source, sink, path.name)
        except (OSError, EOFError, zlib.error) as error:
            words = f"{path.name} is a broken .gz file: fetch it again, or unpack it and import what comes out"
            raise UnreadableFileError("broken_gzip", words) from error
        yield target


def plain_name(path: Path) -> str:
    """The file's name without ``.gz``."""
    return path.stem if path.suffix.lower() == ".gz" else path.name


def _copy(source: gzip.GzipFile, sink: IO[bytes], name: str) -> None:
    size = 0
    while chunk := source.read(_CHUNK):
        size += len(chunk)
        if size > MOST:
            raise UnreadableFileError("too_large", f"{name} unpacks to more than 4 GiB: split it")
        sink.write(chunk)


def tidy(folder: Path) -> None:
    """Deletes what killed imports left behind: it holds residents' words."""
    for left in folder.glob(f"{PREFIX}*"):
        if left.stat().st_mtime < time.time() - FORGOTTEN:
            shutil.rmtree(left, ignore_errors=True)
