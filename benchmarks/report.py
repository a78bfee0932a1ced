"""The command lines of benchmarks, and how they print what they measured."""

from __future__ import annotations

import argparse
import math
from collections.abc import Sequence


def arguments(story: str | None) -> argparse.ArgumentParser:
    """Return a parser for the command line of a benchmark, whose help is `story`, the module's docstring."""
    return argparse.ArgumentParser(description=story, formatter_class=argparse.RawDescriptionHelpFormatter)


def options(story: str | None, **numbers: float) -> argparse.Namespace:
    """Read the command line of a benchmark; `numbers` are its options, all numbers, with their default values."""
    parser = arguments(story)
    for name, number in numbers.items():
        parser.add_argument(f"--{name}", type=type(number), default=number, help="(default: %(default)s)")
    return parser.parse_args()


def percentile(times: Sequence[float], share: float) -> float:
    """Return the time at or below which the `share` (0 to 1) of sorted times is; NaN if there are none."""
    return times[min(len(times) - 1, int(len(times) * share))] if times else math.nan
