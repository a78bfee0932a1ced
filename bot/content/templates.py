"""Renders web pages from templates, compiled once in a process. Values are escaped; a missing value is an error."""

from __future__ import annotations

from pathlib import Path
from types import CodeType

from jinja2 import BytecodeCache, Environment, FileSystemLoader, StrictUndefined
from jinja2.bccache import Bucket


class _CompiledOnce(BytecodeCache):
    """A cache of compiled templates by place and content, because compiling takes longer than rendering many pages."""

    def __init__(self) -> None:
        self._compiled: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._compiled.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        if bucket.code is not None:
            self._compiled[bucket.key, bucket.checksum] = bucket.code


_compiled = _CompiledOnce()


def templates(folder: Path) -> Environment:
    """Return a Jinja environment for the templates in a folder; the caller can add globals to the environment."""
    return Environment(
        auto_reload=False,  # a template does not change while the program runs: nothing asks the disk for its time
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        bytecode_cache=_compiled,
    )
