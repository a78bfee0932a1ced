"""Keys: what files, settings and buttons call a thing that people call by its title."""

from __future__ import annotations

from collections.abc import Collection
from itertools import chain, count

from bot.content.names import fold, words


def key_like(title: str, taken: Collection[str], *, mark: str, longest: int, otherwise: str) -> str:
    """A key that looks like a title and is none of those `taken`.

    Its words, in small letters without accents, stand with a `mark` between, in at most `longest` characters before a
    number that tells it from others. A title without such letters gives `otherwise`.
    """
    stem = "".join(sign for sign in mark.join(words(fold(title))) if sign.isascii())[:longest].strip(mark) or otherwise
    keys = chain((stem,), (f"{stem}{mark}{number}" for number in count(2)))
    return next(key for key in keys if key not in taken)
