"""Makes keys: short names for things in files, settings and buttons. People read the thing's title instead."""

from __future__ import annotations

from collections.abc import Collection
from itertools import chain, count

from bot.content.names import fold, words


def key_like(title: str, taken: Collection[str], *, mark: str, longest: int, otherwise: str) -> str:
    """Return a key that resembles a title and is not in `taken`.

    The key has the title's words in small letters without accents, joined by `mark`, and at most `longest` characters.
    If another thing has that key, a number is added. If the title has no letter from a to z, the key is made from
    `otherwise`.
    """
    stem = "".join(sign for sign in mark.join(words(fold(title))) if sign.isascii())[:longest].strip(mark) or otherwise
    keys = chain((stem,), (f"{stem}{mark}{number}" for number in count(2)))
    return next(key for key in keys if key not in taken)
