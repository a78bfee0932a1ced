"""Keys: short names that stand for a thing in files, settings and buttons; people read the thing's title."""

from __future__ import annotations

from collections.abc import Collection
from itertools import chain, count

from bot.content.names import fold, words


def key_like(title: str, taken: Collection[str], *, mark: str, longest: int, otherwise: str) -> str:
    """Return a key that resembles a title and is none of those `taken`.

    It consists of the title's words in small letters without accents, joined by `mark`, at most `longest` characters
    long. A number is added where that key is taken. A title without such letters gives `otherwise`.
    """
    stem = "".join(sign for sign in mark.join(words(fold(title))) if sign.isascii())[:longest].strip(mark) or otherwise
    keys = chain((stem,), (f"{stem}{mark}{number}" for number in count(2)))
    return next(key for key in keys if key not in taken)
