"""The part of the rehearsal (a gathering played by the program) about figures of women and men."""

from __future__ import annotations

from datetime import time

from bot.rehearsal.contributions import Rehearsal, Stage
from bot.rehearsal.playing import Play
from handlers.equality import store


async def look(play: Play) -> None:
    """Let the organiser look at the figures of women and men in ended steps, which starts their computation."""
    await play.organiser.command("egalite")
    await play.servers.calm()
    await play.organiser.act("eq-0")
    published = await play.servers.app.store.read(store.published_steps)
    withheld = await play.servers.app.store.read(store.withheld_steps)
    if not published and not withheld:
        play.differences.append(f"the organiser asked for women and men in numbers and got «{play.organiser.text}»")
    play.report.tell(f"Inès reads women and men in numbers: {len(published)} steps, {len(withheld)} withheld.")


REHEARSAL = Rehearsal(
    stages=(Stage("women and men counted", 1, look, at=time(18), needs=("territories over",)),),
)
