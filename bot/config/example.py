"""The example configuration, config.example.toml, which explains every key; `init` and the demo begin with it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

_BOT = Path(__file__).parents[1]
_EXAMPLES = (_BOT / "config.example.toml", _BOT.parent / "config.example.toml")  # in the wheel, in a checkout


def example() -> str:
    """Return the text of config.example.toml, the example configuration."""
    return next(path for path in _EXAMPLES if path.is_file()).read_text(encoding="utf-8")


@cache
def example_values() -> Mapping[str, Any]:
    """Return the values of config.example.toml, by section and key."""
    return tomllib.loads(example())
