"""Taking an uploaded file into memory, up to a limit, and nowhere else."""

from io import BytesIO
from typing import Any

from django.core.files.uploadhandler import MemoryFileUploadHandler, SkipFile
from django.http import HttpRequest

from linli.intake.looking import MOST_BYTES

_MARK = "linli.upload_too_large"


class InMemory(MemoryFileUploadHandler):
    """Keeps a file in memory; one that is larger than is taken is let go, and the request is marked."""

    _size = 0

    def handle_raw_input(self, *_unused: Any, **_also_unused: Any) -> None:
        """Django would leave files beyond 2.5 MB to a folder of the system's."""
        self.activated = True

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begins to count."""
        self._size = 0
        super().new_file(*args, **kwargs)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        """Keeps a piece, or lets the file go."""
        self._size += len(raw_data)
        if self._size > MOST_BYTES:
            assert self.request is not None
            self.request.META[_MARK] = True
            self.file = BytesIO()
            raise SkipFile
        return super().receive_data_chunk(raw_data, start)


def was_too_large(request: HttpRequest) -> bool:
    """Whether a file of the request was let go; known once its form has been read."""
    return bool(request.META.get(_MARK))
