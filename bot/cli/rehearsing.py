"""`rencontres rehearse`: plays a whole gathering with invented people, and checks that every message arrives."""

from __future__ import annotations

import logging
from contextlib import ExitStack
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console

from bot import logs
from bot.cli.console import CommandFailed


async def rehearse(*, participants: int, seed: int, out: Path | None) -> bool:
    """Play a gathering with invented people, and print a report of what was sent and whether it arrived.

    `participants` is how many people are invented; the same `seed` plays the same gathering again. `out` is the folder
    for the results, None to keep nothing. Returns True if all messages arrived as expected. Raises CommandFailed if
    `out` is not empty, or if the optional library simcord is not installed.
    """
    if find_spec("simcord") is None:
        raise CommandFailed(
            "a rehearsal needs simcord, an in-memory Discord, which is not installed. Install it with"
            " «python -m pip install simcord» (the extra «rehearse» of this project)."
        )
    from bot.rehearsal.rehearsing import rehearse as play

    logs.set_up()
    logging.getLogger().setLevel(logging.WARNING)
    with ExitStack() as stack:
        if out is None:
            out = Path(stack.enter_context(TemporaryDirectory(prefix="rencontres-rehearsal-")))
        else:
            out.mkdir(parents=True, exist_ok=True)
            if any(out.iterdir()):
                raise CommandFailed(f"{out} is not empty. Give an empty folder, or a new one.", code=2)
        played = await play(Console(), out, people=participants, seed=seed)
    return not played.found
