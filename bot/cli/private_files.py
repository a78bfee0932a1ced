"""Writes files that only their owner may read."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path


def write_private(path: Path, content: bytes) -> None:
    """Write a file that only its owner may read (mode 600), completely or not at all; an existing file is replaced."""
    write_all_private({path: content})


def write_all_private(files: Mapping[Path, bytes]) -> None:
    """Write several files that only their owner may read; the first is replaced after all of them are written."""
    drafts = {path: path.with_name(f".{path.name}.{os.getpid()}") for path in files}
    try:
        for path, content in files.items():
            with os.fdopen(os.open(drafts[path], os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as target:
                target.write(content)
        for path, draft in drafts.items():
            draft.replace(path)
    except BaseException as error:
        for draft in drafts.values():
            draft.unlink(missing_ok=True)
        if isinstance(error, OSError):  # of the file that was to be written, not of its draft; a full disk names none
            raise OSError(error.errno, error.strerror, str(path)) from error
        raise


def read_up_to(path: Path, most: int) -> bytes:
    """Return a file's content, or only its first `most` + 1 bytes if the file is larger than `most` bytes."""
    with path.open("rb") as file:
        return file.read(most + 1)
