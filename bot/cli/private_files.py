"""Writes files that only their owner may read."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path


def write_private(path: Path, content: bytes) -> None:
    """Write a file with mode 600, whole or not at all, in the place of one that is there."""
    write_all_private({path: content})


def write_all_private(files: Mapping[Path, bytes]) -> None:
    """The same for several: none takes its place before all are written."""
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
        if isinstance(error, OSError) and error.filename is None:  # a full disk says so without a name
            raise OSError(error.errno, error.strerror, str(path)) from error
        raise


def read_up_to(path: Path, most: int) -> bytes:
    """Return a file's content, or one byte more than `most` of it, so that its reader can say that it is too large."""
    with path.open("rb") as file:
        return file.read(most + 1)
