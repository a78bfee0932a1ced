"""The four phases of the workshops, and the house that is stopped in the middle of one."""

from __future__ import annotations

from datetime import timedelta

from bot.rehearsal import stage_ideas, stage_keeping, stage_phases
from bot.rehearsal.hands_telegram import TelegramChat
from bot.rehearsal.playing import Idea, Play
from handlers.workshops.settings import PhaseSettings

_DOWN = timedelta(minutes=7)
"""How long the house is down: the warning of the phase's end falls due meanwhile."""
_LEFT = timedelta(minutes=2)
_ENOUGH = timedelta(minutes=10)
"""What a group needs to read, vote and build on what was said."""


async def understand(play: Play) -> None:
    """Facts and needs: said, photographed, revealed, voted for, written down."""
    amina = play.facilitators[0]

    async def meanwhile(play: Play, phase: PhaseSettings) -> None:
        await stage_ideas.give_ideas(play, phase)
        await stage_ideas.send_sheets(play, phase)
        await stage_phases.reveal(play, phase, amina)
        await stage_ideas.read_and_vote(play, phase)
        await stage_phases.call_for_help(play)

    await stage_keeping.keep(play, await stage_phases.run(play, "stakes", [amina], meanwhile))


async def formulate(play: Play) -> None:
    """A challenge. The house is stopped before the end comes near, and built anew after people went on writing."""
    amina, bruno, chloe = play.facilitators

    async def meanwhile(play: Play, phase: PhaseSettings) -> None:
        await stage_ideas.give_ideas(play, phase, most=2)
        await _stop_in_between(play)
        while play.ends - play.town.clock.now() < _ENOUGH:
            await stage_phases.extend(play, phase, amina)
        await stage_phases.reveal(play, phase, amina)
        await stage_ideas.read_and_vote(play, phase)

    await stage_keeping.keep(play, await stage_phases.run(play, "challenge", [bruno, chloe, amina], meanwhile))


async def _stop_in_between(play: Play) -> None:
    """What people write on Telegram while nobody is there is taken afterwards; the warning comes late, and once."""
    writing = play.some([p for p in play.coming if p.group and isinstance(p.hand, TelegramChat)], 0.3)
    hands = []
    await play.until(play.ends - _DOWN - _LEFT)
    await play.town.close()
    for player in writing:
        text = play.voices.idea(player)
        assert isinstance(player.hand, TelegramChat)
        player.hand.leave_word(text)
        hands.append(player.hand)
        play.ideas.append(Idea(player, "challenge", text))
    play.town.clock.advance(_DOWN)
    await play.town.reopen()
    for hand in hands:  # who had taken their only idea back is answered in words again
        await hand.catch_up()
    await play.town.calm()
    play.account.tell(
        f"The house is down for {_DOWN.seconds // 60} minutes of the phase; {len(writing)} went on writing meanwhile."
    )


async def imagine(play: Play) -> None:
    """Solutions, and one that is carried on with, on a canvas."""
    amina = play.facilitators[0]

    async def meanwhile(play: Play, phase: PhaseSettings) -> None:
        await stage_ideas.give_ideas(play, phase)
        await stage_ideas.hide_one(play, phase, amina)
        await stage_phases.reveal(play, phase, amina)
        await stage_ideas.read_and_vote(play, phase)

    await stage_keeping.keep(play, await stage_phases.run(play, "solutions", [amina], meanwhile))


async def carry_home(play: Play) -> None:
    """The solution in everyone's own territory."""

    async def meanwhile(play: Play, phase: PhaseSettings) -> None:
        await stage_keeping.describe_territories(play, phase)
        await stage_ideas.give_ideas(play, phase, most=1)

    phase = await stage_phases.run(play, "territories", [play.facilitators[0]], meanwhile)
    await stage_ideas.speak_late(play, phase)
