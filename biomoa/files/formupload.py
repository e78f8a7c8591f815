"""Files of a plain HTML form, hashed while they arrive in the scratch folder; and how large any form may be."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload

from biomoa.files import digests
from biomoa.files.digests import Sums
from biomoa.files.disk import SyncedFile
from biomoa.people.edge import actor_of

MOST_BYTES = 512 * 1024**2  # of a form with sheets; files of data come by other ways
MOST_OF_STRANGERS = 1024**2  # who is not signed in has no sheet to send


class FormLimit(FileUploadHandler):
    """The first of the handlers: a form is refused by its length before a byte of it lies on the disk.

    Every address reads a form that is sent to it, be it for the forgery token alone.
    """

    def handle_raw_input(
        self,
        input_data: Any,
        META: Any,
        content_length: int,
        boundary: Any,
        encoding: str | None = None,
    ) -> None:
        del input_data, META, boundary, encoding
        is_known = actor_of(self.request).user_id is not None
        if content_length > (MOST_BYTES if is_known else MOST_OF_STRANGERS):
            raise RequestDataTooBig("the form is too large")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        del start
        return raw_data

    def file_complete(self, file_size: int) -> None:
        del file_size


class ArrivedFile(UploadedFile):
    """A file of a form that lies synced in the scratch folder, with its digests; ``close`` removes it there."""

    def __init__(self, name: str, path: Path, sums: Sums, size_bytes: int) -> None:
        super().__init__(name=name, size=size_bytes)
        self.path, self.sums, self.size_bytes = path, sums, size_bytes

    def close(self) -> None:
        self.path.unlink(missing_ok=True)


class HashingUploadHandler(FileUploadHandler):
    """Django's protocol of upload handlers; blocks of ``chunk_size`` bytes, constant memory."""

    chunk_size = 1024**2

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self._path = Path(settings.BIOMOA_HOME.scratch) / f"form-{secrets.token_hex(16)}"
        self._file: SyncedFile | None = SyncedFile(self._path)
        self._running = digests.start()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        del start
        assert self._file is not None
        try:
            self._file.write(raw_data)
        except OSError as error:
            self.upload_interrupted()
            raise StopUpload(connection_reset=True) from error
        self._running.update(raw_data)

    def file_complete(self, file_size: int) -> ArrivedFile | None:
        assert self._file is not None
        with self._file as file:
            file.sync()
        self._file = None
        return ArrivedFile(str(self.file_name), self._path, self._running.sums(), file_size)

    def upload_interrupted(self) -> None:
        """The connection broke: a form cannot be resumed, so its part is dropped."""
        if getattr(self, "_file", None) is not None:
            assert self._file is not None
            self._file.__exit__(None, None, None)
            self._file = None
            self._path.unlink(missing_ok=True)
