"""The parts of the rehearsal (a gathering played by the program) about ideas.

People give, change and withdraw ideas, build on others' ideas and vote.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from datetime import time, timedelta
from functools import partial

from bot.content.actions import Action, base36
from bot.content.forms import Upload
from bot.content.texts import _
from bot.conversation.hearing import TakeWords
from bot.rehearsal.cast import CastMember, act_together
from bot.rehearsal.chat_driver_page import LivePage
from bot.rehearsal.chat_driver_telegram import TelegramChat
from bot.rehearsal.contributions import DemoMove, Rehearsal, Stage
from bot.rehearsal.pictures import paper
from bot.rehearsal.playing import Play, PlayedIdea
from handlers.ideas.actions import EditIdea, NotAnIdea, SetAnonymous, WithdrawIdea
from handlers.ideas.store import votes
from handlers.ideas.store.giving import given_ideas
from handlers.ideas.store.ideas import has_given
from handlers.workshops.settings import PhaseSettings, WorkshopSettings, find_phase

_EDITED, _WITHDRAWN, _UNNAMED = 0.15, 0.1, 0.1
_VOTING = 0.7
_BUILDING = 0.15
_DOWN = timedelta(minutes=7)
"""How long the program is stopped. The warning before the end of the phase becomes due in that time."""
_LEFT = timedelta(minutes=2)
"""How much time the phase still has when the program starts again."""
_AN_IDEA = TakeWords.code + "-idea"
"""The beginning of the payload that says that waiting words are an idea."""


async def give_ideas(play: Play, key: str, most: int = 4) -> None:
    """Let all people with a group give one to `most` ideas in the phase with this key.

    Some of them then change or withdraw their first idea, say that it is no idea, or hide their name.
    """
    phase = find_phase(play.settings, key)
    speaking = [player for player in play.coming if player.group]
    edited, withdrawn = play.some(speaking, _EDITED), play.some(speaking, _WITHDRAWN)
    unnamed = play.some(speaking, _UNNAMED)
    counts = {player: play.rng.randint(1, most) for player in speaking}
    before = len(play.ideas)

    async def speak(player: CastMember) -> None:
        first = await _give(play, player, phase, play.voices.idea(player), by_form=True)
        if player in withdrawn[::2]:
            await _press(play, first, SetAnonymous)  # which shows the idea
            await _press(play, first, WithdrawIdea)
            first.stands = False
        elif player in withdrawn:
            await _press(play, first, NotAnIdea)
            await player.driver.act("tkf")
            first.stands = False
        elif player in edited:
            await _edit(play, first)
        elif player in unnamed:
            await _press(play, first, SetAnonymous)
        for _more in range(counts[player] - 1):
            await _give(play, player, phase, play.voices.idea(player))

    await act_together(speaking, speak)
    ideas = play.ideas[before:]
    play.report.tell(
        f"{len(speaking)} people give {len(ideas)} ideas in «{phase.key}»; changed: {len(edited)}, taken back:"
        f" {len(withdrawn)}."
    )


async def _give(
    play: Play, player: CastMember, phase: PhaseSettings, text: str, *, by_form: bool = False
) -> PlayedIdea:
    """Let a person give an idea as people do on their platform: as a message, or on Discord in a form (`by_form`)."""
    idea = PlayedIdea(player, phase.key, text)
    play.ideas.append(idea)
    if player.platform == "discord" and by_form and phase.collects != "territories":
        await player.driver.command("phase")
        await player.driver.act("wg")
        await player.driver.fill(text)
    else:
        await player.driver.send(f"Besoin : {text}" if phase.collects == "facts" and not by_form else text)
        await _confirm(idea)
    return idea


async def _confirm(idea: PlayedIdea) -> None:
    """Let a person say that their words are an idea, where the bot was not sure of that and asks."""
    driver = idea.author.driver
    idea.asked = driver.offers(_AN_IDEA)
    if idea.asked:
        await driver.act(_AN_IDEA)


async def _press(play: Play, idea: PlayedIdea, action: type[Action]) -> None:
    """Let a person press a button of the idea that they gave last: this idea's own, as older ones show theirs too."""
    author, now = idea.author, play.servers.clock.now()
    mine = partial(given_ideas, author_id=author.id, phase=idea.phase, now=now)
    last = (await play.servers.app.store.read(mine)).last
    await author.driver.act(f"{action.code}-{base36(last)}")


