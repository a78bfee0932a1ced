"""Writes bot/drawing/letters.txt, which lists the letters in the fonts used for drawing. Run by `make letters`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path

from fontTools.ttLib import TTCollection, TTFont

from bot.drawing.letters import CJK, FILE
from bot.drawing.typeset import font_folders


def listed() -> str:
    """Return the content of letters.txt: ranges of code points, with optional fonts listed separately."""
    common = _letters(folder for folder in font_folders() if CJK not in folder.parts)
    cjk = _letters(folder for folder in font_folders() if CJK in folder.parts)
    return "\n".join([*_ranges(common), CJK, *_ranges(cjk - common), ""])


def _letters(folders: Iterable[Path]) -> set[int]:
    """Return the code points that the fonts in some folders have."""
    files = [file for folder in folders for file in sorted(folder.rglob("*.[to]t[fc]"))]
    fonts = [font for file in files for font in (TTCollection(file).fonts if file.suffix == ".ttc" else [TTFont(file)])]
    return {code for font in fonts for code in font.getBestCmap()}


def _ranges(codes: set[int]) -> Iterator[str]:
    """Yield neighbouring code points together, as «0041-005A»."""
    for _distance, group in groupby(enumerate(sorted(codes)), key=lambda pair: pair[1] - pair[0]):
        run = [code for _place, code in group]
        yield f"{run[0]:04X}-{run[-1]:04X}" if len(run) > 1 else f"{run[0]:04X}"


if __name__ == "__main__":
    FILE.write_text(listed(), "ascii")
