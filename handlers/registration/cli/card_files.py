"""Invitation cards as files, drawn in as many processes as there are processors.

What a process needs to begin is kept small: this module and the drawing, nothing of the bot.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from bot.cli.private_files import write_private
from handlers.registration.cards import draw_card

_AT_ONCE = 4  # cards a process takes at a time: enough to be worth the way, few enough for the progress to move


@dataclass(frozen=True, slots=True)
class CardFile:
    """A card to draw and where it goes; the words as in `draw_card`."""

    path: Path
    name: str
    gathering: str
    instructions: tuple[str, ...]
    link: str
    code: str
    code_label: str


def draw_cards(cards: Sequence[CardFile]) -> Iterator[Path]:
    """Draw them all; each file's path as it is written."""
    # A forked process would share the threads' locks of this one.
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
        yield from pool.map(_draw, cards, chunksize=_AT_ONCE)


def _draw(card: CardFile) -> Path:
    picture = draw_card(
        name=card.name,
        gathering=card.gathering,
        instructions=card.instructions,
        link=card.link,
        code=card.code,
        code_label=card.code_label,
    )
    write_private(card.path, picture)
    return card.path
