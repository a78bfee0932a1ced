"""Ideas: given by everyone in the way of their platform, changed, taken back, built on, voted for."""

from __future__ import annotations

from bot.content.forms import Upload
from bot.rehearsal.company import Player, everyone
from bot.rehearsal.hands_telegram import TelegramChat
from bot.rehearsal.pictures import paper
from bot.rehearsal.playing import Idea, Play
from handlers.workshops.settings import PhaseSettings, WorkshopSettings

_EDITED, _WITHDRAWN, _UNNAMED = 0.15, 0.1, 0.1
_VOTING = 0.7
_BUILDING = 0.15


async def give_ideas(play: Play, phase: PhaseSettings, most: int = 4) -> None:
    """Everyone with a group says one to `most` things; some change or take back the first, or hide their name."""
    speaking = [player for player in play.coming if player.group]
    edited, withdrawn = play.some(speaking, _EDITED), play.some(speaking, _WITHDRAWN)
    unnamed = play.some(speaking, _UNNAMED)
    counts = {player: play.rng.randint(1, most) for player in speaking}
    before = len(play.ideas)

    async def speak(player: Player) -> None:
        first = await _give(play, player, phase, play.voices.idea(player), by_form=True)
        if player in withdrawn:
            await player.hand.act("wxw")
            first.stands = False
        elif player in edited:
            await _edit(player, first)
        elif player in unnamed and player.hand.offers("wxn"):
            await player.hand.act("wxn")
        for _more in range(counts[player] - 1):
            await _give(play, player, phase, play.voices.idea(player))

    await everyone(speaking, speak)
    given = play.ideas[before:]
    play.account.tell(
        f"{len(speaking)} people give {len(given)} ideas in «{phase.key}»; changed: {len(edited)}, taken back:"
        f" {len(withdrawn)}."
    )


async def _give(play: Play, player: Player, phase: PhaseSettings, text: str, *, by_form: bool = False) -> Idea:
    """Say something, as it is said on one's platform: in words; on Discord the first time in a form."""
    idea = Idea(player, phase.key, text)
    play.ideas.append(idea)
    if player.platform == "discord" and by_form and phase.collects != "territories":
        await player.hand.command("phase")
        if phase.collects == "facts":
            await player.hand.act("wf")
            await player.hand.fill("", text)
        else:
            await player.hand.act("wg")
            await player.hand.fill(text)
    else:
        await player.hand.send(f"Besoin : {text}" if phase.collects == "facts" and not by_form else text)
    return idea


async def _edit(player: Player, idea: Idea) -> None:
    """Say it better: by editing the message on Telegram, elsewhere in «My ideas»."""
    better = idea.text.replace(" [", ", et vite [")
    if isinstance(player.hand, TelegramChat):
        await player.hand.rewrite(idea.text, better)
    else:
        await player.hand.act("wm")
        await player.hand.choose(player.hand.values[0])
        await player.hand.act("wxe")
        await player.hand.fill(better)
    idea.text = better


async def send_sheets(play: Play, phase: PhaseSettings) -> None:
    """A few photograph a sheet of paper, with a line below it, or one that is asked for."""
    sending = [player for player in play.coming if player.group and player.platform != "web"]
    chosen = play.some(sending, 0.05, at_least=2)
    for number, player in enumerate(chosen):
        text = play.voices.idea(player)
        sheet = Upload("feuille.png", paper(f"Feuille {number}"))
        if number % 2:
            await player.hand.give(sheet)
            await player.hand.send(text)
        else:
            await player.hand.give(sheet, caption=text)
        play.ideas.append(Idea(player, phase.key, text))
    play.account.tell(f"{len(chosen)} photograph a sheet of paper.")


async def read_and_vote(play: Play, phase: PhaseSettings) -> None:
    """Revealed: many vote, up to three times each; some build on what another said."""
    speaking = [player for player in play.coming if player.group]
    voting, building = play.some(speaking, _VOTING), play.some(speaking, _BUILDING)
    shares = {player: play.rng.randint(1, play.settings.of(WorkshopSettings).votes) for player in voting}

    async def take_part(player: Player) -> None:
        hand = player.hand
        if player in voting:
            if player.platform == "discord":
                await hand.command("phase")
            await hand.act("wv")
            await hand.choose(*hand.values[: shares[player]])
        if player in building:
            if player.platform == "discord":
                await hand.command("phase")
            await hand.act("ww")
            if hand.values:
                await hand.choose(hand.values[0])
            if hand.offers("wb"):
                text = play.voices.idea(player)
                await hand.act("wb")
                await hand.fill(text)
                play.ideas.append(Idea(player, phase.key, text))

    await everyone([player for player in speaking if player in voting or player in building], take_part)
    play.account.tell(f"{len(voting)} vote, {len(building)} build on what somebody else said.")


async def hide_one(play: Play, phase: PhaseSettings, by: Player) -> None:
    """Who facilitates opens a group's wall before it is revealed, and takes an idea off it."""
    groups = sorted({player.group for player in play.coming if player.group})
    await by.hand.command("animer")
    if len(groups) > 1:
        await by.hand.act("wrl")
        await by.hand.choose(f"g_{groups[0]}")
    await by.hand.act("ww")
    await by.hand.choose(by.hand.values[0])
    [shown] = [idea for idea in play.ideas if idea.text in by.hand.text]
    await by.hand.act("wq")
    shown.stands = False
    play.account.tell(f"{by.person.given_name} takes an idea of «{phase.key}» off the wall.")


async def speak_late(play: Play, phase: PhaseSettings) -> None:
    """One goes on after the end: the words are kept, and no idea of the group's."""
    late = next(player for player in play.coming if player.group and player.platform == "telegram")
    text = play.voices.idea(late)
    await late.hand.send(text)
    if not late.hand.offers("wxl"):
        play.differences.append(f"{late.name} could not send late words to the facilitator")
    play.ideas.append(Idea(late, phase.key, text, stands=False))
    play.account.tell(f"{late.name} writes after the end of «{phase.key}»: it is kept, and offered to the facilitator.")
