"""The parts of the rehearsal (a gathering played by the program) about syntheses.

A synthesis is what a group writes together at the end of a phase, such as a text, a challenge or a canvas. Members also
write a card about the territory they come from.
"""

from __future__ import annotations

from datetime import time
from functools import partial

from bot.rehearsal.cast import CastMember, act_together
from bot.rehearsal.contributions import Rehearsal, Stage
from bot.rehearsal.playing import Play
from handlers.syntheses.rehearsal.demo import next_steps
from handlers.workshops.settings import PhaseSettings, find_phase

_FACTS = "Les lieux ne manquent pas ; ils ferment tôt, et personne n'en a la clé."
_CHALLENGE = "Comment ouvrir ce lieu à toutes et à tous ?"


async def write_syntheses(play: Play, key: str) -> None:
    """Let one person in each group write the synthesis of the phase with this key; most other members approve it.

    The phase must have just ended, so that its message shows the other members that the synthesis is written.
    """
    phase = find_phase(play.settings, key)
    groups = sorted({player.group for player in play.coming if player.group})
    writers = {group: play.rng.choice(play.members(group)) for group in groups}

    async def write(player: CastMember) -> None:
        await _open(player, phase)
        if phase.collects == "solution":
            await player.driver.act("xa")
            await player.driver.fill("Les jeunes du quartier", "Un lieu ouvert", "Une clé partagée")
        else:
            await player.driver.act("xp")
            await player.driver.act("xs" if phase.collects == "challenge" else "xw")
            text = _CHALLENGE if phase.collects == "challenge" else _FACTS
            await player.driver.fill(f"{text} [{player.group}]")

    async def approve(player: CastMember) -> None:
        await _open(player, phase)
        if player.driver.offers("xo"):
            await player.driver.act("xo")

    await act_together(writers.values(), write)
    await play.servers.calm()
    others = [player for player in play.coming if player.group and player not in writers.values()]
    await act_together(play.some(others, 0.8), approve)
    await play.servers.calm()
    await play.look()
    play.report.tell(f"{len(writers)} groups write down what they keep of «{phase.key}», and approve.")


async def _open(player: CastMember, phase: PhaseSettings) -> None:
    await player.driver.command("phase")  # the phase's card may be in a thread, or show something else by now
    await player.driver.act("wca" if phase.collects == "solution" else "wsy")


async def describe_territories(play: Play) -> None:
    """Let everyone who has a group write a card about their own territory."""
    writing = [player for player in play.coming if player.group]

    async def write(player: CastMember) -> None:
        if player.told_in_channel:
            await player.driver.command("phase")
        await player.driver.act("wt")
        await player.driver.act("xt")
        await player.driver.fill(
            "Une salle par ville", "Les horaires", "Une clé", f"La maison des jeunes [{player.person.ref}]"
        )

    await act_together(writing, write)
    play.report.tell(f"{len(writing)} write the card of their territory.")


REHEARSAL = Rehearsal(
    steps=next_steps,
    stages=(
        Stage("stakes kept", 0, partial(write_syntheses, key="stakes"), at=time(14, 5), needs=("stakes over",)),
        Stage("challenge kept", 0, partial(write_syntheses, key="challenge"), at=time(15), needs=("challenge over",)),
        Stage(
            "solutions kept", 1, partial(write_syntheses, key="solutions"), at=time(9, 35), needs=("solutions over",)
        ),
        Stage("territories described", 1, describe_territories, at=time(10, 50), needs=("territories begun",)),
    ),
)