async def _edit(play: Play, idea: PlayedIdea) -> None:
    """Let a person change an idea: on Telegram by editing the message, if that is one, else by its button."""
    player = idea.author
    better = idea.text.replace(" [", ", et vite [")
    if isinstance(player.driver, TelegramChat) and not idea.asked:
        await player.driver.rewrite(idea.text, better)
    else:
        await _press(play, idea, EditIdea)
        await player.driver.fill(better)
    idea.text = better


async def send_sheets(play: Play, key: str) -> None:
    """Let a few people send a photo of a sheet of paper, with a line of text that describes it.

    Every second line is sent in a message after the photo, the others as the photo's caption.
    """
    phase = find_phase(play.settings, key)
    sending = [player for player in play.coming if player.group and not isinstance(player.driver, LivePage)]
    chosen = play.some(sending, 0.05, at_least=2)
    for number, player in enumerate(chosen):
        idea = PlayedIdea(player, phase.key, play.voices.idea(player))
        sheet = Upload("feuille.png", paper(f"Feuille {number}"))
        if number % 2:
            await player.driver.give(sheet)
            await player.driver.send(idea.text)
        else:
            await player.driver.give(sheet, caption=idea.text)
        await _confirm(idea)
        play.ideas.append(idea)
    play.report.tell(f"{len(chosen)} photograph a sheet of paper.")


async def read_and_vote(play: Play, key: str) -> None:
    """Let many people vote for the revealed ideas of the phase with this key, and some build on an idea."""
    phase = find_phase(play.settings, key)
    speaking = [player for player in play.coming if player.group]
    voting, building = play.some(speaking, _VOTING), play.some(speaking, _BUILDING)
    shares = {player: play.rng.randint(1, play.settings.of(WorkshopSettings).votes) for player in voting}

    async def take_part(player: CastMember) -> None:
        driver = player.driver
        await driver.command("phase")
        if player in voting:
            await driver.choose(*driver.values[: min(shares[player], len(driver.values) - 1)])
        if player in building:
            await driver.act("ww")
            if driver.values:
                await driver.choose(driver.values[0])
            if driver.offers("wb"):
                text = play.voices.idea(player)
                await driver.act("wb")
                await driver.fill(text)
                play.ideas.append(PlayedIdea(player, phase.key, text))

    await act_together([player for player in speaking if player in voting or player in building], take_part)
    play.report.tell(f"{len(voting)} vote, {len(building)} build on what somebody else said.")


async def hide_one(play: Play, key: str) -> None:
    """Let a facilitator hide an idea of the phase with this key before the ideas are revealed."""
    phase, by = find_phase(play.settings, key), play.facilitators[0]
    groups = sorted({player.group for player in play.coming if player.group})
    await by.driver.command("animer")
    if len(groups) > 1:
        await by.driver.act("wrl")
        await by.driver.choose(f"g_{groups[0]}")
    await play.servers.calm()  # the panel is up to date, and is not what is shown last below
    await by.driver.act("ww")
    await by.driver.choose(by.driver.values[0])
    [shown] = [idea for idea in play.ideas if idea.text in by.driver.text]
    await by.driver.act("wq")
    shown.stands = False
    play.report.tell(f"{by.person.given_name} takes an idea of «{phase.key}» off the wall.")


