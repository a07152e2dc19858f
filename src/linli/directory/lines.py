"""The lines of a CSV file as the reader takes them, so that a quotation mark left open is found."""

from collections.abc import Iterator
from typing import TextIO


class Lines:
    """The lines of a file, with those of the present row, so that a quotation mark left open is found."""

    def __init__(self, file: TextIO) -> None:
        self._file, self.row, self.ended = file, list[str](), False

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._file.readline()
        if not line:
            self.ended = True
            raise StopIteration
        self.row.append(line)
        return line

    def left_open(self, first: int) -> str:
        """Why the row that begins on line ``first`` is none: its last cell is open at the file's end; else empty."""
        if not self.ended:  # only an open cell makes the reader ask for more than there is
            return ""
        opened = 0
        for number, line in enumerate(self.row, first):
            if line.count('"') % 2:
                opened = 0 if opened else number
        words = f"a quotation mark opens on line {opened or first} and never closes, so that all after it is one cell"
        return f"{words}; close it or take it out, and feed the file again"