async def speak_late(play: Play, key: str) -> None:
    """Let one person write after the end of a phase. The text is stored, but does not count as an idea of the group."""
    phase = find_phase(play.settings, key)
    late = next(player for player in play.coming if player.group and player.platform == "telegram")
    idea = PlayedIdea(late, phase.key, play.voices.idea(late), stands=False)
    await late.driver.send(idea.text)
    await _confirm(idea)
    if not late.driver.offers("wxl"):
        play.differences.append(f"{late.name} could not send late words to the facilitator")
    play.ideas.append(idea)
    play.report.tell(f"{late.name} writes after the end of «{phase.key}»: it is kept, and offered to the facilitator.")


async def stop_the_app(play: Play) -> None:
    """Stop the program during a phase, while people go on writing on Telegram, and start it again.

    The program is expected to store their messages as ideas, and to send the warning of the phase's end late, but only
    once.
    """
    on_telegram = [player for player in play.coming if player.group and isinstance(player.driver, TelegramChat)]
    writing = play.some(on_telegram, 0.3)
    left = []
    await play.until(play.ends - _DOWN - _LEFT)
    await play.servers.close()
    for player in writing:
        text = play.voices.idea(player)
        assert isinstance(player.driver, TelegramChat)
        player.driver.leave_word(text)
        left.append(PlayedIdea(player, "challenge", text))
    play.servers.clock.advance(_DOWN)
    await play.servers.reopen()
    for idea in left:  # a person without any other idea is answered in words
        assert isinstance(idea.author.driver, TelegramChat)
        await idea.author.driver.catch_up()
    await play.servers.calm()
    for idea in left:
        await _confirm(idea)
    play.ideas += left
    play.report.tell(
        f"The app is down for {_DOWN.seconds // 60} minutes of the phase; {len(writing)} went on writing meanwhile."
    )


def count_ideas(play: Play) -> Iterator[str]:
    """Yield a line with the number of ideas given, and how many of them were in time and not withdrawn."""
    live = sum(idea.stands for idea in play.ideas)
    yield f"{live} ideas stand, of {len(play.ideas)} that were given."


_FIRST, _SECOND, _THIRD, _FOURTH = (0, time(14, 5)), (0, time(15)), (1, time(9, 35)), (1, time(10, 50))


def _stage(name: str, when: tuple[int, time], play: Callable[[Play], Awaitable[None]], needs: str) -> Stage[Play]:
    day, hour = when
    return Stage(name, day, play, at=hour, needs=(needs,))


REHEARSAL = Rehearsal(
    moves=(
        DemoMove(
            60,
            _("Give an idea"),
            _("As the participant: simply write it. In every group others write too."),
            made_by=has_given,
        ),
        DemoMove(
            70,
            _("Reveal the ideas and vote"),
            _("As the organiser: «Reveal the ideas». Then vote as the participant. «My panel» shows all groups."),
            made_by=votes.has_voted,
        ),
    ),
    stages=(
        _stage("stakes said", _FIRST, partial(give_ideas, key="stakes"), "stakes begun"),
        _stage("sheets photographed", _FIRST, partial(send_sheets, key="stakes"), "stakes said"),
        _stage("stakes voted", _FIRST, partial(read_and_vote, key="stakes"), "stakes revealed"),
        _stage("challenge said", _SECOND, partial(give_ideas, key="challenge", most=2), "challenge begun"),
        _stage("app was down", _SECOND, stop_the_app, "challenge said"),
        _stage("challenge voted", _SECOND, partial(read_and_vote, key="challenge"), "challenge revealed"),
        _stage("solutions said", _THIRD, partial(give_ideas, key="solutions"), "solutions begun"),
        _stage("idea hidden", _THIRD, partial(hide_one, key="solutions"), "solutions said"),
        _stage("solutions voted", _THIRD, partial(read_and_vote, key="solutions"), "solutions revealed"),
        _stage("territories said", _FOURTH, partial(give_ideas, key="territories", most=1), "territories described"),
        _stage("someone speaks late", _FOURTH, partial(speak_late, key="territories"), "territories over"),
    ),
    summary=count_ideas,
)
